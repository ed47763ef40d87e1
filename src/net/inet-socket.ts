import { NOTHING } from "../base/short-list.ts";
import type { Identification } from "../sim/leg.ts";
import { PacketFlag } from "../sim/packet.ts";
import type { Process } from "../sim/process.ts";
import { WaitQueue } from "../sim/wait-queue.ts";
import * as ipv4 from "../wire/ipv4.ts";
import * as ip from "../wire/ipv4-address.ts";
import { Flow } from "./flow.ts";
import { FlowTable } from "./flow-table.ts";
import type { IcmpReport } from "./icmp-input.ts";
import { ConnectionIdentification, NO_IDENTIFICATION } from "./ip-identifications.ts";
import { type Errno, KernelError } from "./kernel-error.ts";
import type { NetDevice } from "./net-device.ts";
import type { NetworkNamespace } from "./network-namespace.ts";
import { SocketGroups } from "./socket-groups.ts";
import type { Way } from "./way.ts";

/** IP_MTU_DISCOVER (ip(7)): who may cut a datagram, and whose MTU counts. */
export type MtuDiscovery = "dont" | "want" | "do" | "probe" | "interface" | "omit";

/** An entry of a socket's error queue (IP_RECVERR, struct sock_extended_err). */
export interface SocketError {
  readonly errno: Errno;
  /** Null for an error of this host itself: then `info` is the MTU. */
  readonly report: IcmpReport | null;
  readonly info: number;
  readonly destination: number;
  readonly port: number;
  /** The beginning of the datagram that failed. */
  readonly payload: Uint8Array;
}

/** What UDP and raw sockets have in common (struct inet_sock). Addresses are int32, 0 for any. */
export abstract class InetSocket {
  readonly ns: NetworkNamespace;
  /** The process that has it open, and as which file. */
  opener: Process | null;
  fd = 3;
  localAddress = 0;
  remoteAddress = 0;
  /** SO_BINDTODEVICE: an interface's index; 0 for any. */
  boundTo = 0;
  /** SO_BROADCAST */
  broadcast = false;
  tos = 0;
  /** 0: net.ipv4.ip_default_ttl. */
  ttl = 0;
  mark = 0;
  mtuDiscovery: MtuDiscovery;
  /** IP_RECVERR */
  receiveErrors = false;
  /** An error that is waiting (SO_ERROR); the next call returns it. */
  error: Errno | null = null;
  #errors: SocketError[] = NOTHING;
  // Made when they are asked for: many a socket sends one question, gets the answer and is closed.
  #readable: WaitQueue | null = null;
  #groups: SocketGroups | null = null;
  #identification: Identification = NO_IDENTIFICATION;
  /** The flow of the last packet. */
  #flow: Flow | null = null;
  /** Made for the second destination. */
  #flows: FlowTable | null = null;

  constructor(ns: NetworkNamespace) {
    this.ns = ns;
    this.opener = ns.world.running;
    this.mtuDiscovery = ns.ipv4.ip_no_pmtu_disc !== 0 ? "dont" : "want";
  }

  /** Told of data and of errors. */
  get readable(): WaitQueue {
    this.#readable ??= new WaitQueue();
    return this.#readable;
  }

  /** Its options for multicast. */
  get groups(): SocketGroups {
    this.#groups ??= new SocketGroups();
    return this.#groups;
  }

  /** Made for the first packet that is sent: many sockets only listen. */
  protected get flow(): Flow {
    this.#flow ??= new Flow();
    return this.#flow;
  }

  /** Makes {@link flow} the one for packets to a destination, and returns it. */
  protected turnTo(address: number, port: number): Flow {
    const { flow } = this;
    // Who has sent to nobody else needs no table.
    if (flow.suits(address, port)) return flow;
    this.#flows ??= new FlowTable(flow);
    this.#flow = this.#flows.find(this.ns.world.generation, address, port);
    return this.#flow;
  }

  /** The flow of the last packet; null before the stack has sent one. */
  protected get lastFlow(): Flow | null {
    return this.#flow;
  }

  /** The flow of packets that are the first to where they go, of a socket that sends to many; else null. */
  protected get shared(): Flow | null {
    return this.#flows === null ? null : this.#flows.shared;
  }

  /** What numbers the packets of a socket that is connected; null for any other. */
  protected get ownIdentification(): Identification | null {
    return this.remoteAddress === 0 ? null : this.#identification;
  }

  takeError(): Errno | null {
    const error = this.error;
    this.error = null;
    return error;
  }

  /** The oldest entry of the error queue (MSG_ERRQUEUE), or null. */
  takeQueuedError(): SocketError | null {
    const entry = this.#errors.shift() ?? null;
    // The next ICMP error takes the place of this one (sock_dequeue_err_skb).
    const next = this.#errors[0];
    if (next !== undefined && next.report !== null) this.error = next.errno;
    else if (entry !== null && entry.report !== null) this.error = null;
    if (next !== undefined) this.wake();
    return entry;
  }

  /** IP_ADD_MEMBERSHIP. Without a device routing chooses one. @throws {KernelError} EINVAL, ENODEV, EADDRINUSE, ENOBUFS */
  join(group: number, device: NetDevice | null): void {
    this.groups.join(this.ns, group, device);
  }

  /** IP_DROP_MEMBERSHIP. @throws {KernelError} EADDRNOTAVAIL */
  leave(group: number, device: NetDevice | null): void {
    this.groups.leave(group, device);
  }

  /** True when datagrams to `group` that come in by a device are for this socket (ip_mc_sf_allow). */
  hears(group: number, device: NetDevice): boolean {
    const groups = this.#groups;
    return groups === null || groups.all || !ip.isMulticast(group) || groups.has(group, device);
  }

