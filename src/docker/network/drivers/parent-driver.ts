import type { Prng } from "../../../base/prng.ts";
import { DaemonError } from "../../api/daemon-error.ts";
import { shortId } from "../../ids.ts";
import type { DriverHost } from "../driver-host.ts";
import { checkPool } from "../ipam/null-ipam.ts";
import { macFromAddress, vethName } from "../names.ts";
import type { DriverEndpoint, DriverNetwork, JoinInfo, NetworkDriver } from "../network-driver.ts";

/** The device kinds that a container gets on top of a device of the host, with the modes that libnetwork knows. */
const KINDS = {
  macvlan: { option: "macvlan_mode", dummy: "dm-", modes: ["bridge", "private", "vepa", "passthru"] },
  ipvlan: { option: "ipvlan_mode", dummy: "di-", modes: ["l2", "l3"] },
} as const;

interface ParentNetwork {
  /** The device of the host that its containers stand on. */
  readonly parent: string;
  readonly mode: string;
  /** The driver made the parent: it goes with the last network on it. */
  readonly own: boolean;
  readonly endpoints: Map<string, string>;
}

/**
 * Networks whose containers stand on a device of the host, beside it on its own wire: `macvlan` with a MAC address each,
 * `ipvlan` with the device's own (libnetwork, drivers/macvlan and drivers/ipvlan). No rules, no translation; the host's
 * own stack and the containers do not reach each other.
 */
export class ParentDriver implements NetworkDriver {
  readonly name: "macvlan" | "ipvlan";
  readonly addresses = true;
  readonly #prng: Prng;
  readonly #networks: Map<string, ParentNetwork> = new Map();

  constructor(name: ParentDriver["name"], prng: Prng) {
    this.name = name;
    this.#prng = prng;
  }

  createNetwork(network: DriverNetwork, host: DriverHost): void {
    checkPool(network);
    const { option, dummy, modes } = KINDS[this.name];
    const mode = network.options[option] ?? modes[0];
    if (!(modes as readonly string[]).includes(mode))
      throw new DaemonError(
        400,
        `requested ${this.name} mode '${mode}' is not valid, '${modes[0]}' mode is the ${this.name} driver default`,
      );
    const asked = network.options["parent"] ?? "";
    // Without a parent it is a device that leads nowhere.
    const parent = asked === "" ? `${dummy}${shortId(network.id)}` : asked;
    for (const [id, other] of this.#networks)
      if (other.parent === parent)
        throw new DaemonError(
          500,
          `network ${dummy}${shortId(id)} is already using parent interface ${parent}`,
        );
    const there = host.namespace.device(parent);
    if (there?.loopback === true)
      throw new DaemonError(500, `loopback interface is not a valid ${this.name} parent link`);
    const own = there === null;
    if (own) this.#makeParent(parent, asked === "", host);
    this.#networks.set(network.id, { parent, mode, own, endpoints: new Map() });
  }

  /** `eth0.10` is VLAN 10 of eth0. @throws {DaemonError} */
  #makeParent(parent: string, isDummy: boolean, host: DriverHost): void {
    if (isDummy) {
      host.apply({ op: "link-add", name: parent, txqueuelen: 0, kind: "dummy" });
      host.apply({ op: "link-set", dev: parent, up: true });
      return;
    }
    const { link, id } = parseVlan(parent);
    if (host.namespace.device(link) === null)
      throw new DaemonError(500, `-o parent interface does was not found on the host: ${link}`);
    if (id > 4094 || id < 1) throw new DaemonError(500, `vlan id must be between 1-4094, received: ${id}`);
    host.apply({
      op: "link-add",
      name: parent,
      link,
      txqueuelen: 0,
      kind: "vlan",
      options: { id },
    });
    host.apply({ op: "link-set", dev: parent, up: true });
  }

  deleteNetwork(network: DriverNetwork, host: DriverHost): void {
    const found = this.#networks.get(network.id);
    if (found === undefined) return;
    this.#networks.delete(network.id);
    if (found.own && host.namespace.device(found.parent) !== null)
      host.attempt({ op: "link-del", dev: found.parent });
  }

  createEndpoint(network: DriverNetwork, endpoint: DriverEndpoint, host: DriverHost): void {
    if (this.name === "ipvlan" && endpoint.macAddress !== null)
      throw new DaemonError(403, "ipvlan interfaces do not support custom mac address assignment");
    let name = vethName(this.#prng);
    while (host.namespace.device(name) !== null) name = vethName(this.#prng);
    this.#networks.get(network.id)!.endpoints.set(endpoint.id, name);
  }

  deleteEndpoint(network: DriverNetwork, endpoint: DriverEndpoint, host: DriverHost): void {
    const endpoints = this.#networks.get(network.id)?.endpoints;
    const name = endpoints?.get(endpoint.id);
    if (name === undefined) return;
    endpoints!.delete(endpoint.id);
    if (host.namespace.device(name) !== null) host.attempt({ op: "link-del", dev: name });
  }

  /** The device is made now, when it is known which container it is for. */
  join(network: DriverNetwork, endpoint: DriverEndpoint, host: DriverHost): JoinInfo {
    const { parent, mode, endpoints } = this.#networks.get(network.id)!;
    const device = endpoints.get(endpoint.id)!;
    try {
      const options = { mode };
      host.apply({ op: "link-add", name: device, link: parent, txqueuelen: 0, kind: this.name, options });
    } catch (error) {
      if (!(error instanceof DaemonError)) throw error;
      throw new DaemonError(500, `failed to create the ${this.name} port: ${error.message}`);
    }
    const own = endpoint.macAddress ?? macFromAddress(endpoint.address!.address);
    // In mode l3 there is no neighbour to ask: the way out is the device itself.
    const isRouted = mode === "l3";
    return {
      device,
      prefix: "eth",
      macAddress: this.name === "ipvlan" ? "" : own,
      gateway: network.internal || isRouted ? null : network.subnets[0]!.gateway,
      routes: isRouted ? [{ to: { address: 0, length: 0 }, via: null }] : [],
    };
  }
}

/** The device and the number in `eth0.10`. @throws {DaemonError} */
function parseVlan(parent: string): { readonly link: string; readonly id: number } {
  const [link = "", id, ...more] = parent.split(".");
  if (id === undefined)
    throw new DaemonError(500, `invalid subinterface vlan name ${parent}, example formatting is eth0.10`);
  if (more.length > 0)
    throw new DaemonError(
      500,
      `required interface name format is: name.vlan_id, ex. eth0.10 for vlan 10, instead received ${parent}`,
    );
  if (!/^[+-]?\d+$/.test(id))
    throw new DaemonError(500, `unable to parse a valid vlan id from: ${id} (ex. eth0.10 for vlan 10)`);
  return { link, id: Number(id) };
}
