import * as ipOutput from "../net/ip-output.ts";
import { KernelError } from "../net/kernel-error.ts";
import type { NetworkNamespace } from "../net/network-namespace.ts";
import {
  Hook,
  hookMask,
  type XtInfo,
  type XtState,
  type XtTarget,
  type XtTargetType,
  XtVerdict,
} from "../net/xtables.ts";
import { finishChecksum } from "../sim/finish-checksum.ts";
import type { Packet } from "../sim/packet.ts";
import * as checksum from "../wire/checksum.ts";
import * as ipv4 from "../wire/ipv4.ts";
import * as tcp from "../wire/tcp.ts";
import * as options from "../wire/tcp-options.ts";
import type { TcpInfo } from "./match-ports.ts";

/** `-j TCPMSS`: `"clamp"` fits it to the MTU of the path both ways. */
export interface TcpmssInfo extends XtInfo {
  readonly mss: number | "clamp";
}

const HEADERS = ipv4.HEADER_LEN + tcp.HEADER_LEN;
const MSS_LENGTH = 4;
/** What a sender assumes that was told nothing (RFC 9293, 3.7.1). */
const DEFAULT_MSS = 536;

class TcpmssTarget implements XtTarget {
  readonly #ns: NetworkNamespace;
  readonly #mss: number | "clamp";

  constructor(ns: NetworkNamespace, { mss }: TcpmssInfo) {
    this.#ns = ns;
    this.#mss = mss;
  }

  /** tcpmss_tg4, tcpmss_mangle_packet */
  apply(packet: Packet, state: XtState): XtVerdict {
    if (state.fragmentOffset !== 0) return XtVerdict.goOn;
    const { view } = packet;
    const at = state.transportAt;
    const length = packet.at + packet.length - at;
    if (!tcp.fits(view, at, length)) return XtVerdict.drop;
    const header = tcp.headerLength(view, at);
    const mss = this.#mss === "clamp" ? this.#pathMss(packet) : this.#mss;
    if (mss <= 0) return XtVerdict.drop;
    const option = findMss(view, at, header);
    if (option > 0) lower(packet, at, option, mss);
    // Only a bare SYN gets the option, and not more than everybody assumes without it.
    else if (length === header && header < tcp.HEADER_MAX)
      add(packet, at, header, Math.min(mss, DEFAULT_MSS));
    return XtVerdict.goOn;
  }

  /** The least MTU of both ways, without the headers; 0 or less when nothing is left. */
  #pathMss(packet: Packet): number {
    const { view, networkAt } = packet;
    const there = this.#mtuTo(ipv4.dst(view, networkAt), packet);
    const back = this.#mtuTo(ipv4.src(view, networkAt), packet);
    return Math.min(there, back) - HEADERS;
  }

  #mtuTo(address: number, packet: Packet): number {
    const way = ipOutput.route(this.#ns, address, 0, 0, packet.mark, 0);
    return way === null ? 65535 : ipOutput.mtu(this.#ns, way, address, false);
  }
}

/** Where the option's value lies from the header's start, or 0. */
function findMss(view: DataView, at: number, header: number): number {
  for (let i = tcp.HEADER_LEN; i <= header - MSS_LENGTH; ) {
    const kind = view.getUint8(at + i);
    const length = view.getUint8(at + i + 1);
    if (kind === options.MSS && length === MSS_LENGTH) return i + 2;
    i += kind < 2 || length === 0 ? 1 : length;
  }
  return 0;
}

/** It is never raised, whatever was said. */
function lower(packet: Packet, at: number, option: number, mss: number): void {
  const { view, checksumStart } = packet;
  const before = view.getUint16(at + option);
  if (before <= mss) return;
  view.setUint16(at + option, mss);
  if (checksumStart !== 0) return;
  // An odd place counts with its bytes the other way round. The kernel does not mind, and makes the sum wrong (seen on 6.18).
  if (option % 2 === 1) packet.trusted = false;
  tcp.setChecksum(view, at, checksum.update16(tcp.checksum(view, at), before, mss));
}

function add(packet: Packet, at: number, header: number, mss: number): void {
  const { view } = packet;
  const { networkAt } = packet;
  for (let i = header - 1; i >= tcp.HEADER_LEN; i--)
    view.setUint8(at + i + MSS_LENGTH, view.getUint8(at + i));
  view.setUint8(at + tcp.HEADER_LEN, options.MSS);
  view.setUint8(at + tcp.HEADER_LEN + 1, MSS_LENGTH);
  view.setUint16(at + tcp.HEADER_LEN + 2, mss);
  const unfinished = packet.checksumStart !== 0;
  packet.length += MSS_LENGTH;
  tcp.setHeaderLength(view, at, header + MSS_LENGTH);
  ipv4.setTotalLength(view, networkAt, packet.length);
  ipv4.fillChecksum(view, networkAt);
  if (unfinished) finishChecksum(packet);
  tcp.fillChecksum(view, at, header + MSS_LENGTH, ipv4.src(view, networkAt), ipv4.dst(view, networkAt));
}

export const tcpmssTarget: XtTargetType<TcpmssInfo> = {
  name: "TCPMSS",
  make(info, { ns, hooks, protocol, matches }) {
    const clampable = hookMask(Hook.forward, Hook.output, Hook.postrouting);
    if (info.mss === "clamp" && (hooks & ~clampable) !== 0) throw new KernelError("EINVAL");
    // It is for SYN packets only, and the rule must say so.
    const asksSyn = matches.some((match) => {
      const { name, flags, notFlags } = match as TcpInfo;
      return name === "tcp" && flags !== undefined && (flags.set & tcp.SYN) !== 0 && !notFlags;
    });
    if (protocol !== ipv4.PROTO_TCP || !asksSyn) throw new KernelError("EINVAL");
    return new TcpmssTarget(ns, info);
  },
};
