/**
 * What a record holds under a key that somebody typed; undefined for `constructor` and whatever else every object answers
 * to by birth.
 */
export function own<T>(record: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}
