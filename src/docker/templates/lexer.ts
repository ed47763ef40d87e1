/** The tokens of Go's text/template, as Go 1.19 splits them. */

type TokenKind =
  | "text"
  | "left"
  | "right"
  | "space"
  | "identifier"
  | "keyword"
  | "field"
  | "variable"
  | "dot"
  | "nil"
  | "bool"
  | "number"
  | "char"
  | "string"
  | "rawString"
  | "pipe"
  | "(" // parentheses and the like stand for themselves
  | ")"
  | ","
  | "="
  | ":="
  | "charLiteral"
  | "error"
  | "eof";

export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  /** Index of its first character in the template. */
  readonly at: number;
  /** From 1. */
  readonly line: number;
}

const KEYWORDS = new Set([
  "block",
  "break",
  "continue",
  "define",
  "else",
  "end",
  "if",
  "range",
  "template",
  "with",
]);

const SPACE = /[ \t\r\n]/;
const WORD = /[\p{L}\p{Nd}_]/u;

/** Splits a template. A mistake is a last token of kind `error` whose text is Go's message. */
export function lex(source: string): readonly Token[] {
  return new Lexer(source).run();
}

class Lexer {
  readonly #source: string;
  readonly #tokens: Token[] = [];
  #at = 0;
  #line = 1;
  #depth = 0;

  constructor(source: string) {
    this.#source = source;
  }

  run(): readonly Token[] {
    try {
      while (this.#text()) this.#action();
      this.#emit("eof", "");
    } catch (error) {
      if (!(error instanceof LexError)) throw error;
      this.#tokens.push({ kind: "error", text: error.message, at: this.#at, line: this.#line });
    }
    return this.#tokens;
  }

  /** Text up to the next action; false at the end. */
  #text(): boolean {
    const open = this.#source.indexOf("{{", this.#at);
    const end = open < 0 ? this.#source.length : open;
    let text = this.#source.slice(this.#at, end);
    const trims = open >= 0 && this.#source[open + 2] === "-" && SPACE.test(this.#source[open + 3] ?? "");
    const whole = text.length;
    if (trims) text = text.replace(/[ \t\r\n]+$/, "");
    const skipped = this.#source.slice(this.#at + text.length, this.#at + whole);
    if (text !== "") this.#emit("text", text);
    this.#at = end;
    this.#line += count(skipped);
    return open >= 0;
  }

  #action(): void {
    const trims = this.#source[this.#at + 2] === "-" && SPACE.test(this.#source[this.#at + 3] ?? "");
    const marker = trims ? 2 : 0;
    if (this.#source.startsWith("/*", this.#at + 2 + marker)) {
      this.#comment(marker);
      return;
    }
    this.#emit("left", "{{");
    this.#skip(marker);
    this.#depth = 0;
    for (;;) {
      const close = this.#rightDelimiter(this.#at);
      if (close !== null) {
        if (this.#depth > 0) throw new LexError("unclosed left paren");
        this.#skip(close.trims ? 2 : 0);
        this.#emit("right", "}}");
        if (close.trims) this.#skipSpace();
        return;
      }
      this.#inside();
    }
  }

