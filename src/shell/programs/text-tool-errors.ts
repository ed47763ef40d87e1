import { errnoWords } from "../file-system.ts";

/** An error as just-bash passes it on from the files: `touch: cannot touch 'a/b': ENOENT: no such file or directory, open 'a/b'`. */
const OF_FILES = /^(\w+): (.*?)(E[A-Z]+): [\w -]+, \w+ '([^']*)'.*$/gm;

/** Tools of coreutils, which point at their help when they are used wrongly. */
const WRONG_USE =
  /^(base64|basename|chmod|comm|cp|cut|dirname|du|expand|fold|head|join|ln|md5sum|mkdir|mv|nl|readlink|rm|rmdir|sort|split|stat|tac|tail|touch|tr|unexpand|uniq): (?:missing (?:\w+ )*operand.*(?:\nTwo strings .*)?|invalid option -- '.'|unrecognized option '.*'|you must specify .*)$(?!\nTry)/gm;

/** How tools tell of a file that is not there; just-bash has one wording for most. */
const MISSING: Readonly<Record<string, (path: string) => string>> = {
  awk: (path) => `cannot open ${path} (No such file or directory)`,
  find: (path) => `‘${path}’: No such file or directory`,
  sed: (path) => `can't read ${path}: No such file or directory`,
  sort: (path) => `cannot read: ${path}: No such file or directory`,
  tac: (path) => `failed to open '${path}' for reading: No such file or directory`,
  tail: (path) => `cannot open '${path}' for reading: No such file or directory`,
};

/**
 * The errors of a tool of just-bash in the words of the GNU one.
 * @param operands the words behind the tool's name that are no options
 */
export function gnuErrors(
  text: string,
  operands: readonly string[],
  exists: (path: string) => boolean,
): string {
  const last = operands.at(-1);
  return text
    .replace(OF_FILES, (whole, tool: string, before: string, code: string, path: string) => {
      const why = errnoWords(code);
      if (why === null) return whole;
      if (before !== "") return `${tool}: ${before}${why}`;
      return `${tool}: ${tool === "ln" ? `failed to create symbolic link '${path}'` : path}: ${why}`;
    })
    .replace(/^(cp|mv): missing destination file operand$/gm, (_, tool: string) => {
      return last === undefined
        ? `${tool}: missing file operand`
        : `${tool}: missing destination file operand after '${last}'`;
    })
    .replace(/^(comm|join|chmod|tr): missing (?:file )?operand(?: after SET1)?$/gm, (_, tool: string) => {
      const rest = tool === "tr" && last !== undefined ? "\nTwo strings must be given when translating." : "";
      return `${tool}: missing operand${last === undefined ? "" : ` after ‘${last}’`}${rest}`;
    })
    .replace(/^mkdir: cannot create directory '(.*)': /gm, "mkdir: cannot create directory ‘$1’: ")
    .replace(/^(cp|mv): cannot stat '(.*)': (No such .*)$/gm, (whole, tool: string, from: string, why) => {
      // Not the source is missing then, but the directory of the destination.
      if (!exists(from)) return whole;
      return tool === "cp"
        ? `cp: cannot create regular file '${last}': ${why}`
        : `mv: cannot move '${from}' to '${last}': ${why}`;
    })
    .replace(/^(awk|find|sed|sort|tac|tail): (.+): No such file or directory$/gm, (_, tool, path) => {
      return `${tool}: ${MISSING[tool]!(path)}`;
    })
    .replace(WRONG_USE, "$&\nTry '$1 --help' for more information.");
}

/** How applets name a file that they cannot make or change. */
const UNCHANGEABLE: Readonly<Record<string, (path: string) => string>> = {
  mkdir: (path) => `can't create directory '${path}'`,
  rm: (path) => `can't remove '${path}'`,
  mv: (path) => `can't rename '${path}'`,
  cp: (path) => `can't create '${path}'`,
};

/** How applets name a file that is not there; others say its path alone. */
const NOT_THERE: Readonly<Record<string, (path: string) => string>> = {
  ...UNCHANGEABLE,
  cp: (path) => `can't stat '${path}'`,
  diff: (path) => `can't stat '${path}'`,
  md5sum: (path) => `can't open '${path}'`,
  rmdir: (path) => `'${path}'`,
  sha1sum: (path) => `can't open '${path}'`,
  sha256sum: (path) => `can't open '${path}'`,
  stat: (path) => `can't stat '${path}'`,
  tail: (path) => `can't open '${path}'`,
  uniq: (path) => `can't open '${path}'`,
};

/** Mistakes that applets word in a way of their own. */
const OWN_WORDS: readonly (readonly [RegExp, string])[] = [
  [/^rmdir: failed to remove '(.*)': /gm, "rmdir: '$1': "],
  [/^rm: cannot remove '(.*)': Is a directory$/gm, "rm: '$1' is a directory"],
  [/^cp: -r not specified; omitting directory '(.*)'$/gm, "cp: omitting directory '$1'"],
  [/^chmod: invalid mode: '(.*)'$/gm, "chmod: invalid mode '$1'"],
  [/^cut: you must specify a list of .*$/gm, "cut: expected a list of bytes, characters, or fields"],
  [
    /^(md5sum|sha\d+sum|tail|uniq): (\S+): No such file or directory$/gm,
    "$1: can't open '$2': No such file or directory",
  ],
  [/^tar: (.*): Cannot open: (.*)$/gm, "tar: can't open '$1': $2"],
];

/** The errors of a tool of just-bash in the words of busybox's applet. */
export function busyboxErrors(text: string): string {
  const said = OWN_WORDS.reduce((words, [pattern, own]) => words.replace(pattern, own), text);
  return said
    .replace(OF_FILES, (whole, tool: string, _before, code: string, path: string) => {
      const why = errnoWords(code);
      return why === null ? whole : `${tool}: ${UNCHANGEABLE[tool]?.(path) ?? path}: ${why}`;
    })
    .replace(
      /^(\w+): (?:cannot [a-z ]+ '(.*)'|failed to [a-z ]+ '(.*)'|([^':]+)): (No such file or directory|File exists)$/gm,
      (_, tool: string, a: string | undefined, b: string | undefined, c: string, why: string) => {
        const path = a ?? b ?? c;
        return `${tool}: ${NOT_THERE[tool]?.(path) ?? path}: ${why}`;
      },
    );
}
