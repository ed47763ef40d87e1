/**
 * Explicit congestion notification through a tunnel (RFC 6040, RFC 3168 section 9.1), as Linux does it
 * (include/net/inet_ecn.h): the two low bits of the ToS byte.
 */
import * as checksum from "../wire/checksum.ts";
import * as ipv4 from "../wire/ipv4.ts";

const MASK = 3;
const NOT_ECT = 0;
const ECT_1 = 1;
const ECT_0 = 2;
const CE = 3;

/** The outer ToS: the bits of the inner one stand in it, but congestion that was met before is not told again. */
export function encapsulate(outerTos: number, innerTos: number): number {
  const inner = innerTos & MASK;
  return (outerTos & ~MASK) | (inner === CE ? ECT_0 : inner);
}

/**
 * Brings what the outer header met into the inner IPv4 header at `at`. False when the packet must be dropped: it met
 * congestion, and its sender does not understand that.
 */
export function decapsulate(view: DataView, at: number, outerTos: number): boolean {
  const outer = outerTos & MASK;
  const tos = ipv4.tos(view, at);
  if ((tos & MASK) === NOT_ECT) return outer !== CE;
  if (outer === CE) setTos(view, at, tos, tos | CE);
  else if (outer === ECT_1 && (tos & MASK) === ECT_0) setTos(view, at, tos, (tos & ~MASK) | ECT_1);
  return true;
}

/** Whether an outer header has something to say that may change the inner one. */
export function mayMark(outerTos: number): boolean {
  return (outerTos & MASK) === CE || (outerTos & MASK) === ECT_1;
}

function setTos(view: DataView, at: number, before: number, after: number): void {
  ipv4.setTos(view, at, after);
  // The version and the header length share the word with the ToS.
  ipv4.setChecksum(view, at, checksum.update16(ipv4.checksum(view, at), 0x4500 | before, 0x4500 | after));
}
