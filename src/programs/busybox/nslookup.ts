import { errorText, KernelError } from "../../net/kernel-error.ts";
import { UdpSocket } from "../../net/udp-socket.ts";
import type { Program, Wait } from "../../sim/process.ts";
import { MILLISECOND, type Nanos, SECOND } from "../../sim/time.ts";
import * as dns from "../../wire/dns.ts";
import { build } from "../../wire/dns-build.ts";
import { parseOctets } from "../../wire/dns-parse.ts";
import * as ip from "../../wire/ipv4-address.ts";
import * as ipv6 from "../../wire/ipv6.ts";
import { pause, STEP } from "../http/socket-io.ts";
import type { ProgramContext } from "../program-context.ts";
import { ProgramExit, runSession } from "../program-exit.ts";
import { resolveName } from "../resolve-name.ts";
import { resolvConf } from "../resolver/resolv-conf.ts";
import { appletHelp, appletMistake, appletNumber } from "./usage.ts";

const USAGE = `Usage: nslookup [-type=QUERY_TYPE] [-debug] HOST [DNS_SERVER]

Query DNS about HOST

QUERY_TYPE: soa,ns,a,aaaa,cname,mx,txt,ptr,srv,any
`;

/** The types that can be asked for, in the order in which several are asked for. */
const TYPES: readonly (readonly [string, number])[] = [
  ["soa", dns.TYPE_SOA],
  ["ns", dns.TYPE_NS],
  ["a", dns.TYPE_A],
  ["aaaa", dns.TYPE_AAAA],
  ["cname", dns.TYPE_CNAME],
  ["mx", dns.TYPE_MX],
  ["txt", dns.TYPE_TXT],
  ["ptr", dns.TYPE_PTR],
  ["srv", dns.TYPE_SRV],
  ["any", dns.TYPE_ANY],
];

const OPTIONS = ["q", "querytype", "port", "retry", "debug", "t", "type", "timeout"];

/** How many times a server that failed is asked again at once, for each question. */
const FAILED_AGAIN = 2;

/** `busybox nslookup` (1.35). */
export function nslookup(context: ProgramContext): Program {
  return runSession(context, function* () {
    const options = nslookupOptions(context.args);
    return new Nslookup(context, options, yield* serversOf(context, options));
  });
}

interface NslookupOptions {
  readonly types: Set<number>;
  port: number;
  retries: number;
  timeout: Nanos;
  debug: boolean;
  readonly host: string;
  readonly server: string | null;
}

/** @throws {ProgramExit} */
function nslookupOptions(args: readonly string[]): NslookupOptions {
  if (args[0] === "--help") throw appletHelp(USAGE);
  const usage = (): never => {
    throw appletMistake("nslookup", "", USAGE);
  };
  const first = args.findIndex((word) => !/^-./.test(word));
  const words = first < 0 ? [] : args.slice(first);
  const [host, server] = words;
  if (host === undefined || words.length > 2) return usage();
  const options: NslookupOptions = {
    types: new Set(),
    port: dns.PORT,
    retries: 2,
    timeout: 5 * SECOND,
    debug: false,
    host,
    server: server ?? null,
  };
  for (const word of args.slice(0, first)) {
    const [name, value = ""] = word.slice(1).split("=", 2) as [string, string?];
    const found = OPTIONS.find((option) => option === name) ?? OPTIONS.find((o) => o.startsWith(name));
    const number = (most?: number): number => appletNumber("nslookup", value, 1, most);
    if (found === "debug") options.debug = true;
    else if (found === "port") options.port = number(65_535);
    else if (found === "retry") options.retries = number();
    else if (found === "timeout" || found === "t") options.timeout = number() * SECOND;
    else if (found !== undefined) {
      const type = TYPES.find(([text]) => text === value.toLowerCase());
      options.types.add(type?.[1] ?? invalid(`invalid query type "${value}"`));
    } else usage();
  }
  return options;
}

function invalid(words: string): never {
  throw new ProgramExit(1, `nslookup: ${words}\n`);
}

interface NameServer {
  readonly name: string;
  readonly address: number;
}

function* serversOf(
  context: ProgramContext,
  { server }: NslookupOptions,
): Generator<Wait, readonly NameServer[], void> {
  if (server === null)
    return resolvConf(context).servers.map((address) => ({ name: ip.format(address), address }));
  const { address } = yield* resolveName(context, server);
  if (address === null) invalid(`bad address '${server}'`);
  return [{ name: server, address }];
}

/** A question, until it is answered. */
interface Query {
  readonly message: dns.DnsMessage;
  readonly name: string;
  isOpen: boolean;
}

class Nslookup {
  readonly #context: ProgramContext;
  readonly #o: NslookupOptions;
  readonly #servers: readonly NameServer[];
  readonly #queries: readonly Query[];
  #socket: UdpSocket | null = null;
  #status = 0;
  #headed = false;

