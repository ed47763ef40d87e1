/** Longer lists are pushed to. */
const SHORT = 16;

/** What lists share that have nothing yet. It stays empty: use {@link withOne} to add to it. */
export const NOTHING: never[] = [];

const ONE: readonly unknown[] = [null];

/**
 * A list of one. It is copied from another: V8 moves what literals make to the old generation once enough of it stays, and
 * compiles all functions anew that such a literal was inlined in.
 */
function alone<T>(item: T): T[] {
  const list = ONE.slice() as T[];
  list[0] = item;
  return list;
}

/**
 * The list with one item more. A short one is copied, since a list that is pushed to keeps room for sixteen more, and a
 * large world has hundreds of thousands of lists with one or two items; a longer one is pushed to.
 */
export function withOne<T>(list: T[], item: T): T[] {
  if (list.length >= SHORT) {
    list.push(item);
    return list;
  }
  // Literals are made on the spot; the next best is a call that takes longer than all else here.
  switch (list.length) {
    case 0:
      return alone(item);
    case 1:
      return [list[0]!, item];
    case 2:
      return [list[0]!, list[1]!, item];
    case 3:
      return [list[0]!, list[1]!, list[2]!, item];
    default:
      return list.concat([item]);
  }
}

/** A copy with one item more at `at`, and no room to spare. */
export function withOneAt<T>(list: readonly T[], at: number, item: T): T[] {
  if (list.length === 0) return alone(item);
  return list.slice(0, at).concat([item], list.slice(at));
}
