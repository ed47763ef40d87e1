import { copyBytes } from "../base/bytes.ts";
import { PortPlace } from "../sim/flow-class.ts";
import type { LegEnd } from "../sim/leg.ts";
import type { Packet } from "../sim/packet.ts";
import { PacketQueue } from "../sim/packet-queue.ts";
import { Verdict } from "../sim/verdict.ts";
import * as ipv4 from "../wire/ipv4.ts";
import * as ip from "../wire/ipv4-address.ts";
import * as udpHeader from "../wire/udp.ts";
import type { Flow } from "./flow.ts";
import type { FlowClass } from "./flow-classes.ts";
import type { IcmpReport } from "./icmp-input.ts";
import { InetSocket } from "./inet-socket.ts";
import { KernelError } from "./kernel-error.ts";
import type { NetDevice } from "./net-device.ts";
import type { NetworkNamespace } from "./network-namespace.ts";
import { PACKET_OVERHEAD } from "./truesize.ts";
import * as udp from "./udp.ts";

const MAX_PAYLOAD = 65507;

/** A datagram as a program sees it. */
interface Datagram {
  readonly src: number;
  readonly srcPort: number;
  readonly dst: number;
  readonly ttl: number;
  readonly payload: Uint8Array;
}

/** Gets each datagram at once, with `packet.at` and `packet.length` at its payload; the packet ends after the call. */
type DatagramReceiver = (packet: Packet) => void;
/** Takes the packets of a tunnel (encap_rcv): it owns them. */
type EncapReceiver = (packet: Packet, device: NetDevice) => void;

/** A UDP socket (udp(7)). */
export class UdpSocket extends InetSocket {
  localPort = 0;
  remotePort = 0;
  /** SO_REUSEADDR, SO_REUSEPORT */
  reuseAddress = false;
  reusePort = false;
  receiver: DatagramReceiver | null = null;
  encapReceiver: EncapReceiver | null = null;
  /** SO_RCVBUF in the kernel's count, overhead included. */
  receiveBuffer: number;
  /** The next of its chain, or null: see bound-sockets.ts. */
  nextBound: UdpSocket | null = null;
  /** A leg that holds still may end here. */
  inLegs = false;
  /** Datagrams that found no room. */
  drops = 0;
  /** What waits; null before the first datagram does. */
  #queue: PacketQueue | null = null;
  #closed = false;
  /** The first datagram went the way of its class. */
  #wentInClass = false;

  constructor(ns: NetworkNamespace) {
    super(ns);
    this.receiveBuffer = ns.ipv4.rmem_default;
  }

  /** Bytes that wait to be read, as /proc/net/udp counts them. */
  get waiting(): number {
    return this.#queue === null ? 0 : this.#queue.bytes + this.#queue.length * PACKET_OVERHEAD;
  }

  /** @throws {KernelError} EADDRINUSE, EADDRNOTAVAIL. Port 0 takes a free one of ip_local_port_range. */
  bind(address: number, port: number): void {
    this.ns.sockets.bindUdp(this, address, port);
  }

  /** Fixes the other end; address 0 is this host. @throws {KernelError} ENETUNREACH ... when there is no way. */
  connect(address: number, port: number): void {
    const to = this.#destination(address);
    const source = this.sourceTo(to);
    if (this.localPort === 0) this.ns.sockets.bindUdp(this, source, 0);
    else this.ns.sockets.rebindUdp(this, source);
    this.remoteAddress = to;
    this.remotePort = port;
    this.startIdentification();
  }

  /** Sends to the other end that `connect` fixed. */
  send(payload: Uint8Array): void {
    if (this.remotePort === 0) throw new KernelError("EDESTADDRREQ");
    this.sendTo(this.remoteAddress, this.remotePort, payload);
  }

  /** @throws {KernelError} as sendto(2): a pending error, no way, EACCES, EMSGSIZE. */
  sendTo(address: number, port: number, payload: Uint8Array): void {
    const { length } = payload;
    let flow = this.lastFlow;
    if (flow?.isFor(this, this.localPort, address, port, length) !== true) {
      if (flow !== null) flow = this.turnTo(address, port);
      if (flow?.isFor(this, this.localPort, address, port, length) !== true) {
        this.#sendFirst(flow, address, port, payload);
        return;
      }
    }
    const packet = this.#packetOf(payload);
    if (!flow.follow(packet, this.ns.world)) this.#give(flow, packet, port);
  }

  /**
   * Sends a datagram to where none went since the last change: the way that the first ones of its class of flows go, if
   * that is known. `flow`: null before the socket has one. @throws {KernelError}
   */
  #sendFirst(flow: Flow | null, address: number, port: number, payload: Uint8Array): void {
    const { ns } = this;
    const { length } = payload;
    const isAnswer = flow !== null && flow === this.shared;
    const open = isAnswer ? port : this.localPort;
    const flows =
      isAnswer || (flow === null && !this.#wentInClass) ? this.#classTo(address, port, isAnswer) : null;
    const trip = flows === null ? null : flows.tripFor(length);
    let packet: Packet | null = null;
    if (trip !== null) {
      packet = this.#packetOf(payload);
      packet.port = open;
      if (trip.board(packet, this.ownIdentification)) {
        this.#wentInClass = true;
        return;
      }
    }
    flow ??= this.flow;
    this.#setOut(flow, address, port, length);
    packet ??= this.#packetOf(payload);
    if (flow.follow(packet, ns.world)) return;
    if (flows !== null && flow.isFor(this, this.localPort, address, port, length))
      flows.note(ns.world, packet, open);
    this.#give(flow, packet, port);
  }

