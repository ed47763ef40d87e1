import { Table } from "../base/table.ts";
import { Absences } from "../sim/absences.ts";
import type { Cause, EntryRef, EntryText, Registry } from "../sim/registry.ts";
import type { Nanos } from "../sim/time.ts";
import type { World } from "../sim/world.ts";
import * as mac from "../wire/mac.ts";
import type { Bridge } from "./bridge.ts";
import type { BridgePort } from "./bridge-port.ts";

/** Bits of an entry (net/bridge/br_private.h, BR_FDB_*). */
export const FdbFlag = {
  /** Frames to it go up (`permanent`): the address of a port, of the bridge, or one that somebody added so. */
  local: 1,
  /** It never ages (`static`); local entries have this bit too. */
  static: 2,
  /** It stays at its port even when its address is seen elsewhere. */
  sticky: 4,
  addedByUser: 8,
  externLearn: 16,
} as const;

/** An entry as a plain value, for tools and tests. */
interface FdbEntry {
  readonly mac: mac.Mac;
  /** 0: none. */
  readonly vlan: number;
  /** Null: the bridge itself. */
  readonly port: BridgePort | null;
  /** Sum of {@link FdbFlag}. */
  readonly flags: number;
  /** When it was last seen as a source, or changed. */
  readonly updated: Nanos;
  /** When a frame was last sent to it. */
  readonly used: Nanos;
  readonly ref: EntryRef;
}

/** Rows for which there is room at first: a port takes two. */
const FIRST_ROWS = 32;
/** What a row has that is free. */
const NO_ENTRY: EntryRef = 0;

/**
 * A bridge's forwarding database: which port has which address, per VLAN. Rows of typed columns; a row number stays
 * the same as long as its entry is there. Linux: net/bridge/br_fdb.c.
 */
export class Fdb {
  /** Null: the bridge itself. */
  readonly port: (BridgePort | null)[] = [];
  readonly flags: number[] = [];
  readonly refs: EntryRef[] = [];
  /** Two cells a row: when it was last seen as a source, or changed; and when a frame was last sent to it. */
  #times: Float64Array = new Float64Array(2 * FIRST_ROWS);
  /** Entries that the bridge learned itself; the kernel counts them too (`fdb_n_learned`). */
  learned = 0;
  readonly #table: Table = new Table();
  readonly #world: World;
  readonly #registry: Registry;
  /** Addresses that were looked for in vain; null until somebody observes one. */
  #absences: Absences | null = null;
  readonly #bridge: Bridge;

  constructor(bridge: Bridge) {
    this.#bridge = bridge;
    this.#world = bridge.world;
    this.#registry = bridge.world.registry;
  }

  get size(): number {
    return this.#table.size;
  }

  /** The row of an address, or -1. */
  find(hi: number, lo: number, vlan: number): number {
    return this.#table.find(lo, hi | (vlan << 16));
  }

