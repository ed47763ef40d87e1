import type { Nanos } from "../../sim/time.ts";
import { columnOf, type PsColumn } from "./ps-columns.ts";
import type { PsWishes } from "./ps-options.ts";
import { asTree, type ListedProcess, listed, type SeenProcess } from "./seen-process.ts";

/** The processes that somebody asks for, in the order in which `ps` shows them. */
export function chosenProcesses(
  wishes: PsWishes,
  processes: readonly SeenProcess[],
  now: Nanos,
): readonly ListedProcess[] {
  const { names, pids, parents, users, order, tree } = wishes;
  const chooses = names.length + pids.length + parents.length + users.length > 0;
  const chosen = listed(processes)
    .filter(
      ({ name, pid, parent, uid }) =>
        !chooses ||
        names.includes(name) ||
        pids.includes(pid) ||
        parents.includes(parent) ||
        users.includes(`${uid}`),
    )
    .sort((a, b) => a.pid - b.pid);
  for (const key of [...order].reverse()) {
    const column = columnOf(key.replace(/^[-+]/, ""))!;
    chosen.sort((a, b) => compare(column, a, b, now) * (key.startsWith("-") ? -1 : 1));
  }
  return tree ? asTree(chosen) : chosen;
}

function compare(column: PsColumn, one: ListedProcess, other: ListedProcess, now: Nanos): number {
  const [a, b] = [column.text(one, now), column.text(other, now)];
  const [x, y] = [Number(a), Number(b)];
  if (!Number.isNaN(x) && !Number.isNaN(y)) return x - y;
  return a < b ? -1 : a > b ? 1 : 0;
}

/** One line of the table; what is too wide for its column takes from the blanks of the next. */
export function psLine(columns: readonly PsColumn[], cellOf: (column: PsColumn) => string): string {
  let line = "";
  let end = 0;
  for (const [at, column] of columns.entries()) {
    const cell = cellOf(column);
    const width = Math.max(
      column.width,
      column.title.length > column.width && column.right ? column.title.length : 0,
    );
    const begin = end === 0 ? 0 : end + 1;
    end = begin + width;
    const isLast = at === columns.length - 1;
    const from = Math.max(column.right ? end - cell.length : begin, line.length === 0 ? 0 : line.length + 1);
    line = line.padEnd(from) + cell;
    if (!isLast && !column.right) line = line.padEnd(end);
  }
  return line;
}
