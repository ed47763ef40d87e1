import { Table } from "../base/table.ts";
import { KernelError } from "../net/kernel-error.ts";
import type { Cause, EntryRef } from "../sim/registry.ts";
import { type Nanos, SECOND } from "../sim/time.ts";
import type { Timer } from "../sim/timer.ts";
import type { World } from "../sim/world.ts";
import * as ip from "../wire/ipv4-address.ts";
import * as mac from "../wire/mac.ts";

/** How often the kernel looks for entries that are too old (FDB_AGE_INTERVAL). */
const AGE_INTERVAL: Nanos = 10 * SECOND;

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
}

/** What is known of a MAC address (struct vxlan_fdb). The entry of the zero address is for all that are not known. */
export interface VxlanFdbEntry {
  readonly macHi: number;
  readonly macLo: number;
  /** The network in which the address is looked for. */
  readonly srcVni: number;
  state: VxlanFdbState;
  router: boolean;
  externLearn: boolean;
  /** Made by an operation: packets from outside may then not claim that they learned it elsewhere. */
  byUser: boolean;
  remotes: VxlanRemote[];
  /** When the entry was last confirmed by a frame or an operation, and when a frame was last sent by it. */
  updated: Nanos;
  used: Nanos;
  /** The next entry of the same address in another network. */
  next: VxlanFdbEntry | null;
}

/** Where an entry points to; also what names one of several remotes when one of them is taken away. */
export type VxlanDestination = Omit<VxlanRemote, "ref">;

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

/** Told of each remote that comes, changes or goes. */
export interface VxlanFdbListener {
  fdbChanged(what: "new" | "del", entry: VxlanFdbEntry, remote: VxlanRemote): void;
}

/** The forwarding database of a VTEP. Linux: drivers/net/vxlan/vxlan_core.c. */
export class VxlanFdb {
  readonly #world: World;
  readonly #listener: VxlanFdbListener;
  /** `host/namespace/device`, for the registry. */
  readonly #where: () => string;
  readonly #index: Table = new Table();
  readonly #first: (VxlanFdbEntry | null)[] = [];
  /** Newest first, as `bridge fdb show` lists them. */
  #entries: VxlanFdbEntry[] = [];
  #ageing: Nanos;
  readonly #maxAddress: number;
  readonly #timer: Timer;
  /** When the ageing timer last ran or was started; null while the device is down. */
  #lastRun: Nanos | null = null;

  constructor(
    world: World,
    where: () => string,
    listener: VxlanFdbListener,
    ageing: Nanos,
    maxAddress: number,
  ) {
    this.#world = world;
    this.#where = where;
    this.#listener = listener;
    this.#ageing = ageing;
    this.#maxAddress = maxAddress;
    this.#timer = world.timer(() => this.#age());
  }

  get entries(): readonly VxlanFdbEntry[] {
    return this.#entries;
  }

  find(hi: number, lo: number, vni: number): VxlanFdbEntry | null {
    const row = this.#index.find(hi, lo);
    if (row < 0) return null;
    let entry = this.#first[row] ?? null;
    while (entry !== null && entry.srcVni !== vni) entry = entry.next;
    return entry;
  }

  /** Applies `bridge fdb add|append|replace`. @throws {KernelError} as the kernel answers. */
  update(mode: VxlanFdbMode, spec: VxlanFdbSpec): void {
    const entry = this.find(spec.macHi, spec.macLo, spec.srcVni);
    const group = isGroup(spec.macHi, spec.macLo);
    const cause = this.#world.registry.cause;
    if (entry === null) {
      if (mode === "replace" && group) throw new KernelError("EOPNOTSUPP");
      this.create(spec, cause);
      return;
    }
    if (mode === "add") throw new KernelError("EEXIST");
    this.#changeFlags(entry, spec, cause);
    if (mode === "replace") {
      if (group) throw new KernelError("EOPNOTSUPP", "Cannot replace non-unicast fdb entries");
      if (indexOfRemote(entry, spec.destination) < 0) this.#redirect(entry, spec.destination, cause);
    } else if (group && indexOfRemote(entry, spec.destination) < 0) {
      // A group's entry has several remotes; to append to the entry of one address changes nothing.
      this.#addRemote(entry, spec.destination, cause);
    }
    if (spec.use) entry.updated = this.#world.now;
  }

