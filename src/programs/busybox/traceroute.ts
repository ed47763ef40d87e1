import { errorText, KernelError } from "../../net/kernel-error.ts";
import { type RawDatagram, RawSocket } from "../../net/raw-socket.ts";
import { UdpSocket } from "../../net/udp-socket.ts";
import type { Program, Wait } from "../../sim/process.ts";
import { MILLISECOND, type Nanos, SECOND } from "../../sim/time.ts";
import * as icmp from "../../wire/icmp.ts";
import * as ipv4 from "../../wire/ipv4.ts";
import * as ip from "../../wire/ipv4-address.ts";
import * as udp from "../../wire/udp.ts";
import { isCapable } from "../credentials.ts";
import { getopt } from "../getopt.ts";
import { pause } from "../http/socket-io.ts";
import type { ProgramContext } from "../program-context.ts";
import { ProgramExit, runSession } from "../program-exit.ts";
import { nameOf, resolveName } from "../resolve-name.ts";
import { appletHelp, appletMistake, appletNumber } from "./usage.ts";

const USAGE = `Usage: traceroute [-46Flnrv] [-f 1ST_TTL] [-m MAXTTL] [-q PROBES] [-p PORT]
	[-t TOS] [-w WAIT_SEC] [-s SRC_IP] [-i IFACE]
	[-z PAUSE_MSEC] HOST [BYTES]

Trace the route to HOST

	-4,-6	Force IP or IPv6 name resolution
	-F	Set don't fragment bit
	-l	Display TTL value of the returned packet
	-n	Print numeric addresses
	-r	Bypass routing tables, send directly to HOST
	-v	Verbose
	-f N	First number of hops (default 1)
	-m N	Max number of hops
	-q N	Number of probes per hop (default 3)
	-p N	Base UDP port number used in probes
		(default 33434)
	-s IP	Source address
	-i IFACE Source interface
	-t N	Type-of-service in probe packets (default 0)
	-w SEC	Wait for a response (default 3)
	-z MSEC	Wait before each send
`;

const HEADERS = ipv4.HEADER_LEN + udp.HEADER_LEN;
/** Its probes are 46 octets long: 38 of its own structure and 8 more. */
const LENGTH = 46;

interface TracerouteOptions {
  readonly host: string;
  readonly length: number;
  readonly icmp: boolean;
  readonly numeric: boolean;
  readonly showsTtl: boolean;
  readonly verbose: boolean;
  readonly dontFragment: boolean;
  readonly firstHop: number;
  readonly maxHops: number;
  readonly probes: number;
  readonly port: number;
  readonly source: string | null;
  readonly device: string | null;
  readonly tos: number;
  readonly wait: Nanos;
  readonly gap: Nanos;
}

/** What came back for a probe. */
interface Answer {
  readonly from: number;
  readonly at: Nanos;
  readonly ttl: number;
  readonly length: number;
  /** Nothing lies behind. */
  readonly final: boolean;
  readonly unreachable: boolean;
  readonly mark: string;
}

/** `busybox traceroute` (1.35): one probe after the other. */
export function busyboxTraceroute(context: ProgramContext): Program {
  return runSession(context, function* () {
    const options = tracerouteOptions(context.args);
    const { address } = yield* resolveName(context, options.host);
    if (address === null) fail(`bad address '${options.host}'`);
    if (!isCapable(context.credentials, "NET_RAW")) fail(`socket: ${errorText.EPERM}`);
    return new BusyboxTraceroute(context, options, address);
  });
}

function fail(words: string): never {
  throw new ProgramExit(1, `traceroute: ${words}\n`);
}

/** @throws {ProgramExit} */
function tracerouteOptions(args: readonly string[]): TracerouteOptions {
  if (args.includes("--help")) throw appletHelp(USAGE);
  const { options, operands } = getopt(args, "46FIlnrvf:i:m:p:q:s:t:w:z:");
  const letters = new Map<string, string>();
  for (const { name, value, message } of options) {
    if (name === "?") throw appletMistake("traceroute", message, USAGE);
    letters.set(name, value);
  }
  const [host, bytes] = operands;
  if (host === undefined) throw appletMistake("traceroute", "", USAGE);
  const number = (text: string | undefined, usual: number, least: number, most?: number): number =>
    text === undefined ? usual : appletNumber("traceroute", text, least, most);
  const maxHops = number(letters.get("m"), 30, 1, 255);
  return {
    host,
    length: number(bytes, LENGTH, HEADERS, 32_768),
    icmp: letters.has("I"),
    numeric: letters.has("n"),
    showsTtl: letters.has("l"),
    verbose: letters.has("v"),
    dontFragment: letters.has("F"),
    firstHop: number(letters.get("f"), 1, 1, maxHops),
    maxHops,
    probes: number(letters.get("q"), 3, 1),
    port: number(letters.get("p"), 33_434, 1, 65_535),
    source: letters.get("s") ?? null,
    device: letters.get("i") ?? null,
    tos: number(letters.get("t"), 0, 0, 255),
    wait: number(letters.get("w"), 3, 1, 86_400) * SECOND,
    gap: number(letters.get("z"), 0, 0, 86_400_000) * MILLISECOND,
  };
}

