import type { LegRecording } from "../../sim/leg-recording.ts";
import type { Packet } from "../../sim/packet.ts";
import type { EntryRef } from "../../sim/registry.ts";
import { type Nanos, SECOND } from "../../sim/time.ts";
import { PROTO_UDP } from "../../wire/ipv4.ts";
import type { ConnectionPattern } from "./connection-pattern.ts";
import type { Conntrack } from "./conntrack.ts";
import type { TcpTracking } from "./tcp-state.ts";
import type { Zone } from "./zone.ts";

/**
 * How a packet belongs to its connection: {@link Packet.connectionInfo}. They are the kernel's numbers (enum
 * ip_conntrack_info) plus one, so that 0 is a packet that nobody tracked or that is INVALID.
 */
export const ConnectionInfo = {
  none: 0,
  established: 1,
  related: 2,
  new: 3,
  establishedReply: 4,
  relatedReply: 5,
  untracked: 8,
} as const;
export type ConnectionInfo = (typeof ConnectionInfo)[keyof typeof ConnectionInfo];

/** What makes a reply of `established` and of `related` (IP_CT_IS_REPLY). */
export const IS_REPLY = 3;

/** True for a packet against the direction of the one that made its connection (CTINFO2DIR). */
export function isReply(info: number): boolean {
  return info >= ConnectionInfo.establishedReply;
}

/** Bits of {@link Connection.status} (enum ip_conntrack_status). */
export const Status = {
  expected: 1,
  seenReply: 2,
  /** It is never dropped early. */
  assured: 4,
  /** It is in the table: the packet that made it left the host, or arrived. */
  confirmed: 8,
  srcNat: 16,
  dstNat: 32,
  natMask: 48,
  srcNatDone: 128,
  dstNatDone: 256,
  natDoneMask: 384,
  /** It was taken out of the table. */
  dying: 512,
  /** Packets do not prolong its life. */
  fixedTimeout: 1024,
  /** No connection, but what the target CT wants new ones to be like. */
  template: 2048,
  /** It lost a clash and stands in the table for its replies only. */
  natClash: 4096,
} as const;

/** So long after its first packet a UDP connection becomes a stream. */
export const STREAM_AFTER: Nanos = 2 * SECOND;

/** Connections that are not as others; legs leave them alone. */
const UNSTEADY = Status.dying | Status.fixedTimeout | Status.natClash | Status.expected;

/** What happened to a connection since its listeners heard of it (enum ip_conntrack_events). */
export const ConnectionChange = {
  new: 1,
  related: 2,
  destroy: 4,
  reply: 8,
  assured: 16,
  protocol: 32,
  mark: 128,
} as const;

/** What is written down of a connection where somebody asks for it (struct nf_conn_acct, struct nf_conn_tstamp). */
class ConnectionAccount {
  /** Packets and bytes are counted (net.netfilter.nf_conntrack_acct). */
  readonly counts: boolean;
  packets = 0;
  bytes = 0;
  replyPackets = 0;
  replyBytes = 0;
  /** The times are kept (net.netfilter.nf_conntrack_timestamp): */
  readonly keepsTimes: boolean;
  /** when it was confirmed, and when it ended. */
  start: Nanos = 0;
  stop: Nanos = 0;

  constructor(counts: boolean, keepsTimes: boolean) {
    this.counts = counts;
    this.keepsTimes = keepsTimes;
  }

  /** Counts a packet. */
  add(info: number, packet: Packet): void {
    const bytes = packet.at + packet.length - packet.networkAt;
    if (isReply(info)) {
      this.replyPackets++;
      this.replyBytes += bytes;
    } else {
      this.packets++;
      this.bytes += bytes;
    }
  }
}

/**
 * A connection (struct nf_conn): two tuples, of which the second is what its replies look like. Addresses are int32.
 * For ICMP a tuple's source port is the identifier, and its destination port the type times 256 plus the code.
 */
