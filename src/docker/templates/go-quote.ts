/** Text as Go's `%q` writes it: double quotes, with Go's escapes. */
export function goQuote(text: string): string {
  let quoted = '"';
  for (const char of text) quoted += escaped(char, '"');
  return `${quoted}"`;
}

/** A character as Go's `%q` writes a rune. */
export function goQuoteRune(char: string): string {
  return `'${escaped(char, "'")}'`;
}

const SHORT: Readonly<Record<string, string>> = {
  "\x07": "\\a",
  "\b": "\\b",
  "\f": "\\f",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "\v": "\\v",
  "\\": "\\\\",
};

function escaped(char: string, quote: string): string {
  if (char === quote) return `\\${quote}`;
  const short = SHORT[char];
  if (short !== undefined) return short;
  const code = char.codePointAt(0)!;
  if (code < 0x20 || code === 0x7f) return `\\x${code.toString(16).padStart(2, "0")}`;
  return isPrintable(char) ? char : `\\u${code.toString(16).padStart(4, "0")}`;
}

/** As unicode.IsPrint: letters, marks, numbers, punctuation, symbols and the ASCII space. */
function isPrintable(char: string): boolean {
  return char === " " || /[\p{L}\p{M}\p{N}\p{P}\p{S}]/u.test(char);
}

/** A text that does not fit into its quotes is a mistake: `"a\n"` becomes the text it stands for. Null: not quoted so. */
export function goUnquote(literal: string): string | null {
  const quote = literal[0];
  if (literal.length < 2 || literal.at(-1) !== quote) return null;
  const inner = literal.slice(1, -1);
  if (quote === "`") return inner.includes("`") ? null : inner.replace(/\r/g, "");
  if (quote !== '"' && quote !== "'") return null;
  let text = "";
  for (let at = 0; at < inner.length; at++) {
    const char = inner[at]!;
    if (char === quote || char === "\n") return null;
    if (char !== "\\") {
      text += char;
      continue;
    }
    const found =
      /^\\(?:([abfnrtv\\'"])|x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{3}))/.exec(
        inner.slice(at),
      );
    if (found === null) return null;
    const [whole, short, x, u, long, octal] = found;
    if (short !== undefined) {
      if ((short === "'" || short === '"') && short !== quote) return null;
      text += SHORT_OF[short] ?? short;
    } else {
      const code = octal === undefined ? Number.parseInt((x ?? u ?? long)!, 16) : Number.parseInt(octal, 8);
      if (code > 0x10ffff || (octal !== undefined && code > 255)) return null;
      text += String.fromCodePoint(code);
    }
    at += whole.length - 1;
  }
  return text;
}

const SHORT_OF: Readonly<Record<string, string>> = {
  a: "\x07",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
};

/** How many bytes a text has in UTF-8. */
export function utf8Length(text: string): number {
  let length = 0;
  for (const char of text) {
    const code = char.codePointAt(0)!;
    length += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return length;
}
