import type { Run } from "../process-table.ts";
import type { ShellState } from "../shell-state.ts";
import { isInstalled, runInstead, type ShellProgram } from "./run.ts";

/** A program that runs its words, and changes nothing of what is simulated. */
interface PassThrough {
  readonly name: string;
  /** The letters of its options; a colon behind one: it has a value. Long options pass, with a value behind `=` only. */
  readonly letters: string;
  /** What it says where no words follow, and its status. */
  readonly missing: readonly [text: string, status: number];
  /** How it tells that there is no such program, and its status. */
  readonly notFound: (word: string) => readonly [text: string, status: number];
  /** The status of a wrong option. */
  readonly misuse: number;
}

function advice(name: string): string {
  return `Try '${name} --help' for more information.\n`;
}

/** The words behind the options; a letter: it is no option. */
function wordsOf(args: readonly string[], letters: string): readonly string[] | { readonly wrong: string } {
  let i = 0;
  for (; /^-./.test(args[i] ?? ""); i++) {
    const word = args[i]!;
    if (word === "--") return args.slice(i + 1);
    if (word.startsWith("--")) continue;
    for (let at = 1; at < word.length; at++) {
      const letter = word[at]!;
      const known = letters.indexOf(letter);
      if (known < 0 || letter === ":") return { wrong: letter };
      if (letters[known + 1] !== ":") continue;
      if (at === word.length - 1) i++;
      break;
    }
  }
  return args.slice(i);
}

function passThrough({ name, letters, missing, notFound, misuse }: PassThrough): ShellProgram {
  return (state: ShellState, args: readonly string[]): number | Run<number> => {
    const end = (text: string, status: number): number => {
      state.err(`${name}: ${text}`);
      return status;
    };
    const words = wordsOf(args, letters);
    if ("wrong" in words) return end(`invalid option -- '${words.wrong}'\n${advice(name)}`, misuse);
    if (words[0] === undefined) return end(...missing);
    if (!isInstalled(state, words[0])) return end(...notFound(words[0]));
    return runInstead(state, words, {});
  };
}

/** Nobody here hangs up. */
export const nohup: ShellProgram = passThrough({
  name: "nohup",
  letters: "",
  missing: [`missing operand\n${advice("nohup")}`, 125],
  notFound: (word) => [`failed to run command '${word}': No such file or directory\n`, 127],
  misuse: 125,
});

/** There are no sessions. */
export const setsid: ShellProgram = passThrough({
  name: "setsid",
  letters: "cfw",
  missing: [`no command specified\n${advice("setsid")}`, 1],
  notFound: (word) => [`failed to execute ${word}: No such file or directory\n`, 127],
  misuse: 1,
});

/** Every program writes at once. */
export const stdbuf: ShellProgram = passThrough({
  name: "stdbuf",
  letters: "i:o:e:",
  missing: [`missing operand\n${advice("stdbuf")}`, 125],
  notFound: (word) => [`failed to run command ‘${word}’: No such file or directory\n`, 127],
  misuse: 125,
});

/** Everybody is root. */
export const sudo: ShellProgram = passThrough({
  name: "sudo",
  letters: "bEHknPSg:h:p:u:U:",
  missing: ["a command is needed: nothing else is simulated\n", 1],
  notFound: (word) => [`${word}: command not found\n`, 1],
  misuse: 1,
});
