import type { ShellState } from "../shell-state.ts";

/** Options of a GNU program: their letters, and for each long name its letter. A colon behind a letter: it has a value, two: it may have one, in the same word. */
interface GnuOptions {
  readonly letters: string;
  readonly long: Readonly<Record<string, string>>;
}

interface Sorted {
  /** By letter: the last value, empty for those without. */
  readonly options: ReadonlyMap<string, string>;
  /** Letters and values as they were given, each time. */
  readonly inOrder: readonly (readonly [string, string])[];
  readonly operands: readonly string[];
}

/**
 * Sorts words as getopt_long(3) does; null when one is wrong, which is then said, with the status 1 of coreutils.
 * `isOperand` names words that look like options and are none, such as negative numbers.
 */
export function gnuOptions(
  state: ShellState,
  name: string,
  args: readonly string[],
  { letters, long }: GnuOptions,
  isOperand: (word: string) => boolean = () => false,
): Sorted | null {
  const inOrder: [string, string][] = [];
  const give = (letter: string, value: string): number => inOrder.push([letter, value]);
  const operands: string[] = [];
  const wrong = (message: string): null => {
    state.err(`${name}: ${message}\nTry '${name} --help' for more information.\n`);
    return null;
  };
  const colons = (letter: string): number =>
    /^:*/.exec(letters.slice(letters.indexOf(letter) + 1))![0].length;
  for (let i = 0; i < args.length; i++) {
    const word = args[i]!;
    if (word === "--") {
      operands.push(...args.slice(i + 1));
      break;
    }
    if (!word.startsWith("-") || word === "-" || isOperand(word)) {
      operands.push(word);
      continue;
    }
    if (word.startsWith("--")) {
      const [head = "", ...rest] = word.slice(2).split("=");
      const names = Object.keys(long).filter((one) => one === head || one.startsWith(head));
      const full = names.includes(head) ? head : names.length === 1 ? names[0]! : null;
      if (full === null) return wrong(`unrecognized option '${word}'`);
      const letter = long[full]!;
      if (colons(letter) === 0) {
        if (rest.length > 0) return wrong(`option '--${full}' doesn't allow an argument`);
        give(letter, "");
        continue;
      }
      if (colons(letter) === 2) {
        give(letter, rest.join("="));
        continue;
      }
      const value = rest.length > 0 ? rest.join("=") : args[++i];
      if (value === undefined) return wrong(`option '--${full}' requires an argument`);
      give(letter, value);
      continue;
    }
    for (let at = 1; at < word.length; at++) {
      const letter = word[at]!;
      if (letter === ":" || !letters.includes(letter)) return wrong(`invalid option -- '${letter}'`);
      if (colons(letter) === 0) {
        give(letter, "");
        continue;
      }
      if (colons(letter) === 2) {
        give(letter, word.slice(at + 1));
        break;
      }
      const value = at + 1 < word.length ? word.slice(at + 1) : args[++i];
      if (value === undefined) return wrong(`option requires an argument -- '${letter}'`);
      give(letter, value);
      break;
    }
  }
  return { options: new Map(inOrder), inOrder, operands };
}
