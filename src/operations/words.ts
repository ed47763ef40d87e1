import { ToolError } from "./tool-error.ts";

/** iproute2's `matches`: whether `word` is a beginning of `full`, not empty. */
export function matches(word: string, full: string): boolean {
  return word !== "" && full.startsWith(word);
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

  /** The word after the next one, or an empty string. */
  get peekSecond(): string {
    return this.#words[this.#at + 1] ?? "";
  }

  /** Takes the next word. @throws {ToolError} when there is none (NEXT_ARG). */
  next(): string {
    const word = this.#words[this.#at];
    if (word === undefined) throw incomplete();
    this.#at++;
    return word;
  }

  /** Puts the word that was taken last back (PREV_ARG). */
  back(): void {
    this.#at--;
  }

  /** Takes the next word if it is exactly one of these. */
  takes(...words: readonly string[]): boolean {
    const yes = !this.done && words.includes(this.peek);
    if (yes) this.#at++;
    return yes;
  }

  /** Takes the next word if it is a beginning of one of these. */
  takesPrefix(...words: readonly string[]): boolean {
    const yes = words.some((word) => matches(this.peek, word));
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

/** `Error: argument "NAME" is required` */
export function required(name: string): ToolError {
  return new ToolError(`Error: argument "${name}" is required`, 255);
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