  /** Makes an entry that is not there yet. @throws {KernelError} ENOSPC when the limit is reached. */
  create(spec: VxlanFdbSpec, cause: Cause): VxlanFdbEntry {
    if (this.#maxAddress !== 0 && this.#entries.length >= this.#maxAddress) throw new KernelError("ENOSPC");
    const now = this.#world.now;
    const entry: VxlanFdbEntry = {
      macHi: spec.macHi,
      macLo: spec.macLo,
      srcVni: spec.srcVni,
      state: spec.state,
      router: spec.router,
      externLearn: spec.externLearn,
      byUser: spec.byUser,
      remotes: [],
      updated: now,
      used: now,
      next: null,
    };
    const row = this.#index.insert(spec.macHi, spec.macLo);
    entry.next = this.#first[row] ?? null;
    this.#first[row] = entry;
    this.#entries.unshift(entry);
    this.#addRemote(entry, spec.destination, cause);
    this.#watch(entry);
    return entry;
  }

  /**
   * Applies `bridge fdb del`: one remote of several, or the entry with its last; without `destination` all of it.
   * A remote that is not there is no error. @throws {KernelError} ENOENT
   */
  remove(hi: number, lo: number, srcVni: number, destination: VxlanDestination | null): void {
    const entry = this.find(hi, lo, srcVni);
    if (entry === null) throw new KernelError("ENOENT");
    const cause = this.#world.registry.cause;
    if (destination === null) {
      this.#destroy(entry, cause);
      return;
    }
    const at = indexOfRemote(entry, destination);
    if (at < 0) return;
    if (entry.remotes.length === 1) {
      this.#destroy(entry, cause);
      return;
    }
    const [gone] = entry.remotes.splice(at, 1);
    this.#remoteGone(entry, gone!, cause);
  }

  /** A frame proved that `address` is where this source is now: the entry is made, confirmed or moved (vxlan_snoop). */
  learn(hi: number, lo: number, vni: number, address: number, port: number, frame: number): EntryRef {
    const destination = { address, port, vni, ifindex: 0 };
    const entry = this.find(hi, lo, vni);
    const cause = { by: "frame", frame } as const;
    if (entry !== null) {
      this.#redirectFirst(entry, destination, cause);
      return entry.remotes[0]!.ref;
    }
    if (this.#maxAddress !== 0 && this.#entries.length >= this.#maxAddress) return 0;
    const spec = { macHi: hi, macLo: lo, srcVni: vni, destination, state: "reachable" } as const;
    const made = this.create({ ...spec, ...LEARNED }, cause);
    return made.remotes[0]!.ref;
  }

  /** Takes away all entries that a predicate finds. */
  flush(which: (entry: VxlanFdbEntry) => boolean, cause: Cause = this.#world.registry.cause): void {
    for (const entry of this.#entries.filter(which)) this.#destroy(entry, cause);
  }

  /** Entries are judged by the new age at once. In nanoseconds. */
  setAgeing(ageing: Nanos): void {
    this.#ageing = ageing;
    if (this.#lastRun === null) return;
    this.#timer.cancel();
    this.#age();
  }

  /** The device went up: entries age from now on. */
  startAgeing(): void {
    this.#lastRun = this.#world.now;
    for (const entry of this.#entries) this.#watch(entry);
  }

  stopAgeing(): void {
    this.#lastRun = null;
    this.#timer.cancel();
  }

  /** Changes the first remote of an entry (a station moved, or `replace`). */
  #redirectFirst(entry: VxlanFdbEntry, destination: VxlanDestination, cause: Cause): void {
    const old = entry.remotes[0]!;
    const moved: VxlanRemote = { ...destination, port: old.port, vni: old.vni, ref: old.ref };
    this.#setFirst(entry, moved, cause);
  }

  #redirect(entry: VxlanFdbEntry, destination: VxlanDestination, cause: Cause): void {
    this.#setFirst(entry, { ...destination, ref: entry.remotes[0]!.ref }, cause);
  }

  #setFirst(entry: VxlanFdbEntry, remote: VxlanRemote, cause: Cause): void {
    entry.remotes[0] = remote;
    entry.updated = this.#world.now;
    this.#world.generation++;
    this.#world.registry.changed(remote.ref, describe(entry, remote), cause);
    this.#listener.fdbChanged("new", entry, remote);
  }

  #changeFlags(entry: VxlanFdbEntry, spec: VxlanFdbSpec, cause: Cause): void {
    if (spec.externLearn && entry.byUser) return;
    const same =
      entry.state === spec.state && entry.router === spec.router && entry.externLearn === spec.externLearn;
    entry.byUser = spec.byUser;
    if (same) return;
    entry.state = spec.state;
    entry.router = spec.router;
    entry.externLearn = spec.externLearn;
    entry.updated = this.#world.now;
    this.#world.generation++;
    for (const remote of entry.remotes)
      this.#world.registry.changed(remote.ref, describe(entry, remote), cause);
    this.#watch(entry);
  }

  #addRemote(entry: VxlanFdbEntry, destination: VxlanDestination, cause: Cause): void {
    const text = describe(entry, destination);
    const ref = this.#world.registry.made("vxlan-fdb", this.#where(), text, cause);
    const remote: VxlanRemote = { ...destination, ref };
    entry.remotes.push(remote);
    this.#world.generation++;
    this.#listener.fdbChanged("new", entry, remote);
  }

