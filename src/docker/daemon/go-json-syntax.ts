/** A text that is no JSON, in the words of Go's encoding/json. */
export class JsonSyntax extends Error {
  override readonly name = "JsonSyntax";
}

const BLANK = /[ \t\r\n]/;

/**
 * The first value of a text, whatever stands behind it, as Go's json.Decoder reads it.
 * @throws {JsonSyntax}
 */
export function firstJsonValue(text: string): unknown {
  const scanner = new Scanner(text);
  scanner.skipBlanks();
  if (scanner.isAtEnd) throw new JsonSyntax("EOF");
  const from = scanner.at;
  scanner.value();
  return JSON.parse(text.slice(from, scanner.at));
}

class Scanner {
  readonly #text: string;
  at = 0;

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
    const character = this.#text[this.at]!;
    const shown = character === "'" ? "'\\''" : character === '"' ? "'\"'" : `'${escaped(character)}'`;
    throw new JsonSyntax(`invalid character ${shown} ${where}`);
  }

  value(): void {
    const first = this.#peek();
    if (first === "{") this.#object();
    else if (first === "[") this.#array();
    else if (first === '"') this.#string();
    else if (/[-0-9]/.test(first)) this.#number();
    else {
      const word = ["true", "false", "null"].find((one) => one[0] === first);
      if (word === undefined) this.#refuse("looking for beginning of value");
      this.#literal(word);
    }
  }

  #object(): void {
    this.at++;
    if (this.#peek() === "}") {
      this.at++;
      return;
    }
    for (;;) {
      if (this.#peek() !== '"') this.#refuse("looking for beginning of object key string");
      this.#string();
      if (this.#peek() !== ":") this.#refuse("after object key");
      this.at++;
      this.value();
      if (this.#ends("}", "after object key:value pair")) return;
    }
  }

  #array(): void {
    this.at++;
    if (this.#peek() === "]") {
      this.at++;
      return;
    }
    for (;;) {
      this.value();
      if (this.#ends("]", "after array element")) return;
    }
  }

  /** Whether the list ends here; else a comma must go on with it. */
  #ends(end: string, where: string): boolean {
    const character = this.#peek();
    if (character !== end && character !== ",") this.#refuse(where);
    this.at++;
    return character === end;
  }

  #string(): void {
    this.at++;
    for (;;) {
      const character = this.#next();
      if (character < " ") this.#refuse("in string literal");
      this.at++;
      if (character === '"') return;
      if (character !== "\\") continue;
      const code = this.#next();
      if (!/["\\/bfnrtu]/.test(code)) this.#refuse("in string escape code");
      this.at++;
      if (code !== "u") continue;
      for (let digit = 0; digit < 4; digit++, this.at++)
        if (!/[0-9a-fA-F]/.test(this.#next())) this.#refuse("in \\u hexadecimal character escape");
    }
  }

  #number(): void {
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
  }

  #literal(word: string): void {
    for (const character of word) {
      if (this.#next() !== character) this.#refuse(`in literal ${word} (expecting '${character}')`);
      this.at++;
    }
  }
}

function escaped(character: string): string {
  if (character === "\n") return "\\n";
  if (character === "\t") return "\\t";
  if (character === "\r") return "\\r";
  return character < " " ? `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}` : character;
}
