import type { Prng } from "../../base/prng.ts";
import { KernelError } from "../kernel-error.ts";
import type { NetDevice } from "../net-device.ts";
import type { NetworkNamespace } from "../network-namespace.ts";
import * as reasons from "../reasons.ts";
import { TcpState } from "./state.ts";
import type { TcpListener } from "./tcp-listener.ts";

/** Whoever has a local port: a listener, a connection, the rest of one (struct inet_bind_bucket's owners). */
export interface PortOwner {
  readonly state: TcpState;
  readonly localAddress: number;
  readonly localPort: number;
  readonly boundTo: number;
  readonly reuseAddress: boolean;
  readonly reusePort: boolean;
}

interface Bucket {
  readonly owners: Set<PortOwner>;
  /** Somebody asked for this very port, or took it by bind(2): then no connection chooses it by itself. */
  explicit: boolean;
}

/** Who has which local port, and who listens (the kernel's bhash and lhash2). */
export class PortTable {
  readonly #ns: NetworkNamespace;
  readonly #prng: Prng;
  readonly #buckets: Map<number, Bucket> = new Map();
  readonly #listeners: Map<number, TcpListener[]> = new Map();
  /** How far the choice of ports towards a destination has come (table_perturb). */
  readonly #perturbation: Map<number, number> = new Map();

  constructor(ns: NetworkNamespace, prng: Prng) {
    this.#ns = ns;
    this.#prng = prng;
  }

  /**
   * Finds out which port bind(2) gives; 0 asks for any free one. Nothing is taken yet.
   * @throws {KernelError} EADDRINUSE, EADDRNOTAVAIL
   */
  choose(owner: PortOwner, address: number, port: number): number {
    this.#ns.sockets.checkAddress(address);
    if (port === 0) return this.#anyPort(owner, address);
    if (this.#conflicts(owner, address, port)) throw new KernelError("EADDRINUSE");
    return port;
  }

  /** The owner's `localPort` is its own from now on. */
  add(owner: PortOwner, explicit: boolean): void {
    let bucket = this.#buckets.get(owner.localPort);
    if (bucket === undefined) {
      bucket = { owners: new Set(), explicit };
      this.#buckets.set(owner.localPort, bucket);
    } else if (explicit) bucket.explicit = true;
    bucket.owners.add(owner);
  }

  /** Whether no connection chooses that port by itself, because somebody has asked for it. */
  isExplicit(port: number): boolean {
    return this.#buckets.get(port)?.explicit === true;
  }

  remove(owner: PortOwner): void {
    const bucket = this.#buckets.get(owner.localPort);
    if (bucket === undefined) return;
    bucket.owners.delete(owner);
    if (bucket.owners.size === 0) this.#buckets.delete(owner.localPort);
  }

  /**
   * Chooses a port for a connection that has none, with `isFree` asked about each candidate: even ones first, beside the
   * last one towards the same destination (__inet_hash_connect). @throws {KernelError} EADDRNOTAVAIL
   */
  forConnection(hash: number, isFree: (port: number) => boolean): number {
    const [first, count] = this.#range();
    const index = hash & 0xffff;
    const known = this.#perturbation.get(index) ?? this.#prng.next();
    const start = ((known + Math.floor(hash / 0x10000)) % count) & ~1;
    for (const parity of [0, 1]) {
      for (let i = 0; i < count; i += 2) {
        const port = first + ((start + i + parity) % count);
        const bucket = this.#buckets.get(port);
        if (bucket?.explicit === true || !isFree(port)) continue;
        const step = Math.max(i, 2 * this.#prng.below(8));
        this.#perturbation.set(index, (known + step + 2) >>> 0);
        return port;
      }
    }
    throw new KernelError("EADDRNOTAVAIL");
  }

  listen(listener: TcpListener): void {
    reasons.socketsChanged(this.#ns);
    const there = this.#listeners.get(listener.localPort) ?? [];
    this.#listeners.set(listener.localPort, [listener, ...there]);
  }

  unlisten(listener: TcpListener): void {
    reasons.socketsChanged(this.#ns);
    const rest = (this.#listeners.get(listener.localPort) ?? []).filter((other) => other !== listener);
    if (rest.length === 0) this.#listeners.delete(listener.localPort);
    else this.#listeners.set(listener.localPort, rest);
  }

  /** Who listens there: the one bound to that very address before one bound to any (__inet_lookup_listener). */
  listener(device: NetDevice, address: number, port: number): TcpListener | null {
    const there = this.#listeners.get(port);
    if (there === undefined) return null;
    let found: TcpListener | null = null;
    let score = -1;
    for (let i = 0; i < there.length; i++) {
      const listener = there[i]!;
      if (listener.localAddress !== 0 && listener.localAddress !== address) continue;
      if (listener.boundTo !== 0 && listener.boundTo !== device.ifindex) continue;
      const fits = (listener.localAddress !== 0 ? 2 : 0) + (listener.boundTo !== 0 ? 1 : 0);
      if (fits <= score) continue;
      found = listener;
      score = fits;
    }
    return found;
  }

  /** All listeners, in the order of their ports. */
  get listeners(): TcpListener[] {
    return [...this.#listeners.values()].flat();
  }

  /** All that have a port, for those that are neither listening nor connected. */
  get owners(): PortOwner[] {
    return [...this.#buckets.values()].flatMap((bucket) => [...bucket.owners]);
  }

  /** inet_csk_bind_conflict */
  #conflicts(owner: PortOwner, address: number, port: number): boolean {
    const bucket = this.#buckets.get(port);
    if (bucket === undefined) return false;
    for (const other of bucket.owners) {
      if (other === owner) continue;
      if (other.boundTo !== 0 && owner.boundTo !== 0 && other.boundTo !== owner.boundTo) continue;
      if (other.localAddress !== 0 && address !== 0 && other.localAddress !== address) continue;
      if (owner.reuseAddress && other.reuseAddress && other.state !== TcpState.LISTEN) continue;
      if (owner.reusePort && other.reusePort) continue;
      return true;
    }
    return false;
  }

  /** A free port for bind(2): odd ones first, from a random one upwards (inet_csk_find_open_port). */
  #anyPort(owner: PortOwner, address: number): number {
    const [first, count] = this.#range();
    const start = this.#prng.below(count) | 1;
    for (const parity of [0, 1]) {
      for (let i = 0; i < count; i += 2) {
        const port = first + ((start + i + parity) % count);
        if (!this.#conflicts(owner, address, port)) return port;
      }
    }
    throw new KernelError("EADDRINUSE");
  }

  /** The first port and how many there are: an even number, so that odd and even ones keep apart. */
  #range(): [number, number] {
    const { ip_local_port_first: first, ip_local_port_last: last } = this.#ns.ipv4;
    const count = last - first + 1;
    return [first, count > 1 ? count & ~1 : count];
  }
}
