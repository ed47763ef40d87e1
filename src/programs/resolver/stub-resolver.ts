import type { Prng } from "../../base/prng.ts";
import { KernelError } from "../../net/kernel-error.ts";
import type { NetworkNamespace } from "../../net/network-namespace.ts";
import { UdpSocket } from "../../net/udp-socket.ts";
import type { Wait } from "../../sim/process.ts";
import { type Nanos, SECOND } from "../../sim/time.ts";
import * as dns from "../../wire/dns.ts";
import { build } from "../../wire/dns-build.ts";
import { parseOctets } from "../../wire/dns-parse.ts";
import { pause, STEP } from "../http/socket-io.ts";
import { askOverTcp } from "./dns-over-tcp.ts";
import type { ResolvConf } from "./resolv-conf.ts";

/** Why no server answered: nobody was there, all were silent, or all failed themselves. */
type ResolverFailure = "refused" | "timeout" | "servfail";

/** The answer to each question, null where none came; at least the first is one, else there is a failure. */
export type ResolverAnswers = readonly (dns.DnsMessage | null)[] | ResolverFailure;

/** How one server took the questions. */
type Attempt = readonly (dns.DnsMessage | null)[] | "next" | "truncated";

/**
 * The questions of a program that goes to its name servers as glibc's resolver does (res_send.c): all questions at once from
 * one connected socket; the next server after silence or failure; one question after the other once only one of two was
 * answered; TCP for what does not fit. It holds sockets: close it.
 */
export class StubResolver {
  readonly #ns: NetworkNamespace;
  readonly #conf: ResolvConf;
  readonly #prng: Prng;
  readonly #sockets: Map<number, UdpSocket> = new Map();
  #single: boolean;
  #reopen: boolean;
  /** Some server took a question at all. */
  #gotSomewhere = false;
  #sawFailure = false;

  constructor(ns: NetworkNamespace, conf: ResolvConf, prng: Prng) {
    this.#ns = ns;
    this.#conf = conf;
    this.#prng = prng;
    this.#single = conf.singleRequest;
    this.#reopen = conf.singleRequestReopen;
  }

