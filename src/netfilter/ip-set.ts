import { KernelError } from "../net/kernel-error.ts";
import type { Packet } from "../sim/packet.ts";
import type { EntryRef } from "../sim/registry.ts";
import { type Nanos, SECOND } from "../sim/time.ts";
import type { Timer } from "../sim/timer.ts";
import type { World } from "../sim/world.ts";
import * as ipv4 from "../wire/ipv4.ts";
import * as ip from "../wire/ipv4-address.ts";
import type { IpSets } from "./ip-sets.ts";

/** The kinds of sets, as far as they are simulated (net/netfilter/ipset). */
export type SetType = "hash:ip" | "hash:net" | "hash:ip,port" | "bitmap:port" | "list:set";

/** An element, in the one form in which `ipset` prints it. */
export type Element =
  | { readonly kind: "net"; readonly address: number; readonly length: number; readonly nomatch: boolean }
  | { readonly kind: "ip-port"; readonly address: number; readonly protocol: number; readonly port: number }
  | { readonly kind: "port"; readonly port: number }
  | { readonly kind: "set"; readonly set: string };

/** Which side of the packet each dimension of the set looks at. */
export type Directions = readonly ("src" | "dst")[];

export interface SetOptions {
  readonly hashsize: number;
  readonly maxelem: number;
  /** Of a bitmap. */
  readonly range: readonly [number, number];
  /** Of a list. */
  readonly size: number;
  /** Seconds that an element lives unless it says otherwise, 0 for ever; null: elements of this set have no end. */
  readonly timeout: number | null;
  /** Of a hash: how many elements share a place at most. */
  readonly bucketsize: number;
  /** What the kernel's hash begins with. */
  readonly initval: number;
}

/** How many properties of a packet a set looks at. */
const dimensions: Readonly<Record<SetType, number>> = {
  "hash:ip": 1,
  "hash:net": 1,
  "hash:ip,port": 2,
  "bitmap:port": 1,
  "list:set": 3,
};

/** Protocols whose packets have ports. */
const PORTED: readonly number[] = [6, 17, 132, 136];

export class IpSet {
  readonly type: SetType;
  readonly options: SetOptions;
  readonly #world: World;
  /** When elements end, for those that do. */
  readonly #deadlines: Map<number | string, Nanos> = new Map();
  #expiry: Timer | null = null;
  name: string;
  ref: EntryRef = 0;
  /** Elements by a key that is a number or, in lists, a name; in the order in which they came. */
  #elements: Map<number | string, Element> = new Map();
  /** Of nets: by prefix length, longest first, whether an address matches. */
  #lengths: number[] = [];
  readonly #nets: Map<number, Map<number, boolean>> = new Map();
  /** Of addresses with ports: by address, the protocols with ports. */
  readonly #ports: Map<number, Set<number>> = new Map();

  constructor(world: World, name: string, type: SetType, options: SetOptions) {
    this.#world = world;
    this.name = name;
    this.type = type;
    this.options = options;
  }

