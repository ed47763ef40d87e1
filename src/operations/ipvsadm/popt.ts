import { ToolError } from "../tool-error.ts";
import { TRY_HELP } from "./help.ts";

/** Whether an option has an argument. */
type Argument = "none" | "required" | "optional";

export interface PoptOption {
  readonly long: string;
  readonly short?: string;
  readonly argument?: Argument;
}

/** An option as it was given. */
interface Given {
  readonly option: PoptOption;
  readonly argument: string | null;
}

/**
 * Takes a command line apart as popt does: options in any order, words in between are left over. What is wrong is met only
 * when one comes to it.
 */
export class Popt {
  readonly #options: readonly PoptOption[];
  readonly #words: readonly string[];
  #at = 0;
  /** Letters of a word that are still to be looked at. */
  #letters = "";
  readonly leftOver: string[] = [];

  constructor(options: readonly PoptOption[], words: readonly string[]) {
    this.#options = options;
    this.#words = words;
  }

  /** The next option, or null at the end. @throws {ToolError} in popt's words; of the first one, `ipvsadm` gives help. */
  next(isFirst: boolean): Given | null {
    while (this.#letters === "") {
      const word = this.#words[this.#at++];
      if (word === undefined) return null;
      if (word === "--") {
        this.leftOver.push(...this.#words.slice(this.#at));
        this.#at = this.#words.length;
        return null;
      }
      if (word.startsWith("--")) return this.#long(word, isFirst);
      if (word.startsWith("-") && word !== "-") this.#letters = word.slice(1);
      else this.leftOver.push(word);
    }
    const letter = this.#letters[0]!;
    this.#letters = this.#letters.slice(1);
    const word = this.#words[this.#at - 1]!;
    const option = this.#options.find(({ short }) => short === letter);
    if (option === undefined) throw problem(word, "unknown option", isFirst);
    if (option.argument === undefined) return { option, argument: null };
    let rest: string | null = null;
    if (this.#letters !== "") rest = this.#letters.startsWith("=") ? this.#letters.slice(1) : this.#letters;
    this.#letters = "";
    return { option, argument: rest ?? this.#argument(option, word, isFirst) };
  }

  #long(word: string, isFirst: boolean): Given {
    const cut = word.indexOf("=");
    const name = word.slice(2, cut < 0 ? undefined : cut);
    const option = this.#options.find(({ long }) => long === name);
    if (option === undefined || (cut >= 0 && option.argument === undefined))
      throw problem(word, "unknown option", isFirst);
    if (option.argument === undefined) return { option, argument: null };
    return { option, argument: cut < 0 ? this.#argument(option, word, isFirst) : word.slice(cut + 1) };
  }

  #argument(option: PoptOption, word: string, isFirst: boolean): string | null {
    const next = this.#words[this.#at];
    if (option.argument === "optional" && (next === undefined || next.startsWith("-"))) return null;
    if (next === undefined) throw problem(word, "missing argument", isFirst);
    this.#at++;
    return next;
  }
}

function problem(word: string, what: string, isFirst: boolean): ToolError {
  return new ToolError(isFirst ? TRY_HELP : `${word}: ${what}`, 255);
}
