/** Bash's words when a text ends in the middle of a loop, a quote or a substitution; nothing of it has run then. */
const ENDS_TOO_EARLY = /syntax error: unexpected end of file|unexpected EOF while looking for matching/;
const SYNTAX_ERROR = 2;

/** True when what bash answered means that it was only given the beginning of a command. */
export function saysUnfinished(output: string, status: number): boolean {
  return status === SYNTAX_ERROR && ENDS_TOO_EARLY.test(output);
}

/**
 * True for the two beginnings that bash, given them as a whole text, runs without complaint although a terminal would
 * wait for more: a last line that ends in a backslash, and a here-document without its last line.
 */
export function looksUnfinished(text: string): boolean {
  const backslashes = /\\*$/.exec(text)![0].length;
  return backslashes % 2 === 1 || hasOpenHereDocument(text);
}

/** Unquoted `<<WORD`, `<<-WORD` and `<<'WORD'`; not `<<<`, and not a shift such as `1<<2`. */
const HERE_DOCUMENT = /^<<(-?)[ \t]*(["']?)([A-Za-z_][\w-]*)\2/;

function hasOpenHereDocument(text: string): boolean {
  const lines = text.split("\n");
  for (let at = 0; at < lines.length; at++) {
    for (const { word, tabs } of hereDocumentsOf(lines[at]!)) {
      do at++;
      while (at < lines.length && (tabs ? lines[at]!.replace(/^\t+/, "") : lines[at]!) !== word);
      if (at === lines.length) return true;
    }
  }
  return false;
}

function hereDocumentsOf(line: string): { word: string; tabs: boolean }[] {
  const found: { word: string; tabs: boolean }[] = [];
  let quote = "";
  for (let at = 0; at < line.length; at++) {
    const letter = line[at]!;
    if (quote !== "") {
      if (letter === "\\" && quote === '"') at++;
      else if (letter === quote) quote = "";
    } else if (letter === "\\") at++;
    else if (letter === "'" || letter === '"') quote = letter;
    else if (line.startsWith("<<<", at)) at += 2;
    else if (line.startsWith("<<", at)) {
      const match = HERE_DOCUMENT.exec(line.slice(at));
      if (match !== null) {
        found.push({ word: match[3]!, tabs: match[1] === "-" });
        at += match[0].length - 1;
      } else at++;
    }
  }
  return found;
}
