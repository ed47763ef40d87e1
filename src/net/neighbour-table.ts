import { NOTHING, withOne } from "../base/short-list.ts";
import { Table } from "../base/table.ts";
import type { Packet } from "../sim/packet.ts";
import type { Cause } from "../sim/registry.ts";
import { Verdict } from "../sim/verdict.ts";
import * as mac from "../wire/mac.ts";
import { addressType } from "./address-type.ts";
import type { DeviceChange } from "./device-driver.ts";
import { byAdministrator, Neighbour } from "./neighbour.ts";
import type { NetDevice } from "./net-device.ts";
import type { NetworkNamespace } from "./network-namespace.ts";
import { ProxyNeighbours } from "./proxy-neighbours.ts";

const byKernel: Cause = { by: "kernel", text: "needs no question" };

/** The ARP cache of a namespace. Linux: net/core/neighbour.c, net/ipv4/arp.c. */
export class NeighbourTable {
  readonly ns: NetworkNamespace;
  #proxies: ProxyNeighbours | null = null;
  readonly #index: Table = new Table();
  #rows: (Neighbour | null)[] = NOTHING;

  constructor(ns: NetworkNamespace) {
    this.ns = ns;
  }

  /** Made when somebody asks for the first time: most namespaces answer for themselves only. */
  get proxies(): ProxyNeighbours {
    this.#proxies ??= new ProxyNeighbours(this.ns);
    return this.#proxies;
  }

  find(device: NetDevice, address: number): Neighbour | null {
    const row = this.#index.find(address, device.ifindex);
    return row < 0 ? null : this.#rows[row]!;
  }

  /** The entry for an address, made when it is not there; null when the table is full, which some are exempt from. */
  resolve(device: NetDevice, address: number, cause: Cause, exempt = false): Neighbour | null {
    const key = device.loopback ? 0 : address;
    const there = this.find(device, key);
    if (there !== null) return there;
    if (!exempt && !this.ns.host.neighbourLimits.admit()) return null;
    const made = this.#add(device, key, cause);
    this.#construct(made);
    return made;
  }

  remove(neighbour: Neighbour, cause: Cause = this.ns.world.registry.cause): void {
    const row = this.#index.remove(neighbour.address, neighbour.device.ifindex);
    if (row >= 0) this.#rows[row] = null;
    this.ns.host.neighbourLimits.remove(neighbour);
    neighbour.destroy(cause);
    this.ns.world.generation++;
  }

  /** In the order of making. */
  list(): readonly Neighbour[] {
    return this.#rows.filter((n): n is Neighbour => n !== null).sort((a, b) => a.ref - b.ref);
  }

  /** Sends an IP packet to `nexthop` on `device`: writes the Ethernet header, or waits for the address. */
  output(packet: Packet, device: NetDevice, nexthop: number): void {
    const row = this.#index.find(nexthop, device.ifindex);
    if (row >= 0) {
      this.#rows[row]!.output(packet);
      return;
    }
    const made = this.resolve(device, nexthop, { by: "frame", frame: packet.id });
    if (made === null) this.ns.drop(packet, Verdict.NEIGH_CREATEFAIL);
    else made.output(packet);
  }

  deviceChanged(device: NetDevice, change: DeviceChange): void {
    if (change === "down" || change === "removed" || change === "address" || change === "moved") {
      this.#flush(device, true);
      this.#proxies?.flush(device);
    } else if (change === "carrier" && !device.carrier) {
      const all = this.ns.ipv4.allConf.arp_evict_nocarrier;
      if (all !== 0 && device.ipv4.conf.arp_evict_nocarrier !== 0) this.#flush(device, false);
    }
  }

  #flush(device: NetDevice, permanentToo: boolean): void {
    for (const n of this.list())
      if (n.device === device && (permanentToo || n.state !== "PERMANENT")) this.remove(n);
  }

  #add(device: NetDevice, address: number, cause: Cause): Neighbour {
    const neighbour = new Neighbour(this.ns, device, address, cause);
    const row = this.#index.insert(address, device.ifindex);
    if (row < this.#rows.length) this.#rows[row] = neighbour;
    else this.#rows = withOne<Neighbour | null>(this.#rows, neighbour);
    this.ns.host.neighbourLimits.add(neighbour);
    this.ns.world.generation++;
    return neighbour;
  }

  /** Addresses that need no question (arp_constructor). */
  #construct(n: Neighbour): void {
    const device = n.device;
    const type = device.loopback ? "local" : addressType(this.ns, n.address);
    if (type === "multicast")
      n.update(mac.IPV4_MULTICAST_HI, mac.multicastLo(n.address), "NOARP", byKernel, byAdministrator);
    else if (device.noarp || device.loopback)
      n.update(device.macHi, device.macLo, "NOARP", byKernel, byAdministrator);
    else if (type === "broadcast")
      n.update(mac.BROADCAST_HI, mac.BROADCAST_LO, "NOARP", byKernel, byAdministrator);
  }
}
