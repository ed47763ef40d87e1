import { Table } from "../base/table.ts";
import { KernelError } from "../net/kernel-error.ts";
import { Absences } from "../sim/absences.ts";
import type { Cause, EntryRef } from "../sim/registry.ts";
import { type Nanos, SECOND } from "../sim/time.ts";
import type { Timer } from "../sim/timer.ts";
import type { World } from "../sim/world.ts";
import * as mac from "../wire/mac.ts";
import {
  ages,
  indexOfRemote,
  isGroup,
  LEARNED,
  remoteOf,
  type VxlanDestination,
  VxlanFdbEntry,
  type VxlanFdbMode,
  type VxlanFdbSpec,
  type VxlanRemote,
} from "./vxlan-fdb-entry.ts";

/** The address whose entry stands for all that have none (all_zeros_mac). */
const ALL_UNKNOWN = "00:00:00:00:00:00";
/** How often the kernel looks for entries that are too old (FDB_AGE_INTERVAL). */
const AGE_INTERVAL: Nanos = 10 * SECOND;

/** Whose forwarding database it is. */
export interface VxlanFdbOwner {
  /** `host/namespace/device`, for the registry. */
  readonly path: string;
  /** A remote of an entry as `bridge fdb show` prints it. */
  describe(entry: VxlanFdbEntry, remote: VxlanDestination): string;
  /** Told of each remote that comes, changes or goes. */
  fdbChanged(what: "new" | "del", entry: VxlanFdbEntry, remote: VxlanRemote): void;
}

/** The forwarding database of a VTEP. Linux: drivers/net/vxlan/vxlan_core.c. */
export class VxlanFdb {
  readonly #world: World;
  readonly #owner: VxlanFdbOwner;
  readonly #index: Table = new Table();
  readonly #first: (VxlanFdbEntry | null)[] = [];
  /** Newest first, as `bridge fdb show` lists them. */
  #entries: VxlanFdbEntry[] = [];
  #ageing: Nanos;
  readonly #maxAddress: number;
  readonly #timer: Timer;
  /** Addresses for which there was no remote; null until somebody observes one. */
  #absences: Absences | null = null;
  /** When the ageing timer last ran or was started; null while the device is down. */
  #lastRun: Nanos | null = null;

  constructor(world: World, owner: VxlanFdbOwner, ageing: Nanos, maxAddress: number) {
    this.#world = world;
    this.#owner = owner;
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

  /** The entry that says that no remote is known for an address, nor for all that are not known; 0 while nobody observes. */
  missing(hi: number, lo: number): EntryRef {
    if (this.#world.tap === null) return 0;
    this.#absences ??= new Absences(this.#world.registry, "vxlan-fdb", () => this.#owner.path);
    const address = mac.format(hi, lo);
    const fits = (entry: string): boolean => entry.startsWith(address) || entry.startsWith(ALL_UNKNOWN);
    return this.#absences.of(`no entry for ${address} nor for ${ALL_UNKNOWN}`, fits, "nobody made one");
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
      if (indexOfRemote(entry, spec.destination) < 0) this.#setFirst(entry, spec.destination, cause);
    } else if (group && indexOfRemote(entry, spec.destination) < 0) {
      // A group's entry has several remotes; to append to the entry of one address changes nothing.
      this.#addRemote(entry, spec.destination, cause);
    }
    if (spec.use) entry.confirm();
  }

  /** Makes an entry that is not there yet. @throws {KernelError} ENOSPC when the limit is reached. */
  create(spec: VxlanFdbSpec, cause: Cause): VxlanFdbEntry {
    if (this.#maxAddress !== 0 && this.#entries.length >= this.#maxAddress) throw new KernelError("ENOSPC");
    const entry = new VxlanFdbEntry(spec, this.#world);
    const row = this.#index.insert(spec.macHi, spec.macLo);
    entry.next = this.#first[row] ?? null;
    this.#first[row] = entry;
    this.#entries.unshift(entry);
    this.#addRemote(entry, spec.destination, cause);
    this.#watch(entry);
    this.#absences?.end();
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

  /**
   * A frame proved that `address` is where this source is now: the entry is made, confirmed or moved (vxlan_snoop). 0: the
   * limit is reached, and nothing was learned.
   */
  learn(hi: number, lo: number, vni: number, address: number, port: number, frame: number): EntryRef {
    const entry = this.find(hi, lo, vni);
    const cause = { by: "frame", frame } as const;
    if (entry !== null) {
      const there = entry.remotes[0]!;
      this.#setFirst(entry, { ...there, address }, cause);
      return there.ref;
    }
    if (this.#maxAddress !== 0 && this.#entries.length >= this.#maxAddress) return 0;
    const destination = { address, port, vni, ifindex: 0 };
    const spec = { macHi: hi, macLo: lo, srcVni: vni, destination, state: "reachable" } as const;
    const made = this.create({ ...spec, ...LEARNED }, cause);
    return made.remotes[0]!.ref;
  }

  /** Takes away all entries that a predicate finds. */
  flush(which: (entry: VxlanFdbEntry) => boolean): void {
    for (const entry of this.#entries.filter(which)) this.#destroy(entry, this.#world.registry.cause);
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

  /** Changes the first remote of an entry: a station moved, or `replace`. */
  #setFirst(entry: VxlanFdbEntry, destination: VxlanDestination, cause: Cause): void {
    const remote = remoteOf(destination, entry.remotes[0]!.ref);
    entry.remotes[0] = remote;
    entry.confirm();
    this.#world.generation++;
    this.#world.registry.changed(remote.ref, this.#owner.describe(entry, remote), cause);
    this.#owner.fdbChanged("new", entry, remote);
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
    entry.confirm();
    this.#world.generation++;
    for (const remote of entry.remotes)
      this.#world.registry.changed(remote.ref, this.#owner.describe(entry, remote), cause);
    this.#watch(entry);
  }

  #addRemote(entry: VxlanFdbEntry, destination: VxlanDestination, cause: Cause): void {
    const text = this.#owner.describe(entry, destination);
    const ref = this.#world.registry.made("vxlan-fdb", this.#owner.path, text, cause);
    const remote = remoteOf(destination, ref);
    entry.remotes.push(remote);
    this.#world.generation++;
    this.#owner.fdbChanged("new", entry, remote);
  }

  #remoteGone(entry: VxlanFdbEntry, remote: VxlanRemote, cause: Cause): void {
    this.#world.generation++;
    this.#world.registry.gone(remote.ref, cause);
    this.#owner.fdbChanged("del", entry, remote);
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