class BusyboxTraceroute {
  readonly #context: ProgramContext;
  readonly #o: TracerouteOptions;
  readonly #destination: number;
  readonly #raw: RawSocket;
  readonly #udp: UdpSocket;
  readonly #identifier: number;
  #sequence = 0;

  constructor(context: ProgramContext, options: TracerouteOptions, destination: number) {
    this.#context = context;
    this.#o = options;
    this.#destination = destination;
    this.#identifier = (context.pid & 0xffff) | 0x8000;
    this.#raw = new RawSocket(context.namespace, ipv4.PROTO_ICMP);
    this.#udp = new UdpSocket(context.namespace);
    try {
      this.#configure();
    } catch (error) {
      this.close();
      throw error;
    }
  }

  close(): void {
    this.#raw.close();
    this.#udp.close();
  }

  get #now(): Nanos {
    return this.#context.namespace.world.now;
  }

  #configure(): void {
    const { source, device, tos, dontFragment } = this.#o;
    const address = source === null ? 0 : (ip.parse(source) ?? fail(`bad address '${source}'`));
    const ifindex = device === null ? 0 : this.#context.namespace.device(device)?.ifindex;
    if (ifindex === undefined) fail(`can't bind to interface ${device}: ${errorText.ENODEV}`);
    for (const socket of [this.#udp, this.#raw]) {
      socket.tos = tos;
      socket.boundTo = ifindex;
      socket.mtuDiscovery = dontFragment ? "do" : "dont";
    }
    try {
      this.#udp.bind(address, this.#identifier);
      if (address !== 0) this.#raw.bind(address);
    } catch (error) {
      if (!(error instanceof KernelError)) throw error;
      fail(`bind: ${errorText[error.errno]}`);
    }
  }

  *run(): Program {
    const { host, length, firstHop, maxHops, probes, gap } = this.#o;
    const text = ip.format(this.#destination);
    this.#context.out(`traceroute to ${host} (${text}), ${maxHops} hops max, ${length} byte packets\n`);
    for (let ttl = firstHop; ttl <= maxHops; ttl++) {
      this.#context.out(`${String(ttl).padStart(2)}`);
      let last: number | null = null;
      let arrived = false;
      let unreachable = 0;
      for (let probe = 0; probe < probes; probe++) {
        if (probe > 0 && gap > 0) yield* pause(this.#now, gap);
        const sent = this.#now;
        this.#send(ttl);
        const answer = yield* this.#wait(sent + this.#o.wait);
        if (answer === null) {
          this.#context.out("  *");
          continue;
        }
        if (answer.from !== last) yield* this.#showAddress(answer);
        last = answer.from;
        this.#context.out(`  ${((answer.at - sent) / MILLISECOND).toFixed(3)} ms`);
        if (this.#o.showsTtl && this.#o.icmp) this.#context.out(` (${answer.ttl})`);
        if (answer.mark !== "") this.#context.out(` ${answer.mark}`);
        if (answer.unreachable) unreachable++;
        arrived ||= answer.final;
      }
      this.#context.out("\n");
      if (arrived || (unreachable > 0 && unreachable >= probes - 1)) break;
    }
    return 0;
  }

  *#showAddress(answer: Answer): Generator<Wait, void, void> {
    const text = ip.format(answer.from);
    if (this.#o.numeric) this.#context.out(`  ${text}`);
    else this.#context.out(`  ${(yield* nameOf(this.#context, answer.from)) ?? text} (${text})`);
    if (!this.#o.verbose) return;
    const to =
      this.#udp.localAddress === 0 ? this.#sourceText(answer.from) : ip.format(this.#udp.localAddress);
    this.#context.out(` ${answer.length} bytes to ${to}`);
  }

  #sourceText(to: number): string {
    const probe = new UdpSocket(this.#context.namespace);
    try {
      probe.connect(to, this.#o.port);
      return ip.format(probe.localAddress);
    } catch {
      return ip.format(0);
    } finally {
      probe.close();
    }
  }

  #send(ttl: number): void {
    const { length, port } = this.#o;
    this.#sequence++;
    try {
      if (this.#o.icmp) {
        this.#raw.ttl = ttl;
        this.#raw.sendTo(this.#destination, this.#echo(length - ipv4.HEADER_LEN));
      } else {
        this.#udp.ttl = ttl;
        this.#udp.sendTo(this.#destination, port + this.#sequence, new Uint8Array(length - HEADERS));
      }
    } catch (error) {
      if (!(error instanceof KernelError)) throw error;
      this.#context.out("\n");
      fail(`sendto: ${errorText[error.errno]}`);
    }
  }

  #echo(length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    const view = new DataView(bytes.buffer);
    icmp.emit(
      { kind: "echo-request", identifier: this.#identifier, sequence: this.#sequence & 0xffff },
      view,
      0,
    );
    icmp.fillChecksum(view, 0, length);
    return bytes;
  }

  /** The answer to the last probe, or null when none came in time. */
  *#wait(until: Nanos): Generator<Wait, Answer | null, void> {
    for (;;) {
      for (let d = this.#raw.receive(); d !== null; d = this.#raw.receive()) {
        const answer = this.#read(d);
        if (answer !== null) return answer;
      }
      if (this.#now >= until) return null;
      yield { on: [this.#raw.readable], until };
    }
  }

  #read(datagram: RawDatagram): Answer | null {
    const { bytes, src: from, at, ttl } = datagram;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const start = ipv4.headerLength(view, 0);
    const length = bytes.length - start;
    if (length < icmp.HEADER_LEN) return null;
    const type = icmp.type(view, start);
    const code = icmp.code(view, start);
    const found = { from, at, ttl, length };
    if (type === icmp.ECHO_REPLY && this.#o.icmp) {
      const mine = icmp.identifier(view, start) === this.#identifier;
      if (!mine || icmp.sequence(view, start) !== (this.#sequence & 0xffff)) return null;
      return { ...found, final: true, unreachable: false, mark: "" };
    }
    const exceeded = type === icmp.TIME_EXCEEDED && code === icmp.TTL_EXCEEDED;
    if (!exceeded && type !== icmp.DESTINATION_UNREACHABLE) return null;
    if (!this.#isMine(view, start + icmp.HEADER_LEN, bytes.length)) return null;
    if (exceeded) return { ...found, final: false, unreachable: false, mark: "" };
    const reached = code === icmp.PORT_UNREACHABLE;
    return {
      ...found,
      final: reached,
      unreachable: !reached,
      mark: reached ? "" : markOf(code, icmp.mtu(view, start)),
    };
  }

  /** The packet that an error quotes is the last probe. */
  #isMine(view: DataView, quoted: number, end: number): boolean {
    if (quoted + ipv4.HEADER_LEN + 8 > end || ipv4.dst(view, quoted) !== this.#destination) return false;
    const inner = quoted + ipv4.headerLength(view, quoted);
    if (inner + 8 > end) return false;
    if (ipv4.protocol(view, quoted) === ipv4.PROTO_ICMP)
      return (
        this.#o.icmp &&
        icmp.identifier(view, inner) === this.#identifier &&
        icmp.sequence(view, inner) === (this.#sequence & 0xffff)
      );
    return (
      ipv4.protocol(view, quoted) === ipv4.PROTO_UDP &&
      udp.srcPort(view, inner) === this.#identifier &&
      udp.dstPort(view, inner) === ((this.#o.port + this.#sequence) & 0xffff)
    );
  }
}

/** What stands behind an answer that says why a packet went no further. */
function markOf(code: number, mtu: number): string {
  switch (code) {
    case icmp.NET_UNREACHABLE:
      return "!N";
    case icmp.HOST_UNREACHABLE:
      return "!H";
    case icmp.PROTOCOL_UNREACHABLE:
      return "!P";
    case icmp.FRAGMENTATION_NEEDED:
      return `!F-${mtu}`;
    case icmp.SOURCE_ROUTE_FAILED:
      return "!S";
    case icmp.ADMIN_PROHIBITED:
    case icmp.NET_PROHIBITED:
    case icmp.HOST_PROHIBITED:
      return "!A";
    default:
      return `!<${code}>`;
  }
}
