import { mix } from "../../base/mix.ts";
import type { Prng } from "../../base/prng.ts";
import * as ipv4 from "../../wire/ipv4.ts";
import { type Connection, Status } from "../conntrack/connection.ts";
import type { Conntrack } from "../conntrack/conntrack.ts";
import { TcpState } from "../conntrack/tcp-state.ts";
import { hasPorts, Tuple } from "../conntrack/tuple.ts";
import { type NatRange, RangeFlag } from "./nat-range.ts";

/** So many ports are tried in a row before another start is drawn (NF_NAT_MAX_ATTEMPTS). */
const MAX_ATTEMPTS = 128;
/** With so few attempts left a port of a closed connection is taken away from it (NF_NAT_HARDER_THRESH). */
const HARDER = 32;
const FEWEST_ATTEMPTS = 16;

/**
 * Chooses what a connection becomes (get_unique_tuple): a tuple of the range whose replies nobody else waits for. It may
 * fail; then the connection loses the clash when it is confirmed.
 */
export class TupleChooser {
  readonly #conntrack: Conntrack;
  readonly #prng: Prng;
  readonly #reply: Tuple = new Tuple();

  constructor(conntrack: Conntrack, prng: Prng) {
    this.#conntrack = conntrack;
    this.#prng = prng;
  }

  /** Writes into `result` what `original` becomes when its source (else its destination) moves into the range. */
  choose(result: Tuple, original: Tuple, range: NatRange, connection: Connection, source: boolean): void {
    const { flags } = range;
    result.copy(original);
    if (source && (flags & RangeFlag.randomAll) === 0) {
      // What is in the range already stays; and who has been mapped once is mapped the same again.
      if (isInRange(original, range)) {
        if (!this.#isTakenAsItIs(original, connection)) return;
      } else if (this.#copyEarlierMapping(result, original, range, connection)) {
        if (!this.#isTaken(result, connection)) return;
        result.copy(original);
      }
    }
    moveAddress(result, original, range, connection, source);
    if ((flags & RangeFlag.randomAll) === 0) {
      if ((flags & RangeFlag.portsSpecified) === 0) {
        if (!this.#isTaken(result, connection)) return;
      } else if (
        (flags & RangeFlag.portOffset) === 0 &&
        isPortInRange(result, range, source) &&
        (range.minPort === range.maxPort || !this.#isTaken(result, connection))
      )
        return;
    }
    this.#choosePort(result, range, connection, source);
  }

  /** Looks for a free port or identifier (nf_nat_l4proto_unique_tuple). */
  #choosePort(tuple: Tuple, range: NatRange, connection: Connection, source: boolean): void {
    const specified = (range.flags & RangeFlag.portsSpecified) !== 0;
    const isIcmp = tuple.protocol === ipv4.PROTO_ICMP;
    if (!isIcmp && !hasPorts(tuple.protocol)) return;
    if (!isIcmp && !specified && !source) return; // a destination keeps its port
    const port = source || isIcmp ? tuple.srcPort : tuple.dstPort;
    let min = 0;
    let size = 65536;
    if (specified) {
      min = Math.min(range.minPort, range.maxPort);
      size = Math.abs(range.maxPort - range.minPort) + 1;
    } else if (!isIcmp) {
      // Privileged ports stay privileged, and those below 512 too.
      min = port < 512 ? 1 : port < 1024 ? 600 : 1024;
      size = (port < 512 ? 511 : port < 1024 ? 1023 : 65535) - min + 1;
    }
    let offset = 0;
    if ((range.flags & RangeFlag.portOffset) !== 0) offset = (port - range.basePort) & 0xffff;
    else if ((range.flags & RangeFlag.randomAll) !== 0 || source) offset = this.#draw();
    for (let attempts = Math.min(size, MAX_ATTEMPTS); ; ) {
      for (let i = 0; i < attempts; i++, offset = (offset + 1) & 0xffff) {
        const chosen = min + (offset % size);
        if (source || isIcmp) tuple.srcPort = chosen;
        else tuple.dstPort = chosen;
        if (!this.#isTakenForGood(tuple, connection, attempts - i)) return;
      }
      if (attempts >= size || attempts < FEWEST_ATTEMPTS) return;
      attempts >>= 1;
      offset = this.#draw();
    }
  }

  #draw(): number {
    this.#conntrack.world.leg = null;
    return this.#prng.below(65536);
  }

  /** Whether somebody else waits for the replies to this tuple (nf_nat_used_tuple). */
  #isTaken(tuple: Tuple, connection: Connection): boolean {
    return this.#holder(tuple, connection) !== null;
  }

  #holder(tuple: Tuple, connection: Connection): Connection | null {
    const reply = this.#reply;
    const conntrack = this.#conntrack;
    reply.copy(tuple);
    if (!reply.invert()) return null;
    const found = conntrack.look(reply, connection.zone, true);
    if (found < 0) return null;
    const other = conntrack.connectionAt(found);
    if (other === connection || isSameFlow(other, connection)) return null;
    conntrack.stats.found++;
    return other;
  }

  /**
   * The same for a tuple that nothing has changed: when both sides have sent at the same instant, the other connection
   * is this one seen from the other side, and both are settled when they are confirmed (nf_nat_used_tuple_new).
   */
  #isTakenAsItIs(tuple: Tuple, connection: Connection): boolean {
    const other = this.#holder(tuple, connection);
    if (other === null) return false;
    if (connection.protocol !== ipv4.PROTO_UDP) return true;
    if (((other.status | connection.status) & Status.natMask) !== 0) return true;
    return !isOpposite(other, connection);
  }

