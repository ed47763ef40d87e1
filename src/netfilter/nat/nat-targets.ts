import * as ipOutput from "../../net/ip-output.ts";
import { KernelError } from "../../net/kernel-error.ts";
import type { NetDevice } from "../../net/net-device.ts";
import { Scope } from "../../net/route-kind.ts";
import {
  Hook,
  hookMask,
  type XtInfo,
  type XtPlace,
  type XtState,
  type XtTarget,
  type XtTargetType,
  XtVerdict,
} from "../../net/xtables.ts";
import type { Packet } from "../../sim/packet.ts";
import * as ipv4 from "../../wire/ipv4.ts";
import * as ip from "../../wire/ipv4-address.ts";
import type { Connection } from "../conntrack/connection.ts";
import { useConntrack } from "../conntrack/conntrack-hooks.ts";
import type { Nat } from "./nat.ts";
import { natOf } from "./nat-hooks.ts";
import { type NatRange, RangeFlag } from "./nat-range.ts";

/** What the targets of the table nat have in common; ports are numbers, addresses text. */
export interface NatPorts {
  readonly minPort?: number;
  readonly maxPort?: number;
  /** DNAT: this port becomes `minPort`, the next one the next. */
  readonly basePort?: number;
  readonly random?: true;
  readonly randomFully?: true;
}

/** `-j SNAT --to-source MIN[-MAX][:PORT[-PORT]]`, `-j DNAT --to-destination ...[:PORT[-PORT[/BASE]]]`. */
export interface NatInfo extends XtInfo, NatPorts {
  /** Absent: the address stays. */
  readonly minAddress?: string;
  readonly maxAddress?: string;
  readonly persistent?: true;
}

/** `-j MASQUERADE [--to-ports ...]`, `-j REDIRECT [--to-ports ...]`. */
export interface PortsInfo extends XtInfo, NatPorts {}

/** `-j NETMAP --to NETWORK/LENGTH`. */
export interface NetmapInfo extends XtInfo {
  readonly network: string;
  /** A mask as an address. */
  readonly mask: string;
}

function address(text: string): number {
  const parsed = ip.parse(text);
  if (parsed === null) throw new KernelError("EINVAL");
  return parsed;
}

function flagsOf(info: NatPorts): number {
  return (
    (info.minPort === undefined ? 0 : RangeFlag.portsSpecified) |
    (info.random === true ? RangeFlag.random : 0) |
    (info.randomFully === true ? RangeFlag.randomFully : 0)
  );
}

function rangeOf(info: NatInfo): NatRange {
  const hasAddress = info.minAddress !== undefined;
  const minAddress = hasAddress ? address(info.minAddress) : 0;
  return {
    flags:
      flagsOf(info) |
      (hasAddress ? RangeFlag.mapAddresses : 0) |
      (info.persistent === true ? RangeFlag.persistent : 0) |
      (info.basePort === undefined ? 0 : RangeFlag.portOffset),
    minAddress,
    maxAddress: info.maxAddress === undefined ? minAddress : address(info.maxAddress),
    minPort: info.minPort ?? 0,
    maxPort: info.maxPort ?? info.minPort ?? 0,
    basePort: info.basePort ?? 0,
  };
}

/** SNAT, and DNAT with `source` false. */
class NatTarget implements XtTarget {
  readonly steadyForClass?: true;
  readonly #nat: Nat;
  readonly #range: NatRange;
  readonly #source: boolean;

  constructor(nat: Nat, range: NatRange, source: boolean) {
    this.#nat = nat;
    this.#range = range;
    this.#source = source;
    if (leavesNoChoice(range, source)) this.steadyForClass = true;
  }

  apply(packet: Packet): XtVerdict {
    return setUp(this.#nat, packet, this.#range, this.#source);
  }
}

/** One address, and a source keeps its port if it can, while a destination gets the one that is said, if any. */
function leavesNoChoice(
  { flags, minAddress, maxAddress, minPort, maxPort }: NatRange,
  source: boolean,
): boolean {
  if ((flags & (RangeFlag.randomAll | RangeFlag.portOffset)) !== 0 || minAddress !== maxAddress) return false;
  return (flags & RangeFlag.portsSpecified) === 0 || (!source && minPort === maxPort);
}

function setUp(nat: Nat, packet: Packet, range: NatRange, source: boolean): XtVerdict {
  const connection = packet.connection as Connection | null;
  if (connection === null) return XtVerdict.accept;
  return nat.setUp(connection, range, source) ? XtVerdict.accept : XtVerdict.drop;
}

function prepare(place: XtPlace): Nat {
  useConntrack(place.ns);
  return natOf(place.ns);
}

const TABLES = ["nat"];
const SOURCE_HOOKS = hookMask(Hook.postrouting, Hook.input);
const DESTINATION_HOOKS = hookMask(Hook.prerouting, Hook.output);

export const snatTarget: XtTargetType<NatInfo> = {
  name: "SNAT",
  tables: TABLES,
  hooks: SOURCE_HOOKS,
  make: (info, place) => new NatTarget(prepare(place), rangeOf(info), true),
};

export const dnatTarget: XtTargetType<NatInfo> = {
  name: "DNAT",
  tables: TABLES,
  hooks: DESTINATION_HOOKS,
  make: (info, place) => new NatTarget(prepare(place), rangeOf(info), false),
};

/** A range of ports on one address that is known only when a packet comes. */
function onAddress(info: PortsInfo, mapped: number): NatRange {
  return {
    flags: flagsOf(info) | RangeFlag.mapAddresses,
    minAddress: mapped,
    maxAddress: mapped,
    minPort: info.minPort ?? 0,
    maxPort: info.maxPort ?? info.minPort ?? 0,
    basePort: 0,
  };
}

/** SNAT to the address of the device by which a packet leaves (nf_nat_masquerade_ipv4). */
class Masquerade implements XtTarget {
  readonly steadyForClass?: true;
  readonly #nat: Nat;
  readonly #info: PortsInfo;
  /** The last one: a device seldom has another address. */
  #range: NatRange | null = null;