  /** Whether it has joined a group on that device. */
  isMember(group: number, device: NetDevice | null): boolean {
    return this.#groups?.has(group, device) ?? false;
  }

  /** Wakes who waits for {@link readable}. */
  protected wake(): void {
    this.#readable?.notify();
  }

  protected leaveAll(): void {
    this.#groups?.leaveAll();
  }

  /** The address that packets are sent from, or 0 when it is still to be chosen: a group or broadcast address is none. */
  protected get source(): number {
    const address = this.localAddress;
    return ip.isMulticast(address) || address === ip.BROADCAST ? 0 : address;
  }

  /**
   * Chooses the way to `dst`, whose type and device follow from the socket's options. It is the socket's one and holds
   * until the next question. That there is none counts as OutNoRoutes, but not for what a raw socket sends
   * (raw_sendmsg): `counts`. @throws {KernelError}
   */
  protected wayTo(dst: number, counts: boolean = true): Way {
    const { flow } = this;
    const { way } = flow;
    flow.forget();
    this.#findWay(way, dst, counts);
    return way;
  }

  /** The address to speak from to `dst`, to which there is a way (ip_route_connect). @throws {KernelError} */
  protected sourceTo(dst: number): number {
    const { way } = this.ns.sockets;
    this.#findWay(way, dst, true);
    return way.source;
  }

  #findWay(way: Way, dst: number, counts: boolean): void {
    let oif = this.boundTo;
    let src = this.source;
    if (ip.isMulticast(dst)) {
      if (oif === 0) oif = this.groups.device;
      if (src === 0) src = this.groups.source;
    }
    if (!way.find(this.ns, dst, src, oif, this.mark, this.tos & 0xfc)) {
      const { error } = this.ns.fib;
      if (counts && error === "ENETUNREACH") this.ns.snmp.outNoRoutes++;
      throw new KernelError(error);
    }
    if (way.route.type === "broadcast" && !this.broadcast) throw new KernelError("EACCES");
  }

  /**
   * Throws unless a datagram of `length` bytes without its IP header may go this way
   * (ip_append_data). @throws {KernelError} EMSGSIZE
   */
  protected checkLength(way: Way, port: number, length: number): void {
    const mode = this.mtuDiscovery;
    const mayCut = mode === "want" || mode === "dont" || mode === "omit";
    if (mayCut && length + ipv4.HEADER_LEN <= 65535) return;
    const limit = this.#mtu(way);
    if (!mayCut && length + ipv4.HEADER_LEN <= limit) return;
    if (this.receiveErrors)
      this.#queueError({
        errno: "EMSGSIZE",
        report: null,
        info: limit,
        destination: way.dst,
        port,
        payload: new Uint8Array(0),
      });
    throw new KernelError("EMSGSIZE");
  }

  /**
   * Makes the flow one of transport packets of `length` bytes on its way, with this socket's TTL, DF and identification
   * (ip_make_skb).
   */
  protected setFlow(protocol: number, length: number): void {
    const ns = this.ns;
    const way = this.flow.way;
    const mode = this.mtuDiscovery;
    const ignoreDf = mode === "want" || mode === "dont" || mode === "omit";
    let df = mode === "do" || mode === "probe";
    if (mode === "want") df = length + ipv4.HEADER_LEN <= way.mtu && !way.mtuIsLocked(ns);
    let packet = ignoreDf ? PacketFlag.fromSocket | PacketFlag.ignoreDf : PacketFlag.fromSocket;
    if (mode === "probe" || mode === "interface" || mode === "omit") packet |= PacketFlag.probesMtu;
    let ttl = this.ttl !== 0 ? this.ttl : ns.ipv4.ip_default_ttl;
    if (way.route.type === "multicast") {
      ttl = this.groups.ttl;
      if (!this.groups.loop) packet |= PacketFlag.notLooped;
    }
    const identification = this.#identify(df && !ignoreDf, way.source, way.dst, protocol);
    const fragment = df ? ipv4.DONT_FRAGMENT : 0;
    this.flow.set(protocol, this.tos, ttl, fragment, packet, identification);
  }

  /** Takes an ICMP error about what this socket sent. `connected`: hard errors are told without having been asked for. */
  protected takeReport(
    report: IcmpReport,
    connected: boolean,
    dst: number,
    port: number,
    payload: () => Uint8Array,
  ): void {
    let { errno, hard } = report;
    if (errno === "EMSGSIZE") {
      if (this.mtuDiscovery === "dont") return;
      hard = true;
    }
    if (this.receiveErrors)
      this.#queueError({ errno, report, info: report.info, destination: dst, port, payload: payload() });
    else if (!hard || !connected) return;
    this.error = errno;
    this.wake();
  }

  /** Packets to the other end are counted anew. */
  protected startIdentification(): void {
    this.#flow?.forget();
    this.#identification = new ConnectionIdentification(this.ns.host.identifications.random());
  }

  #queueError(error: SocketError): void {
    this.#errors = [...this.#errors, error];
    this.wake();
  }

  #mtu(way: Way): number {
    const mode = this.mtuDiscovery;
    if (mode === "dont" || mode === "want" || mode === "do") return way.mtu;
    return way.route.type === "local" ? this.ns.loopback.mtu : way.route.device!.mtu;
  }

  /** ip_select_ident: connected sockets count by themselves; what cannot be cut needs none. */
  #identify(uncut: boolean, src: number, dst: number, protocol: number): Identification {
    if (this.remoteAddress !== 0) return this.#identification;
    return uncut ? NO_IDENTIFICATION : this.ns.host.identifications.of(src, dst, protocol);
  }
}
