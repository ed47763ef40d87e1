/** How the lines of an expectation and those of the real output belong together. */
type DiffLine =
  | { readonly kind: "same"; readonly expected: string; readonly actual: string }
  /** `...` alone stands for these lines (possibly none). */
  | { readonly kind: "any"; readonly actual: readonly string[] }
  | { readonly kind: "missing"; readonly expected: string }
  | { readonly kind: "extra"; readonly actual: string };

const ANY = "...";

/** What stands before a command: `$ `, or the prompt of a shell inside a container, such as `/ # ` or `~ # `. */
export const PROMPT: RegExp = /^(?:\$|(?:~|\/\S*) #) /;

/** True when `actual` is `pattern`, in which each `...` stands for any text. */
export function lineMatches(pattern: string, actual: string): boolean {
  const parts = pattern.split(ANY);
  if (parts.length === 1) return pattern === actual;
  const first = parts[0]!;
  const last = parts.at(-1)!;
  if (!actual.startsWith(first) || actual.length < first.length + last.length || !actual.endsWith(last))
    return false;
  let at = first.length;
  const end = actual.length - last.length;
  for (const part of parts.slice(1, -1)) {
    const found = actual.indexOf(part, at);
    if (found < 0 || found + part.length > end) return false;
    at = found + part.length;
  }
  return true;
}

/** The lines of a command's output without trailing blanks: neither at the end of a line nor at the end of all. */
export function outputLines(output: string): string[] {
  const lines = output.split("\n").map((line) => line.trimEnd());
  while (lines.at(-1) === "") lines.pop();
  return lines;
}

/** From 0 to 1: how much of the two lines is the same at their beginnings and ends. */
function likeness(a: string, b: string): number {
  const longest = Math.max(a.length, b.length);
  if (longest === 0) return 1;
  let head = 0;
  while (head < a.length && head < b.length && a[head] === b[head]) head++;
  let tail = 0;
  while (
    tail < a.length - head &&
    tail < b.length - head &&
    a[a.length - 1 - tail] === b[b.length - 1 - tail]
  )
    tail++;
  return (head + tail) / longest;
}

// An expected line should find its counterpart, so losing one costs most, and a pair costs less the more alike it is.
const MISSING = 3;
const EXTRA = 1;

/**
 * Lays expectation and output side by side at the least cost. Without `missing` and `extra` lines in the result the
 * output is what was expected.
 */
export function align(expected: readonly string[], actual: readonly string[]): DiffLine[] {
  const rows = expected.length;
  const columns = actual.length;
  const cost: Float64Array[] = Array.from({ length: rows + 1 }, () => new Float64Array(columns + 1));
  const pairCost = (row: number, column: number): number => {
    if (lineMatches(expected[row]!, actual[column]!)) return 0;
    return MISSING - likeness(expected[row]!, actual[column]!) - 0.01;
  };
  for (let row = rows; row >= 0; row--) {
    for (let column = columns; column >= 0; column--) {
      if (row === rows) {
        cost[row]![column] = (columns - column) * EXTRA;
        continue;
      }
      if (expected[row] === ANY) {
        const eat = column < columns ? cost[row]![column + 1]! : Number.POSITIVE_INFINITY;
        cost[row]![column] = Math.min(cost[row + 1]![column]!, eat);
        continue;
      }
      let best = MISSING + cost[row + 1]![column]!;
      if (column < columns) {
        best = Math.min(
          best,
          EXTRA + cost[row]![column + 1]!,
          pairCost(row, column) + cost[row + 1]![column + 1]!,
        );
      }
      cost[row]![column] = best;
    }
  }
  const result: DiffLine[] = [];
  let row = 0;
  let column = 0;
  while (row < rows || column < columns) {
    const here = cost[row]![column]!;
    if (row === rows) result.push({ kind: "extra", actual: actual[column++]! });
    else if (expected[row] === ANY) {
      const from = column;
      while (here !== cost[row + 1]![column]!) column++;
      result.push({ kind: "any", actual: actual.slice(from, column) });
      row++;
    } else if (column < columns && here === pairCost(row, column) + cost[row + 1]![column + 1]!) {
      if (lineMatches(expected[row]!, actual[column]!)) {
        result.push({ kind: "same", expected: expected[row]!, actual: actual[column]! });
      } else {
        result.push(
          { kind: "missing", expected: expected[row]! },
          { kind: "extra", actual: actual[column]! },
        );
      }
      row++;
      column++;
    } else if (here === MISSING + cost[row + 1]![column]!) {
      result.push({ kind: "missing", expected: expected[row++]! });
    } else result.push({ kind: "extra", actual: actual[column++]! });
  }
  return result;
}

/** True when the output is what was expected; an empty expectation is none. */
export function holds(expected: readonly string[], actual: readonly string[]): boolean {
  if (expected.length === 0) return true;
  return align(expected, actual).every((line) => line.kind === "same" || line.kind === "any");
}

/** The difference as unified diffs show it: `-` expected but missing, `+` there but not expected. */
export function formatDiff(diff: readonly DiffLine[]): string[] {
  const lines: string[] = [];
  for (const line of diff) {
    if (line.kind === "same") lines.push(` ${line.actual}`);
    else if (line.kind === "any")
      lines.push(` ...${line.actual.length > 0 ? ` (${line.actual.length} lines)` : ""}`);
    else if (line.kind === "missing") lines.push(`-${line.expected}`);
    else lines.push(`+${line.actual}`);
  }
  return lines;
}

/** Output that a console block cannot hold as it is, because it would be read as something else. */
function unwritable(line: string): boolean {
  return PROMPT.test(line) || /^ {0,3}(`{3,}|~{3,})/.test(line) || /^\[exit \d+\]$/.test(line);
}

/** The expectation that `--update` writes: the real output, and every line with `...` that still matches. */
export function updatedExpectation(expected: readonly string[], actual: readonly string[]): string[] {
  if (expected.length === 0) return [];
  const lines: string[] = [];
  for (const line of align(expected, actual)) {
    if (line.kind === "same") lines.push(line.expected);
    else if (line.kind === "any") lines.push(ANY);
    else if (line.kind === "extra") lines.push(unwritable(line.actual) ? ANY : line.actual);
  }
  return lines.filter((line, n) => line !== ANY || lines[n - 1] !== ANY);
}
