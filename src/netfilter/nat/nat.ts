import type { NetDevice } from "../../net/net-device.ts";
import type { NetworkNamespace } from "../../net/network-namespace.ts";
import { rewrite } from "../../net/rewrite-addresses.ts";
import { Hook } from "../../net/xtables.ts";
import type { Packet } from "../../sim/packet.ts";
import { Verdict } from "../../sim/verdict.ts";
import * as icmp from "../../wire/icmp.ts";
import * as ipv4 from "../../wire/ipv4.ts";
import { type Connection, isReply, Status } from "../conntrack/connection.ts";
import type { Conntrack } from "../conntrack/conntrack.ts";
import { Tuple } from "../conntrack/tuple.ts";
import { type NatRange, RangeFlag } from "./nat-range.ts";
import { TupleChooser } from "./unique-tuple.ts";

/** True where sources are translated; destinations are where packets come in or begin (HOOK2MANIP). */
export function translatesSource(hook: Hook): boolean {
  return hook === Hook.postrouting || hook === Hook.input;
}

/**
 * Network address translation of a namespace (net/netfilter/nf_nat_core.c): what a connection becomes is decided once,
 * by its first packet; all packets are rewritten accordingly, those of the other direction the other way round.
 */
export class Nat {
  readonly ns: NetworkNamespace;
  readonly conntrack: Conntrack;
  readonly #chooser: TupleChooser;
  readonly #current: Tuple = new Tuple();
  readonly #chosen: Tuple = new Tuple();
  /** A range of one address, all ports: written over and over again. */
  readonly #itself = {
    flags: RangeFlag.mapAddresses,
    minAddress: 0,
    maxAddress: 0,
    minPort: 0,
    maxPort: 0,
    basePort: 0,
  };

  constructor(ns: NetworkNamespace, conntrack: Conntrack) {
    this.ns = ns;
    this.conntrack = conntrack;
    this.#chooser = new TupleChooser(conntrack, ns.world.prng.fork(`NAT of ${ns.path}`));
  }

  /**
   * Decides what an unconfirmed connection's source (else its destination) becomes (nf_nat_setup_info). False when that
   * was decided already.
   */
  setUp(connection: Connection, range: NatRange, source: boolean): boolean {
    if ((connection.status & Status.confirmed) !== 0) return true;
    const done = source ? Status.srcNatDone : Status.dstNatDone;
    if ((connection.status & done) !== 0) return false;
    const current = this.#current;
    const chosen = this.#chosen;
    // What it is now, as an earlier decision of the other kind left it.
    current.copyOf(connection, true);
    current.invert();
    this.#chooser.choose(chosen, current, range, connection, source);
    if (!chosen.equals(current)) {
      chosen.invert();
      connection.replySrc = chosen.src;
      connection.replyDst = chosen.dst;
      connection.replySrcPort = chosen.srcPort;
      connection.replyDstPort = chosen.dstPort;
      connection.status |= source ? Status.srcNat : Status.dstNat;
    }
    connection.status |= done;
    return true;
  }

  /** Nobody wants to translate it: it keeps what it is if that is free (nf_nat_alloc_null_binding). */
  bindToItself(connection: Connection, source: boolean): void {
    const range = this.#itself;
    range.minAddress = source ? connection.replyDst : connection.replySrc;
    range.maxAddress = range.minAddress;
    this.setUp(connection, range, source);
  }

  /** Rewrites a packet of a connection at a hook as was decided (nf_nat_packet). */
  translate(connection: Connection, packet: Packet, hook: Hook): void {
    const source = translatesSource(hook);
    const reply = isReply(packet.connectionInfo);
    if ((connection.status & statusBit(source, reply)) === 0) return;
    const isIcmp = connection.protocol === ipv4.PROTO_ICMP;
    let address: number;
    let port: number;
    if (reply) {
      address = source ? connection.dst : connection.src;
      port = source && !isIcmp ? connection.dstPort : connection.srcPort;
    } else {
      address = source ? connection.replyDst : connection.replySrc;
      port = source && !isIcmp ? connection.replyDstPort : connection.replySrcPort;
    }
    const { leg } = this.ns.world;
    if (leg !== null) leg.translates(packet);
    rewrite(packet, packet.networkAt, packet.at + packet.length, source, address, port);
    this.#note(connection, packet, source !== reply);
  }

  /**
   * Rewrites an ICMP error about a packet of a connection: the packet that it quotes, and its own addresses
   * (nf_nat_icmp_reply_translation). False: it is to be dropped.
   */
  translateError(connection: Connection, packet: Packet, hook: Hook): boolean {
    const { view, networkAt } = packet;
    const at = networkAt + ipv4.headerLength(view, networkAt);
    const end = packet.at + packet.length;
    const inner = at + icmp.HEADER_LEN;
    if (inner + ipv4.HEADER_LEN > end) return false;
    if (!packet.trusted && !icmp.isChecksumValid(view, at, end - at)) return false;
    const { status } = connection;
    if (icmp.type(view, at) === icmp.REDIRECT) {
      // Where it sends somebody makes no sense on the other side of a translation.
      if ((status & Status.natDoneMask) !== Status.natDoneMask) return false;
      if ((status & Status.natMask) !== 0) return false;
    }
    const source = translatesSource(hook);
    const reply = isReply(packet.connectionInfo);
    if ((status & statusBit(source, reply)) === 0) return true;
    // The quoted packet went the other way; it becomes what the one who sent it knows.
    const isIcmp = connection.protocol === ipv4.PROTO_ICMP;
    const tuple = this.#current;
    tuple.copyOf(connection, !reply);
    const address = source ? tuple.dst : tuple.src;
    const port = source && !isIcmp ? tuple.dstPort : tuple.srcPort;
    rewrite(packet, inner, end, !source, address, port);
    icmp.fillChecksum(view, at, end - at);
    rewrite(packet, networkAt, end, source, address, -1);
    this.#note(connection, packet, source !== reply);
    return true;
  }

  /** Connections whose address MASQUERADE took from a device end when it is gone. `address` 0: any of the device. */
  forget(device: NetDevice, address: number): void {
    const { ifindex } = device;
    this.conntrack.flush((c) => c.masqueradeIndex === ifindex && (address === 0 || c.replyDst === address));
  }

  /** Whoever observes learns of the rule, or where there is none of the connection, that translates the packet. */
  #note(connection: Connection, packet: Packet, bySourceRule: boolean): void {
    if (this.ns.world.tap === null) return;
    const rule = bySourceRule ? connection.srcNatRule : connection.dstNatRule;
    this.ns.note(packet, Verdict.translated, rule === 0 ? this.conntrack.refOf(connection) : rule);
  }
}

/** The bit that says that packets of this direction change here: replies change back what was changed. */
function statusBit(source: boolean, reply: boolean): number {
  return source !== reply ? Status.srcNat : Status.dstNat;
}
