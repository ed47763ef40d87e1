import { Table } from "../base/table.ts";
import type { Packet } from "../sim/packet.ts";
import type { DeviceChange } from "./device-driver.ts";
import { KernelError } from "./kernel-error.ts";
import type { NetDevice } from "./net-device.ts";
import type { NetworkNamespace } from "./network-namespace.ts";
import { RouteTable } from "./route.ts";
import type { UdpSocket } from "./udp-socket.ts";

/** A socket that sees copies of all packets of one IP protocol (raw(7)). */
export interface RawReceiver {
  readonly protocol: number;
  /** Looks at a packet that stays the stack's: `networkAt` and `transportAt` are set. */
  deliver(packet: Packet): void;
}

/** The sockets of a namespace and where they are bound. */
export class Sockets {
  readonly #ns: NetworkNamespace;
  /** Rows by (address, port); each has the sockets bound there. */
  readonly #udp: Table = new Table();
  readonly #bound: UdpSocket[][] = [];
  readonly raw: Set<RawReceiver> = new Set();

  constructor(ns: NetworkNamespace) {
    this.#ns = ns;
  }

  /** The socket that gets a datagram, by how exactly it is bound (udp4_lib_lookup), or null. */
  findUdp(device: NetDevice, dst: number, dstPort: number, src: number, srcPort: number): UdpSocket | null {
    const row = this.#udp.find(dst, dstPort);
    const exact = row < 0 ? null : this.#best(this.#bound[row]!, device, src, srcPort);
    if (exact !== null) return exact;
    const any = this.#udp.find(0, dstPort);
    return any < 0 ? null : this.#best(this.#bound[any]!, device, src, srcPort);
  }

  #best(sockets: readonly UdpSocket[], device: NetDevice, src: number, srcPort: number): UdpSocket | null {
    let best: UdpSocket | null = null;
    let bestScore = -1;
    for (let i = 0; i < sockets.length; i++) {
      const socket = sockets[i]!;
      let score = 0;
      if (socket.remotePort !== 0) {
        if (socket.remoteAddress !== src || socket.remotePort !== srcPort) continue;
        score += 8;
      }
      if (socket.boundTo !== 0) {
        if (socket.boundTo !== device.ifindex) continue;
        score += 4;
      }
      if (score > bestScore) {
        best = socket;
        bestScore = score;
      }
    }
    return best;
  }

  /** @throws {KernelError} EADDRINUSE, EADDRNOTAVAIL */
  bindUdp(socket: UdpSocket, address: number, port: number): void {
    const ns = this.#ns;
    if (address !== 0 && ns.fib.table(RouteTable.local).lookup(address, 0, 0) === null) {
      if (ns.ipv4.ip_nonlocal_bind === 0) throw new KernelError("EADDRNOTAVAIL");
    }
    if (port !== 0) {
      if (this.#conflict(socket, address, port)) throw new KernelError("EADDRINUSE");
      this.#put(socket, address, port);
    } else this.#put(socket, address, this.#ephemeral(socket, address));
  }

  /** Moves a bound socket to an address that `connect` chose. */
  rebindUdp(socket: UdpSocket, address: number): void {
    this.unbindUdp(socket);
    this.#put(socket, address, socket.localPort);
  }

  unbindUdp(socket: UdpSocket): void {
    const row = this.#udp.find(socket.localAddress, socket.localPort);
    if (row < 0) return;
    const rest = this.#bound[row]!.filter((other) => other !== socket);
    this.#bound[row] = rest;
    if (rest.length === 0) this.#udp.remove(socket.localAddress, socket.localPort);
  }

  /** All UDP sockets, for /proc/net/udp and ss. */
  listUdp(): readonly UdpSocket[] {
    return this.#bound.flat();
  }

  /** Shows a packet to the raw sockets of its protocol. */
  deliverRaw(packet: Packet): void {
    if (this.raw.size === 0) return;
    const protocol = packet.view.getUint8(packet.networkAt + 9);
    for (const socket of this.raw) if (socket.protocol === protocol) socket.deliver(packet);
  }

  deviceChanged(_device: NetDevice, _change: DeviceChange): void {}

  closeAll(): void {
    for (const socket of this.listUdp()) socket.close();
    this.raw.clear();
  }

  #put(socket: UdpSocket, address: number, port: number): void {
    socket.localAddress = address;
    socket.localPort = port;
    const row = this.#udp.insert(address, port);
    this.#bound[row] = [...(this.#bound[row] ?? []).filter((other) => other.localPort === port), socket];
  }

  #conflict(socket: UdpSocket, address: number, port: number): boolean {
    return this.listUdp().some(
      (other) =>
        other !== socket &&
        other.localPort === port &&
        (other.localAddress === 0 || address === 0 || other.localAddress === address) &&
        (other.boundTo === 0 || socket.boundTo === 0 || other.boundTo === socket.boundTo) &&
        !(other.reuseAddress && socket.reuseAddress),
    );
  }

  /** A free port of ip_local_port_range, from a random one upwards. */
  #ephemeral(socket: UdpSocket, address: number): number {
    const { ip_local_port_first: first, ip_local_port_last: last } = this.#ns.ipv4;
    const count = last - first + 1;
    const start = this.#ns.world.prng.fork(`${this.#ns.path}/port/${this.listUdp().length}`).below(count);
    for (let i = 0; i < count; i++) {
      const port = first + ((start + i) % count);
      if (!this.#conflict(socket, address, port)) return port;
    }
    throw new KernelError("EADDRINUSE");
  }
}
