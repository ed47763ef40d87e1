import { mix } from "../base/mix.ts";
import type { IpvsConnection } from "./connection.ts";

/** Finds connections from both sides: they hang in chains by protocol and client, which both directions name. */
export class ConnectionTable {
  #heads: (IpvsConnection | null)[] = new Array<IpvsConnection | null>(16).fill(null);
  #shift = 28;
  size = 0;

  add(connection: IpvsConnection): void {
    if (this.size >= this.#heads.length) this.#grow();
    const slot = this.#slot(connection.protocol, connection.clientAddress, connection.clientPort);
    connection.next = this.#heads[slot]!;
    this.#heads[slot] = connection;
    connection.hashed = true;
    this.size++;
  }

  /** False when it was not there. */
  remove(connection: IpvsConnection): boolean {
    if (!connection.hashed) return false;
    const slot = this.#slot(connection.protocol, connection.clientAddress, connection.clientPort);
    let before: IpvsConnection | null = null as IpvsConnection | null;
    for (let at: IpvsConnection = this.#heads[slot]!; at !== connection; at = at.next!) before = at;
    if (before === null) this.#heads[slot] = connection.next;
    else before.next = connection.next;
    connection.next = null;
    connection.hashed = false;
    this.size--;
    return true;
  }

  /** The connection of a packet from the client: `src` and `dst` as the packet has them (ip_vs_conn_in_get). */
  findIn(
    protocol: number,
    src: number,
    srcPort: number,
    dst: number,
    dstPort: number,
  ): IpvsConnection | null {
    for (
      let c: IpvsConnection | null = this.#heads[this.#slot(protocol, src, srcPort)]!;
      c !== null;
      c = c.next
    )
      if (
        c.clientPort === srcPort &&
        c.clientAddress === src &&
        c.virtualAddress === dst &&
        c.virtualPort === dstPort &&
        c.protocol === protocol &&
        !c.isTemplate
      )
        return c;
    return null;
  }

  /** The template of a client (ip_vs_ct_in_get). */
  findTemplate(
    protocol: number,
    client: number,
    virtualAddress: number,
    virtualPort: number,
  ): IpvsConnection | null {
    for (let c: IpvsConnection | null = this.#heads[this.#slot(protocol, client, 0)]!; c !== null; c = c.next)
      if (
        c.clientPort === 0 &&
        c.clientAddress === client &&
        c.virtualAddress === virtualAddress &&
        c.virtualPort === virtualPort &&
        c.protocol === protocol &&
        c.isTemplate
      )
        return c;
    return null;
  }

  /** The connection of a packet to the client, `src` being the real server or, without NAT, the virtual address (ip_vs_conn_out_get). */
  findOut(
    protocol: number,
    src: number,
    srcPort: number,
    dst: number,
    dstPort: number,
  ): IpvsConnection | null {
    for (
      let c: IpvsConnection | null = this.#heads[this.#slot(protocol, dst, dstPort)]!;
      c !== null;
      c = c.next
    )
      if (
        c.clientPort === dstPort &&
        c.clientAddress === dst &&
        c.answersFromPort === srcPort &&
        c.answersFrom === src &&
        c.protocol === protocol
      )
        return c;
    return null;
  }

  /** All of them, chain by chain. */
  *list(): Generator<IpvsConnection> {
    for (const head of [...this.#heads]) {
      let next: IpvsConnection | null;
      for (let c = head; c !== null; c = next) {
        next = c.next;
        yield c;
      }
    }
  }

  #slot(protocol: number, address: number, port: number): number {
    return mix(address, port + (protocol << 16)) >>> this.#shift;
  }

  #grow(): void {
    const all = [...this.list()].reverse();
    this.#heads = new Array<IpvsConnection | null>(this.#heads.length * 2).fill(null);
    this.#shift--;
    this.size = 0;
    for (const connection of all) this.add(connection);
  }
}
