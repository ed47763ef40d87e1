import { heard, heardNetns, heardValue, type ValueKind } from "./expected.ts";
import { ToolError } from "./tool-error.ts";

/** iproute2's `matches`: whether `word` is a beginning, not empty, of one of these names of one thing. */
export function matches(word: string, ...names: readonly string[]): boolean {
  return (word !== "" && names.some((name) => name.startsWith(word))) || heard(word, names);
}

/** As {@link matches}, for what is understood but not simulated: the completion of a line does not offer it. */
export function abbreviates(word: string, name: string): boolean {
  return word !== "" && name.startsWith(word);
}

/** Whether `word` is exactly one of these names of one thing. */
export function same(word: string, ...names: readonly string[]): boolean {
  return names.includes(word) || heard(word, names);
}

/** Whether `word` is one of the names of several things: those of a set or the keys of a map. */
export function among(word: string, all: Pick<ReadonlyMap<string, unknown>, "has" | "keys">): boolean {
  if (all.has(word)) return true;
  for (const name of all.keys()) heard(word, [name]);
  return false;
}

/** The arguments of an iproute2 command, taken one after the other. */
export class Words {
  readonly #words: readonly string[];
  #at = 0;

  constructor(words: readonly string[]) {
    this.#words = words;
  }

  get done(): boolean {
    return this.#at >= this.#words.length;
  }

  /** The word that is next, or an empty string. */
  get peek(): string {
    return this.#words[this.#at] ?? "";
  }

  /** How many are left. */
  get left(): number {
    return this.#words.length - this.#at;
  }

  /** Takes the next word, which may be a value of a kind. @throws {ToolError} when there is none (NEXT_ARG). */
  next(kind?: ValueKind): string {
    const word = this.#words[this.#at];
    if (word === undefined) throw incomplete();
    if (kind !== undefined) heardValue(word, kind);
    this.#at++;
    return word;
  }

  /** Takes the name of the network namespace that the whole command enters. @throws {ToolError} */
  nextNetns(): string {
    const netns = this.next("namespace");
    heardNetns(netns);
    return netns;
  }

  /** Puts the word that was taken last back (PREV_ARG). */
  back(): void {
    this.#at--;
  }

  /** Takes the next word if it is exactly one of these. */
  takes(...words: readonly string[]): boolean {
    const yes = !this.done && same(this.peek, ...words);
    if (yes) this.#at++;
    return yes;
  }

  /** Takes all that is left. */
  rest(): readonly string[] {
    const rest = this.#words.slice(this.#at);
    this.#at = this.#words.length;
    return rest;
  }
}

export function incomplete(): ToolError {
  return new ToolError('Command line is not complete. Try option "help"', 255);
}

/** `Error: argument "WORD" is wrong: WHY` */
export function wrong(word: string, why: string): ToolError {
  return new ToolError(`Error: argument "${word}" is wrong: ${why}\n`, 255);
}

/** The same key twice. */
export function duplicate(key: string, value: string): ToolError {
  return new ToolError(`Error: duplicate "${key}": "${value}" is the second value.`, 255);
}

/** A word that may be a second value or nonsense. */
export function garbage(key: string, word: string): ToolError {
  return new ToolError(`Error: either "${key}" is duplicate, or "${word}" is a garbage.`, 255);
}

/**
 * Reads a number as iproute2's get_unsigned does (strtoul with base 0: decimal, 0x hexadecimal, 0 octal); null when
 * it is none or above `max`.
 */
export function unsigned(text: string, max = 0xffffffff): number | null {
  const match = /^\s*\+?(?:0[xX]([0-9a-fA-F]+)|0([0-7]*)|([1-9][0-9]*))$/.exec(text);
  if (match === null) return null;
  const value =
    match[1] !== undefined
      ? Number.parseInt(match[1], 16)
      : match[3] !== undefined
        ? Number(match[3])
        : Number.parseInt(`0${match[2]}`, 8);
  return value <= max ? value : null;
}

/** One word as one writes it in a shell. */
export function quote(word: string): string {
  return /^[A-Za-z0-9_@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