  constructor(nat: Nat, info: PortsInfo) {
    this.#nat = nat;
    this.#info = info;
    if (leavesNoChoice(onAddress(info, 0), true)) this.steadyForClass = true;
  }

  apply(packet: Packet, state: XtState): XtVerdict {
    const connection = packet.connection as Connection | null;
    // Who has no address yet is asking for one (DHCP).
    if (connection === null || connection.src === 0) return XtVerdict.accept;
    const output = state.output!;
    const from = ipOutput.selectSource(output, this.#nexthop(packet, output), Scope.global);
    if (from === 0) return XtVerdict.drop;
    connection.masqueradeIndex = output.ifindex;
    if (this.#range?.minAddress !== from) this.#range = onAddress(this.#info, from);
    return setUp(this.#nat, packet, this.#range, true);
  }

  #nexthop(packet: Packet, output: NetDevice): number {
    const { ns } = this.#nat;
    const { view, networkAt } = packet;
    const dst = ipv4.dst(view, networkAt);
    const tos = ipv4.tos(view, networkAt) & 0xfc;
    const way = ipOutput.route(ns, dst, 0, output.loopback ? 0 : output.ifindex, packet.mark, tos);
    return way === null ? dst : ipOutput.nexthop(ns, way, dst);
  }
}

const watched: WeakSet<Nat> = new WeakSet();

/** Connections that have an address of a device end with it (masq_device_event, masq_inet_event). */
function watchAddresses(nat: Nat): void {
  if (watched.has(nat)) return;
  watched.add(nat);
  nat.ns.watch({
    deviceChanged(device, change) {
      if (change === "down") nat.forget(device, 0);
    },
    addressGone: (device, { address: gone }) => nat.forget(device, gone),
  });
}

export const masqueradeTarget: XtTargetType<PortsInfo> = {
  name: "MASQUERADE",
  tables: TABLES,
  hooks: hookMask(Hook.postrouting),
  make(info, place) {
    const nat = prepare(place);
    watchAddresses(nat);
    return new Masquerade(nat, info);
  },
};

/** DNAT to this host itself: to the address of the device that a packet came in by (nf_nat_redirect_ipv4). */
class Redirect implements XtTarget {
  readonly steadyForClass?: true;
  readonly #nat: Nat;
  readonly #info: PortsInfo;

  constructor(nat: Nat, info: PortsInfo) {
    this.#nat = nat;
    this.#info = info;
    if (leavesNoChoice(onAddress(info, 0), false)) this.steadyForClass = true;
  }

  apply(packet: Packet, state: XtState): XtVerdict {
    const to = state.hook === Hook.output ? ip.LOOPBACK : (state.input?.ipv4.addresses[0]?.address ?? 0);
    if (to === 0) return XtVerdict.drop;
    return setUp(this.#nat, packet, onAddress(this.#info, to), false);
  }
}

export const redirectTarget: XtTargetType<PortsInfo> = {
  name: "REDIRECT",
  tables: TABLES,
  hooks: DESTINATION_HOOKS,
  make: (info, place) => new Redirect(prepare(place), info),
};

/** One network becomes another of the same size, host part by host part (xt_NETMAP). */
class Netmap implements XtTarget {
  readonly #nat: Nat;
  readonly #network: number;
  readonly #mask: number;

  constructor(nat: Nat, network: number, mask: number) {
    this.#nat = nat;
    this.#network = network & mask;
    this.#mask = mask;
  }

  apply(packet: Packet, state: XtState): XtVerdict {
    const source = state.hook === Hook.postrouting || state.hook === Hook.input;
    const { view, networkAt } = packet;
    const before = source ? ipv4.src(view, networkAt) : ipv4.dst(view, networkAt);
    const mapped = (before & ~this.#mask) | this.#network;
    return setUp(this.#nat, packet, onAddress({ name: "NETMAP" }, mapped), source);
  }
}

export const netmapTarget: XtTargetType<NetmapInfo> = {
  name: "NETMAP",
  tables: TABLES,
  hooks: SOURCE_HOOKS | DESTINATION_HOOKS,
  make: ({ network, mask }, place) => new Netmap(prepare(place), address(network), address(mask)),
};
