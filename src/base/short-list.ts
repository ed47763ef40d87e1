/** Longer lists are pushed to. */
const SHORT = 16;

/** What lists share that have nothing yet. It stays empty: use {@link withOne} to add to it. */
export const NOTHING: never[] = [];

/**
 * The list with one item more. A short one is copied, since a list that is pushed to keeps room for sixteen more, and a
 * large world has hundreds of thousands of lists with one or two items; a longer one is pushed to.
 */
export function withOne<T>(list: T[], item: T): T[] {
  if (list.length < SHORT) return list.concat([item]);
  list.push(item);
  return list;
}

/** A copy with one item more at `at`, and no room to spare. */
export function withOneAt<T>(list: readonly T[], at: number, item: T): T[] {
  return list.slice(0, at).concat([item], list.slice(at));
}