  #remoteGone(entry: VxlanFdbEntry, remote: VxlanRemote, cause: Cause): void {
    this.#world.generation++;
    this.#world.registry.gone(remote.ref, cause);
    this.#listener.fdbChanged("del", entry, remote);
  }

  #destroy(entry: VxlanFdbEntry, cause: Cause): void {
    const row = this.#index.find(entry.macHi, entry.macLo);
    let before: VxlanFdbEntry | null = null;
    for (let e = this.#first[row] ?? null; e !== null && e !== entry; e = e.next) before = e;
    if (before !== null) before.next = entry.next;
    else this.#first[row] = entry.next;
    if (this.#first[row] === null) this.#index.remove(entry.macHi, entry.macLo);
    this.#entries = this.#entries.filter((other) => other !== entry);
    for (const remote of entry.remotes) this.#remoteGone(entry, remote, cause);
  }

  /**
   * Sees to it that the ageing timer runs while there is something to age. The kernel's runs every ten seconds from
   * the device's going up; runs that would find nothing are left out here, so that a world at rest has no events.
   */
  #watch(entry: VxlanFdbEntry): void {
    if (this.#lastRun === null || this.#timer.armed || !ages(entry)) return;
    const since = this.#world.now - this.#lastRun;
    this.#timer.arm(AGE_INTERVAL - (since % AGE_INTERVAL));
  }

  #age(): void {
    const now = this.#world.now;
    this.#lastRun = now;
    let next = now + AGE_INTERVAL;
    let left = false;
    for (const entry of [...this.#entries]) {
      if (!ages(entry)) continue;
      const timeout = entry.updated + this.#ageing;
      if (timeout <= now) this.#destroy(entry, { by: "timer", text: "ageing" });
      else {
        left = true;
        if (timeout < next) next = timeout;
      }
    }
    if (left) this.#timer.arm(next - now);
  }
}

function ages(entry: VxlanFdbEntry): boolean {
  return entry.state === "reachable" && !entry.externLearn;
}

/** The zero address and groups: such entries may have several remotes. */
function isGroup(hi: number, lo: number): boolean {
  return mac.isMulticast(hi) || mac.isZero(hi, lo);
}

function indexOfRemote(entry: VxlanFdbEntry, d: VxlanDestination): number {
  return entry.remotes.findIndex(
    (r) => r.address === d.address && r.port === d.port && r.vni === d.vni && r.ifindex === d.ifindex,
  );
}

/** The entry as the registry shows it, like a line of `bridge fdb show`. */
function describe(entry: VxlanFdbEntry, remote: VxlanDestination): string {
  const state = entry.state === "reachable" ? "" : ` ${entry.state}`;
  return `${mac.format(entry.macHi, entry.macLo)} dst ${ip.format(remote.address)} self${state}`;
}