  #comment(marker: number): void {
    this.#at += 2 + marker;
    const close = this.#source.indexOf("*/", this.#at);
    if (close < 0) throw new LexError("unclosed comment");
    this.#skip(close + 2 - this.#at);
    const delimiter = this.#rightDelimiter(this.#at);
    if (delimiter === null) throw new LexError("comment ends before closing delimiter");
    this.#skip(delimiter.trims ? 4 : 2);
    if (delimiter.trims) this.#skipSpace();
  }

  #rightDelimiter(at: number): { readonly trims: boolean } | null {
    const trims = SPACE.test(this.#source[at] ?? "") && this.#source.startsWith("-}}", at + 1);
    if (trims) return { trims };
    return this.#source.startsWith("}}", at) ? { trims: false } : null;
  }

  #inside(): void {
    const char = charAt(this.#source, this.#at);
    if (char === "") throw new LexError("unclosed action");
    if (SPACE.test(char)) {
      let end = this.#at;
      while (SPACE.test(this.#source[end] ?? "")) end++;
      // The blank before a trim marker belongs to it.
      if (this.#source.startsWith("-}}", end)) end--;
      if (end > this.#at) this.#emit("space", this.#source.slice(this.#at, end));
      return;
    }
    if (this.#source.startsWith(":=", this.#at)) this.#emit(":=", ":=");
    else if (char === ":") {
      this.#at++;
      throw new LexError("expected :=");
    } else if (char === "=" || char === "," || char === "(") {
      if (char === "(") this.#depth++;
      this.#emit(char, char);
    } else if (char === ")") {
      this.#depth--;
      this.#at++;
      if (this.#depth < 0) throw new LexError("unexpected right paren U+0029 ')'");
      this.#at--;
      this.#emit(")", ")");
    } else if (char === "|") this.#emit("pipe", "|");
    else if (char === '"') this.#quoted('"', "string", "unterminated quoted string");
    else if (char === "`") this.#raw();
    else if (char === "'") this.#quoted("'", "char", "unterminated character constant");
    else if (char === "$") this.#fieldOrVariable("variable");
    else if (char === "." && !/[0-9]/.test(this.#source[this.#at + 1] ?? "")) this.#fieldOrVariable("field");
    else if (/[+\-.0-9]/.test(char)) this.#number();
    else if (WORD.test(char)) this.#identifier();
    else if (/[\x21-\x7e]/.test(char)) this.#emit("charLiteral", char);
    else throw new LexError(`unrecognized character in action: ${codePoint(char)}`);
  }

  #quoted(quote: string, kind: "string" | "char", refusal: string): void {
    let end = this.#at + 1;
    for (; ; end++) {
      const char = this.#source[end];
      if (char === "\\" && this.#source[end + 1] !== undefined && this.#source[end + 1] !== "\n") end++;
      else if (char === undefined || char === "\n" || char === "\\") throw new LexError(refusal);
      else if (char === quote) break;
    }
    this.#emit(kind, this.#source.slice(this.#at, end + 1));
  }

  #raw(): void {
    const end = this.#source.indexOf("`", this.#at + 1);
    if (end < 0) throw new LexError("unterminated raw quoted string");
    this.#emit("rawString", this.#source.slice(this.#at, end + 1));
  }

  #fieldOrVariable(kind: "field" | "variable"): void {
    const word = this.#word(this.#at + 1);
    if (word === "" && kind === "field") {
      this.#checkEnd(this.#at + 1);
      this.#emit("dot", ".");
      return;
    }
    this.#checkEnd(this.#at + 1 + word.length);
    this.#emit(kind, this.#source.slice(this.#at, this.#at + 1 + word.length));
  }

  #identifier(): void {
    const word = this.#word(this.#at);
    this.#checkEnd(this.#at + word.length);
    if (KEYWORDS.has(word)) this.#emit("keyword", word);
    else if (word === "true" || word === "false") this.#emit("bool", word);
    else this.#emit(word === "nil" ? "nil" : "identifier", word);
  }

  #word(from: number): string {
    let end = from;
    for (;;) {
      const char = charAt(this.#source, end);
      if (char === "" || !WORD.test(char)) return this.#source.slice(from, end);
      end += char.length;
    }
  }

  /** After a word something must stand that can follow one. */
  #checkEnd(at: number): void {
    const char = charAt(this.#source, at);
    if (char === "" || SPACE.test(char) || ".,|:()=".includes(char) || this.#source.startsWith("}}", at))
      return;
    this.#at = at + char.length;
    throw new LexError(`bad character ${codePoint(char)}`);
  }

  #number(): void {
    const rest = this.#source.slice(this.#at);
    const found =
      /^[+-]?(?:0[xX][0-9a-fA-F_]+|0[oO][0-7_]+|0[bB][01_]+|[0-9_]*\.?[0-9_]*(?:[eE][+-]?[0-9_]+)?)i?/.exec(
        rest,
      )!;
    const next = charAt(rest, found[0].length);
    if (next !== "" && WORD.test(next)) {
      throw new LexError(`bad number syntax: ${JSON.stringify(rest.slice(0, found[0].length + 1))}`);
    }
    this.#emit("number", found[0]);
  }

  #emit(kind: TokenKind, text: string): void {
    this.#tokens.push({ kind, text, at: this.#at, line: this.#line });
    this.#skip(text.length);
  }

  #skip(length: number): void {
    this.#line += count(this.#source.slice(this.#at, this.#at + length));
    this.#at += length;
  }

  #skipSpace(): void {
    let end = this.#at;
    while (SPACE.test(this.#source[end] ?? "")) end++;
    this.#skip(end - this.#at);
  }
}

class LexError extends Error {}

function count(text: string): number {
  return text.split("\n").length - 1;
}

function charAt(text: string, at: number): string {
  const code = text.codePointAt(at);
  return code === undefined ? "" : String.fromCodePoint(code);
}

/** As Go's %#U: `U+007D '}'`. */
function codePoint(char: string): string {
  return `U+${char.codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0")} '${char}'`;
}
