import { assert } from "../base/assert.ts";
import { Table } from "../base/table.ts";
import type { DeviceChange, DeviceListener } from "../net/device-driver.ts";
import type { NetDevice } from "../net/net-device.ts";
import type { NetworkNamespace } from "../net/network-namespace.ts";
import { UdpSocket } from "../net/udp-socket.ts";
import * as ip from "../wire/ipv4-address.ts";
import { receive } from "./decapsulate.ts";
import type { Vxlan } from "./vxlan.ts";

/** The UDP socket that all VTEPs with one port in one namespace share (struct vxlan_sock). */
export class VxlanSocket {
  readonly ns: NetworkNamespace;
  readonly udp: UdpSocket;
  readonly #index: Table = new Table();
  readonly #vteps: (Vxlan | null)[] = [];

  /** @throws {KernelError} EADDRINUSE when somebody else has the port. */
  constructor(ns: NetworkNamespace, port: number) {
    this.ns = ns;
    this.udp = new UdpSocket(ns);
    this.udp.encapReceiver = (packet) => receive(this, packet);
    try {
      this.udp.bind(0, port);
    } catch (error) {
      this.udp.close();
      throw error;
    }
  }

  get empty(): boolean {
    return this.#index.size === 0;
  }

  /** The device of a network that is up, or null. */
  find(vni: number): Vxlan | null {
    const row = this.#index.find(vni, 0);
    return row < 0 ? null : this.#vteps[row]!;
  }

  add(vxlan: Vxlan): void {
    this.#vteps[this.#index.insert(vxlan.config.vni, 0)] = vxlan;
  }

  remove(vxlan: Vxlan): void {
    this.#vteps[this.#index.remove(vxlan.config.vni, 0)] = null;
  }
}

/** The VTEPs that were made in one namespace, wherever their devices are now, and their sockets (struct vxlan_net). */
export class VxlanNet implements DeviceListener {
  readonly #ns: NetworkNamespace;
  /** In the order of their making. */
  readonly vteps: Set<Vxlan> = new Set();
  readonly #sockets: Map<number, VxlanSocket> = new Map();

  private constructor(ns: NetworkNamespace) {
    this.#ns = ns;
    // The loopback device goes last when a namespace goes: that is how this room hears of its end.
    ns.loopback.listen(this);
  }

  static of(ns: NetworkNamespace): VxlanNet {
    let net = ns.extensions.get(VxlanNet) as VxlanNet | undefined;
    if (net === undefined) {
      net = new VxlanNet(ns);
      ns.extensions.set(VxlanNet, net);
    }
    return net;
  }

  socket(port: number): VxlanSocket | null {
    return this.#sockets.get(port) ?? null;
  }

  /**
   * Gives a VTEP that goes up its socket, the one that is there or a new one, which joins its group.
   * @throws {KernelError} EADDRINUSE, ENOBUFS
   */
  open(vxlan: Vxlan): void {
    const port = vxlan.config.dstPort;
    let socket = this.#sockets.get(port);
    if (socket === undefined) {
      socket = new VxlanSocket(this.#ns, port);
      this.#sockets.set(port, socket);
    }
    socket.add(vxlan);
    const { remote, lower } = vxlan.config;
    if (!ip.isMulticast(remote) || socket.udp.isMember(remote, lower)) return;
    try {
      socket.udp.join(remote, lower);
    } catch (error) {
      this.close(vxlan);
      throw error;
    }
  }

  /** A VTEP went down; the socket closes with the last one. */
  close(vxlan: Vxlan): void {
    const port = vxlan.config.dstPort;
    const socket = this.#sockets.get(port);
    assert(socket !== undefined, "a VTEP that is up has a socket");
    socket.remove(vxlan);
    const { remote, lower } = vxlan.config;
    if (socket.udp.isMember(remote, lower) && !this.#wants(port, remote, lower))
      socket.udp.leave(remote, lower);
    if (!socket.empty) return;
    this.#sockets.delete(port);
    socket.udp.close();
  }

  /** Whether a VTEP of that port that is up floods to a group there (vxlan_group_used). */
  #wants(port: number, group: number, lower: NetDevice | null): boolean {
    for (const { config, device } of this.vteps)
      if (device.up && config.dstPort === port && config.remote === group && config.lower === lower)
        return true;
    return false;
  }

  /** The tunnels of a namespace end with it, even those whose devices were moved elsewhere. */
  deviceChanged(_device: NetDevice, change: DeviceChange): void {
    if (change !== "removed") return;
    for (const vxlan of [...this.vteps]) vxlan.device.ns.removeDevice(vxlan.device);
  }
}
