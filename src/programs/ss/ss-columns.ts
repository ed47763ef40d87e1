/** A column of ss: how it is aligned, its heading, and what stands in front of it. */
export interface Column {
  readonly right: boolean;
  readonly heading: string;
  readonly before: string;
}

const left = (heading: string, before: string): Column => ({ right: false, heading, before });
const right = (heading: string, before: string): Column => ({ right: true, heading, before });

/** The columns of ss; addresses end with the colon, and ports stand beside them. */
export const NETID: Column = left("Netid", "");
export const STATE: Column = left("State", " ");
export const COLUMNS: readonly Column[] = [
  left("Recv-Q", " "),
  left("Send-Q", " "),
  right("Local Address:", " "),
  left("Port", ""),
  right("Peer Address:", " "),
  left("Port", ""),
  left("Process", ""),
];

/** Rows as ss prints them into a pipe: each column as wide as its widest cell. */
export function renderTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  header: boolean,
): string {
  const all = header ? [columns.map((c) => c.heading), ...rows] : rows;
  // The very last cell is still being written when the columns are measured.
  const isMeasured = (row: number, column: number): boolean =>
    column < columns.length - 1 || row < all.length - 1 || rows.length === 0;
  const widths = columns.map((_, column) =>
    Math.max(0, ...all.map((cells, row) => (isMeasured(row, column) ? cells[column]!.length : 0))),
  );
  const line = (row: readonly string[]): string =>
    row
      .map((cell, i) => {
        const column = columns[i]!;
        const padded = column.right ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!);
        return (i === 0 ? "" : column.before) + padded;
      })
      .join("");
  return all.map((row) => `${line(row)}\n`).join("");
}
