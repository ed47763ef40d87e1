import * as utf8 from "../../wire/utf8.ts";

/** A text that is no JSON, in the words of Go's encoding/json. */
export class JsonSyntax extends Error {
  override readonly name = "JsonSyntax";
}

const WORDS = [
  ["true", true],
  ["false", false],
  ["null", null],
] as const;
const BLANK = /[ \t\r\n]/;

/** A number as somebody wrote it: what it may be is for its place to say. */
export class JsonNumber {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** How deep a value may lie in others (encoding/json, maxNestingDepth). */
const DEEPEST = 10_000;

/**
 * The first value of a text, whatever stands behind it, as Go's json.Decoder reads it; numbers are {@link JsonNumber}s.
 * @throws {JsonSyntax}
 */
export function firstJsonValue(text: string): unknown {
  const scanner = new Scanner(text);
  scanner.skipBlanks();
  if (scanner.isAtEnd) throw new JsonSyntax("EOF");
  const value = scanner.value();
  if (scanner.tooLarge !== null)
    throw new JsonSyntax(`json: cannot unmarshal number ${scanner.tooLarge} into Go value of type float64`);
  return value;
}

/** A list or an object that is being read, which its last value has not ended. */
type Open =
  | { readonly end: "]"; readonly values: unknown[] }
  | { readonly end: "}"; readonly entries: [key: string, value: unknown][] };

class Scanner {
  readonly #text: string;
  at = 0;
  /** The first number that no float64 holds: all else is read before it is refused. */
  tooLarge: string | null = null;

  constructor(text: string) {
    this.#text = text;
  }

  get isAtEnd(): boolean {
    return this.at >= this.#text.length;
  }

  skipBlanks(): void {
    while (!this.isAtEnd && BLANK.test(this.#text[this.at]!)) this.at++;
  }

  /** The next character that is no blank, which must be there. */
  #peek(): string {
    this.skipBlanks();
    return this.#next();
  }

  #next(): string {
    if (this.isAtEnd) throw new JsonSyntax("unexpected EOF");
    return this.#text[this.at]!;
  }

  #refuse(where: string): never {
    // Go takes each byte for a character.
    const [byte] = utf8.encode(String.fromCodePoint(this.#text.codePointAt(this.at)!));
    const character = String.fromCharCode(byte!);
    const shown = character === "'" ? "'\\''" : character === '"' ? "'\"'" : `'${escaped(character)}'`;
    throw new JsonSyntax(`invalid character ${shown} ${where}`);
  }

  /** Reads a value. What is open stands in a list of its own, so that depth costs nothing. */
  value(): unknown {
    const open: Open[] = [];
    for (;;) {
      let done = this.#begun(open);
      if (done === null) continue;
      for (;;) {
        const around = open.at(-1);
        if (around === undefined) return done.value;
        if (around.end === "]") around.values.push(done.value);
        else around.entries.at(-1)![1] = done.value;
        if (
          !this.#ends(around.end, around.end === "]" ? "after array element" : "after object key:value pair")
        ) {
          if (around.end === "}") around.entries.push([this.#key(), null]);
          break;
        }
        open.pop();
        done = { value: closed(around) };
      }
    }
  }

  /** Begins a value: one that is whole already, or null for one that is open now and has a value of its own to come. */
  #begun(open: Open[]): { readonly value: unknown } | null {
    const first = this.#peek();
    if (first === "{" || first === "[") {
      if (open.length === DEEPEST) this.#refuse("exceeded max depth");
      this.at++;
      const opened: Open = first === "{" ? { end: "}", entries: [] } : { end: "]", values: [] };
      if (this.#peek() === opened.end) {
        this.at++;
        return { value: closed(opened) };
      }
      if (opened.end === "}") opened.entries.push([this.#key(), null]);
      open.push(opened);
      return null;
    }
    if (first === '"') return { value: this.#string() };
    if (/[-0-9]/.test(first)) return { value: this.#number() };
    const word = WORDS.find(([one]) => one[0] === first);
    if (word === undefined) return this.#refuse("looking for beginning of value");
    this.#literal(word[0]);
    return { value: word[1] };
  }

  /** A key, up to its value. */
  #key(): string {
    if (this.#peek() !== '"') this.#refuse("looking for beginning of object key string");
    const key = this.#string();
    if (this.#peek() !== ":") this.#refuse("after object key");
    this.at++;
    return key;
  }

  /** Whether the list ends here; else a comma must go on with it. */
  #ends(end: string, where: string): boolean {
    const character = this.#peek();
    if (character !== end && character !== ",") this.#refuse(where);
    this.at++;
    return character === end;
  }

  #string(): string {
    const from = this.at;
    this.at++;
    for (;;) {
      const character = this.#next();
      if (character < " ") this.#refuse("in string literal");
      this.at++;
      if (character === '"') return JSON.parse(this.#text.slice(from, this.at)) as string;
      if (character !== "\\") continue;
      const code = this.#next();
      if (!/["\\/bfnrtu]/.test(code)) this.#refuse("in string escape code");
      this.at++;
      if (code !== "u") continue;
      for (let digit = 0; digit < 4; digit++, this.at++)
        if (!/[0-9a-fA-F]/.test(this.#next())) this.#refuse("in \\u hexadecimal character escape");
    }
  }

  #number(): JsonNumber {
    const from = this.at;
    const digits = (where: string): void => {
      if (!/\d/.test(this.#next())) this.#refuse(where);
      while (!this.isAtEnd && /\d/.test(this.#text[this.at]!)) this.at++;
    };
    if (this.#text[this.at] === "-") this.at++;
    if (!this.isAtEnd && this.#text[this.at] === "0") this.at++;
    else digits("in numeric literal");
    if (this.#text[this.at] === ".") {
      this.at++;
      digits("after decimal point in numeric literal");
    }
    if (/[eE]/.test(this.#text[this.at] ?? "")) {
      this.at++;
      if (/[-+]/.test(this.#text[this.at] ?? "")) this.at++;
      digits("in exponent of numeric literal");
    }
    const text = this.#text.slice(from, this.at);
    if (!Number.isFinite(Number(text))) this.tooLarge ??= text;
    return new JsonNumber(text);
  }

  #literal(word: string): void {
    for (const character of word) {
      if (this.#next() !== character) this.#refuse(`in literal ${word} (expecting '${character}')`);
      this.at++;
    }
  }
}

function closed(open: Open): unknown {
  return open.end === "]" ? open.values : Object.fromEntries(open.entries);
}

function escaped(character: string): string {
  if (character === "\n") return "\\n";
  if (character === "\t") return "\\t";
  if (character === "\r") return "\\r";
  return character < " " ? `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}` : character;
}
