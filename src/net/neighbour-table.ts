import { Table } from "../base/table.ts";
import type { Packet } from "../sim/packet.ts";
import type { DeviceChange } from "./device-driver.ts";
import { Neighbour } from "./neighbour.ts";
import type { NetDevice } from "./net-device.ts";
import type { NetworkNamespace } from "./network-namespace.ts";

/** The ARP cache of a namespace. Linux: net/core/neighbour.c, net/ipv4/arp.c. */
export class NeighbourTable {
  readonly ns: NetworkNamespace;
  readonly #index: Table = new Table();
  readonly #rows: (Neighbour | null)[] = [];

  constructor(ns: NetworkNamespace) {
    this.ns = ns;
  }

  find(device: NetDevice, address: number): Neighbour | null {
    const row = this.#index.find(address, device.ifindex);
    return row < 0 ? null : this.#rows[row]!;
  }

  /** The entry for an address, made (state NONE) when it is not there. */
  get(device: NetDevice, address: number): Neighbour {
    const row = this.#index.find(address, device.ifindex);
    if (row >= 0) return this.#rows[row]!;
    const neighbour = new Neighbour(this.ns, device, address);
    this.#rows[this.#index.insert(address, device.ifindex)] = neighbour;
    this.ns.world.generation++;
    return neighbour;
  }

  remove(neighbour: Neighbour): void {
    const row = this.#index.remove(neighbour.address, neighbour.device.ifindex);
    if (row >= 0) this.#rows[row] = null;
    neighbour.destroy();
    this.ns.world.generation++;
  }

  list(): readonly Neighbour[] {
    return this.#rows.filter((n): n is Neighbour => n !== null);
  }

  /** Sends an IP packet to `nexthop` on `device`: writes the Ethernet header, or waits for the address. */
  output(packet: Packet, device: NetDevice, nexthop: number): void {
    const row = this.#index.find(nexthop, device.ifindex);
    if (row >= 0) this.#rows[row]!.output(packet);
    else this.get(device, nexthop).output(packet);
  }

  deviceChanged(device: NetDevice, change: DeviceChange): void {
    if (change !== "down" && change !== "removed" && change !== "address") return;
    for (const n of this.list())
      if (n.device === device && !(n.permanent && change === "address")) this.remove(n);
  }
}
