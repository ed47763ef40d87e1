import type { Packet } from "../../sim/packet.ts";
import { type Nanos, SECOND } from "../../sim/time.ts";
import type { Timer } from "../../sim/timer.ts";
import { Verdict } from "../../sim/verdict.ts";
import * as tcpHeader from "../../wire/tcp.ts";
import type { NetworkNamespace } from "../network-namespace.ts";
import type { SocketFamily } from "../socket-family.ts";
import type { TcpConnection } from "./connection.ts";
import type { Endpoint } from "./connection-table.ts";
import { isLimited } from "./out-of-window.ts";
import * as reply from "./reply.ts";
import type { Segment } from "./segment.ts";
import { after } from "./sequence.ts";
import { TcpState } from "./state.ts";
import { pawsRejects } from "./timestamps.ts";

/** Twice the maximum segment lifetime, as Linux has it (TCP_TIMEWAIT_LEN). */
export const TIME_WAIT: Nanos = 60 * SECOND;

/** What a segment did to the rest of a connection. */
type TimeWaitOutcome = "done" | "new-connection";

/**
 * What is left of a connection that has ended here: it answers late segments until its time is over (struct
 * tcp_timewait_sock). `state` is FIN_WAIT2 while the other end's FIN is still to come and no program waits for it.
 */
export class TimeWait {
  readonly kind = "time-wait";
  readonly ns: NetworkNamespace;
  state: TcpState;
  readonly localAddress: number;
  readonly localPort: number;
  readonly remoteAddress: number;
  readonly remotePort: number;
  readonly boundTo: number;
  readonly family: SocketFamily;
  readonly reuseAddress: boolean;
  readonly reusePort: boolean;
  next: Endpoint | null = null;
  readonly sendNext: number;
  receiveNext: number;
  readonly receiveWindow: number;
  readonly receiveScale: number;
  readonly timestampOffset: number;
  recentTimestamp: number;
  recentTimestampAt: Nanos;
  readonly hasTimestamps: boolean;
  readonly mark: number;
  readonly tos: number;
  dueAt: Nanos = 0;
  readonly madeAt: Nanos;
  lastOutOfWindow: Nanos = Number.NEGATIVE_INFINITY;
  readonly #timer: Timer;

  /** `explicit`: a program had asked for its port. */
  constructor(connection: TcpConnection, state: TcpState, duration: Nanos, explicit: boolean) {
    const c = connection;
    this.ns = c.ns;
    this.madeAt = c.now;
    this.state = state;
    this.localAddress = c.localAddress;
    this.localPort = c.localPort;
    this.remoteAddress = c.remoteAddress;
    this.remotePort = c.remotePort;
    this.boundTo = c.boundTo;
    this.family = c.family;
    this.reuseAddress = c.reuseAddress;
    this.reusePort = c.reusePort;
    this.sendNext = c.sendNext;
    this.receiveNext = c.receiveNext;
    this.receiveWindow = c.windowLeft;
    this.receiveScale = c.receiveScale;
    this.timestampOffset = c.timestampOffset;
    this.recentTimestamp = c.recentTimestamp;
    this.recentTimestampAt = c.recentTimestampAt;
    this.hasTimestamps = c.timestampsOk;
    this.mark = c.mark;
    this.tos = c.tos;
    this.#timer = c.ns.world.timer(() => this.remove());
    this.#restart(duration);
    c.ns.tcp.connections.add(this);
    c.ns.tcp.ports.add(this, explicit);
    c.ns.tcp.timeWaits++;
    c.ns.tcp.counters.TW++;
  }

  /** Its time is over, or another connection takes its place. */
  remove(): void {
    const { tcp } = this.ns;
    this.#timer.cancel();
    tcp.connections.remove(this);
    tcp.ports.remove(this);
    tcp.timeWaits--;
  }