export class Connection {
  readonly conntrack: Conntrack;
  /** Counts all connections of a world: what `conntrack -o id` prints. */
  readonly id: number;
  readonly protocol: number;
  readonly zone: Zone;
  readonly src: number;
  readonly dst: number;
  readonly srcPort: number;
  readonly dstPort: number;
  replySrc: number;
  replyDst: number;
  replySrcPort: number;
  replyDstPort: number;
  /** Bits of {@link Status}. */
  status = 0;
  /** When it ends unless a packet comes, as far as the last packet that no leg took along. */
  #deadline: Nanos = 0;
  /** For how many seconds after a packet it is kept. */
  #timeout = 0;
  /** When legs took a packet of it along last; null while no leg does. */
  #seen: Float64Array | null = null;
  mark = 0;
  /** Null unless a sysctl asked for it when the connection was made. */
  account: ConnectionAccount | null;
  /** When it came into the table; kept where another processor may have begun before ({@link Conntrack.look}). */
  placed: Nanos = 0;
  /** Null for all but TCP. */
  tcp: TcpTracking | null = null;
  /** UDP: from then on ({@link STREAM_AFTER}) packets of both sides make it a stream. */
  streamAt: Nanos = 0;
  /** The device whose address MASQUERADE gave it, by index, or 0. */
  masqueradeIndex = 0;
  /** The connection that it is related to. */
  readonly master: Connection | null = null;
  /** Events to wait for (CT --ctevents): all unless a template said less. */
  eventMask = -1;
  /** Bits of {@link ConnectionChange} that nobody has been told of yet. */
  changes = 0;
  /** Its row in the table while it is confirmed, or -1. */
  row = -1;
  /** The frame that made it, and its entry in the memory of causes, made when somebody looks. */
  readonly frame: number;
  ref: EntryRef = 0;
  /** The rules that chose its translations, or 0. */
  srcNatRule: EntryRef = 0;
  dstNatRule: EntryRef = 0;
  /** What it has in common with others of a class of flows, or null. */
  pattern: ConnectionPattern | null = null;
  /** What other rooms keep for a connection (the kernel's nf_ct_ext), or null. */
  extension: object | null = null;

  constructor(
    conntrack: Conntrack,
    id: number,
    protocol: number,
    zone: Zone,
    src: number,
    dst: number,
    srcPort: number,
    dstPort: number,
    replySrcPort: number,
    replyDstPort: number,
    frame: number,
  ) {
    this.conntrack = conntrack;
    this.id = id;
    this.protocol = protocol;
    this.zone = zone;
    this.src = src;
    this.dst = dst;
    this.srcPort = srcPort;
    this.dstPort = dstPort;
    this.replySrc = dst;
    this.replyDst = src;
    this.replySrcPort = replySrcPort;
    this.replyDstPort = replyDstPort;
    const { acct, timestamp } = conntrack.settings;
    this.account = (acct | timestamp) === 0 ? null : new ConnectionAccount(acct !== 0, timestamp !== 0);
    this.frame = frame;
  }

  /** When it ends unless a packet comes; how long that is, in nanoseconds, until it is confirmed. */
  get deadline(): Nanos {
    this.#renew();
    return this.#deadline;
  }

  set deadline(at: Nanos) {
    this.endLegs();
    this.#deadline = at;
    this.conntrack.endsAt(this.row, at);
  }

  /** It was a row of numbers so far, with this deadline, and is kept for so many seconds after a packet. */
  keep(deadline: Nanos, timeout: number): void {
    this.#deadline = deadline;
    this.#timeout = timeout;
  }

  /** Keeps it for so many seconds from now on. */
  prolong(now: Nanos, timeout: number): void {
    if (this.#timeout !== timeout) {
      this.endLegs();
      this.#timeout = timeout;
      this.conntrack.endsAt(this.row, now + timeout * SECOND);
    }
    this.#deadline = now + timeout * SECOND;
  }

  /** Whether legs take packets of it along. */
  get isInLegs(): boolean {
    return this.#seen !== null;
  }

  /** Whether its time is not over yet. */
  livesAt(now: Nanos): boolean {
    if (this.#deadline > now) return true;
    if (this.#seen === null) return false;
    this.#renew();
    return this.#deadline > now;
  }

  /**
   * The leg that is being recorded keeps the connection as this packet did. It holds while the connection lives and is the
   * same: whoever changes anything of it calls {@link endLegs}.
   */
  noteLeg(leg: LegRecording): void {
    this.#seen ??= new Float64Array(1);
    leg.stamps(this.#seen, 0);
    const ages = (this.status & Status.seenReply) !== 0 && this.conntrack.world.now <= this.streamAt;
    leg.isKept(this.#timeout * SECOND, ages ? this.streamAt : Number.POSITIVE_INFINITY);
  }

  /** The next packet will not find what the last one found: no leg may take it along. */
  endLegs(): void {
    if (this.#seen === null) return;
    this.#renew();
    this.#seen = null;
    this.conntrack.world.generation++;
  }

  /** Enters when legs took packets of it along. */
  #renew(): void {
    if (this.#seen === null) return;
    this.conntrack.world.ledger.settle();
    const at = this.#seen[0]! + this.#timeout * SECOND;
    if (at > this.#deadline) this.#deadline = at;
  }

  /** Whether the next UDP packet of the same direction will find it as the last one did, if it comes in time. */
  get isSteady(): boolean {
    if (
      this.protocol !== PROTO_UDP ||
      this.account?.counts === true ||
      this.changes !== 0 ||
      this.#timeout <= 0
    )
      return false;
    return (this.status & (Status.confirmed | UNSTEADY)) === Status.confirmed;
  }

  get confirmed(): boolean {
    return (this.status & Status.confirmed) !== 0;
  }

  get dying(): boolean {
    return (this.status & Status.dying) !== 0;
  }
}

/** The connection of a packet, or null (nf_ct_get). A template is none. */
export function connectionOf(packet: Packet): Connection | null {
  return packet.connection as Connection | null;
}
