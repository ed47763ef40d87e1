/** How Python writes a string in quotes (`repr`), of characters below 256. */
export function repr(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  const inside = text.replace(/[\\'"\0-\x1f\x7f-\xa0\xad]/g, (c) => {
    if (c === "'" || c === '"') return c === quote ? `\\${c}` : c;
    return { "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t" }[c] ?? hex(c);
  });
  return `${quote}${inside}${quote}`;
}

/** As `http.server` writes what comes from outside to its log. */
export function logged(text: string): string {
  return text.replace(/[\\\0-\x1f\x7f-\x9f]/g, (c) => (c === "\\" ? "\\\\" : hex(c)));
}

/** `html.escape(text, quote=False)`. */
export function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

function hex(character: string): string {
  return `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`;
}