  /** The same, but a connection that is over gives its port to a newer one (nf_nat_used_tuple_harder). */
  #isTakenForGood(tuple: Tuple, connection: Connection, attemptsLeft: number): boolean {
    const { tcp } = connection;
    if (attemptsLeft > HARDER || tcp === null || tcp.state !== TcpState.SYN_SENT)
      return this.#isTaken(tuple, connection);
    const reply = this.#reply;
    reply.copy(tuple);
    reply.invert();
    const found = this.#conntrack.look(reply, connection.zone, true);
    if (found < 0) return false;
    const other = this.#conntrack.connectionAt(found);
    if (!this.#conntrack.isReplyAt(found) || other.tcp === null) return true;
    if (other.tcp.state < TcpState.TIME_WAIT) return true;
    if ((other.status & (Status.fixedTimeout | Status.dying)) !== 0) return true;
    if ((other.status & Status.srcNat) === 0) return true;
    if (((tcp.original.end - other.tcp.original.end) | 0) <= 0) return true;
    return !this.#conntrack.kill(other);
  }

  /** Gives `result` the source that another connection of the same source got, if it lies in the range (find_appropriate_src). */
  #copyEarlierMapping(result: Tuple, original: Tuple, range: NatRange, connection: Connection): boolean {
    for (const other of this.#conntrack.fromSource(original, connection.zone)) {
      result.src = other.replyDst;
      result.srcPort = original.protocol === ipv4.PROTO_ICMP ? other.replySrcPort : other.replyDstPort;
      if (isInRange(result, range)) return true;
    }
    result.copy(original);
    return false;
  }
}

function isSameFlow(a: Connection, b: Connection): boolean {
  return (
    a.src === b.src &&
    a.dst === b.dst &&
    a.srcPort === b.srcPort &&
    a.dstPort === b.dstPort &&
    a.protocol === b.protocol &&
    a.zone.id === b.zone.id
  );
}

function isOpposite(a: Connection, b: Connection): boolean {
  return (
    a.src === b.replySrc &&
    a.dst === b.replyDst &&
    a.srcPort === b.replySrcPort &&
    a.dstPort === b.replyDstPort
  );
}

/** True when the source lies in the range as it is. */
function isInRange(tuple: Tuple, range: NatRange): boolean {
  if ((range.flags & RangeFlag.mapAddresses) !== 0) {
    const address = tuple.src >>> 0;
    if (address < range.minAddress >>> 0 || address > range.maxAddress >>> 0) return false;
  }
  return (range.flags & RangeFlag.portsSpecified) === 0 || isPortInRange(tuple, range, true);
}

function isPortInRange(tuple: Tuple, range: NatRange, source: boolean): boolean {
  const isIcmp = tuple.protocol === ipv4.PROTO_ICMP;
  if (!isIcmp && !hasPorts(tuple.protocol)) return true;
  const port = source || isIcmp ? tuple.srcPort : tuple.dstPort;
  return port >= range.minPort && port <= range.maxPort;
}

/** Moves the address into the range: a flow's addresses always choose the same one (find_best_ips_proto). */
function moveAddress(
  tuple: Tuple,
  original: Tuple,
  range: NatRange,
  connection: Connection,
  source: boolean,
): void {
  if ((range.flags & RangeFlag.mapAddresses) === 0) return;
  let address = range.minAddress;
  if (range.minAddress !== range.maxAddress) {
    const persistent = (range.flags & RangeFlag.persistent) !== 0;
    const hash = mix(original.src, persistent ? 0 : original.dst ^ connection.zone.id) >>> 0;
    const count = (range.maxAddress >>> 0) - (range.minAddress >>> 0) + 1;
    address = (range.minAddress + Math.floor((hash * count) / 0x1_0000_0000)) | 0;
  }
  if (source) tuple.src = address;
  else tuple.dst = address;
}