  get elements(): readonly Element[] {
    const all = [...this.#elements.values()];
    return this.type === "bitmap:port" ? all.sort((a, b) => portOf(a) - portOf(b)) : all;
  }

  get size(): number {
    return this.#elements.size;
  }

  /** What `ipset test` says: of nets, an element that excludes is there only when it is asked for as such. */
  tests(element: Element): boolean {
    if (element.kind !== "net") return this.has(element);
    if (element.length === 32) return this.#netOf(element.address) === !element.nomatch;
    const there = this.#elements.get(keyOf(element));
    return there?.kind === "net" && there.nomatch === element.nomatch;
  }

  has(element: Element): boolean {
    if (element.kind === "net" && element.length === 32) return this.hasAddress(element.address);
    return this.#elements.has(keyOf(element));
  }

  /**
   * Seconds that an element has left, as `ipset list` prints them (ip_set_timeout_get): a begun second does not count,
   * but for the last; 0: it stays. Null in a set without timeouts.
   */
  secondsLeft(element: Element): number | null {
    if (this.options.timeout === null) return null;
    const deadline = this.#deadlines.get(keyOf(element));
    return deadline === undefined ? 0 : Math.max(1, Math.floor((deadline - this.#world.now) / SECOND));
  }

  /** Lets an element that is there live so many seconds from now on, 0: for ever. */
  setTimeout(element: Element, seconds: number): void {
    const key = keyOf(element);
    if (seconds === 0) this.#deadlines.delete(key);
    else this.#deadlines.set(key, this.#world.now + seconds * SECOND);
    this.#arm();
  }

  /** The timer stands where the next element ends. */
  #arm(): void {
    let next: Nanos = Number.POSITIVE_INFINITY;
    for (const deadline of this.#deadlines.values()) next = Math.min(next, deadline);
    if (next === Number.POSITIVE_INFINITY) {
      this.#expiry?.cancel();
      return;
    }
    this.#expiry ??= this.#world.timer(() => this.#expire());
    this.#expiry.arm(next - this.#world.now);
  }

  #expire(): void {
    const { now } = this.#world;
    for (const [key, deadline] of this.#deadlines) {
      const element = this.#elements.get(key);
      if (deadline <= now && element !== undefined) this.delete(element);
    }
    this.#world.generation++;
    this.#arm();
  }

  /** False when it was there already. @throws {KernelError} ENOSPC when the set is full */
  add(element: Element): boolean {
    const key = keyOf(element);
    if (this.#elements.has(key)) return false;
    // The size of a list binds nobody: the kernel keeps it, and looks at it no more.
    const bounded = this.type !== "bitmap:port" && this.type !== "list:set";
    if (bounded && this.#elements.size >= this.options.maxelem) throw new KernelError("ENOSPC");
    this.#elements.set(key, element);
    if (element.kind === "net") {
      const nets = this.#nets.get(element.length) ?? new Map<number, boolean>();
      nets.set(element.address, !element.nomatch);
      this.#nets.set(element.length, nets);
      this.#lengths = [...this.#nets.keys()].sort((a, b) => b - a);
    } else if (element.kind === "ip-port") {
      const ports = this.#ports.get(element.address) ?? new Set<number>();
      ports.add((element.protocol << 16) | element.port);
      this.#ports.set(element.address, ports);
    }
    return true;
  }

  /** Of lists: puts an element before or after another one that is there. */
  moveBeside(element: Element, other: string, before: boolean): void {
    const key = keyOf(element);
    const rest = [...this.#elements].filter(([k]) => k !== key);
    const at = rest.findIndex(([k]) => k === other) + (before ? 0 : 1);
    this.#elements = new Map([...rest.slice(0, at), [key, element], ...rest.slice(at)]);
  }

  /** Of lists: whether an element stands right before or right after another one. */
  stands(element: Element, other: string, before: boolean): boolean {
    const keys = [...this.#elements.keys()];
    const at = keys.indexOf(keyOf(element));
    return at >= 0 && keys[before ? at + 1 : at - 1] === other;
  }

  /** False when it was not there. */
  delete(element: Element): boolean {
    if (!this.#elements.delete(keyOf(element))) return false;
    this.#deadlines.delete(keyOf(element));
    if (element.kind === "net") {
      const nets = this.#nets.get(element.length)!;
      nets.delete(element.address);
      if (nets.size === 0) this.#nets.delete(element.length);
      this.#lengths = [...this.#nets.keys()].sort((a, b) => b - a);
    } else if (element.kind === "ip-port")
      this.#ports.get(element.address)!.delete((element.protocol << 16) | element.port);
    return true;
  }

  flush(): void {
    this.#deadlines.clear();
    this.#expiry?.cancel();
    this.#elements = new Map();
    this.#lengths = [];
    this.#nets.clear();
    this.#ports.clear();
  }

  /** The longest prefix decides; it may say that what lies in it does not match. */
  hasAddress(address: number): boolean {
    return this.#netOf(address) === true;
  }

  /** What the longest prefix says; null where there is none. */
  #netOf(address: number): boolean | null {
    for (let i = 0; i < this.#lengths.length; i++) {
      const length = this.#lengths[i]!;
      const found = this.#nets.get(length)!.get(ip.network(address, length));
      if (found !== undefined) return found;
    }
    return null;
  }

  /** Of nets: whether a `nomatch` entry decides of a packet (ip_set_test with IPSET_FLAG_RETURN_NOMATCH). */
  excludes({ view, networkAt }: Packet, directions: Directions): boolean {
    const source = directions[0] === "src";
    return this.#netOf(source ? ipv4.src(view, networkAt) : ipv4.dst(view, networkAt)) === false;
  }

  /** Whether a packet is in the set (ip_set_test). `at`: its transport header, or -1 when it has none. */
  matches(sets: IpSets, packet: Packet, directions: Directions, at: number): boolean {
    if (this.type === "list:set") {
      for (const name of this.#elements.keys())
        if (sets.get(name as string)?.matches(sets, packet, directions, at) === true) return true;
      return false;
    }
    if (directions.length < dimensions[this.type]) return false;
    const { view, networkAt } = packet;
    const first = directions[0] === "src";
    if (this.type === "bitmap:port") {
      const protocol = ipv4.protocol(view, networkAt);
      const ported = at >= 0 && (protocol === ipv4.PROTO_TCP || protocol === ipv4.PROTO_UDP);
      return ported && this.#elements.has(view.getUint16(first ? at : at + 2));
    }
    const address = first ? ipv4.src(view, networkAt) : ipv4.dst(view, networkAt);
    if (this.type !== "hash:ip,port") return this.hasAddress(address);
    const ports = this.#ports.get(address);
    if (ports === undefined || at < 0) return false;
    const protocol = ipv4.protocol(view, networkAt);
    if (protocol === ipv4.PROTO_ICMP) return ports.has((protocol << 16) | view.getUint16(at));
    return (
      PORTED.includes(protocol) &&
      ports.has((protocol << 16) | view.getUint16(directions[1] === "src" ? at : at + 2))
    );
  }
}

function portOf(element: Element): number {
  return element.kind === "port" ? element.port : 0;
}

function keyOf(element: Element): number | string {
  switch (element.kind) {
    case "net":
      return (element.address >>> 0) * 64 + element.length;
    case "ip-port":
      return `${element.address}/${element.protocol}/${element.port}`;
    case "port":
      return element.port;
    case "set":
      return element.set;
  }
}
