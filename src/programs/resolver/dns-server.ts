import { KernelError } from "../../net/kernel-error.ts";
import type { NetworkNamespace } from "../../net/network-namespace.ts";
import { TcpListener } from "../../net/tcp/tcp-listener.ts";
import type { TcpSocket } from "../../net/tcp/tcp-socket.ts";
import { UdpSocket } from "../../net/udp-socket.ts";
import { Process, type Program, type Wait } from "../../sim/process.ts";
import type { Nanos } from "../../sim/time.ts";
import type { DnsMessage } from "../../wire/dns.ts";
import { parseOctets } from "../../wire/dns-parse.ts";
import { receiveSome, sendAll } from "../http/socket-io.ts";
import { DnsStream, framed } from "./dns-over-tcp.ts";

const FOREVER: Nanos = Number.POSITIVE_INFINITY;
const CHUNK = 65_537;
const BACKLOG = 128;
const SIGKILL = 9;

/** Who asks: over what, and from where (int32). */
export interface DnsClient {
  readonly transport: "udp" | "tcp";
  readonly address: number;
  readonly port: number;
}

/** Finds the answer to a question, which may take time: the octets to send, or null for none. */
type DnsResponder = (question: DnsMessage, client: DnsClient) => Generator<Wait, Uint8Array | null, void>;

/**
 * A name server over UDP and TCP at one address. Each question is a process of its own, so that one which waits for another
 * server holds nobody up. What is no message, or an answer, is passed over.
 */
export class DnsServer {
  readonly #ns: NetworkNamespace;
  readonly #respond: DnsResponder;
  readonly #udp: UdpSocket;
  readonly #tcp: TcpListener;
  readonly #processes: Set<Process> = new Set();

  /** Listens; port 0 takes free ones, UDP and TCP each their own. @throws {KernelError} EADDRINUSE, EADDRNOTAVAIL */
  constructor(
    ns: NetworkNamespace,
    address: number,
    port: number,
    respond: DnsResponder,
    backlog: number = BACKLOG,
  ) {
    this.#ns = ns;
    this.#respond = respond;
    this.#udp = new UdpSocket(ns);
    this.#tcp = new TcpListener(ns);
    try {
      this.#udp.bind(address, port);
      this.#tcp.reuseAddress = true;
      this.#tcp.listen(address, port, backlog);
    } catch (error) {
      this.stop();
      throw error;
    }
    this.#start(this.#datagrams());
    this.#start(this.#connections());
  }

  get udpPort(): number {
    return this.#udp.localPort;
  }

  get tcpPort(): number {
    return this.#tcp.localPort;
  }

  stop(): void {
    for (const process of [...this.#processes]) process.kill(SIGKILL);
    this.#processes.clear();
    this.#udp.close();
    this.#tcp.close();
  }

  #start(program: Program): void {
    const process = new Process(
      this.#ns.world,
      (function* (done: () => void): Program {
        try {
          return yield* program;
        } finally {
          done();
        }
      })(() => this.#processes.delete(process)),
    );
    this.#processes.add(process);
  }

  *#datagrams(): Program {
    for (;;) {
      for (let d = this.#udp.receive(); d !== null; d = this.#udp.receive()) {
        const question = parseOctets(d.payload);
        if (question === null || question.flags.response) continue;
        this.#start(this.#answerDatagram(question, { transport: "udp", address: d.src, port: d.srcPort }));
      }
      yield { on: [this.#udp.readable], until: FOREVER };
    }
  }

  *#answerDatagram(question: DnsMessage, client: DnsClient): Program {
    const answer = yield* this.#respond(question, client);
    if (answer === null) return 0;
    try {
      this.#udp.sendTo(client.address, client.port, answer);
    } catch (error) {
      if (!(error instanceof KernelError)) throw error;
    }
    return 0;
  }

  *#connections(): Program {
    for (;;) {
      for (let s = this.#tcp.accept(); s !== null; s = this.#tcp.accept()) this.#start(this.#serve(s));
      yield { on: [this.#tcp.readable], until: FOREVER };
    }
  }

  *#serve(socket: TcpSocket): Program {
    const client: DnsClient = { transport: "tcp", address: socket.remoteAddress, port: socket.remotePort };
    const stream = new DnsStream();
    try {
      for (;;) {
        const some = yield* receiveSome(socket, CHUNK, FOREVER);
        if (some === null || some.length === 0) return 0;
        for (const octets of stream.take(some)) {
          const question = parseOctets(octets);
          if (question === null || question.flags.response) continue;
          const answer = yield* this.#respond(question, client);
          if (answer !== null) yield* sendAll(socket, framed(answer), FOREVER);
        }
      }
    } catch (error) {
      if (!(error instanceof KernelError)) throw error;
      return 0;
    } finally {
      socket.close();
    }
  }
}
