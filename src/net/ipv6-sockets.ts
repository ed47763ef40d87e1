import type { Process } from "../sim/process.ts";
import { KernelError } from "./kernel-error.ts";

/** A socket of IPv6 that hears nothing of IPv4 (IPV6_V6ONLY). */
interface Ipv6Socket {
  readonly protocol: "tcp" | "udp";
  /** `::` for any. */
  readonly address: string;
  readonly port: number;
  /** How many connections may wait; 0 for UDP. */
  readonly backlog: number;
  /** The process that has it open, and as which file. */
  opener: Process | null;
  readonly fd: number;
}

/** The IPv6 sockets of a namespace: nobody reaches them, since nothing is sent over IPv6 here, but they are there and shown. */
export class Ipv6Sockets {
  readonly #all: Set<Ipv6Socket> = new Set();

  /** By protocol, then by port. */
  list(protocol: Ipv6Socket["protocol"]): readonly Ipv6Socket[] {
    return [...this.#all].filter((s) => s.protocol === protocol).sort((a, b) => a.port - b.port);
  }

  /** Binds, and listens where it is TCP. @throws {KernelError} EADDRINUSE */
  open(socket: Ipv6Socket): Ipv6Socket {
    for (const { protocol, address, port } of this.#all) {
      const same = address === "::" || socket.address === "::" || address === socket.address;
      if (protocol === socket.protocol && port === socket.port && same) throw new KernelError("EADDRINUSE");
    }
    this.#all.add(socket);
    return socket;
  }

  close(socket: Ipv6Socket): void {
    this.#all.delete(socket);
  }
}
