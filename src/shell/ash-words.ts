/** What busybox's shell says where bash says something else. */
interface Said {
  /** The builtin that says it, which stands before the number of the line; null: the shell itself. */
  readonly builtin: string | null;
  /** Null: nothing. */
  readonly text: string | null;
  readonly status: number;
}

/** A complaint of bash, and what ash makes of it: its words, or null for none; its status; whether the builtin is named. */
type Row = readonly [
  bash: RegExp,
  words: ((match: RegExpExecArray) => string) | string | null,
  status: number,
  named?: "named",
];

/**
 * Asked of busybox 1.35 itself. The first that fits counts. What stands before a colon in bash's words is the builtin that
 * complains, where ash names it too.
 */
const ROWS: readonly Row[] = [
  [
    /^cd: (.*): (No such file or directory|Not a directory|Permission denied)$/,
    ([, path, why]) => `can't cd to ${path}: ${why}`,
    2,
    "named",
  ],
  [/^kill: \((.*)\) - (.*)$/, ([, pid, why]) => `can't kill pid ${pid}: ${why}`, 1],
  [/^kill: (.*): invalid signal specification$/, ([, name]) => `bad signal name '${name}'`, 1],
  [/^kill: (.*): arguments must be .*$/, ([, word]) => `invalid number '${word}'`, 1],
  [/^(?:kill|jobs|wait|fg|bg): (.*): no such job$/, ([, spec]) => `${spec}: no such job`, 2, "named"],
  [/^wait: pid .*$/, null, 127],
  [/^(?:fg|bg): no job control$/, "No current job", 2, "named"],
  [/^local: can only be used in a function$/, "not in a function", 2, "named"],
  [/^(?:break|continue): only meaningful .*$/, null, 0],
  [
    /^(?:exit|return|shift|break|continue): (.*): numeric argument required$/,
    ([, word]) => `Illegal number: ${word}`,
    2,
    "named",
  ],
  [
    /^(?:break|continue): (.*): loop count out of range$/,
    ([, word]) => `Illegal number: ${word}`,
    2,
    "named",
  ],
  [/^exec: (.*): not found$/, ([, word]) => `${word}: not found`, 127, "named"],
  [/^(?:source|\.): (.*): (.*)$/, ([, path, why]) => `can't open '${path}': ${why}`, 2, "named"],
  [/^(?:test|\[): missing `\]'$/, "missing ]", 2],
  [/^(?:test|\[): (.*): integer expression expected$/, ([, word]) => `${word}: bad number`, 2],
  [/^(?:test|\[): (.*): (?:unary|binary) operator expected$/, ([, word]) => `${word}: unknown operand`, 2],
  [/^(?:test|\[): too many arguments$/, "too many arguments", 2],
  [/^printf: usage: .*$/, "usage: printf FORMAT [ARGUMENT...]", 2],
  [/^printf: (.*): invalid (?:octal |hex )?number$/, ([, word]) => `invalid number '${word}'`, 1],
  [/^let: expression expected$/, "expression expected", 2, "named"],
  [
    /^trap: (.*): invalid signal specification$/,
    ([, name]) => `${name}: invalid signal specification`,
    1,
    "named",
  ],
  [/^set: ([-+].): invalid option$/, ([, word]) => `illegal option ${word}`, 2, "named"],
  [/^set: (.*): invalid option name$/, ([, word]) => `illegal option ${word}`, 2, "named"],
  [/^unset: (.*): cannot unset: readonly variable$/, ([, name]) => `${name}: is read only`, 2, "named"],
  [
    /^(?:export|readonly|local|unset): `([^=]*).*': not a valid identifier$/,
    ([, name]) => `${name}: bad variable name`,
    2,
    "named",
  ],
  [/^(\w+): readonly variable$/, ([, name]) => `${name}: is read only`, 2],
  [/^(\w+): unbound variable$/, ([, name]) => `${name}: parameter not set`, 2],
  [/: division by 0/, "divide by zero", 2],
  [/\(error token is .*\)$/, "arithmetic syntax error", 2],
];

/** What ash says in place of a complaint of bash. */
export function inAshWords(message: string, status: number): Said {
  for (const [bash, words, ashStatus, named] of ROWS) {
    const match = bash.exec(message);
    if (match === null) continue;
    const text = typeof words === "function" ? words(match) : words;
    return {
      builtin: named === undefined ? null : message.slice(0, message.indexOf(":")),
      text,
      status: ashStatus,
    };
  }
  return { builtin: null, text: message, status };
}

/** What ash says of a text that it cannot read, in place of bash's words. */
export function ashSyntaxWords(message: string): string {
  const quote = /^unexpected EOF while looking for matching `(.*)'$/.exec(message)?.[1];
  if (quote === "'" || quote === '"') return "syntax error: unterminated quoted string";
  if (quote !== undefined) return `syntax error: unexpected end of file (expecting "${quote}")`;
  const token = /near unexpected token `(.*)'$/s.exec(message)?.[1];
  if (token === "newline") return "syntax error: unexpected newline";
  if (token !== undefined) return `syntax error: unexpected "${token}"`;
  return /unexpected end of file/.test(message) ? "syntax error: unexpected end of file" : message;
}
