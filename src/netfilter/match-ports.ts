import type { XtInfo, XtMatch, XtMatchType, XtState } from "../net/xtables.ts";
import { PortPlace } from "../sim/flow-class.ts";
import type { Packet } from "../sim/packet.ts";
import * as tcp from "../wire/tcp.ts";

/** From and to, both included. */
export type PortRange = readonly [number, number];

/** `-m udp` */
export interface UdpInfo extends XtInfo {
  readonly sport?: PortRange;
  readonly notSport?: true;
  readonly dport?: PortRange;
  readonly notDport?: true;
}

/** `-m tcp` */
export interface TcpInfo extends UdpInfo {
  /** Of the flags `mask` exactly those of `set` are set (bits as in the header). */
  readonly flags?: { readonly mask: number; readonly set: number };
  readonly notFlags?: true;
  /** The kind of an option that must be there. */
  readonly option?: number;
  readonly notOption?: true;
}

const ANY_PORT: PortRange = [0, 65535];

/** Which ports a match looks at. */
export function placesOf(source: boolean, destination: boolean): readonly PortPlace[] {
  return [...(source ? [PortPlace.source] : []), ...(destination ? [PortPlace.destination] : [])];
}
const UDP_HEADER = 8;

/** Source and destination port of TCP, UDP and their like: always the first four bytes. */
class Ports {
  readonly #sport: PortRange;
  readonly #dport: PortRange;
  readonly #notSport: boolean;
  readonly #notDport: boolean;

  constructor({ sport = ANY_PORT, dport = ANY_PORT, notSport, notDport }: UdpInfo) {
    this.#sport = sport;
    this.#dport = dport;
    this.#notSport = notSport === true;
    this.#notDport = notDport === true;
  }

  match(view: DataView, at: number): boolean {
    const sport = view.getUint16(at);
    const dport = view.getUint16(at + 2);
    return (
      (sport >= this.#sport[0] && sport <= this.#sport[1]) !== this.#notSport &&
      (dport >= this.#dport[0] && dport <= this.#dport[1]) !== this.#notDport
    );
  }
}

class UdpMatch implements XtMatch {
  readonly steady = true;
  readonly ports: readonly PortPlace[];
  readonly #ports: Ports;

  constructor(info: UdpInfo) {
    this.#ports = new Ports(info);
    this.ports = placesOf(info.sport !== undefined, info.dport !== undefined);
  }

  matches(packet: Packet, state: XtState): boolean {
    if (state.fragmentOffset !== 0) return false;
    if (packet.at + packet.length - state.transportAt < UDP_HEADER) {
      state.hotdrop = true;
      return false;
    }
    return this.#ports.match(packet.view, state.transportAt);
  }
}

class TcpMatch implements XtMatch {
  readonly #ports: Ports;
  readonly #mask: number;
  readonly #set: number;
  readonly #notFlags: boolean;
  readonly #option: number;
  readonly #notOption: boolean;

  constructor(info: TcpInfo) {
    this.#ports = new Ports(info);
    this.#mask = info.flags?.mask ?? 0;
    this.#set = info.flags?.set ?? 0;
    this.#notFlags = info.notFlags === true;
    this.#option = info.option ?? 0;
    this.#notOption = info.notOption === true;
  }

  matches(packet: Packet, state: XtState): boolean {
    if (state.fragmentOffset !== 0) {
      // A second fragment that begins in the middle of the header can only mean harm (RFC 3128).
      if (state.fragmentOffset === 8) state.hotdrop = true;
      return false;
    }
    const { view } = packet;
    const at = state.transportAt;
    const length = packet.at + packet.length - at;
    if (length < tcp.HEADER_LEN) {
      state.hotdrop = true;
      return false;
    }
    if (!this.#ports.match(view, at)) return false;
    if (((tcp.flags(view, at) & this.#mask) === this.#set) === this.#notFlags) return false;
    if (this.#option === 0) return true;
    const header = tcp.headerLength(view, at);
    if (header < tcp.HEADER_LEN || header > length) {
      state.hotdrop = true;
      return false;
    }
    return hasOption(view, at + tcp.HEADER_LEN, at + header, this.#option) !== this.#notOption;
  }
}

/** Walks over the options as the kernel does (tcp_find_option): a length below 2 counts as 1. */
function hasOption(view: DataView, from: number, to: number, kind: number): boolean {
  for (let at = from; at < to; ) {
    const found = view.getUint8(at);
    if (found === kind) return true;
    const length = found < 2 || at + 1 >= to ? 1 : view.getUint8(at + 1);
    at += length === 0 ? 1 : length;
  }
  return false;
}

export const tcpMatch: XtMatchType<TcpInfo> = {
  name: "tcp",
  protocol: 6,
  make: (info) => new TcpMatch(info),
};
export const udpMatch: XtMatchType<UdpInfo> = {
  name: "udp",
  protocol: 17,
  make: (info) => new UdpMatch(info),
};
