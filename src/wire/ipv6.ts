/** IPv6 addresses as text: as much as a description needs. */

function groups(view: DataView, at: number): readonly number[] {
  const result: number[] = [];
  for (let i = 0; i < 16; i += 2) result.push(view.getUint16(at + i));
  return result;
}

/** The address of 16 bytes at `at` as text, see {@link formatGroups}. */
export function formatAddress(view: DataView, at: number): string {
  return formatGroups(groups(view, at));
}

/** The shortest text of an address (RFC 5952), with a dotted quad for mapped IPv4 as inet_ntop prints it. */
export function formatGroups(address: readonly number[]): string {
  let bestStart = -1;
  let bestLength = 1;
  for (let i = 0; i < 8; i++) {
    let run = 0;
    while (i + run < 8 && address[i + run] === 0) run++;
    if (run > bestLength) {
      bestStart = i;
      bestLength = run;
    }
    i += run;
  }
  const hex = address.map((group) => group.toString(16));
  const tail = `${address[6]! >>> 8}.${address[6]! & 255}.${address[7]! >>> 8}.${address[7]! & 255}`;
  if (bestStart === 0 && bestLength === 6) return `::${tail}`;
  if (bestStart === 0 && bestLength === 5 && address[5] === 0xffff) return `::ffff:${tail}`;
  if (bestStart < 0) return hex.join(":");
  return `${hex.slice(0, bestStart).join(":")}::${hex.slice(bestStart + bestLength).join(":")}`;
}
