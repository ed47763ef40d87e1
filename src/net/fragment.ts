import { finishChecksum } from "../sim/finish-checksum.ts";
import { type Packet, PacketFlag } from "../sim/packet.ts";
import { copyBetween } from "../sim/packet-pool.ts";
import type { EntryRef } from "../sim/registry.ts";
import { Verdict } from "../sim/verdict.ts";
import * as ipv4 from "../wire/ipv4.ts";
import * as icmpError from "./icmp-error.ts";
import * as ipOutput from "./ip-output.ts";
import type { NetDevice } from "./net-device.ts";
import type { NetworkNamespace } from "./network-namespace.ts";
import type { Route } from "./route.ts";

/** The bit of an option's type that asks for it in every fragment (IPOPT_COPY). */
const COPIED = 0x80;
const OPTION_END = 0;
const OPTION_NOOP = 1;

/** Sends an IP packet that is larger than `mtu`, or was put together from pieces, in pieces (ip_fragment). */
export function output(
  ns: NetworkNamespace,
  packet: Packet,
  way: Route,
  device: NetDevice,
  dst: number,
  mtu: number,
): void {
  const view = packet.view;
  const at = packet.at;
  const flags = ipv4.flagsOffset(view, at);
  const longest = packet.fragmentMax;
  if ((flags & ipv4.DONT_FRAGMENT) !== 0) {
    const allowed = (packet.flags & PacketFlag.ignoreDf) !== 0 && (longest === 0 || longest <= mtu);
    if (!allowed) {
      ns.snmp.fragFails++;
      icmpError.fragmentationNeeded(ns, packet, mtu);
      ns.drop(packet, Verdict.PKT_TOO_BIG, limitedBy(ns, packet, way, dst));
      return;
    }
  }
  if (longest !== 0 && longest < mtu) mtu = longest;
  finishChecksum(packet);
  ns.note(packet, Verdict.fragmented, limitedBy(ns, packet, way, dst));
  const header = ipv4.headerLength(view, at);
  // A datagram that came in pieces with DF goes on in pieces with DF; what is cut here has none.
  const keep = longest === 0 ? flags & ~ipv4.DONT_FRAGMENT : flags;
  const first = keep & ipv4.OFFSET_MASK;
  const more = keep & ipv4.MORE_FRAGMENTS;
  const room = (mtu - header) & ~7;
  const total = packet.length - header;
  for (let done = 0; done < total; ) {
    const left = total - done;
    const size = left > mtu - header ? room : left;
    const piece = ns.world.pool.allocate(header + size, packet);
    copyBetween(packet, at, piece, piece.at, header);
    copyBetween(packet, at + header + done, piece, piece.at + header, size);
    piece.networkAt = piece.at;
    piece.transportAt = piece.at + header;
    piece.device = packet.device;
    piece.mark = packet.mark;
    piece.trusted = packet.trusted;
    piece.corrupted = packet.corrupted;
    piece.flags = packet.flags;
    if (done > 0 && header > ipv4.HEADER_LEN) dropOptions(piece.view, piece.at, header);
    ipv4.setTotalLength(piece.view, piece.at, header + size);
    const follows = size < left ? ipv4.MORE_FRAGMENTS : more;
    const field = (keep & ipv4.DONT_FRAGMENT) | follows | (first + (done >>> 3));
    ipv4.setFlagsOffset(piece.view, piece.at, field);
    ipv4.fillChecksum(piece.view, piece.at);
    done += size;
    ns.snmp.fragCreates++;
    ipOutput.finish(ns, piece, way, device, dst);
  }
  ns.snmp.fragOks++;
  ns.drop(packet, Verdict.FRAGMENTED);
}

/** Options that only the first fragment carries become no-operations in the others (ip_options_fragment). */
function dropOptions(view: DataView, at: number, header: number): void {
  for (let i = at + ipv4.HEADER_LEN; i < at + header; ) {
    const type = view.getUint8(i);
    if (type === OPTION_END) return;
    if (type === OPTION_NOOP || i + 1 >= at + header) {
      i++;
      continue;
    }
    const length = view.getUint8(i + 1);
    if (length < 2 || i + length > at + header) return;
    if ((type & COPIED) === 0) for (let k = 0; k < length; k++) view.setUint8(i + k, OPTION_NOOP);
    i += length;
  }
}

function limitedBy(ns: NetworkNamespace, packet: Packet, way: Route, dst: number): EntryRef {
  return ipOutput.mtuEntry(ns, way, dst, (packet.flags & PacketFlag.forwarded) !== 0);
}
