import type { Prng } from "../base/prng.ts";
import { NOTHING } from "../base/short-list.ts";
import type { EntryRef } from "../sim/registry.ts";
import { MILLISECOND, type Nanos, SECOND } from "../sim/time.ts";
import type { World } from "../sim/world.ts";
import * as ip from "../wire/ipv4-address.ts";
import { OwnCopies } from "./group-output.ts";
import { IgmpReporter } from "./igmp-reporter.ts";
import { type InetConf, loopbackConf } from "./inet-conf.ts";
import type { NeighbourConf } from "./neighbour-settings.ts";
import type { NetDevice } from "./net-device.ts";
import type { Route } from "./route.ts";
import type { Scope } from "./route-kind.ts";

/** What an address is asked for with. */
export interface AddressSpec {
  readonly address: number;
  /** The other end of a point-to-point address, or the address itself. */
  readonly peer: number;
  readonly prefixLength: number;
  /** 0 when there is none. */
  readonly broadcast: number;
  readonly scope: Scope;
  readonly label: string;
  readonly noprefixroute: boolean;
}

/** An IPv4 address on a device (struct in_ifaddr). */
export class InetAddress implements AddressSpec {
  readonly address: number;
  readonly peer: number;
  readonly prefixLength: number;
  readonly broadcast: number;
  readonly scope: Scope;
  readonly label: string;
  readonly noprefixroute: boolean;
  /** Another address of the same prefix was there before. */
  secondary = false;
  /** Another address of the namespace, while it has few: see own-addresses.ts. */
  nextOwn: InetAddress | null = null;
  readonly ref: EntryRef;

  constructor(spec: AddressSpec, ref: EntryRef) {
    this.address = spec.address;
    this.peer = spec.peer;
    this.prefixLength = spec.prefixLength;
    this.broadcast = spec.broadcast;
    this.scope = spec.scope;
    this.label = spec.label;
    this.noprefixroute = spec.noprefixroute;
    this.ref = ref;
  }

  /** Its prefix holds that address (inet_ifa_match). */
  covers(address: number): boolean {
    return ip.contains(this.peer, this.prefixLength, address);
  }

  /** How journeys name it. */
  toString(): string {
    return ip.formatPrefix(this.address, this.prefixLength);
  }
}

// Few devices of a large world ever have any: what they share is replaced, never changed.
const NONE_TOUCHED: ReadonlySet<string> = new Set();
const NO_GROUPS: ReadonlyMap<number, number> = new Map();

/** The IPv4 side of a device (struct in_device): its addresses, its settings, the groups that it has joined. */
export class InetDevice {
  readonly device: NetDevice;
  conf: InetConf;
  neighbourConf: NeighbourConf;
  /** Settings that somebody wrote for this device itself: what is written to `default` no longer changes them. */
  touched: ReadonlySet<string> = NONE_TOUCHED;
  /** It has had an address: from then on nothing comes from `default` (ipv4_devconf_setall). */
  configured = false;
  /** Ways straight out of this device that stand in no table: see direct-route.ts. */
  directRoutes: readonly Route[] = NOTHING;
  addresses: readonly InetAddress[] = NOTHING;
  /** Multicast groups that somebody on this device wants, with how often. */
  groups: ReadonlyMap<number, number> = NO_GROUPS;
  #ownCopies: OwnCopies | null = null;
  #reporter: IgmpReporter | null = null;
  #reachable: ReachableTime | null = null;

  constructor(device: NetDevice) {
    this.device = device;
    const { defaultConf, defaultNeighbour } = device.ns.ipv4;
    // The loopback device is as old as its namespace: nobody has changed the defaults yet.
    this.conf = device.loopback ? loopbackConf : defaultConf;
    this.neighbourConf = defaultNeighbour;
  }

  /** Somebody wrote a setting for this device itself. */
  touch(key: string): void {
    this.touched = new Set(this.touched).add(key);
  }

  get ownCopies(): OwnCopies {
    this.#ownCopies ??= new OwnCopies(this.device);
    return this.#ownCopies;
  }

  get reporter(): IgmpReporter {
    this.#reporter ??= new IgmpReporter(this.device);
    return this.#reporter;
  }

  /** The device comes up: its groups are told to the link's routers. */
  startReports(): void {
    if (this.groups.size > 0) this.reporter.start();
  }

  forgetGroups(): void {
    this.groups = NO_GROUPS;
  }

  /** The device goes down, or away. */
  stopReports(): void {
    this.#reporter?.stop();
  }

  /** In another namespace it begins anew, with the defaults there (inetdev_destroy, inetdev_init). */
  moved(): void {
    this.conf = this.device.ns.ipv4.defaultConf;
    this.neighbourConf = this.device.ns.ipv4.defaultNeighbour;
    this.touched = NONE_TOUCHED;
    this.configured = false;
    this.groups = NO_GROUPS;
  }

  /** How long a neighbour that answered counts as reachable. */
  get reachableTime(): Nanos {
    this.#reachable ??= new ReachableTime(this.device);
    return this.#reachable.of(this.neighbourConf.base_reachable_time_ms);
  }

  /** The address of this device to speak from to `dst` at `scope`, or 0. */
  select(dst: number, scope: Scope): number {
    let first = 0;
    for (const a of this.addresses) {
      if (a.secondary || a.scope > scope) continue;
      if (dst === 0 || a.covers(dst)) return a.address;
      if (first === 0) first = a.address;
    }
    return first;
  }

  has(address: number): boolean {
    return this.addresses.some((a) => a.address === address);
  }
}

/** base_reachable_time_ms times 0.5 to 1.5, drawn anew every five minutes and when the base changes (neigh_rand_reach_time). */
class ReachableTime {
  readonly #world: World;
  readonly #prng: Prng;
  #base = -1;
  #until: Nanos = 0;
  #drawn: Nanos = 0;

  constructor(device: NetDevice) {
    this.#world = device.world;
    this.#prng = device.world.prng.fork(`reachable time of ${device.path}`);
  }

  of(base: number): Nanos {
    const { now } = this.#world;
    if (base !== this.#base || now >= this.#until) {
      this.#base = base;
      this.#until = now + 300 * SECOND;
      this.#drawn = ((base === 0 ? 0 : this.#prng.below(base)) + (base >>> 1)) * MILLISECOND;
    }
    return this.#drawn;
  }
}
