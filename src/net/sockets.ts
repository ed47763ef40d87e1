import { mix } from "../base/mix.ts";
import type { Prng } from "../base/prng.ts";
import { NOTHING } from "../base/short-list.ts";
import type { Packet } from "../sim/packet.ts";
import * as ipv4 from "../wire/ipv4.ts";
import * as udpHeader from "../wire/udp.ts";
import { addressType } from "./address-type.ts";
import { BoundSockets } from "./bound-sockets.ts";
import { FlowClasses } from "./flow-classes.ts";
import type { IcmpReport } from "./icmp-input.ts";
import { Ipv6Sockets } from "./ipv6-sockets.ts";
import { KernelError } from "./kernel-error.ts";
import type { NetDevice } from "./net-device.ts";
import type { NetworkNamespace } from "./network-namespace.ts";
import * as reasons from "./reasons.ts";
import * as tcpReport from "./tcp/icmp-report.ts";
import type { UdpSocket } from "./udp-socket.ts";
import { Way } from "./way.ts";

/** A socket that sees copies of all packets of one IP protocol (raw(7)). */
export interface RawReceiver {
  readonly protocol: number;
  /** Looks at a packet that stays the stack's: `networkAt` and `transportAt` are set. True when it was for it. */
  deliver(device: NetDevice, packet: Packet): boolean;
  matches(device: NetDevice, src: number, dst: number): boolean;
  icmpError(packet: Packet, quoted: number, report: IcmpReport): void;
  close(): void;
}

/** The sockets of a namespace and where they are bound. */
export class Sockets {
  readonly #ns: NetworkNamespace;
  readonly #udp: BoundSockets = new BoundSockets();
  #raw: readonly RawReceiver[] = NOTHING;
  #prng: Prng | null = null;
  #way: Way | null = null;
  #ipv6: Ipv6Sockets | null = null;
  #classes: FlowClasses | null = null;
  /** True when deliverRaw has to be asked. */
  hasRaw = false;

  constructor(ns: NetworkNamespace) {
    this.#ns = ns;
  }

  get ipv6(): Ipv6Sockets {
    this.#ipv6 ??= new Ipv6Sockets();
    return this.#ipv6;
  }

  /** The last way of a socket that connected: the next one often asks for the same. */
  get way(): Way {
    this.#way ??= new Way();
    return this.#way;
  }

  /** The classes of flows that begin here. */
  get classes(): FlowClasses {
    this.#classes ??= new FlowClasses();
    return this.#classes;
  }

