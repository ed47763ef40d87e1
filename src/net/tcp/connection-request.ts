import { MICROSECOND, MILLISECOND, type Nanos, SECOND } from "../../sim/time.ts";
import type { Timer } from "../../sim/timer.ts";
import { Verdict } from "../../sim/verdict.ts";
import * as ipv4 from "../../wire/ipv4.ts";
import * as tcpHeader from "../../wire/tcp.ts";
import { NO_IDENTIFICATION } from "../ip-identifications.ts";
import * as ipOutput from "../ip-output.ts";
import type { NetworkNamespace } from "../network-namespace.ts";
import { Way } from "../way.ts";
import type { Endpoint } from "./connection-table.ts";
import { WINDOW_MAX } from "./constants.ts";
import * as output from "./output.ts";
import type { InitialWindow } from "./receive-window.ts";
import { writeHeader } from "./reply.ts";
import type { Segment } from "./segment.ts";
import { TcpState } from "./state.ts";
import type { TcpListener } from "./tcp-listener.ts";

const FIRST_TIMEOUT: Nanos = SECOND;

/** A SYN that was answered and waits for the last step of the handshake (struct tcp_request_sock). */
export class ConnectionRequest {
  readonly kind = "request";
  readonly ns: NetworkNamespace;
  readonly listener: TcpListener;
  readonly state: TcpState = TcpState.SYN_RECV;
  readonly localAddress: number;
  readonly localPort: number;
  readonly remoteAddress: number;
  readonly remotePort: number;
  next: Endpoint | null = null;
  readonly initialSend: number;
  readonly initialReceive: number;
  /** The other end's options, as far as this end takes them up. */
  readonly mss: number;
  readonly hasTimestamps: boolean;
  recentTimestamp: number;
  recentTimestampAt: Nanos;
  readonly timestampOffset: number;
  readonly sack: boolean;
  readonly scaling: boolean;
  readonly sendScale: number;
  readonly window: InitialWindow;
  readonly advertisedMss: number;
  readonly mark: number;
  readonly way: Way = new Way();
  sentAt: Nanos = 0;
  timeouts = 0;
  retransmits = 0;
  /** The last step came while the accept queue was full (inet_rsk(req)->acked). */
  acknowledged = false;
  lastOutOfWindow: Nanos = Number.NEGATIVE_INFINITY;
  dueAt: Nanos = 0;
  #timer: Timer | null = null;

  constructor(
    listener: TcpListener,
    segment: Segment,
    initialSend: number,
    way: Way,
    window: InitialWindow,
    advertisedMss: number,
    mark: number,
  ) {
    const { ns } = listener;
    const { settings } = ns.tcp;
    this.ns = ns;
    this.listener = listener;
    this.localAddress = segment.dst;
    this.localPort = segment.dstPort;
    this.remoteAddress = segment.src;
    this.remotePort = segment.srcPort;
    this.initialSend = initialSend;
    this.initialReceive = segment.sequence;
    this.mss = segment.mss;
    this.hasTimestamps = segment.hasTimestamps && settings.tcp_timestamps !== 0;
    this.recentTimestamp = this.hasTimestamps ? segment.timestamp : 0;
    this.recentTimestampAt = ns.world.now;
    this.timestampOffset = this.hasTimestamps ? ns.tcp.timestampOffset(segment.dst, segment.src) : 0;
    this.sack = segment.sackPermitted && settings.tcp_sack !== 0;
    this.scaling = segment.windowScale >= 0 && settings.tcp_window_scaling !== 0;
    this.sendScale = this.scaling ? segment.windowScale : 0;
    this.way = way;
    this.window = window;
    this.advertisedMss = advertisedMss;
    this.mark = mark;
  }

