import { NOTHING } from "../../base/short-list.ts";
import { HookResult } from "../../net/hooks.ts";
import type { NetworkNamespace } from "../../net/network-namespace.ts";
import type { Packet } from "../../sim/packet.ts";
import type { Cause, EntryRef } from "../../sim/registry.ts";
import { type Nanos, SECOND } from "../../sim/time.ts";
import { Verdict } from "../../sim/verdict.ts";
import type { World } from "../../sim/world.ts";
import * as ipv4 from "../../wire/ipv4.ts";
import { settleClash } from "./clash.ts";
import { ClassConnections } from "./class-connections.ts";
import { Complaint } from "./complaint.ts";
import { Connection, ConnectionChange, ConnectionInfo, isReply, Status } from "./connection.ts";
import { ConnectionTable } from "./connection-table.ts";
import { connectionText } from "./connection-text.ts";
import { type ConntrackLimits, ConntrackSettings, limitsOf } from "./conntrack-settings.ts";
import { ConntrackStats } from "./conntrack-stats.ts";
import { trackIcmpError } from "./icmp-error-tracking.ts";
import { Outcome } from "./outcome.ts";
import { Sweep } from "./sweep.ts";
import { track } from "./trackers.ts";
import { kindOfTuple, Tuple } from "./tuple.ts";
import { UnseenConnections } from "./unseen-connections.ts";
import { DEFAULT_ZONE, type Zone } from "./zone.ts";

const TIMEOUT: Cause = { by: "timer", text: "its timeout" };
const EVICTED: Cause = { by: "kernel", text: "to make room for others" };

/** Hears of connections that come, change and go (`conntrack -E`). `changes` are bits of {@link ConnectionChange}. */
interface ConntrackListener {
  connectionChanged(connection: Connection, changes: number): void;
}

/**
 * The connections of a namespace (net/netfilter/nf_conntrack_core.c). Packets pass it when somebody needs it
 * (`useConntrack`): then each has a connection, or is INVALID.
 *
 * A connection is in the table once the packet that made it has left the namespace or arrived: until then it is
 * unconfirmed, and known to that packet only.
 */
export class Conntrack {
  readonly ns: NetworkNamespace;
  readonly world: World;
  readonly settings: ConntrackSettings = new ConntrackSettings();
  readonly limits: ConntrackLimits;
  readonly stats: ConntrackStats = new ConntrackStats();
  listeners: readonly ConntrackListener[] = NOTHING;
  /** What classes of flows do here. */
  readonly ofClasses: ClassConnections;
  /** The connections that they have made, as long as nobody looks. */
  readonly unseen: UnseenConnections = new UnseenConnections((connection) =>
    this.#table.add(connection, true),
  );
  /** The process whose command changes entries at this moment, or null. */
  actor: number | null = null;
  readonly #table: ConnectionTable = new ConnectionTable();
  readonly #sweep: Sweep;
  readonly #tuple: Tuple = new Tuple();
  readonly #complaint: Complaint;
  /** No connection could be made because there are too many. */
  #isFull = false;

