/** Orders names as people do: numbers in them by their value (`web2` before `web10`). */
export function naturalOrder(a: string, b: string): number {
  const parts = (text: string): string[] => text.match(/[0-9]+|[^0-9]/g) ?? [];
  const [left, right] = [parts(a), parts(b)];
  for (let at = 0; at < Math.min(left.length, right.length); at++) {
    const [x, y] = [left[at]!, right[at]!];
    const [first, second] = [/^[0-9]/.test(x), /^[0-9]/.test(y)];
    if (first !== second) return first ? -1 : 1;
    // Of equal numbers the one with fewer zeros in front comes first.
    const difference = first ? Number(x) - Number(y) || x.length - y.length : 0;
    if (difference !== 0) return difference;
    if (!first && x !== y) return x < y ? -1 : 1;
  }
  return left.length - right.length;
}