  /** The entry that says that no port is known for an address; 0 while nobody observes. */
  missing(hi: number, lo: number, vlan: number): EntryRef {
    if (this.#world.tap === null) return 0;
    this.#absences ??= new Absences(this.#registry, "fdb", () => this.#bridge.device.path);
    const address = mac.format(hi, lo);
    const inVlan = vlan === 0 ? "" : ` vlan ${vlan}`;
    const fits = (entry: string): boolean =>
      entry.startsWith(address) && (/ vlan \d+/.exec(entry)?.[0] ?? "") === inVlan;
    const text = `no entry for ${address}${inVlan} master ${this.#bridge.device.name}`;
    return this.#absences.of(text, fits, "no frame came from it, and nobody made one");
  }

  /** Says that the entry was seen as a source, or changed, at this instant. */
  confirm(row: number): void {
    const { queue, leg } = this.#world;
    this.#times[row * 2] = queue.now;
    if (leg !== null) leg.stamps(this.#times, row * 2);
  }

  /** Says that a frame is sent to the entry at this instant. */
  use(row: number): void {
    const { queue, leg } = this.#world;
    this.#times[row * 2 + 1] = queue.now;
    if (leg !== null) leg.stamps(this.#times, row * 2 + 1);
  }

  /** When it was last seen as a source, or changed. */
  updatedAt(row: number): Nanos {
    this.#world.ledger.settle();
    return this.#times[row * 2]!;
  }

  /** When a frame was last sent to it. */
  usedAt(row: number): Nanos {
    this.#world.ledger.settle();
    return this.#times[row * 2 + 1]!;
  }

  /** Makes an entry that is not there yet. */
  create(
    hi: number,
    lo: number,
    vlan: number,
    port: BridgePort | null,
    flags: number,
    now: Nanos,
    cause?: Cause,
  ): number {
    this.#absences?.end();
    const row = this.#table.insert(lo, hi | (vlan << 16));
    if (row * 2 >= this.#times.length) this.#grow();
    this.port[row] = port;
    this.flags[row] = flags;
    this.#times.fill(now, row * 2, row * 2 + 2);
    if (isLearned(flags)) this.learned++;
    this.refs[row] = this.#registry.made("fdb", this.#bridge.device.path, this.#words(row), cause);
    return row;
  }

  delete(row: number, cause?: Cause): void {
    if (isLearned(this.flags[row]!)) this.learned--;
    this.#registry.gone(this.refs[row]!, cause);
    this.#table.remove(this.#table.keyA(row), this.#table.keyB(row));
    this.refs[row] = NO_ENTRY;
    this.port[row] = null;
  }

  /** The entry belongs to another port now. */
  move(row: number, port: BridgePort | null, cause?: Cause): void {
    this.port[row] = port;
    this.#registry.changed(this.refs[row]!, this.#words(row), cause);
  }

  setFlags(row: number, flags: number): void {
    if (this.flags[row] === flags) return;
    if (isLearned(this.flags[row]!)) this.learned--;
    if (isLearned(flags)) this.learned++;
    this.flags[row] = flags;
    this.#registry.changed(this.refs[row]!, this.#words(row));
  }

  vlan(row: number): number {
    return this.#table.keyB(row) >>> 16;
  }

  macHi(row: number): number {
    return this.#table.keyB(row) & 0xffff;
  }

  macLo(row: number): number {
    return this.#table.keyA(row);
  }

  /** All rows, newest entry first (the kernel's order, and their references'); safe against deletion while it is walked. */
  rows(): number[] {
    const { refs } = this;
    const rows: number[] = [];
    for (let row = refs.length - 1; row >= 0; row--) if (refs[row] !== NO_ENTRY) rows.push(row);
    return rows.sort((a, b) => refs[b]! - refs[a]!);
  }

  /** The local entries of a port. */
  localsOf(port: BridgePort): FdbEntry[] {
    return this.rows()
      .filter((row) => this.port[row] === port && (this.flags[row]! & FdbFlag.local) !== 0)
      .map((row) => this.entry(row));
  }

  /** All entries, newest first. */
  list(): FdbEntry[] {
    return this.rows().map((row) => this.entry(row));
  }

  entry(row: number): FdbEntry {
    return {
      mac: { hi: this.macHi(row), lo: this.macLo(row) },
      vlan: this.vlan(row),
      port: this.port[row]!,
      flags: this.flags[row]!,
      updated: this.updatedAt(row),
      used: this.usedAt(row),
      ref: this.refs[row]!,
    };
  }

  /** As `bridge fdb show` prints it. */
  text(row: number): string {
    return this.#words(row).toString();
  }

  /** The same for the registry. */
  #words(row: number): EntryText {
    const { name } = this.#bridge.device;
    const port = this.port[row]?.device.name ?? name;
    return new FdbText(this.macHi(row), this.macLo(row), this.vlan(row), this.flags[row]!, port, name);
  }

  #grow(): void {
    this.#world.ledger.settle();
    const times = new Float64Array(this.#times.length * 2);
    times.set(this.#times);
    this.#times = times;
  }
}

/** What an entry was at some moment: few are ever read, and large bridges have many. */
class FdbText {
  readonly #hi: number;
  readonly #lo: number;
  readonly #vlan: number;
  readonly #flags: number;
  readonly #device: string;
  readonly #bridge: string;

  /** @param device the name of the port's device. @param bridge the bridge's. */
  constructor(hi: number, lo: number, vlan: number, flags: number, device: string, bridge: string) {
    this.#hi = hi;
    this.#lo = lo;
    this.#vlan = vlan;
    this.#flags = flags;
    this.#device = device;
    this.#bridge = bridge;
  }

  toString(): string {
    const flags = this.#flags;
    return [
      mac.format(this.#hi, this.#lo),
      `dev ${this.#device}`,
      ...(this.#vlan === 0 ? [] : [`vlan ${this.#vlan}`]),
      ...(flags & FdbFlag.externLearn ? ["extern_learn"] : []),
      ...(flags & FdbFlag.sticky ? ["sticky"] : []),
      `master ${this.#bridge}`,
      ...(flags & FdbFlag.local ? ["permanent"] : flags & FdbFlag.static ? ["static"] : []),
    ].join(" ");
  }
}

function isLearned(flags: number): boolean {
  return (flags & (FdbFlag.local | FdbFlag.static | FdbFlag.addedByUser | FdbFlag.externLearn)) === 0;
}