  constructor(ns: NetworkNamespace) {
    this.ns = ns;
    this.world = ns.world;
    this.limits = limitsOf(ns.host);
    this.#complaint = new Complaint(ns.host, "nf_conntrack: nf_conntrack: table full, dropping packet");
    const end = (connection: Connection): void => this.#destroy(connection, TIMEOUT);
    this.#sweep = new Sweep(this, this.#table, end, (connection) => this.#evict(connection));
    this.ofClasses = new ClassConnections(this, this.#table, end, (delay) => this.#sweep.soon(delay));
  }

  /** Tells a listener of what happens from now on. */
  listen(listener: ConntrackListener): void {
    this.listeners = [...this.listeners, listener];
    // It hears of the end of each.
    this.unseen.showAll();
    this.world.generation++;
  }

  unlisten(listener: ConntrackListener): void {
    this.listeners = this.listeners.filter((other) => other !== listener);
    this.world.generation++;
  }

  /** How many connections there are (nf_conntrack_count). */
  get count(): number {
    return this.#table.size + this.unseen.size;
  }

  /** All that live, the oldest first. Those that only wait for replies after a clash are not among them. */
  list(): readonly Connection[] {
    const now = this.world.now;
    return this.all().filter((c) => c.livesAt(now) && (c.status & Status.natClash) === 0);
  }

  /** The row and direction of a tuple in one number, or -1: {@link connectionAt}, {@link isReplyAt}. */
  find(tuple: Tuple, zone: Zone, reply: boolean): number {
    const { src, dst, ports, protocol } = tuple;
    const kind = kindOfTuple(protocol, zone, reply);
    const table = this.#table;
    const found = table.find(src, dst, ports, kind);
    if (found < 0) {
      const isShown = this.unseen.show(src, dst, ports, kind, this.world.now);
      return isShown ? table.find(src, dst, ports, kind) : -1;
    }
    const connection = table.at(found);
    if (connection.livesAt(this.world.now)) return found;
    this.#destroy(connection, TIMEOUT);
    return -1;
  }

  /**
   * The same as {@link find} for a processor that is handling a packet: an entry that another one has made since it
   * began is not seen. Both then make one, and clash when they are confirmed.
   */
  look(tuple: Tuple, zone: Zone, reply: boolean): number {
    const found = this.find(tuple, zone, reply);
    this.ofClasses.noteLook(tuple, found);
    const { blindness } = this.ns.host;
    if (found < 0 || blindness === 0) return found;
    return this.#table.at(found).placed > this.world.now - blindness ? -1 : found;
  }

  connectionAt(found: number): Connection {
    return this.#table.at(found);
  }

  isReplyAt(found: number): boolean {
    return this.#table.isReply(found);
  }

  /** The connections that began at a tuple's source, the newest first. */
  fromSource({ src, srcPort, protocol }: Tuple, zone: Zone): readonly Connection[] {
    const kind = kindOfTuple(protocol, zone, false);
    this.unseen.showFrom(src, srcPort, kind);
    const found = this.#table.fromSource(src, srcPort, kind);
    this.ofClasses.noteSource(found.length > 0);
    return found;
  }

  /** Looks at a packet that comes in or begins here (nf_conntrack_in). `prerouting`: it came from outside. */
  track(packet: Packet, prerouting: boolean): HookResult {
    let template: Connection | null = null;
    if (packet.connectionInfo !== ConnectionInfo.none) {
      this.world.leg = null;
      const known = packet.connection as Connection | null;
      // It was here before (the loopback device), or nobody is to track it.
      if (known === null || (known.status & Status.template) === 0) return HookResult.accept;
      template = known;
      packet.connection = null;
      packet.connectionInfo = ConnectionInfo.none;
    }
    const { view, networkAt } = packet;
    if (ipv4.fragmentOffset(view, networkAt) !== 0) {
      this.world.leg = null;
      this.stats.invalid++;
      return HookResult.accept;
    }
    if (ipv4.protocol(view, networkAt) === ipv4.PROTO_ICMP) {
      this.world.leg = null;
      const outcome = trackIcmpError(this, packet, template?.zone ?? DEFAULT_ZONE, prerouting);
      if (outcome === Outcome.invalid) {
        this.stats.error++;
        return HookResult.accept;
      }
      if (packet.connection !== null) {
        this.#noteTracked(packet);
        return HookResult.accept;
      }
    }
    return this.#trackConnection(packet, template, prerouting);
  }

  #trackConnection(packet: Packet, template: Connection | null, prerouting: boolean): HookResult {
    for (;;) {
      const connection = this.#resolve(packet, template);
      if (connection === null) {
        this.world.leg = null;
        if (this.#isFull) {
          this.#isFull = false;
          this.stats.drop++;
          this.ns.drop(packet, Verdict.NETFILTER_DROP);
          return HookResult.stolen;
        }
        this.stats.invalid++;
        return HookResult.accept;
      }
      const info = packet.connectionInfo;
      const wasAnswered = (connection.status & Status.seenReply) !== 0;
      const outcome = track(connection, packet, info, prerouting);
      if (outcome === Outcome.accept) {
        if (info === ConnectionInfo.establishedReply && (connection.status & Status.seenReply) === 0) {
          connection.endLegs();
          connection.status |= Status.seenReply;
          connection.changes |= ConnectionChange.reply;
        }
        const { leg } = this.world;
        if (leg !== null) {
          if (leg.isOfClass) this.ofClasses.notePacket(leg, connection, info, wasAnswered);
          else if (connection.isSteady) connection.noteLeg(leg);
          else this.world.leg = null;
        }
        this.#noteTracked(packet);
        return HookResult.accept;
      }
      this.world.leg = null;
      packet.connection = null;
      packet.connectionInfo = ConnectionInfo.none;
      if (outcome === Outcome.repeat) continue;
      this.stats.invalid++;
      if (outcome === Outcome.invalid) return HookResult.accept;
      this.stats.drop++;
      this.ns.drop(packet, Verdict.NETFILTER_DROP);
      return HookResult.stolen;
    }
  }