  get #now(): Nanos {
    return this.#ns.world.now;
  }

  close(): void {
    for (const socket of this.#sockets.values()) socket.close();
    this.#sockets.clear();
  }

  /** Asks for the records of these types. */
  *ask(name: string, types: readonly number[]): Generator<Wait, ResolverAnswers, void> {
    const questions = types.map((type) => dns.query(this.#prng.below(0x1_0000), name, type));
    this.#gotSomewhere = false;
    this.#sawFailure = false;
    const { servers, attempts } = this.#conf;
    let tcp = this.#conf.useTcp;
    try {
      for (let attempt = 0; attempt < attempts; attempt++) {
        for (const [index, server] of servers.entries()) {
          let result: Attempt = "truncated";
          if (!tcp) result = yield* this.#overUdp(server, index, questions);
          if (result === "truncated") {
            tcp = true;
            result = this.#judge(yield* askOverTcp(this.#ns, server, dns.PORT, questions));
          }
          if (typeof result !== "string") return result;
        }
      }
    } finally {
      this.close();
    }
    if (this.#sawFailure) return "servfail";
    return this.#gotSomewhere || tcp ? "timeout" : "refused";
  }

  /** Later servers are waited for longer, but the time is shared by all. */
  #patience(index: number): Nanos {
    const seconds = (this.#conf.timeout / SECOND) * 2 ** index;
    return Math.max(1, index > 0 ? Math.floor(seconds / this.#conf.servers.length) : seconds) * SECOND;
  }

  #socketTo(server: number): UdpSocket | null {
    const known = this.#sockets.get(server);
    if (known !== undefined) return known;
    const socket = new UdpSocket(this.#ns);
    socket.receiveErrors = true;
    try {
      socket.connect(server, dns.PORT);
    } catch (error) {
      socket.close();
      if (!(error instanceof KernelError)) throw error;
      return null;
    }
    this.#sockets.set(server, socket);
    return socket;
  }

  #drop(server: number): void {
    this.#sockets.get(server)?.close();
    this.#sockets.delete(server);
  }

  *#overUdp(
    server: number,
    index: number,
    questions: readonly dns.DnsMessage[],
  ): Generator<Wait, Attempt, void> {
    for (;;) {
      const socket = this.#socketTo(server);
      if (socket === null) return "next";
      const round = new Round(questions);
      const result = yield* this.#round(socket, server, round, this.#now + this.#patience(index));
      if (result !== "again") return result;
    }
  }

  /** Sends what is still to be answered and waits; "again" when the same server is to be asked in another way. */
  *#round(
    first: UdpSocket,
    server: number,
    round: Round,
    until: Nanos,
  ): Generator<Wait, Attempt | "again", void> {
    let socket = first;
    try {
      yield* this.#send(socket, round);
      for (;;) {
        const datagram = socket.receive();
        if (datagram === null) {
          if (socket.takeError() !== null) {
            this.#drop(server);
            return "next";
          }
          if (this.#now >= until) return this.#silence(server, round);
          yield { on: [socket.readable], until };
          continue;
        }
        const answer = parseOctets(datagram.payload);
        if (answer === null || !round.take(answer)) continue;
        if (answer.flags.truncated) return "truncated";
        if (round.isComplete) return this.#judge(round.answers);
        if (!this.#single) continue;
        if (this.#reopen) {
          this.#drop(server);
          const next = this.#socketTo(server);
          if (next === null) return "next";
          socket = next;
        }
        yield* this.#send(socket, round);
      }
    } catch (error) {
      if (!(error instanceof KernelError)) throw error;
      this.#drop(server);
      return "next";
    }
  }

  *#send(socket: UdpSocket, round: Round): Generator<Wait, void, void> {
    const open = round.unanswered;
    for (const [i, question] of open.entries()) {
      // Between two datagrams of one sendmmsg(2) others may run (cond_resched).
      if (i > 0) yield* pause(this.#now, STEP);
      socket.send(build(question));
      if (this.#single) return;
    }
  }

  #silence(server: number, round: Round): Attempt | "again" {
    if (!round.isPartial) {
      this.#gotSomewhere = true;
      return "next";
    }
    // Some servers and firewalls do not take two questions from one socket.
    if (!this.#single) this.#single = true;
    else if (!this.#reopen) {
      this.#reopen = true;
      this.#drop(server);
    } else return this.#judge(round.answers);
    return "again";
  }

  /** A server that failed is no answer; one good answer is. */
  #judge(answers: readonly (dns.DnsMessage | null)[]): Attempt {
    const good = answers.map((answer) => (answer !== null && !isFailure(answer) ? answer : null));
    if (good[0] != null) return good;
    if (answers.some((answer) => answer !== null)) this.#sawFailure = true;
    return "next";
  }
}

function isFailure({ flags }: dns.DnsMessage): boolean {
  return flags.rcode === dns.SERVFAIL || flags.rcode === dns.NOTIMP || flags.rcode === dns.REFUSED;
}

/** The questions to one server and what has been answered. */
class Round {
  readonly #questions: readonly dns.DnsMessage[];
  readonly answers: (dns.DnsMessage | null)[];

  constructor(questions: readonly dns.DnsMessage[]) {
    this.#questions = questions;
    this.answers = questions.map(() => null);
  }

  get unanswered(): readonly dns.DnsMessage[] {
    return this.#questions.filter((_, i) => this.answers[i] === null);
  }

  get isComplete(): boolean {
    return this.answers.every((answer) => answer !== null);
  }

  get isPartial(): boolean {
    return this.answers.some((answer) => answer !== null);
  }

  /** True if it answers one of the questions. */
  take(answer: dns.DnsMessage): boolean {
    const index = this.#questions.findIndex((question) => answers(question, answer));
    if (index < 0 || this.answers[index] !== null) return false;
    this.answers[index] = answer;
    return true;
  }
}

/** The same number, and the same question (res_queriesmatch). */
export function answers(question: dns.DnsMessage, answer: dns.DnsMessage): boolean {
  if (!answer.flags.response || answer.id !== question.id) return false;
  const asked = question.questions[0]!;
  const repeated = answer.questions[0];
  return (
    repeated !== undefined &&
    answer.questions.length === 1 &&
    repeated.type === asked.type &&
    repeated.class === asked.class &&
    dns.sameName(repeated.name.replace(/\.$/, ""), asked.name.replace(/\.$/, ""))
  );
}