  /** Whether a UDP port has but one socket, so that it gets whatever comes there. */
  hasOne(port: number): boolean {
    let count = 0;
    for (let socket = this.#udp.chain(port); socket !== null; socket = socket.nextBound)
      if (socket.localPort === port) count++;
    return count === 1;
  }

  /** The socket that gets a datagram, by how exactly it is bound (udp4_lib_lookup), or null. */
  findUdp(device: NetDevice, dst: number, dstPort: number, src: number, srcPort: number): UdpSocket | null {
    let found: UdpSocket | null = null;
    let best = -1;
    for (let s = this.#udp.chain(dstPort); s !== null; s = s.nextBound) {
      const fits = score(s, device, dst, dstPort, src, srcPort);
      if (fits <= best) continue;
      found = s;
      best = fits;
    }
    if (found === null || !found.reusePort || found.remotePort !== 0) return found;
    return this.#oneOfGroup(found, dst, src, srcPort);
  }

  /** All sockets that get a datagram to a group or to all (udp4_lib_mcast_deliver). */
  findUdpGroup(
    device: NetDevice,
    dst: number,
    dstPort: number,
    src: number,
    srcPort: number,
  ): readonly UdpSocket[] {
    const found: UdpSocket[] = [];
    for (let s = this.#udp.chain(dstPort); s !== null; s = s.nextBound)
      if (score(s, device, dst, dstPort, src, srcPort) >= 0 && s.hears(dst, device)) found.push(s);
    return found;
  }

  /** @throws {KernelError} EADDRNOTAVAIL for an address that is not this host's. */
  checkAddress(address: number): void {
    if (address === 0 || this.#ns.ipv4.ip_nonlocal_bind !== 0) return;
    if (addressType(this.#ns, address) === "unicast") throw new KernelError("EADDRNOTAVAIL");
  }

  /** @throws {KernelError} EADDRINUSE, EADDRNOTAVAIL */
  bindUdp(socket: UdpSocket, address: number, port: number): void {
    this.checkAddress(address);
    if (port === 0) this.#put(socket, address, this.#ephemeral(socket, address));
    else if (this.#conflict(socket, address, port)) throw new KernelError("EADDRINUSE");
    else this.#put(socket, address, port);
  }

  /** Moves a bound socket to an address that `connect` chose (udp_lib_rehash). */
  rebindUdp(socket: UdpSocket, address: number): void {
    reasons.socketsChanged(this.#ns);
    this.#changed(socket.localPort);
    if (socket.localAddress === address || !this.#udp.remove(socket)) return;
    socket.localAddress = address;
    this.#udp.add(socket);
  }

  unbindUdp(socket: UdpSocket): void {
    reasons.socketsChanged(this.#ns);
    this.#changed(socket.localPort);
    this.#udp.remove(socket);
  }

  /** All UDP sockets, for /proc/net/udp and ss. */
  listUdp(): readonly UdpSocket[] {
    return this.#udp.all();
  }

  listRaw(): readonly RawReceiver[] {
    return this.#raw;
  }

  addRaw(socket: RawReceiver): void {
    this.#ns.world.generation++;
    this.#raw = [...this.#raw, socket];
    this.hasRaw = true;
  }

  removeRaw(socket: RawReceiver): void {
    this.#ns.world.generation++;
    this.#raw = this.#raw.filter((other) => other !== socket);
    this.hasRaw = this.#raw.length > 0;
  }

  /** Shows a packet to the raw sockets of its protocol; true when one of them wanted it. */
  deliverRaw(device: NetDevice, packet: Packet): boolean {
    const protocol = ipv4.protocol(packet.view, packet.networkAt);
    let wanted = false;
    for (const socket of this.#raw)
      if (socket.protocol === protocol && socket.deliver(device, packet)) wanted = true;
    return wanted;
  }

  /** Tells the sockets that sent the packet quoted at `quoted` of an ICMP error (icmp_socket_deliver). */
  reportIcmp(device: NetDevice, packet: Packet, quoted: number, report: IcmpReport): void {
    const { view } = packet;
    const protocol = ipv4.protocol(view, quoted);
    const src = ipv4.src(view, quoted);
    const dst = ipv4.dst(view, quoted);
    for (const socket of this.#raw)
      if (socket.protocol === protocol && socket.matches(device, dst, src))
        socket.icmpError(packet, quoted, report);
    if (protocol === ipv4.PROTO_UDP) {
      const header = quoted + ipv4.headerLength(view, quoted);
      const local = udpHeader.srcPort(view, header);
      const socket = this.findUdp(device, src, local, dst, udpHeader.dstPort(view, header));
      if (socket === null) this.#ns.snmp.icmpInErrors++;
      else socket.icmpError(packet, quoted, report);
    } else if (protocol === ipv4.PROTO_TCP) tcpReport.receive(this.#ns, packet, quoted, report);
    else this.#ns.host.kernel.icmpErrors.get(protocol)?.(this.#ns, device, packet, quoted, report);
  }

  closeAll(): void {
    for (const socket of this.listUdp()) socket.close();
    for (const socket of this.listRaw()) socket.close();
  }

  #put(socket: UdpSocket, address: number, port: number): void {
    reasons.socketsChanged(this.#ns);
    socket.localPort = port;
    socket.localAddress = address;
    this.#changed(port);
    this.#udp.add(socket);
  }

  /** Another socket may get what comes to a port, or nobody. */
  #changed(port: number): void {
    for (let s = this.#udp.chain(port); s !== null; s = s.nextBound) {
      if (s.localPort !== port || !s.inLegs) continue;
      s.inLegs = false;
      this.#ns.world.generation++;
    }
  }

  /** Whether another socket keeps this one from a port (udp_lib_lport_inuse). */
  #conflict(socket: UdpSocket, address: number, port: number): boolean {
    for (let s = this.#udp.chain(port); s !== null; s = s.nextBound)
      if (
        s.localPort === port &&
        s !== socket &&
        !(s.reuseAddress && socket.reuseAddress) &&
        (s.boundTo === 0 || socket.boundTo === 0 || s.boundTo === socket.boundTo) &&
        (s.localAddress === 0 || address === 0 || s.localAddress === address) &&
        !(s.reusePort && socket.reusePort)
      )
        return true;
    return false;
  }

  /** A free port of ip_local_port_range, from a random one upwards. */
  #ephemeral(socket: UdpSocket, address: number): number {
    const { ip_local_port_first: first, ip_local_port_last: last } = this.#ns.ipv4;
    const count = last - first + 1;
    this.#prng ??= this.#ns.world.prng.fork(`${this.#ns.path}/ports`);
    const start = this.#prng.below(count);
    for (let i = 0; i < count; i++) {
      const port = first + ((start + i) % count);
      if (!this.#conflict(socket, address, port)) return port;
    }
    throw new KernelError("EADDRINUSE");
  }

  /** Of sockets that share a port by SO_REUSEPORT each flow has its own (reuseport_select_sock). */
  #oneOfGroup(found: UdpSocket, dst: number, src: number, srcPort: number): UdpSocket {
    const group: UdpSocket[] = [];
    for (let s = this.#udp.chain(found.localPort); s !== null; s = s.nextBound)
      if (
        s.localPort === found.localPort &&
        s.localAddress === found.localAddress &&
        s.reusePort &&
        s.remotePort === 0 &&
        s.boundTo === found.boundTo
      )
        group.push(s);
    const hash = mix(mix(src, dst), srcPort);
    // The first of the group is the one that was bound first.
    return group[group.length - 1 - ((hash >>> 8) % group.length)]!;
  }
}

/** How exactly a socket is bound to where a datagram goes and comes from (compute_score); -1: it is not for this socket. */
function score(
  socket: UdpSocket,
  device: NetDevice,
  dst: number,
  dstPort: number,
  src: number,
  srcPort: number,
): number {
  if (socket.localPort !== dstPort) return -1;
  let fits = 0;
  if (socket.localAddress !== 0) {
    if (socket.localAddress !== dst) return -1;
    fits = 4;
  }
  if (socket.remotePort !== 0) {
    if (socket.remoteAddress !== src || socket.remotePort !== srcPort) return -1;
    fits += 2;
  }
  if (socket.boundTo !== 0) {
    if (socket.boundTo !== device.ifindex) return -1;
    fits += 1;
  }
  return fits;
}