  /** The SYN was taken: it is remembered, answered, and answered again in time. */
  start(): void {
    this.ns.tcp.connections.add(this);
    this.listener.requests++;
    this.#timer = this.ns.world.timer(() => this.#due());
    this.#arm(FIRST_TIMEOUT);
    this.sentAt = this.ns.world.now;
    this.sendSynAck();
  }

  /** It has become a connection, or is given up. */
  remove(): void {
    this.#timer?.cancel();
    this.ns.tcp.connections.remove(this);
    this.listener.requests--;
  }

  /** False when there was no way, or a hook of this host dropped it. */
  sendSynAck(): boolean {
    const { ns, way } = this;
    const header =
      tcpHeader.HEADER_LEN + output.synOptionsLength(this.sack, this.hasTimestamps, this.scaling);
    const packet = ns.world.pool.allocate(header, null);
    packet.mark = this.mark;
    output.writeSynOptions(
      packet.view,
      packet.at + tcpHeader.HEADER_LEN,
      this.advertisedMss,
      this.sack,
      this.hasTimestamps ? ns.tcp.timestamp(this.timestampOffset) : null,
      this.recentTimestamp,
      this.scaling ? this.window.scale : -1,
    );
    writeHeader(
      packet,
      this.localAddress,
      this.localPort,
      this.remoteAddress,
      this.remotePort,
      this.initialSend,
      (this.initialReceive + 1) | 0,
      tcpHeader.SYN | tcpHeader.ACK,
      Math.min(this.window.window, WINDOW_MAX),
      header,
    );
    ns.note(packet, Verdict.sent, 0);
    ns.tcp.counters.OutSegs++;
    const { tos } = this.listener;
    if (!way.find(ns, this.remoteAddress, this.localAddress, this.listener.boundTo, this.mark, tos & 0xfc)) {
      ns.snmp.outNoRoutes++;
      ns.drop(packet, Verdict.IP_OUTNOROUTES, ns.fib.refusedBy);
      return false;
    }
    ns.snmp.outRequested(ns.world.leg);
    const ttl = this.listener.ttl !== 0 ? this.listener.ttl : ns.ipv4.ip_default_ttl;
    const { id } = packet;
    ipOutput.sendOn(ns, packet, way, ipv4.PROTO_TCP, tos, ttl, ipv4.DONT_FRAGMENT, NO_IDENTIFICATION);
    return ns.hooks.refused !== id;
  }

  /** The SYN came again: so does the answer, and the time for the last step begins anew (tcp_check_req). */
  askedAgain(): void {
    if (this.#repeat()) this.#arm(this.#timeout);
  }

  /** The answer goes out again (tcp_rtx_synack). False as {@link sendSynAck}. */
  #repeat(): boolean {
    const { counters } = this.ns.tcp;
    if (!this.sendSynAck()) return false;
    counters.RetransSegs++;
    counters.TCPSynRetrans++;
    this.retransmits++;
    return true;
  }

  /** The round trip of the handshake in microseconds, or -1 when it cannot be told. */
  get trip(): number {
    return this.retransmits > 0 ? -1 : (this.ns.world.now - this.sentAt) / MICROSECOND;
  }

  /** reqsk_timer_handler */
  #due(): void {
    const { settings, counters } = this.ns.tcp;
    const most = this.listener.synCount || settings.tcp_synack_retries;
    counters.TCPTimeouts++;
    // Whose last step has come already needs no answer: it waits for a place in the accept queue.
    if (this.timeouts >= most || (!this.acknowledged && !this.#repeat())) {
      this.remove();
      return;
    }
    this.timeouts++;
    this.#arm(this.#timeout);
  }

  /** tcp_reqsk_timeout */
  get #timeout(): Nanos {
    return Math.min(FIRST_TIMEOUT * 2 ** this.timeouts, this.ns.tcp.settings.tcp_rto_max_ms * MILLISECOND);
  }

  #arm(delay: Nanos): void {
    this.dueAt = this.ns.world.now + delay;
    this.#timer!.arm(delay);
  }
}
