/** Columns of a terminal that has no size, behind `Warning: `. */
const WIDTH = 78 - "Warning: ".length;

/** A warning of curl, broken into lines at blanks as curl breaks it. */
export function warning(words: string): string {
  let text = "";
  let rest = words;
  while (rest.length > WIDTH) {
    const blank = rest.lastIndexOf(" ", WIDTH - 1);
    const cut = blank > 0 ? blank + 1 : WIDTH;
    text += `Warning: ${rest.slice(0, cut)}\n`;
    rest = rest.slice(cut);
  }
  return `${text}Warning: ${rest}\n`;
}
