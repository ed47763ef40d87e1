/** The command that the cursor stands in, as far as it is typed. */
export interface UnfinishedLine {
  /** The finished words of the simple command, without quotes, assignments and redirections. */
  readonly words: readonly string[];
  /** The word at the cursor, without quotes; perhaps empty. */
  readonly word: string;
  /** Where that word begins in the line, quotes and all. */
  readonly from: number;
  /** The quote that is open at the cursor, or an empty string. */
  readonly quote: "" | "'" | '"';
  /** The word is the file of a redirection. */
  readonly redirected: boolean;
}

/** The reserved words of bash after which a command begins. */
export const BEFORE_COMMANDS: readonly string[] = [
  "!",
  "{",
  "do",
  "elif",
  "else",
  "if",
  "then",
  "time",
  "until",
  "while",
];

const ASSIGNMENT = /^[A-Za-z_]\w*(\[[^\]]*\])?\+?=/;

class Reader {
  readonly #line: string;
  words: string[] = [];
  word = "";
  /** Where the present word began; -1 between words. */
  from = -1;
  quote: UnfinishedLine["quote"] = "";
  redirected = false;
  comment = false;
  /** What stands around `$(`. */
  readonly #outer: { words: string[]; word: string; from: number; quote: UnfinishedLine["quote"] }[] = [];

  constructor(line: string) {
    this.#line = line;
    for (let at = 0; at < line.length; at++) at = this.#read(at);
  }

  /** Reads the character at `at`; the index of the last that was read. */
  #read(at: number): number {
    const letter = this.#line[at]!;
    if (this.comment) {
      this.comment = letter !== "\n";
      if (!this.comment) this.#newCommand();
      return at;
    }
    if (this.quote === "'") {
      if (letter === "'") this.quote = "";
      else this.word += letter;
      return at;
    }
    if (letter === "\\") {
      this.#begin(at);
      this.word += this.#line[at + 1] ?? "";
      return at + 1;
    }
    if (letter === "$" && this.#line[at + 1] === "(") {
      this.#begin(at);
      this.#outer.push({ words: this.words, word: this.word, from: this.from, quote: this.quote });
      this.quote = "";
      this.#newCommand();
      return at + 1;
    }
    if (letter === '"') {
      this.#begin(at);
      this.quote = this.quote === '"' ? "" : '"';
      return at;
    }
    if (this.quote === '"') {
      this.word += letter;
      return at;
    }
    this.#readPlain(letter, at);
    return at;
  }

  #readPlain(letter: string, at: number): void {
    if (letter === "'") {
      this.#begin(at);
      this.quote = "'";
    } else if (letter === " " || letter === "\t") this.#end();
    else if (letter === ")" && this.#outer.length > 0) {
      const { words, word, from, quote } = this.#outer.pop()!;
      this.words = words;
      this.word = word;
      this.from = from;
      this.quote = quote;
      this.redirected = false;
    } else if (";|&()\n`".includes(letter)) this.#newCommand();
    else if (letter === "<" || letter === ">") {
      // The number in front of it is no word of the command.
      if (/^\d+$/.test(this.word)) this.from = -1;
      this.#end();
      this.word = "";
      this.redirected = true;
    } else if (letter === "#" && this.from < 0) this.comment = true;
    else {
      this.#begin(at);
      this.word += letter;
    }
  }

  #begin(at: number): void {
    if (this.from >= 0) return;
    this.from = at;
    this.word = "";
  }

  #end(): void {
    if (this.from < 0) return;
    this.from = -1;
    const { word } = this;
    this.word = "";
    if (this.redirected) this.redirected = false;
    else if (this.words.length > 0 || !(ASSIGNMENT.test(word) || BEFORE_COMMANDS.includes(word)))
      this.words.push(word);
  }

  #newCommand(): void {
    this.words = [];
    this.word = "";
    this.from = -1;
    this.redirected = false;
  }
}

/** Reads a line up to the cursor as bash would; null where there is nothing to complete: in a comment. */
export function readUnfinished(line: string): UnfinishedLine | null {
  const { words, word, from, quote, redirected, comment } = new Reader(line);
  if (comment) return null;
  return { words, word: from < 0 ? "" : word, from: from < 0 ? line.length : from, quote, redirected };
}
