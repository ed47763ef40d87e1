import { type Packet, PacketFlag } from "../sim/packet.ts";
import { copyBetween } from "../sim/packet-pool.ts";
import { PacketQueue } from "../sim/packet-queue.ts";
import { type Nanos, SECOND } from "../sim/time.ts";
import type { Timer } from "../sim/timer.ts";
import { Verdict } from "../sim/verdict.ts";
import * as ethernet from "../wire/ethernet.ts";
import * as icmp from "../wire/icmp.ts";
import * as ipv4 from "../wire/ipv4.ts";
import * as ip from "../wire/ipv4-address.ts";
import { isLocal } from "./address-type.ts";
import * as icmpError from "./icmp-error.ts";
import type { NetworkNamespace } from "./network-namespace.ts";
import { PACKET_OVERHEAD } from "./truesize.ts";

const MAX_DATAGRAM = 65535;
/** By the set of ECN fields of the fragments (bit 1 << field): the bits to add, or -1 for a mixture that RFC 3168 forbids. */
const ECN: readonly number[] = [0, 0, 0, -1, 0, -1, 0, -1, 0, -1, 3, -1, 3, -1, 3, -1];

/**
 * Who wants the datagram: the stack itself, connection tracking, which puts together what is forwarded too, or a bridge
 * (enum ip_defrag_users). Each has its own pieces.
 */
export const DefragUser = { localDeliver: 0, conntrack: 1, bridge: 2 } as const;
export type DefragUser = (typeof DefragUser)[keyof typeof DefragUser];

/** A datagram of which pieces are here (struct ipq). */
interface Datagram {
  readonly key: string;
  readonly user: DefragUser;
  readonly queue: PacketQueue;
  readonly timer: Timer;
  /** Pieces of the datagram that are complete, as [from, to) in order. */
  runs: [number, number][];
  /** Where the last byte seen so far ends; the datagram's length once the last fragment is here. */
  length: number;
  meat: number;
  first: Packet | null;
  last: boolean;
  ecn: number;
  longest: number;
  longestWithDf: number;
  /** The source's fragment counter when the last piece came (ip_frag_too_far). */
  seen: number;
  memory: number;
}

/** Puts the fragments of a namespace together. Linux: net/ipv4/ip_fragment.c, net/ipv4/inet_fragment.c. */
export class Reassembly {
  readonly #ns: NetworkNamespace;
  readonly #datagrams: Map<string, Datagram> = new Map();
  readonly #seen: Map<number, number> = new Map();
  #memory = 0;

  constructor(ns: NetworkNamespace) {
    this.#ns = ns;
  }

