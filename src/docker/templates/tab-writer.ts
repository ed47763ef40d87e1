/**
 * Text with cells that end with tabs, laid out in columns as Go's text/tabwriter does: a column is a block of
 * consecutive lines that have that cell; it is at least `least` wide, padding included.
 */
export function alignTabs(text: string, least: number, padding: number): string {
  const lines = text.split("\n").map((line) => line.split("\t"));
  const widths: number[][] = lines.map(() => []);
  layOut(lines, widths, 0, lines.length, 0, { least, padding });
  return lines
    .map((cells, row) =>
      cells
        .map((cell, at) =>
          at === cells.length - 1 ? cell : cell + " ".repeat(widths[row]![at]! - width(cell)),
        )
        .join(""),
    )
    .join("\n");
}

function layOut(
  lines: readonly string[][],
  widths: number[][],
  from: number,
  to: number,
  column: number,
  settings: { readonly least: number; readonly padding: number },
): void {
  for (let row = from; row < to; row++) {
    if (column >= lines[row]!.length - 1) continue;
    let end = row;
    let widest = settings.least;
    for (; end < to && column < lines[end]!.length - 1; end++) {
      const cell = width(lines[end]![column]!);
      widest = Math.max(widest, cell + settings.padding);
    }
    for (let at = row; at < end; at++) widths[at]![column] = widest;
    layOut(lines, widths, row, end, column + 1, settings);
    row = end - 1;
  }
}

function width(text: string): number {
  return [...text].length;
}
