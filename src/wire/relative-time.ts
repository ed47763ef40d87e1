const UNITS: readonly (readonly [string, number])[] = [
  ["y", 31_536_000],
  ["w", 604_800],
  ["d", 86_400],
  ["h", 3600],
  ["m", 60],
  ["s", 1],
];

/** Whole seconds as tcpdump tells them (unsigned_relts_print): `1d2h`, `0s`. */
export function relativeTime(seconds: number): string {
  if (seconds === 0) return "0s";
  let text = "";
  for (const [unit, size] of UNITS) {
    if (seconds >= size) text += `${Math.floor(seconds / size)}${unit}`;
    seconds %= size;
  }
  return text;
}