  /** Takes a segment (tcp_timewait_state_process); the packet stays the caller's when a new connection may begin. */
  receive(segment: Segment, packet: Packet): TimeWaitOutcome {
    const { tcp } = this.ns;
    const old = segment.hasTimestamps && this.hasTimestamps && pawsRejects(this, segment, this.ns.world.now);
    if (this.state === TcpState.FIN_WAIT2) this.#receiveFin(segment, packet, old);
    else if (
      !old &&
      segment.sequence === this.receiveNext &&
      (segment.dataLength === 0 || segment.has(tcpHeader.RST)) &&
      !segment.has(tcpHeader.FIN | tcpHeader.SYN)
    )
      this.#inWindow(segment, packet);
    else if (this.#isNewConnection(segment, old)) return "new-connection";
    else {
      if (old) tcp.counters.PAWSEstab++;
      if (!segment.has(tcpHeader.RST)) {
        if (old || segment.has(tcpHeader.ACK)) this.#restart(TIME_WAIT);
        if (!isLimited(this, segment, "TCPACKSkippedTimeWait")) this.acknowledge(segment);
      }
      this.ns.drop(packet, old ? Verdict.TCP_RFC7323_PAWS : Verdict.TCP_TIMEWAIT);
    }
    return "done";
  }

  #receiveFin(segment: Segment, packet: Packet, old: boolean): void {
    const { ns } = this;
    const inWindow =
      after(segment.end, this.receiveNext - 1) &&
      !after(segment.sequence, this.receiveNext + this.receiveWindow);
    if (old || !inWindow) {
      if (!segment.has(tcpHeader.RST) && !isLimited(this, segment, "TCPACKSkippedFinWait2"))
        this.acknowledge(segment);
      ns.drop(packet, old ? Verdict.TCP_RFC7323_PAWS : Verdict.TCP_TIMEWAIT);
      return;
    }
    if (segment.has(tcpHeader.RST)) {
      this.remove();
      ns.world.end(packet, Verdict.delivered, ns.place);
      return;
    }
    if (segment.has(tcpHeader.SYN) && !after(this.receiveNext, segment.sequence)) {
      reply.reset(ns, segment, packet);
      this.remove();
      ns.drop(packet, Verdict.TCP_TIMEWAIT);
      return;
    }
    if (
      !segment.has(tcpHeader.ACK) ||
      !after(segment.end, this.receiveNext) ||
      segment.end === segment.sequence
    ) {
      ns.world.end(packet, Verdict.delivered, ns.place);
      return;
    }
    // New data with nobody to read it, or a FIN that is not the next octet, ends the connection.
    if (!segment.has(tcpHeader.FIN) || segment.end !== ((this.receiveNext + 1) | 0)) {
      ns.tcp.counters.TCPAbortOnData++;
      reply.reset(ns, segment, packet);
      this.remove();
      ns.drop(packet, Verdict.TCP_ABORT_ON_DATA);
      return;
    }
    this.state = TcpState.TIME_WAIT;
    this.receiveNext = segment.end;
    this.#noteTimestamp(segment);
    this.#restart(TIME_WAIT);
    this.acknowledge(segment);
    ns.world.end(packet, Verdict.delivered, ns.place);
  }

  #inWindow(segment: Segment, packet: Packet): void {
    const { ns } = this;
    if (segment.has(tcpHeader.RST)) {
      if (ns.tcp.settings.tcp_rfc1337 === 0) this.remove();
    } else this.#restart(TIME_WAIT);
    this.#noteTimestamp(segment);
    ns.world.end(packet, Verdict.delivered, ns.place);
  }

  /** A SYN that cannot be an old duplicate (RFC 9293, 3.10.7.4; RFC 6191). */
  #isNewConnection(segment: Segment, old: boolean): boolean {
    const isSyn = (segment.flags & (tcpHeader.SYN | tcpHeader.RST | tcpHeader.ACK)) === tcpHeader.SYN;
    if (!isSyn || old) return false;
    return (
      after(segment.sequence, this.receiveNext) ||
      (segment.hasTimestamps && this.hasTimestamps && after(segment.timestamp, this.recentTimestamp))
    );
  }

  /** Says what this end expects (tcp_v4_timewait_ack). */
  acknowledge(segment: Segment): void {
    const window = this.receiveWindow >>> this.receiveScale;
    reply.acknowledge(this, segment, this.sendNext, this.receiveNext, window, this.tos);
  }

  #noteTimestamp(segment: Segment): void {
    if (!segment.hasTimestamps || !this.hasTimestamps) return;
    this.recentTimestamp = segment.timestamp;
    this.recentTimestampAt = this.ns.world.now;
  }

  #restart(duration: Nanos): void {
    this.dueAt = this.ns.world.now + duration;
    this.#timer.arm(duration);
  }
}