  constructor(context: ProgramContext, options: NslookupOptions, servers: readonly NameServer[]) {
    this.#context = context;
    this.#o = options;
    this.#servers = servers;
    const { namespace, pid } = context;
    const prng = namespace.world.prng.fork(`${namespace.path}/nslookup/${pid}/${namespace.world.now}`);
    this.#queries = questions(context, options).map(([name, type]) => ({
      message: dns.query(prng.below(0x1_0000), name, type),
      name: name.replace(/\.$/, ""),
      isOpen: true,
    }));
  }

  close(): void {
    this.#socket?.close();
  }

  get #now(): Nanos {
    return this.#context.namespace.world.now;
  }

  *run(): Program {
    for (const server of this.#servers) {
      if (yield* this.#ask(server)) return this.#status;
      this.#socket?.close();
    }
    this.#context.out(";; connection timed out; no servers could be reached\n\n");
    return 1;
  }

  /** Sends what is open to one server, again in the middle of the time; true if it answered anything. */
  *#ask(server: NameServer): Generator<Wait, boolean, void> {
    const socket = new UdpSocket(this.#context.namespace);
    this.#socket = socket;
    const { timeout, retries, port } = this.#o;
    const began = this.#now;
    let answers = 0;
    let sentAt = Number.NEGATIVE_INFINITY;
    let again = 0;
    try {
      socket.bind(0, 0);
      socket.connect(server.address, port);
    } catch (error) {
      this.#fail(`can't connect to remote host (${ip.format(server.address)})`, error);
    }
    while (this.#now - began < timeout) {
      if (this.#now - sentAt >= timeout / retries) {
        if (!(yield* this.#send(socket, server))) return false;
        sentAt = this.#now;
        again = FAILED_AGAIN * this.#queries.length;
      }
      const datagram = socket.receive();
      if (datagram === null) {
        const error = socket.takeError();
        if (error !== null) this.#context.err(`nslookup: read: ${errorText[error]}\n`);
        else yield { on: [socket.readable], until: Math.min(sentAt + timeout / retries, began + timeout) };
        continue;
      }
      const answer = parseOctets(datagram.payload);
      const number = this.#queries.findIndex(({ message }) => message.id === answer?.id);
      const query = this.#queries[number];
      if (answer === null || !query?.isOpen) continue;
      if (answer.flags.rcode === dns.SERVFAIL && again > 0) {
        again--;
        socket.send(build(query.message));
        continue;
      }
      query.isOpen = false;
      this.#show(server, answer, query, number, this.#now - began);
      if (++answers >= this.#queries.length) break;
    }
    return answers > 0;
  }

  #fail(what: string, error: unknown): never {
    if (!(error instanceof KernelError)) throw error;
    return invalid(`${what}: ${errorText[error.errno]}`);
  }

  *#send(socket: UdpSocket, server: NameServer): Generator<Wait, boolean, void> {
    const open = this.#queries.filter(({ isOpen }) => isOpen);
    for (const [i, { message }] of open.entries()) {
      // Others may run between two system calls.
      if (i > 0) yield* pause(this.#now, STEP);
      try {
        socket.send(build(message));
      } catch (error) {
        if (!(error instanceof KernelError)) throw error;
        this.#context.err(`nslookup: write to '${server.name}': ${errorText[error.errno]}\n`);
        return false;
      }
    }
    return true;
  }

  #show(server: NameServer, answer: dns.DnsMessage, query: Query, number: number, took: Nanos): void {
    const lines: string[] = [];
    if (!this.#headed)
      lines.push(`Server:\t\t${server.name}`, `Address:\t${ip.format(server.address)}:${this.#o.port}`, "");
    this.#headed = true;
    if (this.#o.debug) lines.push(`Query #${number} completed in ${Math.floor(took / MILLISECOND)}ms:`);
    const { rcode, authoritative } = answer.flags;
    if (rcode !== dns.NOERROR) {
      lines.push(`** server can't find ${query.name}: ${dns.RCODES[rcode] ?? rcode}`);
      this.#status = 1;
    } else {
      if (!authoritative) lines.push("Non-authoritative answer:");
      else if (this.#o.debug) lines.push("authoritative answer:");
      for (const record of answer.answers) lines.push(...recordLines(record));
    }
    this.#context.out(`${lines.join("\n")}\n\n`);
  }
}

/** What is asked: the types that were named, else the name of an address, else both kinds of addresses of a name. */
function questions(context: ProgramContext, { host, types }: NslookupOptions): (readonly [string, number])[] {
  if (types.size === 0) {
    const address = ip.parse(host);
    if (address !== null) return [[dns.reverseName(address), dns.TYPE_PTR]];
  }
  const wanted = types.size === 0 ? [dns.TYPE_A, dns.TYPE_AAAA] : TYPES.map(([, type]) => type);
  return wanted
    .filter((type) => types.size === 0 || types.has(type))
    .flatMap((type) => {
      const { search } = resolvConf(context);
      if (type === dns.TYPE_PTR || search.length === 0 || host.includes(".")) return [[host, type] as const];
      // A name without a dot is asked for in each domain of the search list, and nowhere else.
      return search.map((domain) => [domain === "." ? host : `${host}.${domain}`, type] as const);
    });
}

function recordLines({ name, type, data }: dns.DnsRecord): readonly string[] {
  switch (data.kind) {
    case "address":
      return [`Name:\t${name}`, `Address: ${ip.format(data.address)}`];
    case "address6":
      return [`Name:\t${name}`, `Address: ${ipv6.formatAddress(viewOf(data.octets), 0)}`];
    case "name": {
      const word = type === dns.TYPE_CNAME ? "canonical name" : type === dns.TYPE_NS ? "nameserver" : "name";
      return [`${name}\t${word} = ${data.name}`];
    }
    case "mx":
      return [`${name}\tmail exchanger = ${data.preference} ${data.name}`];
    case "srv":
      return [`${name}\tservice = ${data.priority} ${data.weight} ${data.port} ${data.name}`];
    case "text":
      return [`${name}\ttext = "${data.strings[0] ?? ""}"`];
    case "soa": {
      const [serial, refresh, retry, expire, minimum] = data.numbers;
      return [
        name,
        `\torigin = ${data.name}`,
        `\tmail addr = ${data.mailbox}`,
        `\tserial = ${serial}`,
        `\trefresh = ${refresh}`,
        `\tretry = ${retry}`,
        `\texpire = ${expire}`,
        `\tminimum = ${minimum}`,
      ];
    }
    default:
      return [];
  }
}

function viewOf(octets: Uint8Array): DataView {
  return new DataView(octets.buffer, octets.byteOffset, octets.length);
}
