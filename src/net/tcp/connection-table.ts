import { Table } from "../../base/table.ts";
import type { TcpConnection } from "./connection.ts";
import type { ConnectionRequest } from "./connection-request.ts";
import type { TimeWait } from "./time-wait.ts";

/** Whatever can have the four numbers of a connection: the handshake, the connection itself, what is left of it. */
export type Endpoint = TcpConnection | ConnectionRequest | TimeWait;

/** Connections by both addresses and both ports (the kernel's ehash). */
export class ConnectionTable {
  readonly #rows: Table = new Table();
  /** First of each row; rows have one remote address and both ports, and differ in the local address. */
  readonly #first: (Endpoint | null)[] = [];
  size = 0;

  find(localAddress: number, localPort: number, remoteAddress: number, remotePort: number): Endpoint | null {
    const row = this.#rows.find(remoteAddress, (localPort << 16) | remotePort);
    if (row < 0) return null;
    let endpoint: Endpoint | null = this.#first[row]!;
    while (endpoint !== null && endpoint.localAddress !== localAddress) endpoint = endpoint.next;
    return endpoint;
  }

  add(endpoint: Endpoint): void {
    const { remoteAddress, localPort, remotePort } = endpoint;
    const ports = (localPort << 16) | remotePort;
    const known = this.#rows.find(remoteAddress, ports);
    const row = known >= 0 ? known : this.#rows.insert(remoteAddress, ports);
    endpoint.next = known >= 0 ? this.#first[row]! : null;
    this.#first[row] = endpoint;
    this.size++;
  }

  remove(endpoint: Endpoint): void {
    const { remoteAddress, localPort, remotePort } = endpoint;
    const ports = (localPort << 16) | remotePort;
    const row = this.#rows.find(remoteAddress, ports);
    if (row < 0) return;
    let at: Endpoint | null = this.#first[row]!;
    if (at === endpoint) {
      this.#first[row] = endpoint.next;
      if (endpoint.next === null) this.#rows.remove(remoteAddress, ports);
    } else {
      while (at !== null && at.next !== endpoint) at = at.next;
      if (at === null) return;
      at.next = endpoint.next;
    }
    endpoint.next = null;
    this.size--;
  }

  /** All of them, for /proc/net/tcp and ss. */
  list(): Endpoint[] {
    const found: Endpoint[] = [];
    for (let row = 0; row < this.#rows.rows; row++)
      for (let e = this.#first[row] ?? null; e !== null; e = e.next) found.push(e);
    return found;
  }
}
