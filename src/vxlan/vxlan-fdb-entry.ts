import { Way } from "../net/way.ts";
import type { EntryRef } from "../sim/registry.ts";
import type { Nanos } from "../sim/time.ts";
import type { World } from "../sim/world.ts";
import * as ip from "../wire/ipv4-address.ts";
import * as mac from "../wire/mac.ts";

/** `permanent` and `static` entries stay; `reachable` ones (learned, or `dynamic`) age. */
export type VxlanFdbState = "permanent" | "static" | "reachable";

/** One place where frames for an address go (struct vxlan_rdst): a line of `bridge fdb show`. */
export interface VxlanRemote {
  /** Int32; 0 says that the address is on this side of the tunnel. */
  readonly address: number;
  readonly port: number;
  readonly vni: number;
  /** `via`: the device to leave by, in the namespace of the socket; 0 for any. */
  readonly ifindex: number;
  readonly ref: EntryRef;
  /** Where outer packets for it go from here. */
  readonly way: Way;
}

/** One shape for all of them, however the destination was given. */
export function remoteOf(destination: VxlanDestination, ref: EntryRef): VxlanRemote {
  const { address, port, vni, ifindex } = destination;
  return { address, port, vni, ifindex, ref, way: new Way() };
}

/** Where the two times of an entry lie. */
const UPDATED = 0;
const USED = 1;

/** What is known of a MAC address (struct vxlan_fdb). The entry of the zero address is for all that are not known. */
export class VxlanFdbEntry {
  readonly macHi: number;
  readonly macLo: number;
  /** The network in which the address is looked for. */
  readonly srcVni: number;
  state: VxlanFdbState;
  router: boolean;
  externLearn: boolean;
  /** Made by an operation: packets from outside may then not claim that they learned it elsewhere. */
  byUser: boolean;
  remotes: VxlanRemote[] = [];
  readonly #world: World;
  /** Cells, so that a leg can renew them. */
  readonly #times: Float64Array;
  /** The next entry of the same address in another network. */
  next: VxlanFdbEntry | null = null;

  constructor(spec: VxlanFdbSpec, world: World) {
    this.#world = world;
    this.macHi = spec.macHi;
    this.macLo = spec.macLo;
    this.srcVni = spec.srcVni;
    this.state = spec.state;
    this.router = spec.router;
    this.externLearn = spec.externLearn;
    this.byUser = spec.byUser;
    this.#times = Float64Array.of(world.now, world.now);
  }

  /** When the entry was last confirmed by a frame or an operation. */
  get updated(): Nanos {
    this.#world.ledger.settle();
    return this.#times[UPDATED]!;
  }

  /** When a frame was last sent by it. */
  get used(): Nanos {
    this.#world.ledger.settle();
    return this.#times[USED]!;
  }

  confirm(): void {
    this.#stamp(UPDATED);
  }

  use(): void {
    this.#stamp(USED);
  }

  #stamp(slot: number): void {
    const { queue, leg } = this.#world;
    this.#times[slot] = queue.now;
    if (leg !== null) leg.stamps(this.#times, slot);
  }
}

/** Where an entry points to; also what names one of several remotes when one of them is taken away. */
export type VxlanDestination = Omit<VxlanRemote, "ref" | "way">;

/** What an operation asks for (struct ndmsg and its attributes). */
export interface VxlanFdbSpec {
  readonly macHi: number;
  readonly macLo: number;
  readonly srcVni: number;
  readonly destination: VxlanDestination;
  readonly state: VxlanFdbState;
  readonly router: boolean;
  readonly externLearn: boolean;
  readonly byUser: boolean;
  /** `use`: counts as a confirmation. */
  readonly use: boolean;
}

/** What entries that no operation asked for are not. */
export const LEARNED = { router: false, externLearn: false, byUser: false, use: false } as const;

/** The flags with which `bridge fdb add`, `append` and `replace` come. */
export type VxlanFdbMode = "add" | "append" | "replace";

/** True for entries that are forgotten when nobody confirms them. */
export function ages(entry: VxlanFdbEntry): boolean {
  return entry.state === "reachable" && !entry.externLearn;
}

/** The zero address and groups: such entries may have several remotes. */
export function isGroup(hi: number, lo: number): boolean {
  return mac.isMulticast(hi) || mac.isZero(hi, lo);
}

/** Where a destination stands among an entry's remotes, or -1. */
export function indexOfRemote(entry: VxlanFdbEntry, d: VxlanDestination): number {
  return entry.remotes.findIndex(
    (r) => r.address === d.address && r.port === d.port && r.vni === d.vni && r.ifindex === d.ifindex,
  );
}

/**
 * One of an entry's remotes as `bridge fdb show` prints it on the device: what is as the device has it is not said. `via`: the name of
 * the device to leave by, empty for any.
 */
export function describe(
  entry: VxlanFdbEntry,
  remote: VxlanDestination,
  device: { readonly dstPort: number; readonly vni: number },
  via: string,
): string {
  return [
    `${mac.format(entry.macHi, entry.macLo)} dst ${ip.format(remote.address)}`,
    ...(remote.port === device.dstPort ? [] : [`port ${remote.port}`]),
    ...(remote.vni === device.vni ? [] : [`vni ${remote.vni}`]),
    ...(via === "" ? [] : [`via ${via}`]),
    "self",
    ...(entry.router ? ["router"] : []),
    ...(entry.externLearn ? ["extern_learn"] : []),
    ...(entry.state === "reachable" ? [] : [entry.state]),
  ].join(" ");
}
