import { own } from "../base/own.ts";

/** What stands inside brackets for the name of a class, as JavaScript writes it; also right in shell patterns. */
const CLASSES: Readonly<Record<string, string>> = {
  alpha: "a-zA-Z",
  digit: "0-9",
  alnum: "a-zA-Z0-9",
  upper: "A-Z",
  lower: "a-z",
  space: "\\s",
  blank: " \\t",
  punct: "!-\\/:-@\\[-`\\{-~",
  xdigit: "0-9a-fA-F",
  cntrl: "\\x00-\\x1f\\x7f",
  print: "\\x20-\\x7e",
  graph: "\\x21-\\x7e",
};

/** What stands inside brackets for `[:name:]`; empty for a name that there is not. */
export function characterClass(name: string): string {
  return own(CLASSES, name) ?? "";
}

const CLASS = /\[:(\w+):\]/g;

/** What regerror(3) says where JavaScript says this. */
const WORDS: readonly (readonly [said: RegExp, words: string])[] = [
  [/Unterminated group/, "Unmatched ( or \\("],
  [/Unmatched '\)'/, "Unmatched ) or \\)"],
  [/Range out of order/, "Invalid range end"],
  [/Unterminated character class|missing \]/i, "Unmatched [, [^, [:, [., or [="],
  [/numbers out of order/, "Invalid content of \\{\\}"],
  [/\\ at end/, "Trailing backslash"],
];

/**
 * Compiles a POSIX extended regular expression (regcomp(3)). A text says what is wrong with it, in the C library's words.
 * @param flags of JavaScript: `i` for a comparison without case
 */
export function extendedRegExp(source: string, flags = ""): RegExp | string {
  if (/(?<!\\)\{\d+(,\d*)?$/.test(source)) return "Unmatched \\{";
  for (const [, name] of source.matchAll(CLASS))
    if (characterClass(name!) === "") return "Invalid character class name";
  try {
    return new RegExp(
      source.replace(CLASS, (_, name: string) => characterClass(name)),
      flags,
    );
  } catch (error) {
    const { message } = error as SyntaxError;
    return WORDS.find(([said]) => said.test(message))?.[1] ?? "Invalid preceding regular expression";
  }
}
