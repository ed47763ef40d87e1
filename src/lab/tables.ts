import type { InetAddress } from "../net/inet-device.ts";
import type { Neighbour } from "../net/neighbour.ts";
import type { NetDevice } from "../net/net-device.ts";
import type { NetworkNamespace } from "../net/network-namespace.ts";
import type { ProxyNeighbour } from "../net/proxy-neighbours.ts";
import { prefixText } from "../operations/addresses.ts";
import { type FdbRow, fdbRows } from "../operations/fdb-rows.ts";
import { stateWord } from "../operations/fdb-text.ts";
import { OperationContext } from "../operations/operation-context.ts";
import { filteredRoutes } from "../operations/route-filter.ts";
import { scopeName, tableName } from "../operations/route-names.ts";
import type { Toolbox } from "../operations/toolbox.ts";
import type { EntryRef } from "../sim/registry.ts";
import * as ip from "../wire/ipv4-address.ts";
import * as mac from "../wire/mac.ts";
import type { Lab } from "./lab.ts";

/** A route, as a line of `ip route show table all`. */
export interface RouteEntry {
  /** `10.3.0.0/24`, `10.3.0.1` for a single host, or `default`. */
  readonly dst: string;
  /** The gateway's address, or null where the destination is on the link. */
  readonly via: string | null;
  /** The device to leave by; null for routes that refuse. */
  readonly dev: string | null;
  /** The address to speak from, or null. */
  readonly src: string | null;
  /** The smaller wins; 0 unless given. */
  readonly metric: number;
  /** `main`, `local`, `default` or a number. */
  readonly table: string;
  /** `global`, `link`, `host` ... */
  readonly scope: string;
  /** Who made it: `kernel`, `boot`, `static` ... */
  readonly protocol: string;
  /** `unicast`, `local`, `broadcast`, `blackhole`, `unreachable`, `prohibit`, `throw` ... */
  readonly type: string;
  /** Bytes, or null when the device's holds. */
  readonly mtu: number | null;
  /** What made it: a command with its line, the description of a host ... */
  readonly cause: string;
}

/** A policy rule, as a line of `ip rule`. */
export interface RuleEntry {
  /** The smaller comes first. */
  readonly priority: number;
  /** `not` turns the question round. */
  readonly not: boolean;
  /** A prefix, or `all`. */
  readonly from: string;
  /** A prefix, or `all`. */
  readonly to: string;
  /** The packet's mark, `0x1` or `0x1/0xff`; null when it is not asked. */
  readonly fwmark: string | null;
  /** The device by which the packet came in, or null when it is not asked. */
  readonly iif: string | null;
  /** The device to which the sender is bound, or null when it is not asked. */
  readonly oif: string | null;
  /** `lookup`, `goto`, `nop`, `blackhole`, `unreachable` or `prohibit`. */
  readonly action: string;
  /** The table to look into (`main`, `100`), or null for other actions. */
  readonly lookup: string | null;
  /** What made it. */
  readonly cause: string;
}

/** A neighbour, as a line of `ip neigh`. */
export interface NeighbourEntry {
  /** IPv4 address. */
  readonly dst: string;
  /** The device; null for a proxy entry that holds on all. */
  readonly dev: string | null;
  /** The MAC address, or null while it is not known. */
  readonly lladdr: string | null;
  /** `REACHABLE`, `STALE`, `DELAY`, `PROBE`, `INCOMPLETE`, `FAILED`, `PERMANENT`, `NOARP`, `NONE`, or `PROXY`. */
  readonly state: string;
  /** What gave its address: a command, the packet that it was learned from, or the packet that needs it. */
  readonly cause: string;
}

/** A forwarding entry of a bridge or of a VXLAN device, as a line of `bridge fdb`. */
export interface FdbEntry {
  /** The station. */
  readonly mac: string;
  /** The port or VXLAN device. */
  readonly dev: string;
  /** The bridge that the port belongs to, or null for the device's own entries. */
  readonly master: string | null;
  /** Of a VXLAN device: the other end of the tunnel; else null. */
  readonly dst: string | null;
  /** The VLAN, or null. */
  readonly vlan: number | null;
  /** Of a VXLAN device: the network, where it is not the device's own; else null. */
  readonly vni: number | null;
  /** `permanent`, `static`, `stale`, or empty for what was learned and is fresh. */
  readonly state: string;
  /** `self`, `extern_learn`, `sticky` ... */
  readonly flags: readonly string[];
  /** What made it: a command, or the packet that it was learned from. */
  readonly cause: string;
}

/** An IPv4 address of a device, as a line of `ip addr`. */
export interface AddressEntry {
  /** The device. */
  readonly dev: string;
  /** `10.3.0.2/24`. */
  readonly address: string;
  /** The other end of a point-to-point address, or null. */
  readonly peer: string | null;
  /** The broadcast address, or null. */
  readonly broadcast: string | null;
  /** `global`, `link` or `host`. */
  readonly scope: string;
  /** Another address of the same prefix was there before. */
  readonly secondary: boolean;
  /** What made it. */
  readonly cause: string;
}

/** A device, as `ip link` shows it. */
export interface LinkEntry {
  /** The device's name. */
  readonly name: string;
  /** Its number in its namespace. */
  readonly index: number;
  /** `loopback`, `nic`, `veth`, `bridge`, `vxlan`, `macvlan`, `ipvlan`, `vlan` or `dummy`. */
  readonly kind: string;
  /** Its MAC address. */
  readonly mac: string;
  /** Bytes of payload of one frame. */
  readonly mtu: number;
  /** Whether somebody set it up. */
  readonly up: boolean;
  /** Whether its other end is there and up. */
  readonly carrier: boolean;
  /** The bridge whose port it is, or null. */
  readonly master: string | null;
  /** What made it. */
  readonly cause: string;
}

