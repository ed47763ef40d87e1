/** IPv6 header (RFC 8200) and addresses, read in place: as much as a description needs. */

const FLOW = 0;
const PAYLOAD_LENGTH = 4;
const NEXT_HEADER = 6;
const HOP_LIMIT = 7;
const SRC = 8;
const DST = 24;

export const HEADER_LEN = 40;
export const PROTO_ICMPV6 = 58;

/** True when `length` bytes hold a header of version 6; only then may the accessors be called. */
export function fits(view: DataView, at: number, length: number): boolean {
  return length >= HEADER_LEN && view.getUint8(at) >>> 4 === 6;
}

/** What a header means. Addresses are eight groups of 16 bits. */
export interface Ipv6Repr {
  readonly trafficClass: number;
  readonly flowLabel: number;
  readonly payloadLength: number;
  readonly nextHeader: number;
  readonly hopLimit: number;
  readonly src: readonly number[];
  readonly dst: readonly number[];
}

function groups(view: DataView, at: number): readonly number[] {
  const result: number[] = [];
  for (let i = 0; i < 16; i += 2) result.push(view.getUint16(at + i));
  return result;
}

/** Null for bytes that are not an IPv6 header. The payload may be cut off. */
export function parse(view: DataView, at: number, length: number): Ipv6Repr | null {
  if (!fits(view, at, length)) return null;
  const flow = view.getUint32(at + FLOW);
  return {
    trafficClass: (flow >>> 20) & 255,
    flowLabel: flow & 0xfffff,
    payloadLength: view.getUint16(at + PAYLOAD_LENGTH),
    nextHeader: view.getUint8(at + NEXT_HEADER),
    hopLimit: view.getUint8(at + HOP_LIMIT),
    src: groups(view, at + SRC),
    dst: groups(view, at + DST),
  };
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