  /**
   * Takes a fragment (`networkAt` set, `at` there); returns the whole datagram as a new packet when this was its last
   * piece, else null: it waits, or has ended.
   */
  add(packet: Packet, user: DefragUser): Packet | null {
    const view = packet.view;
    const at = packet.networkAt;
    const ns = this.#ns;
    const source = ipv4.src(view, at);
    ns.snmp.reasmReqds++;
    const datagram = this.#find(packet, user);
    if (datagram === null) {
      ns.snmp.reasmFails++;
      ns.drop(packet, Verdict.NOMEM);
      return null;
    }
    if (this.#tooFar(datagram, source)) this.#restart(datagram);
    const header = ipv4.headerLength(view, at);
    const from = ipv4.fragmentOffset(view, at);
    let to = from + ipv4.totalLength(view, at) - header;
    if (ipv4.moreFragments(view, at)) {
      to &= ~7;
      if (to > datagram.length) {
        if (datagram.last) return this.#spoil(datagram, packet);
        datagram.length = to;
      }
    } else {
      if (to < datagram.length || (datagram.last && to !== datagram.length))
        return this.#spoil(datagram, packet);
      datagram.last = true;
      datagram.length = to;
    }
    if (to === from) return this.#spoil(datagram, packet);
    const fits = insert(datagram.runs, from, to);
    if (fits === "duplicate") {
      ns.drop(packet, Verdict.DUP_FRAG);
      return null;
    }
    if (fits === "overlap") return this.#spoil(datagram, packet);
    this.#keep(datagram, packet, from, to, header);
    if (datagram.first === null || !datagram.last || datagram.meat !== datagram.length) return null;
    return this.#join(datagram);
  }

  /** The namespace goes away. */
  flush(): void {
    for (const datagram of [...this.#datagrams.values()]) this.#end(datagram, Verdict.DEV_READY);
  }

  #find(packet: Packet, user: DefragUser): Datagram | null {
    const ns = this.#ns;
    const view = packet.view;
    const at = packet.networkAt;
    const src = ipv4.src(view, at);
    const dst = ipv4.dst(view, at);
    const key = `${ipv4.id(view, at)}/${src}/${dst}/${ipv4.protocol(view, at)}/${user}`;
    // Beyond the limit even a fragment of a datagram that waits already is not taken (inet_frag_find).
    const limit = ns.ipv4.ipfrag_high_thresh;
    if (limit === 0 || this.#memory > limit) return null;
    const there = this.#datagrams.get(key);
    if (there !== undefined) return there;
    const made: Datagram = {
      key,
      user,
      queue: new PacketQueue(`${ns.path} reassembly of ${ipv4.id(view, at)} from ${ip.format(src)}`),
      timer: ns.world.timer(() => this.#expire(made)),
      runs: [],
      length: 0,
      meat: 0,
      first: null,
      last: false,
      ecn: 0,
      longest: 0,
      longestWithDf: 0,
      seen: this.#seen.get(src) ?? 0,
      memory: 0,
    };
    made.timer.arm((ns.ipv4.ipfrag_time * SECOND) satisfies Nanos);
    this.#datagrams.set(key, made);
    ns.world.holds(made.queue);
    return made;
  }

  /** Too many fragments of other datagrams came from there meanwhile: the identification has been used again. */
  #tooFar(datagram: Datagram, source: number): boolean {
    const limit = this.#ns.ipv4.ipfrag_max_dist;
    if (limit === 0) return false;
    const now = (this.#seen.get(source) ?? 0) + 1;
    this.#seen.set(source, now);
    const far = datagram.queue.length > 0 && now - datagram.seen > limit;
    datagram.seen = now;
    return far;
  }

  #restart(datagram: Datagram): void {
    this.#empty(datagram, Verdict.FRAG_TOO_FAR);
    datagram.runs = [];
    datagram.length = 0;
    datagram.meat = 0;
    datagram.first = null;
    datagram.last = false;
    datagram.ecn = 0;
    datagram.longest = 0;
    datagram.longestWithDf = 0;
    datagram.timer.arm(this.#ns.ipv4.ipfrag_time * SECOND);
  }

  #keep(datagram: Datagram, packet: Packet, from: number, to: number, header: number): void {
    const view = packet.view;
    const at = packet.networkAt;
    const size = to - from + header;
    if (from === 0) datagram.first = packet;
    datagram.meat += to - from;
    datagram.ecn |= 1 << (ipv4.tos(view, at) & 3);
    if (size > datagram.longest) datagram.longest = size;
    if (ipv4.dontFragment(view, at) && size > datagram.longestWithDf) datagram.longestWithDf = size;
    const memory = packet.length + PACKET_OVERHEAD;
    datagram.memory += memory;
    this.#memory += memory;
    datagram.queue.push(packet);
    this.#ns.note(packet, Verdict.queued, 0);
  }

  /** All pieces are here: one packet of them (ip_frag_reasm). */
  #join(datagram: Datagram): Packet | null {
    const ns = this.#ns;
    const first = datagram.first!;
    const header = ipv4.headerLength(first.view, first.networkAt);
    const length = header + datagram.length;
    const ecn = ECN[datagram.ecn]!;
    if (length > MAX_DATAGRAM || ecn < 0) {
      this.#end(datagram, Verdict.NOT_SPECIFIED);
      return null;
    }
    const whole = ns.world.pool.allocate(length, first);
    // The Ethernet header in front goes along: rules may ask for the sender's address.
    const front = ethernet.HEADER_LEN;
    copyBetween(first, first.networkAt - front, whole, whole.at - front, front + header);
    let last = first;
    for (let p = datagram.queue.head; p !== null; p = p.next) {
      const skipped = ipv4.headerLength(p.view, p.networkAt);
      const from = ipv4.fragmentOffset(p.view, p.networkAt);
      const bytes = ipv4.totalLength(p.view, p.networkAt) - skipped;
      const size = ipv4.moreFragments(p.view, p.networkAt) ? bytes & ~7 : bytes;
      copyBetween(p, p.networkAt + skipped, whole, whole.at + header + from, size);
      whole.trusted &&= p.trusted;
      whole.corrupted ||= p.corrupted;
      last = p;
    }
    const at = whole.at;
    whole.networkAt = at;
    whole.transportAt = at + header;
    whole.device = last.device;
    whole.mark = last.mark;
    whole.flags = last.flags | PacketFlag.ignoreDf;
    whole.fragmentMax = Math.max(datagram.longest, datagram.longestWithDf);
    ipv4.setTotalLength(whole.view, at, length);
    ipv4.setTos(whole.view, at, ipv4.tos(whole.view, at) | ecn);
    const df = datagram.longestWithDf === datagram.longest ? ipv4.DONT_FRAGMENT : 0;
    ipv4.setFlagsOffset(whole.view, at, df);
    ipv4.fillChecksum(whole.view, at);
    ns.snmp.reasmOks++;
    this.#end(datagram, Verdict.REASSEMBLED);
    ns.note(whole, Verdict.reassembled, 0);
    return whole;
  }

  /** A piece contradicts another one: nothing of the datagram can be believed. */
  #spoil(datagram: Datagram, packet: Packet): null {
    this.#ns.snmp.reasmFails++;
    this.#end(datagram, Verdict.NOT_SPECIFIED);
    this.#ns.drop(packet, Verdict.NOT_SPECIFIED);
    return null;
  }

  /** The rest did not come in time; the receiver says so to the sender if it has the beginning (ip_expire). */
  #expire(datagram: Datagram): void {
    const first = datagram.first;
    this.#ns.snmp.reasmFails++;
    this.#ns.snmp.reasmTimeout++;
    if (first !== null) {
      const mine = isLocal(this.#ns, ipv4.dst(first.view, first.networkAt));
      if (datagram.user === 0 || mine)
        icmpError.send(this.#ns, first, icmp.TIME_EXCEEDED, icmp.REASSEMBLY_EXCEEDED, 0);
    }
    this.#end(datagram, Verdict.FRAG_REASM_TIMEOUT);
  }

  #end(datagram: Datagram, verdict: Verdict): void {
    datagram.timer.cancel();
    this.#empty(datagram, verdict);
    this.#ns.world.forget(datagram.queue);
    this.#datagrams.delete(datagram.key);
  }

  #empty(datagram: Datagram, verdict: Verdict): void {
    for (let p = datagram.queue.shift(); p !== null; p = datagram.queue.shift()) this.#ns.drop(p, verdict);
    this.#memory -= datagram.memory;
    datagram.memory = 0;
  }
}

/** Adds [from, to) to the complete pieces; what is there already is a duplicate, what is partly there an overlap. */
function insert(runs: [number, number][], from: number, to: number): "new" | "duplicate" | "overlap" {
  let i = 0;
  while (i < runs.length && runs[i]![1] <= from) i++;
  const next = runs[i];
  if (next !== undefined && next[0] < to) return from >= next[0] && to <= next[1] ? "duplicate" : "overlap";
  const before = runs[i - 1];
  const joinsBefore = before !== undefined && before[1] === from;
  const joinsNext = next !== undefined && next[0] === to;
  if (joinsBefore && joinsNext) {
    before[1] = next[1];
    runs.splice(i, 1);
  } else if (joinsBefore) before[1] = to;
  else if (joinsNext) next[0] = from;
  else runs.splice(i, 0, [from, to]);
  return "new";
}