/** What a device has counted, under Linux's names; bytes include Ethernet headers. */
export interface Counters {
  /** Frames received. */
  readonly rxPackets: number;
  /** Bytes received. */
  readonly rxBytes: number;
  /** Received frames that were damaged. */
  readonly rxErrors: number;
  /** Received frames that were dropped. */
  readonly rxDropped: number;
  /** Frames sent. */
  readonly txPackets: number;
  /** Bytes sent. */
  readonly txBytes: number;
  /** Frames that could not be sent. */
  readonly txErrors: number;
  /** Frames that were dropped instead of sent. */
  readonly txDropped: number;
  /** Received group frames. */
  readonly multicast: number;
  /** Always 0: no wire here is shared. */
  readonly collisions: number;
  /** Frames that met no carrier. */
  readonly carrierErrors: number;
}

/** The tables of the namespaces of a lab, as plain values: they stay as they are when the world goes on. */
export class Tables {
  readonly #lab: Lab;
  readonly #toolbox: Toolbox;

  constructor(lab: Lab, toolbox: Toolbox) {
    this.#lab = lab;
    this.#toolbox = toolbox;
  }

  /** All tables, in the kernel's order. */
  routes(ns: NetworkNamespace): RouteEntry[] {
    const context = new OperationContext(this.#toolbox, ns);
    return filteredRoutes({ table: "all" }, context, "Dump").map((route) => ({
      dst: prefixText(route.dst, route.prefixLength),
      via: addressOrNull(route.gateway),
      dev: route.device?.name ?? null,
      src: addressOrNull(route.prefSource),
      metric: route.metric,
      table: tableName(route.table),
      scope: scopeName(route.scope),
      protocol: route.protocol,
      type: route.type,
      mtu: route.mtu === 0 ? null : route.mtu,
      cause: this.#cause(route.ref),
    }));
  }

  rules(ns: NetworkNamespace): RuleEntry[] {
    return ns.fib.rules.map((rule) => ({
      priority: rule.priority,
      not: rule.not,
      from: rule.srcLength === 0 ? "all" : prefixText(rule.src, rule.srcLength),
      to: rule.dstLength === 0 ? "all" : prefixText(rule.dst, rule.dstLength),
      fwmark:
        rule.fwmask === 0 ? null : hex(rule.fwmark) + (rule.fwmask === -1 ? "" : `/${hex(rule.fwmask)}`),
      iif: rule.iif === "" ? null : rule.iif,
      oif: rule.oif === "" ? null : rule.oif,
      action: rule.action,
      lookup: rule.table === 0 ? null : tableName(rule.table),
      cause: this.#cause(rule.ref),
    }));
  }

  /** What `ip neigh` shows, and the proxy entries after it. */
  neighbours(ns: NetworkNamespace): NeighbourEntry[] {
    const shown = ns.neighbours.list().filter((neighbour) => neighbour.state !== "NOARP");
    return [
      ...shown.map((neighbour) => this.#neighbour(neighbour)),
      ...ns.neighbours.proxies.list().map((proxy) => this.#proxy(proxy)),
    ];
  }

  fdb(ns: NetworkNamespace): FdbEntry[] {
    return ns.devices.flatMap((device) => fdbRows(device)).map((row) => this.#fdbEntry(row));
  }

  addresses(ns: NetworkNamespace): AddressEntry[] {
    return ns.devices.flatMap((device) =>
      device.ipv4.addresses.map((address) => this.#address(device, address)),
    );
  }

  links(ns: NetworkNamespace): LinkEntry[] {
    return ns.devices.map((device) => ({
      name: device.name,
      index: device.ifindex,
      kind: device.driver.kind,
      mac: mac.format(device.macHi, device.macLo),
      mtu: device.mtu,
      up: device.up,
      carrier: device.carrier,
      master: device.master?.name ?? null,
      cause: this.#cause(device.ref),
    }));
  }

  counters(device: NetDevice): Counters {
    return { ...device.counters.values(), collisions: 0 };
  }

  #neighbour(neighbour: Neighbour): NeighbourEntry {
    return {
      dst: ip.format(neighbour.address),
      dev: neighbour.device.name,
      lladdr: neighbour.valid ? mac.format(neighbour.macHi, neighbour.macLo) : null,
      state: neighbour.state,
      cause: this.#cause(neighbour.ref),
    };
  }

  #proxy({ address, device, ref }: ProxyNeighbour): NeighbourEntry {
    const dst = ip.format(address);
    return { dst, dev: device?.name ?? null, lladdr: null, state: "PROXY", cause: this.#cause(ref) };
  }

  #fdbEntry(row: FdbRow): FdbEntry {
    return {
      mac: row.mac,
      dev: row.device.name,
      master: row.master ?? null,
      dst: row.dst ?? null,
      vlan: row.vlan === 0 ? null : row.vlan,
      vni: row.vni ?? null,
      state: stateWord(row.state),
      flags: row.flags,
      cause: row.ref === 0 ? this.#cause(row.device.ref) : this.#cause(row.ref),
    };
  }

  #address(device: NetDevice, a: InetAddress): AddressEntry {
    return {
      dev: device.name,
      address: ip.formatPrefix(a.address, a.prefixLength),
      peer: a.peer === a.address ? null : ip.format(a.peer),
      broadcast: addressOrNull(a.broadcast),
      scope: scopeName(a.scope),
      secondary: a.secondary,
      cause: this.#cause(a.ref),
    };
  }

  #cause(ref: EntryRef): string {
    return this.#lab.entry(ref)!.cause;
  }
}

function addressOrNull(address: number): string | null {
  return address === 0 ? null : ip.format(address);
}

function hex(value: number): string {
  return `0x${(value >>> 0).toString(16)}`;
}