  /**
   * The class of flows that a datagram begins one of: that of the clients of a service, of which this is one, or of the
   * answers that this one gives. Null for a socket that cannot send yet.
   */
  #classTo(address: number, port: number, isAnswer: boolean): FlowClass | null {
    const { localPort } = this;
    if (address === 0 || localPort === 0 || this.error !== null) return null;
    const { classes } = this.ns.sockets;
    if (isAnswer) return classes.of(this, address, localPort, PortPlace.destination);
    return classes.of(this, address, port, PortPlace.source);
  }

  #packetOf(payload: Uint8Array): Packet {
    const packet = this.ns.world.pool.allocate(payload.length, null);
    copyBytes(packet.bytes, payload, packet.at);
    return packet;
  }

  /** Gives a datagram to the stack. */
  #give(flow: Flow, packet: Packet, port: number): void {
    const { ns } = this;
    const { world } = ns;
    udp.push(world, packet, flow.way.source, this.localPort, flow.way.dst, port);
    ns.snmp.udpSent(world.leg);
    ns.note(packet, Verdict.sent, 0);
    const { id } = packet;
    flow.send(ns, packet, this.mark);
    if (ns.hooks.refused === id) throw new KernelError("EPERM");
  }

  /** Finds out how a datagram goes to where none went since the last change, or whether it may at all. @throws {KernelError} */
  #setOut(flow: Flow, address: number, port: number, length: number): void {
    if (length > MAX_PAYLOAD) throw new KernelError("EMSGSIZE");
    const way = this.wayTo(this.#destination(address));
    if (this.error !== null) throw new KernelError(this.takeError()!);
    this.checkLength(way, port, length + udpHeader.HEADER_LEN);
    if (this.localPort === 0) this.ns.sockets.bindUdp(this, this.localAddress, 0);
    this.setFlow(ipv4.PROTO_UDP, length + udpHeader.HEADER_LEN);
    const longest = way.mtu - ipv4.HEADER_LEN - udpHeader.HEADER_LEN;
    if (length <= longest) flow.remember(this, this.localPort, address, port, longest);
  }

  /**
   * The stack has a datagram for this socket; `packet.at` is at its payload. `end`: where a leg ends that does not always
   * end at this socket.
   */
  deliver(device: NetDevice, packet: Packet, end: LegEnd | null = null): void {
    if (this.encapReceiver !== null) {
      this.encapReceiver(packet, device);
      return;
    }
    const ns = this.ns;
    const { leg } = ns.world;
    if (leg !== null) leg.finishes(packet, end ?? new Delivery(this, device), false);
    if (this.receiver !== null) {
      this.receiver(packet);
      ns.world.end(packet, Verdict.delivered, ns.place);
      return;
    }
    const queue = this.#queue ?? this.#makeQueue();
    if (queue.bytes + (queue.length + 1) * PACKET_OVERHEAD + packet.length > this.receiveBuffer) {
      this.drops++;
      ns.snmp.udpRcvbufErrors++;
      ns.snmp.udpInErrors++;
      ns.drop(packet, Verdict.SOCKET_RCVBUFF);
      return;
    }
    queue.push(packet);
    this.wake();
  }

  /** The next datagram, or null when none waits. */
  receive(): Datagram | null {
    const packet = this.#queue?.shift() ?? null;
    if (packet === null) return null;
    const view = packet.view;
    const datagram: Datagram = {
      src: ipv4.src(view, packet.networkAt),
      srcPort: udpHeader.srcPort(view, packet.transportAt),
      dst: ipv4.dst(view, packet.networkAt),
      ttl: ipv4.ttl(view, packet.networkAt),
      payload: packet.bytes.slice(packet.at, packet.at + packet.length),
    };
    this.ns.world.end(packet, Verdict.delivered, this.ns.place);
    return datagram;
  }

  /** ICMP complains about a datagram of this socket, quoted at `quoted` (udp_err). */
  icmpError(packet: Packet, quoted: number, report: IcmpReport): void {
    const { view } = packet;
    const header = quoted + ipv4.headerLength(view, quoted);
    const payload = (): Uint8Array =>
      packet.bytes.slice(header + udpHeader.HEADER_LEN, packet.at + packet.length);
    const connected = this.remotePort !== 0;
    this.takeReport(report, connected, ipv4.dst(view, quoted), udpHeader.dstPort(view, header), payload);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.leaveAll();
    this.ns.sockets.unbindUdp(this);
    const queue = this.#queue;
    if (queue !== null) {
      for (let p = queue.shift(); p !== null; p = queue.shift()) this.ns.drop(p, Verdict.SOCKET_CLOSED);
      this.ns.world.forget(queue);
    }
    this.wake();
  }

  #makeQueue(): PacketQueue {
    const queue = new PacketQueue(`${this.ns.path} UDP socket`);
    this.ns.world.holds(queue);
    this.#queue = queue;
    return queue;
  }

  #destination(address: number): number {
    if (address !== 0) return address;
    return this.source !== 0 ? this.source : ip.LOOPBACK;
  }
}

/** A leg ends at a socket. */
class Delivery implements LegEnd {
  readonly #socket: UdpSocket;
  readonly #device: NetDevice;

  constructor(socket: UdpSocket, device: NetDevice) {
    this.#socket = socket;
    this.#device = device;
  }

  take(packet: Packet): void {
    this.#socket.deliver(this.#device, packet);
  }
}