  /** Finds the packet's connection or makes one; null when it can have none (resolve_normal_ct). */
  #resolve(packet: Packet, template: Connection | null): Connection | null {
    const tuple = this.#tuple;
    if (!tuple.readPacket(packet)) return null;
    const zone = template === null ? DEFAULT_ZONE : template.zone;
    let found = this.look(tuple, zone, false);
    // A zone may hold for one direction only: then the other one is filed under the default zone.
    if (found < 0 && zone.direction !== "both") found = this.look(tuple, zone, true);
    if (found < 0) return this.#make(packet, tuple, template, zone);
    const connection = this.#table.at(found);
    packet.connection = connection;
    if (this.#table.isReply(found)) packet.connectionInfo = ConnectionInfo.establishedReply;
    else if ((connection.status & Status.seenReply) !== 0) packet.connectionInfo = ConnectionInfo.established;
    else if ((connection.status & Status.expected) !== 0) packet.connectionInfo = ConnectionInfo.related;
    else packet.connectionInfo = ConnectionInfo.new;
    return connection;
  }

  #make(packet: Packet, tuple: Tuple, template: Connection | null, zone: Zone): Connection | null {
    const { src, dst, srcPort, dstPort, protocol } = tuple;
    if (!tuple.invert()) return null;
    if (this.count >= this.limits.most && !this.#dropEarly(src, dst, srcPort, dstPort, protocol, zone)) {
      this.#complaint.write();
      this.#isFull = true;
      return null;
    }
    const connection = new Connection(
      this,
      ++this.limits.lastId,
      protocol,
      zone,
      src,
      dst,
      srcPort,
      dstPort,
      tuple.srcPort,
      tuple.dstPort,
      packet.id,
    );
    if (template !== null) connection.eventMask = template.eventMask;
    packet.connection = connection;
    packet.connectionInfo = ConnectionInfo.new;
    this.ofClasses.noteMade(connection, template !== null);
    return connection;
  }

  /** Makes room for one more by killing one that is not assured and lies near by in the table (early_drop). */
  #dropEarly(
    src: number,
    dst: number,
    srcPort: number,
    dstPort: number,
    protocol: number,
    zone: Zone,
  ): boolean {
    const ports = (srcPort << 16) | dstPort;
    const kind = kindOfTuple(protocol, zone, false);
    this.unseen.showAll();
    for (const connection of this.#table.near(src, dst, ports, kind, this.limits.buckets)) {
      if ((connection.status & Status.assured) !== 0 && connection.livesAt(this.world.now)) continue;
      this.#evict(connection);
      return true;
    }
    this.#sweep.soon(0);
    return false;
  }

  /**
   * A packet leaves the namespace or arrives: its connection counts from now on (nf_conntrack_confirm). Answers
   * `stolen` when another packet has taken its place meanwhile and nothing can be done about it.
   */
  confirm(packet: Packet): HookResult {
    const connection = packet.connection as Connection | null;
    if (connection === null) return HookResult.accept;
    if ((connection.status & Status.confirmed) === 0 && !isReply(packet.connectionInfo)) {
      if (!this.#insert(connection, packet)) {
        this.ns.world.end(packet, Verdict.NETFILTER_DROP, this.ns.place, this.refOf(connection));
        return HookResult.stolen;
      }
    }
    const current = packet.connection as Connection;
    if (current.changes !== 0 && current.confirmed && !current.dying) this.#tell(current);
    return HookResult.accept;
  }

  #insert(connection: Connection, packet: Packet): boolean {
    if ((connection.status & Status.dying) !== 0) {
      this.stats.insertFailed++;
      return false;
    }
    const tuple = this.#tuple;
    tuple.copyOf(connection, false);
    let clash = this.find(tuple, connection.zone, false);
    if (clash < 0) {
      tuple.copyOf(connection, true);
      clash = this.find(tuple, connection.zone, true);
    }
    if (clash >= 0) {
      this.world.leg = null;
      return settleClash(this, connection, this.#table.at(clash), packet);
    }
    connection.deadline += this.world.now;
    this.place(connection, true);
    connection.changes |= connection.master === null ? ConnectionChange.new : ConnectionChange.related;
    this.ofClasses.noteConfirmed(connection);
    return true;
  }

  /** Puts a connection with an absolute deadline into the table; without `both` for its replies only. */
  place(connection: Connection, both: boolean): void {
    this.#table.add(connection, both);
    connection.status |= Status.confirmed;
    if (this.ns.host.blindness !== 0) connection.placed = this.world.now;
    if (connection.account?.keepsTimes === true) connection.account.start = this.world.now;
    this.#sweep.soon(connection.deadline - this.world.now);
  }

  /** The connection of a row may end as early as that. */
  endsAt(row: number, at: Nanos): void {
    this.#table.endsAt(row, at);
  }

  /** Prolongs a connection's life by a packet and counts it; `timeout` in seconds (nf_ct_refresh_acct). */
  refresh(connection: Connection, info: number, packet: Packet, timeout: number): void {
    const { status } = connection;
    if ((status & Status.confirmed) === 0) connection.deadline = timeout * SECOND;
    else if ((status & Status.fixedTimeout) === 0) connection.prolong(this.world.now, timeout);
    if (connection.account?.counts === true) connection.account.add(info, packet);
  }

  /** Takes a connection out of the table at once; false when that was done already (nf_ct_kill). */
  kill(connection: Connection): boolean {
    if ((connection.status & Status.dying) !== 0) return false;
    this.#destroy(connection);
    return true;
  }

  /** The same, after counting the packet that was its last (nf_ct_kill_acct). */
  killWith(connection: Connection, info: number, packet: Packet): boolean {
    if (connection.account?.counts === true) connection.account.add(info, packet);
    return this.kill(connection);
  }

  /** Ends all connections that `which` says yes to (nf_ct_iterate_cleanup); returns how many. */
  flush(which: (connection: Connection) => boolean): number {
    let count = 0;
    for (const connection of this.all()) {
      if (!which(connection)) continue;
      this.#destroy(connection);
      count++;
    }
    return count;
  }

  /** Somebody changed a connection by hand, or a rule did. */
  changed(connection: Connection, changes: number): void {
    connection.endLegs();
    connection.changes |= changes;
    if (connection.confirmed) this.#tell(connection);
  }

  /** The connection's entry in the memory of causes: made when somebody first asks. */
  refOf(connection: Connection): EntryRef {
    if (connection.ref === 0)
      connection.ref = this.world.registry.made("connection", this.ns.path, connectionText(connection), {
        by: "frame",
        frame: connection.frame,
      });
    return connection.ref;
  }

  /** The namespace goes away. */
  close(): void {
    this.flush(() => true);
    this.#sweep.cancel();
  }

  /** Every connection, those of classes too, the oldest first. */
  all(): readonly Connection[] {
    this.unseen.showAll();
    return this.#table.all;
  }

  #noteTracked(packet: Packet): void {
    if (this.world.tap === null) return;
    this.ns.note(packet, Verdict.tracked, this.refOf(packet.connection as Connection));
  }

  #tell(connection: Connection): void {
    const { changes } = connection;
    connection.changes = 0;
    if (connection.ref !== 0 && (changes & ~ConnectionChange.new) !== 0)
      this.world.registry.changed(connection.ref, connectionText(connection), {
        by: "kernel",
        text: "conntrack",
      });
    if (this.settings.events === 0 || (changes & connection.eventMask) === 0) return;
    for (const listener of this.listeners)
      listener.connectionChanged(connection, changes & connection.eventMask);
  }

  #evict(connection: Connection): void {
    this.#destroy(connection, EVICTED);
    this.stats.earlyDrop++;
  }

  #destroy(connection: Connection, cause: Cause = this.world.registry.cause): void {
    // When its time is over, its legs know.
    if (connection.livesAt(this.world.now)) connection.endLegs();
    connection.status |= Status.dying;
    if (connection.row < 0) return;
    this.#table.remove(connection);
    if (connection.account?.keepsTimes === true) connection.account.stop = this.world.now;
    if (connection.ref !== 0) this.world.registry.gone(connection.ref, cause);
    if (this.settings.events === 0 || (connection.eventMask & ConnectionChange.destroy) === 0) return;
    for (const listener of this.listeners) listener.connectionChanged(connection, ConnectionChange.destroy);
  }
}
