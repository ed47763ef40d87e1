import type { Prng } from "../base/prng.ts";
import { NOTHING } from "../base/short-list.ts";
import type { Packet } from "../sim/packet.ts";
import * as ipv4 from "../wire/ipv4.ts";
import * as udpHeader from "../wire/udp.ts";
import { addressType } from "./address-type.ts";
import { BoundSockets } from "./bound-sockets.ts";
import type { IcmpReport } from "./icmp-input.ts";
import { Ipv6Sockets } from "./ipv6-sockets.ts";
import { KernelError } from "./kernel-error.ts";
import type { NetDevice } from "./net-device.ts";
import type { NetworkNamespace } from "./network-namespace.ts";
import * as reasons from "./reasons.ts";
import * as tcpReport from "./tcp/icmp-report.ts";
import type { UdpSocket } from "./udp-socket.ts";

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
  #ipv6: Ipv6Sockets | null = null;
  /** True when deliverRaw has to be asked. */
  hasRaw = false;

  constructor(ns: NetworkNamespace) {
    this.#ns = ns;
  }

  get ipv6(): Ipv6Sockets {
    this.#ipv6 ??= new Ipv6Sockets();
    return this.#ipv6;
  }

  /** The socket that gets a datagram, by how exactly it is bound (udp4_lib_lookup), or null. */
  findUdp(device: NetDevice, dst: number, dstPort: number, src: number, srcPort: number): UdpSocket | null {
    const exact = best(this.#udp.chain(dst, dstPort), device, dst, dst, dstPort, src, srcPort);
    return exact ?? best(this.#udp.chain(0, dstPort), device, 0, dst, dstPort, src, srcPort);
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
    for (const address of [dst, 0])
      for (let s = this.#udp.chain(address, dstPort); s !== null; s = s.nextBound) {
        if (s.localAddress !== address || s.localPort !== dstPort) continue;
        if (s.remotePort !== 0 && (s.remoteAddress !== src || s.remotePort !== srcPort)) continue;
        if (s.boundTo !== 0 && s.boundTo !== device.ifindex) continue;
        if (s.hears(dst, device)) found.push(s);
      }
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

  /** Moves a bound socket to an address that `connect` chose. */
  rebindUdp(socket: UdpSocket, address: number): void {
    reasons.socketsChanged(this.#ns);
    if (!this.#udp.has(socket)) return;
    this.#udp.remove(socket);
    socket.localAddress = address;
    this.#udp.add(socket);
    this.#changed(socket.localPort);
  }

  unbindUdp(socket: UdpSocket): void {
    reasons.socketsChanged(this.#ns);
    if (!this.#udp.has(socket)) return;
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
      this.findUdp(device, src, local, dst, udpHeader.dstPort(view, header))?.icmpError(
        packet,
        quoted,
        report,
      );
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
    if (!this.#udp.isFree(port)) this.#changed(port);
    this.#udp.add(socket);
  }

  /** Another socket may get what comes to a port, or nobody. */
  #changed(port: number): void {
    for (const socket of this.#udp.onPort(port)) {
      if (!socket.inLegs) continue;
      socket.inLegs = false;
      this.#ns.world.generation++;
    }
  }

  /** udp_lib_lport_inuse */
  #conflict(socket: UdpSocket, address: number, port: number): boolean {
    if (this.#udp.isFree(port)) return false;
    return this.#udp
      .onPort(port)
      .some(
        (other) =>
          other !== socket &&
          !(other.reuseAddress && socket.reuseAddress) &&
          (other.boundTo === 0 || socket.boundTo === 0 || other.boundTo === socket.boundTo) &&
          (other.localAddress === 0 || address === 0 || other.localAddress === address) &&
          !(other.reusePort && socket.reusePort),
      );
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
}

/** The socket of that address and port in a chain that fits best (compute_score). */
function best(
  chain: UdpSocket | null,
  device: NetDevice,
  address: number,
  dst: number,
  dstPort: number,
  src: number,
  srcPort: number,
): UdpSocket | null {
  let found: UdpSocket | null = null;
  let score = -1;
  for (let socket = chain; socket !== null; socket = socket.nextBound) {
    if (socket.localPort !== dstPort || socket.localAddress !== address) continue;
    let fits = 0;
    if (socket.remotePort !== 0) {
      if (socket.remoteAddress !== src || socket.remotePort !== srcPort) continue;
      fits = 8;
    }
    if (socket.boundTo !== 0) {
      if (socket.boundTo !== device.ifindex) continue;
      fits += 4;
    }
    if (fits > score) {
      found = socket;
      score = fits;
    }
  }
  return found?.reusePort === true ? oneOfGroup(chain, found, dst, src, srcPort) : found;
}

/** Of sockets that share a port by SO_REUSEPORT each flow has its own (reuseport_select_sock). */
function oneOfGroup(
  chain: UdpSocket | null,
  found: UdpSocket,
  dst: number,
  src: number,
  srcPort: number,
): UdpSocket {
  if (found.remotePort !== 0) return found;
  const group: UdpSocket[] = [];
  for (let s = chain; s !== null; s = s.nextBound)
    if (
      s.localPort === found.localPort &&
      s.localAddress === found.localAddress &&
      s.reusePort &&
      s.remotePort === 0 &&
      s.boundTo === found.boundTo
    )
      group.push(s);
  let hash = Math.imul(src, 0x9e3779b1) ^ Math.imul(dst, 0x85ebca6b) ^ Math.imul(srcPort, 0xc2b2ae35);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return group[(hash >>> 8) % group.length]!;
}
