/** A record with its keys in alphabetical order, in which Go writes those of a map. */
export function inKeyOrder<T>(record: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
}
