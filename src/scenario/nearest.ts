/** How many letters must be put in, left out, changed or swapped with the next to make `b` from `a`. */
function distance(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, column) => column)];
  for (let row = 1; row <= a.length; row++) {
    const above = rows[row - 1]!;
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const change = a[row - 1] === b[column - 1] ? 0 : 1;
      let best = Math.min(above[column]! + 1, current[column - 1]! + 1, above[column - 1]! + change);
      const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      if (swapped) best = Math.min(best, rows[row - 2]![column - 2]! + 1);
      current.push(best);
    }
    rows.push(current);
  }
  return rows[a.length]![b.length]!;
}

/**
 * What to tell someone who wrote `word` where one of `known` belongs: the nearest one if it is near enough to be
 * what they meant, else the whole list.
 */
export function hintFor(word: string, known: readonly string[]): string {
  const ranked = known
    .map((name) => ({ name, far: distance(word.toLowerCase(), name.toLowerCase()) }))
    .sort((a, b) => a.far - b.far);
  const best = ranked[0];
  if (best === undefined) return "";
  if (best.far <= Math.max(1, Math.floor(word.length / 3))) return `did you mean ${best.name}?`;
  return `one of: ${known.join(", ")}`;
}
