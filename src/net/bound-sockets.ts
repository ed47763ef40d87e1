import { Table } from "../base/table.ts";
import type { UdpSocket } from "./udp-socket.ts";

/** More sockets than this are found by a table. */
const FEW = 8;

/**
 * The UDP sockets of a namespace that are bound, in the order in which they were (struct udp_table). They are linked by
 * `nextBound`: all in one chain while there are few, else those of one address and port.
 */
export class BoundSockets {
  #first: UdpSocket | null = null;
  #size = 0;
  #many: ManySockets | null = null;

  /** The first of a chain in which all sockets of that address and port are, others perhaps too; null when there is none. */
  chain(address: number, port: number): UdpSocket | null {
    return this.#many === null ? this.#first : this.#many.chain(address, port);
  }

  /** Whether that very socket is bound. */
  has(socket: UdpSocket): boolean {
    let at = this.chain(socket.localAddress, socket.localPort);
    while (at !== null && at !== socket) at = at.nextBound;
    return at !== null;
  }

  /** All sockets of a port, whatever their addresses. */
  onPort(port: number): readonly UdpSocket[] {
    if (this.#many !== null) return this.#many.ports.get(port) ?? [];
    return listOf(this.#first).filter((socket) => socket.localPort === port);
  }

  /** Whether a port has no socket at all: most that are asked for have none. */
  isFree(port: number): boolean {
    if (this.#many !== null) return !this.#many.ports.has(port);
    let at = this.#first;
    while (at !== null && at.localPort !== port) at = at.nextBound;
    return at === null;
  }

  all(): readonly UdpSocket[] {
    return this.#many === null ? listOf(this.#first) : this.#many.all();
  }

  /** Adds a socket that has its address and port already. */
  add(socket: UdpSocket): void {
    this.#size++;
    if (this.#many === null) {
      this.#first = append(this.#first, socket);
      if (this.#size <= FEW) return;
      this.#many = new ManySockets(listOf(this.#first));
      this.#first = null;
    } else this.#many.add(socket);
  }

  /** Takes out a socket that is there and has still the address and port that it had. */
  remove(socket: UdpSocket): void {
    this.#size--;
    if (this.#many === null) this.#first = without(this.#first, socket);
    else this.#many.remove(socket);
  }
}

class ManySockets {
  /** Rows by (address, port). */
  readonly #index: Table = new Table();
  /** The first socket of each row. */
  readonly #chains: (UdpSocket | null)[] = [];
  readonly ports: Map<number, UdpSocket[]> = new Map();

  constructor(sockets: readonly UdpSocket[]) {
    for (const socket of sockets) socket.nextBound = null;
    for (const socket of sockets) this.add(socket);
  }

  chain(address: number, port: number): UdpSocket | null {
    const row = this.#index.find(address, port);
    return row < 0 ? null : this.#chains[row]!;
  }

  all(): readonly UdpSocket[] {
    return this.#chains.flatMap(listOf);
  }

  add(socket: UdpSocket): void {
    const { localAddress, localPort } = socket;
    const row = this.#index.insert(localAddress, localPort);
    this.#chains[row] = append(this.#chains[row] ?? null, socket);
    const there = this.ports.get(localPort);
    if (there === undefined) this.ports.set(localPort, [socket]);
    else there.push(socket);
  }

  remove(socket: UdpSocket): void {
    const { localAddress, localPort } = socket;
    const row = this.#index.find(localAddress, localPort);
    const rest = without(this.#chains[row]!, socket);
    this.#chains[row] = rest;
    if (rest === null) this.#index.remove(localAddress, localPort);
    const there = this.ports.get(localPort)!;
    there.splice(there.indexOf(socket), 1);
    if (there.length === 0) this.ports.delete(localPort);
  }
}

function listOf(first: UdpSocket | null): UdpSocket[] {
  const list: UdpSocket[] = [];
  for (let at = first; at !== null; at = at.nextBound) list.push(at);
  return list;
}

/** The chain with a socket behind all others. */
function append(first: UdpSocket | null, socket: UdpSocket): UdpSocket {
  if (first === null) return socket;
  let last = first;
  while (last.nextBound !== null) last = last.nextBound;
  last.nextBound = socket;
  return first;
}

/** The chain without a socket that is in it. */
function without(first: UdpSocket | null, socket: UdpSocket): UdpSocket | null {
  const { nextBound } = socket;
  socket.nextBound = null;
  if (first === socket) return nextBound;
  let before = first!;
  while (before.nextBound !== socket) before = before.nextBound!;
  before.nextBound = nextBound;
  return first;
}
