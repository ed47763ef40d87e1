import { DaemonError } from "../../api/daemon-error.ts";

/** The ports of one protocol on one host address. */
interface Ports {
  readonly taken: Set<number>;
  /** The last one that was given out of a range, by the range. */
  readonly last: Map<string, number>;
}

/**
 * Which host ports are given out (libnetwork's portallocator). Each address and protocol counts by itself; the kernel is
 * not asked. A port out of a range is the next one above the last: one that was given back comes round again only when
 * the end of the range was reached.
 */
export class PortAllocator {
  readonly #range: () => readonly [first: number, last: number];
  readonly #ports: Map<string, Ports> = new Map();

  /** @param range the ports for those who want any: the host's net.ipv4.ip_local_port_range. */
  constructor(range: () => readonly [first: number, last: number]) {
    this.#range = range;
  }

  /**
   * Takes a port of `first` to `last`; both 0: any. @param address as text, `0.0.0.0` and `::` for all.
   * @throws {DaemonError} when it is taken, or all are
   */
  request(address: string, protocol: string, first: number, last: number): number {
    const ports = this.#of(address, protocol);
    if (first > 0 && first === last) {
      if (ports.taken.has(first))
        throw new DaemonError(
          500,
          `Bind for ${bracketed(address)}:${first} failed: port is already allocated`,
        );
      ports.taken.add(first);
      return first;
    }
    const [from, to] = first === 0 && last === 0 ? this.#range() : [first, last];
    const key = `${from}-${to}`;
    let port = ports.last.get(key) ?? to;
    for (let i = from; i <= to; i++) {
      port = port >= to ? from : port + 1;
      if (ports.taken.has(port)) continue;
      ports.taken.add(port);
      ports.last.set(key, port);
      return port;
    }
    throw new DaemonError(500, "all ports are allocated");
  }

  release(address: string, protocol: string, port: number): void {
    this.#of(address, protocol).taken.delete(port);
  }

  /** How many are given out. */
  get size(): number {
    let count = 0;
    for (const { taken } of this.#ports.values()) count += taken.size;
    return count;
  }

  #of(address: string, protocol: string): Ports {
    const key = `${address} ${protocol}`;
    let ports = this.#ports.get(key);
    if (ports === undefined) this.#ports.set(key, (ports = { taken: new Set(), last: new Map() }));
    return ports;
  }
}

function bracketed(address: string): string {
  return address.includes(":") ? `[${address}]` : address;
}
