import { compareNumbers, testBinary, testUnary } from "../conditional.ts";
import type { ShellState } from "../shell-state.ts";

class TestFailure extends Error {}

const UNARY = /^-[abcdefghknoprstuvwxzGLNORS]$/;
const BINARY = /^(=|==|!=|<|>|-eq|-ne|-lt|-le|-gt|-ge|-nt|-ot|-ef)$/;

/** `test EXPRESSION` and `[ EXPRESSION ]`, by the number of words as POSIX has it. */
export function test(state: ShellState, args: readonly string[], name: string): number {
  let words = args;
  if (name === "[") {
    if (words[words.length - 1] !== "]") return state.complain("[: missing `]'", 2);
    words = words.slice(0, -1);
  }
  try {
    const parser = new TestParser(state, words);
    return parser.whole() ? 0 : 1;
  } catch (error) {
    if (!(error instanceof TestFailure)) throw error;
    return state.complain(`${name}: ${error.message}`, 2);
  }
}

class TestParser {
  readonly #state: ShellState;
  readonly #words: readonly string[];
  #at = 0;

  constructor(state: ShellState, words: readonly string[]) {
    this.#state = state;
    this.#words = words;
  }

  whole(): boolean {
    const words = this.#words;
    if (words.length === 0) return false;
    if (words.length === 1) return words[0] !== "";
    if (words.length === 2 && words[0] === "!") return words[1] === "";
    if (words.length === 3 && BINARY.test(words[1]!)) return this.#binary();
    const result = this.#or();
    const rest = words[this.#at];
    if (rest === undefined) return result;
    if (words.length === 2) throw new TestFailure(`${words[0]}: unary operator expected`);
    if (words.length === 3) throw new TestFailure(`${words[1]}: binary operator expected`);
    throw new TestFailure("too many arguments");
  }

  #or(): boolean {
    let result = this.#and();
    while (this.#words[this.#at] === "-o") {
      this.#at++;
      const right = this.#and();
      result = result || right;
    }
    return result;
  }

  #and(): boolean {
    let result = this.#not();
    while (this.#words[this.#at] === "-a") {
      this.#at++;
      const right = this.#not();
      result = result && right;
    }
    return result;
  }

  #not(): boolean {
    if (this.#words[this.#at] === "!") {
      this.#at++;
      return !this.#not();
    }
    return this.#primary();
  }

  #primary(): boolean {
    const words = this.#words;
    const word = words[this.#at];
    if (word === undefined) throw new TestFailure("argument expected");
    if (word === "(") {
      this.#at++;
      const result = this.#or();
      if (words[this.#at] !== ")") throw new TestFailure("`)' expected");
      this.#at++;
      return result;
    }
    if (BINARY.test(words[this.#at + 1] ?? "") && words[this.#at + 2] !== undefined) return this.#binary();
    if (UNARY.test(word) && words[this.#at + 1] !== undefined) {
      this.#at += 2;
      return testUnary(this.#state, word, words[this.#at - 1]!);
    }
    this.#at++;
    return word !== "";
  }

  #binary(): boolean {
    const left = this.#words[this.#at]!;
    const operator = this.#words[this.#at + 1]!;
    const right = this.#words[this.#at + 2]!;
    this.#at += 3;
    if (/^-(eq|ne|lt|le|gt|ge)$/.test(operator))
      return compareNumbers(operator, integer(left), integer(right));
    return testBinary(this.#state, left, operator, right) ?? false;
  }
}

function integer(word: string): bigint {
  if (!/^\s*[-+]?\d+\s*$/.test(word)) throw new TestFailure(`${word}: integer expression expected`);
  return BigInt(word.trim().replace(/^\+/, ""));
}
