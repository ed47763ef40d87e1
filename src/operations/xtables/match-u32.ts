import type { U32Info, U32Test } from "../../netfilter/match-u32.ts";
import { unsigned } from "../words.ts";
import type { XtExtension } from "./extension.ts";
import { XtProblem } from "./xt-problem.ts";

/** Most tests, operators and ranges. */
const MOST = 10;

type Operator = U32Test["operators"][number]["operator"];

/** Reads `LOCATION=VALUES && LOCATION=VALUES ...`; mistakes are told with the place in the text. */
class U32Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  read(): U32Test[] {
    const tests: U32Test[] = [];
    for (;;) {
      const { start, operators } = this.#location();
      const ranges = this.#ranges();
      tests.push({ start, operators, ranges });
      if (tests.length > MOST) {
        if (this.#at < this.#text.length) this.#at++;
        throw this.#wrong('too many "&&"s');
      }
      if (this.#at >= this.#text.length) return tests;
      this.#at += 2;
    }
  }

  #location(): Pick<U32Test, "start" | "operators"> {
    let start: number | null = null;
    const operators: { operator: Operator; number: number }[] = [];
    for (;;) {
      this.#skipBlanks();
      const char = this.#text[this.#at];
      if (char === undefined) throw new XtProblem("u32: abrupt end of input after location specifier");
      if (char === "=") {
        if (start === null) throw this.#wrong("location spec missing");
        this.#at++;
        return { start, operators };
      }
      if (start === null) start = this.#number();
      else operators.push({ operator: this.#operator(char), number: this.#number() });
      // Where it begins is a number as well.
      if (operators.length >= MOST) throw this.#wrong("too many operators");
    }
  }

  #operator(char: string): Operator {
    this.#at++;
    if (char === "&" || char === "@") return char;
    if (char !== "<" && char !== ">") {
      this.#at--;
      throw this.#wrong("operator expected");
    }
    if (this.#text[this.#at] !== char) throw this.#wrong(`a second '${char}' was expected`);
    this.#at++;
    return char === "<" ? "<<" : ">>";
  }

  #ranges(): (readonly [number, number])[] {
    const ranges: (readonly [number, number])[] = [];
    for (;;) {
      this.#skipBlanks();
      const char = this.#text[this.#at];
      if (char === undefined) {
        if (ranges.length === 0) throw new XtProblem("u32: test ended with no value specified");
        return ranges;
      }
      if (char === "&") {
        if (this.#text[this.#at + 1] !== "&") {
          this.#at++;
          throw this.#wrong("a second '&' was expected");
        }
        if (ranges.length === 0) throw this.#wrong("value spec missing");
        return ranges;
      }
      if (ranges.length > 0) {
        if (char !== ",") throw this.#wrong('expected "," or "&&"');
        this.#at++;
      }
      const low = this.#number();
      this.#skipBlanks();
      const ranged = this.#text[this.#at] === ":";
      if (ranged) this.#at++;
      ranges.push([low, ranged ? this.#number() : low]);
      if (ranges.length > MOST) throw this.#wrong('too many ","s');
    }
  }

  #number(): number {
    const rest = this.#text.slice(this.#at);
    const digits = /^\s*(0[xX][0-9a-fA-F]+|\d+)/.exec(rest);
    const value = digits === null ? null : unsigned(digits[1]!);
    if (value === null) throw this.#wrong("not a number or out of range");
    this.#at += digits![0].length;
    return value;
  }

  #skipBlanks(): void {
    while (/\s/.test(this.#text[this.#at] ?? "")) this.#at++;
  }

  #wrong(why: string): XtProblem {
    return new XtProblem(`u32: at char ${this.#at}: ${why}`);
  }
}

export const u32Match: XtExtension<U32Info> = {
  name: "u32",
  help: `u32 match options:
[!] --u32 tests
		tests := location "=" value | tests "&&" location "=" value
		value := range | value "," range
		range := number | number ":" number
		location := number | location operator number
		operator := "&" | "<<" | ">>" | "@"
`,
  options: [{ name: "u32", read: (text) => new U32Reader(text).read(), not: true, mandatory: true }],
  make: (given) => ({
    name: "u32",
    tests: given.get<U32Test[]>("u32")!,
    ...(given.not("u32") ? { not: true as const } : {}),
  }),
  save: (info) => `${info.not ? "! " : ""}--u32 ${text(info)}`,
  list: (info) => `u32${info.not ? " !" : ""} ${text(info)}`,
};

function hex(value: number): string {
  return `0x${value.toString(16)}`;
}

function text({ tests }: U32Info): string {
  const all = tests.map(({ start, operators, ranges }) => {
    const location = hex(start) + operators.map(({ operator, number }) => operator + hex(number)).join("");
    const values = ranges.map(([low, high]) => (low === high ? hex(low) : `${hex(low)}:${hex(high)}`));
    return `${location}=${values.join(",")}`;
  });
  return `"${all.join("&&")}"`;
}
