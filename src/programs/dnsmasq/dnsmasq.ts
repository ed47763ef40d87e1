import { errorText, KernelError } from "../../net/kernel-error.ts";
import { type Program, SIGINT, SIGTERM, type Wait } from "../../sim/process.ts";
import { SECOND } from "../../sim/time.ts";
import { WaitQueue } from "../../sim/wait-queue.ts";
import * as dns from "../../wire/dns.ts";
import { build } from "../../wire/dns-build.ts";
import * as ip from "../../wire/ipv4-address.ts";
import { absolutePath, type ProgramContext } from "../program-context.ts";
import { ProgramExit } from "../program-exit.ts";
import { askServer } from "../resolver/ask-server.ts";
import { type DnsClient, DnsServer } from "../resolver/dns-server.ts";
import { type DnsmasqOptions, dnsmasqOptions } from "./dnsmasq-options.ts";
import { LocalNames } from "./local-names.ts";

const FOREVER: number = Number.POSITIVE_INFINITY;
/** How long an answer from another server is waited for (TIMEOUT of dnsmasq). */
const PATIENCE = 10 * SECOND;

/** `dnsmasq` 2.90 as a name server: no DHCP, no TFTP, no cache. */
export function* dnsmasq(context: ProgramContext): Program {
  try {
    const options = dnsmasqOptions(context);
    const server = new Dnsmasq(context, options);
    server.listen();
    if (options.foreground !== null) return yield* server.run(context);
    server.openPidFile();
    const pid = context.fork((child) => server.run(child), "daemon");
    server.writePid(pid);
    return 0;
  } catch (error) {
    if (!(error instanceof ProgramExit)) throw error;
    if (error.status === 0) context.out(error.message);
    else context.err(error.message);
    return error.status;
  }
}

class Dnsmasq {
  readonly #context: ProgramContext;
  readonly #o: DnsmasqOptions;
  readonly #names: LocalNames;
  readonly #servers: DnsServer[] = [];

  constructor(context: ProgramContext, options: DnsmasqOptions) {
    this.#context = context;
    this.#o = options;
    this.#names = new LocalNames(context, options);
  }

  /** @throws {ProgramExit} */
  listen(): void {
    const { namespace } = this.#context;
    const own = namespace.devices.flatMap((device) => device.ipv4.addresses.map(({ address }) => address));
    const wanted = this.#o.listen.length > 0 ? this.#o.listen : own;
    for (const address of wanted) {
      try {
        const respond = (question: dns.DnsMessage, client: DnsClient) => this.#respond(question, client);
        this.#servers.push(new DnsServer(namespace, address, this.#o.port, respond));
      } catch (error) {
        if (!(error instanceof KernelError)) throw error;
        this.#stop();
        const where = this.#o.listen.length > 0 ? ip.format(address) : `port ${this.#o.port}`;
        const words = `failed to create listening socket for ${where}: ${errorText[error.errno]}`;
        throw new ProgramExit(2, `\ndnsmasq: ${words}\n`);
      }
    }
  }

  /** @throws {ProgramExit} when there can be none */
  openPidFile(): void {
    const { files } = this.#context;
    if (this.#o.pidFile === null) return;
    const path = absolutePath(this.#context, this.#o.pidFile);
    try {
      files.write(path, "");
    } catch (error) {
      this.#stop();
      // It must not have been there before (O_EXCL).
      const words = files.stat(path) === null ? (error as Error).message : "File exists";
      throw new ProgramExit(3, `\ndnsmasq: failed to open pidfile ${this.#o.pidFile}: ${words}\n`);
    }
  }

  writePid(pid: number): void {
    if (this.#o.pidFile !== null)
      this.#context.files.write(absolutePath(this.#context, this.#o.pidFile), `${pid}\n`);
  }

  /** Serves until a signal ends it. */
  *run(context: ProgramContext): Program {
    const ended = new WaitQueue();
    let isOver = false;
    const say = (text: string): void => {
      if (this.#o.foreground === "debug") context.err(`dnsmasq: ${text}\n`);
    };
    context.onSignal((signal) => {
      if (signal !== SIGTERM && signal !== SIGINT) return false;
      isOver = true;
      ended.notify();
      return true;
    });
    try {
      say("started, version 2.90 cachesize 150");
      for (const line of this.#names.greeting) say(line);
      while (!isOver) yield { on: [ended], until: FOREVER };
      say("exiting on receipt of SIGTERM");
      return 0;
    } finally {
      this.#stop();
    }
  }

  #stop(): void {
    for (const server of this.#servers) server.stop();
  }

  *#respond(query: dns.DnsMessage, client: DnsClient): Generator<Wait, Uint8Array | null, void> {
    const [question] = query.questions;
    if (question === undefined || query.flags.opcode !== 0)
      return this.#octets(query, client, { rcode: dns.NOTIMP }, []);
    this.#log(`query[${dns.typeName(question.type)}] ${question.name} from ${ip.format(client.address)}`);
    const found = this.#names.answer(question);
    if (found.kind === "records") {
      const flags = { authoritative: true, recursionAvailable: true };
      return this.#octets(query, client, flags, found.records, found.additionals);
    }
    if (found.kind === "nothing")
      return this.#octets(query, client, { recursionAvailable: true, rcode: found.rcode }, []);
    for (const { address, port } of found.servers) {
      const from = this.#context.namespace;
      const until = from.world.now + PATIENCE;
      this.#log(`forwarded ${question.name} to ${ip.format(address)}`);
      const answer = yield* askServer({ address, port, from }, query, client.transport, until);
      if (answer !== null) return build(answer);
    }
    if (found.servers.length > 0) return null;
    return this.#octets(query, client, { recursionAvailable: true, rcode: dns.REFUSED }, []);
  }

  #log(text: string): void {
    if (this.#o.logQueries && this.#o.foreground === "debug") this.#context.err(`dnsmasq: ${text}\n`);
  }

  #octets(
    query: dns.DnsMessage,
    client: DnsClient,
    flags: Partial<dns.DnsFlags>,
    answers: readonly dns.DnsRecord[],
    additionals: readonly dns.DnsRecord[] = [],
  ): Uint8Array {
    const opt = query.additionals.some(({ type }) => type === dns.TYPE_OPT) ? [dns.optRecord(1232)] : [];
    const whole = { ...dns.reply(query, flags, answers), additionals: [...additionals, ...opt] };
    const octets = build(whole);
    if (client.transport === "tcp" || octets.length <= dns.udpSize(query)) return octets;
    return build({ ...dns.reply(query, { ...flags, truncated: true }, []), additionals: opt });
  }
}
