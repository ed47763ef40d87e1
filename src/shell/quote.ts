/** A word written so that bash reads it back as one word. `always` puts quotes around plain words too, as `${x@Q}` does. */
export function quoteWord(text: string, always = false): string {
  if (!always && /^[A-Za-z0-9_@%+=:,./-]+$/.test(text)) return text;
  if (/[\x00-\x1f\x7f]/.test(text)) return ansiQuote(text);
  return `'${text.replace(/'/g, "'\\''")}'`;
}

/** As printf's `%q` writes it: backslashes before single characters. */
export function quoteForPrintf(text: string): string {
  if (text === "") return "''";
  if (/[\x00-\x1f\x7f]/.test(text)) return ansiQuote(text);
  return text.replace(/[^A-Za-z0-9_@%+=:./-]/gu, (c) => (c.codePointAt(0)! > 127 ? c : `\\${c}`));
}

/** As `declare -p` writes values: in double quotes. */
export function quoteForDeclare(text: string): string {
  if (/[\x00-\x1f\x7f]/.test(text)) return ansiQuote(text);
  return `"${text.replace(/[\\"$`]/g, "\\$&")}"`;
}

function ansiQuote(text: string): string {
  const names: Readonly<Record<string, string>> = {
    "\n": "\\n",
    "\t": "\\t",
    "\r": "\\r",
    "\x07": "\\a",
    "\b": "\\b",
    "\f": "\\f",
    "\v": "\\v",
    "\x1b": "\\E",
  };
  let result = "$'";
  for (const c of text) {
    if (c === "'" || c === "\\") result += `\\${c}`;
    else if (/[\x00-\x1f\x7f]/.test(c))
      result += names[c] ?? `\\${c.charCodeAt(0).toString(8).padStart(3, "0")}`;
    else result += c;
  }
  return `${result}'`;
}

/** Reads backslash escapes, as `echo -e`, `printf` and `$'...'` do. Stops at `\c`, which `stopped` tells. */
export function readEscapes(text: string, octalNeedsZero: boolean): { text: string; stopped: boolean } {
  const simple: Readonly<Record<string, string>> = {
    n: "\n",
    t: "\t",
    r: "\r",
    a: "\x07",
    b: "\b",
    f: "\f",
    v: "\v",
    e: "\x1b",
    E: "\x1b",
    "\\": "\\",
  };
  let result = "";
  for (let i = 0; i < text.length; i++) {
    if (text[i] !== "\\" || i === text.length - 1) {
      result += text[i];
      continue;
    }
    const rest = text.slice(i + 1);
    const octal = (octalNeedsZero ? /^0[0-7]{0,3}/ : /^[0-7]{1,3}/).exec(rest);
    const hex =
      /^x[0-9a-fA-F]{1,2}/.exec(rest) ?? /^u[0-9a-fA-F]{1,4}/.exec(rest) ?? /^U[0-9a-fA-F]{1,8}/.exec(rest);
    if (rest[0] === "c") return { text: result, stopped: true };
    if (simple[rest[0]!] !== undefined) {
      result += simple[rest[0]!];
      i++;
    } else if (octal !== null) {
      result += String.fromCodePoint(Number.parseInt(octal[0], 8) & 0xff);
      i += octal[0].length;
    } else if (hex !== null) {
      result += String.fromCodePoint(Number.parseInt(hex[0].slice(1), 16));
      i += hex[0].length;
    } else result += "\\";
  }
  return { text: result, stopped: false };
}
