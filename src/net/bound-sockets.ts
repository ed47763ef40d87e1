import type { UdpSocket } from "./udp-socket.ts";

/** What all namespaces share that have no socket yet: one chain without any. It is never written. */
const NO_CHAINS: (UdpSocket | null)[] = [null];
const FEWEST_CHAINS = 8;

/**
 * The UDP sockets of a namespace that are bound, in chains by port, and in each the last that was bound comes first
 * (struct udp_table). Chains are linked by `nextBound`; there are twice as many as sockets, and a power of two.
 */
export class BoundSockets {
  #chains = NO_CHAINS;
  #size = 0;

  /** The first of the chain that has all sockets of a port, and perhaps others; null when it is empty. */
  chain(port: number): UdpSocket | null {
    return this.#chains[port & (this.#chains.length - 1)]!;
  }

  /** By port, and the last that was bound first. */
  all(): readonly UdpSocket[] {
    return this.#chains.flatMap(listOf).sort((a, b) => a.localPort - b.localPort);
  }

  /** Adds a socket that has its port already. */
  add(socket: UdpSocket): void {
    if (this.#size >= this.#chains.length >> 1) this.#grow();
    this.#size++;
    this.#putFirst(socket);
  }

  /** Takes out a socket, which still has its port; false when it was not there. */
  remove(socket: UdpSocket): boolean {
    const { nextBound } = socket;
    const first = this.chain(socket.localPort);
    if (first === socket) this.#chains[socket.localPort & (this.#chains.length - 1)] = nextBound;
    else {
      let before = first;
      while (before !== null && before.nextBound !== socket) before = before.nextBound;
      if (before === null) return false;
      before.nextBound = nextBound;
    }
    socket.nextBound = null;
    this.#size--;
    return true;
  }

  #putFirst(socket: UdpSocket): void {
    const at = socket.localPort & (this.#chains.length - 1);
    socket.nextBound = this.#chains[at]!;
    this.#chains[at] = socket;
  }

  #grow(): void {
    const old = this.#chains;
    this.#chains = new Array<UdpSocket | null>(Math.max(FEWEST_CHAINS, old.length * 2)).fill(null);
    for (const chain of old) for (const socket of listOf(chain).reverse()) this.#putFirst(socket);
  }
}

function listOf(first: UdpSocket | null): UdpSocket[] {
  const list: UdpSocket[] = [];
  for (let at = first; at !== null; at = at.nextBound) list.push(at);
  return list;
}
