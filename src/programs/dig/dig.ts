import type { Program, Wait } from "../../sim/process.ts";
import { MICROSECOND, MILLISECOND, type Nanos, SECOND } from "../../sim/time.ts";
import * as dns from "../../wire/dns.ts";
import { build } from "../../wire/dns-build.ts";
import { labelsOf } from "../../wire/dns-name.ts";
import { MONTHS } from "../../wire/http.ts";
import * as ip from "../../wire/ipv4-address.ts";
import type { ProgramContext } from "../program-context.ts";
import { ProgramExit } from "../program-exit.ts";
import { resolveName } from "../resolve-name.ts";
import { askServer } from "../resolver/ask-server.ts";
import { resolvConf } from "../resolver/resolv-conf.ts";
import { DIG_VERSION, type DigQuery, digQueries } from "./dig-options.ts";
import { answerText, dataText } from "./dig-text.ts";

const DAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
/** The status of a look-up that nobody answered. */
const NOBODY = 9;

/** `dig` of BIND 9.18. */
export function* dig(context: ProgramContext): Program {
  try {
    let status = 0;
    for (const [i, query] of digQueries(context.args).entries())
      status = Math.max(status, yield* lookUp(context, query, i === 0));
    return status;
  } catch (error) {
    if (!(error instanceof ProgramExit)) throw error;
    if (error.status === 0) context.out(error.message);
    else context.err(error.message);
    return error.status;
  }
}

interface Server {
  readonly name: string;
  readonly address: number;
}

function* serversOf(context: ProgramContext, { server }: DigQuery): Generator<Wait, readonly Server[], void> {
  if (server === null)
    return resolvConf(context).servers.map((address) => ({ name: ip.format(address), address }));
  const { address, failure } = yield* resolveName(context, server);
  if (address === null) {
    const why = failure === "try-again" ? "failure" : "not found";
    throw new ProgramExit(1, `dig: couldn't get address for '${server}': ${why}\n`);
  }
  return [{ name: server, address }];
}

function* lookUp(context: ProgramContext, query: DigQuery, isFirst: boolean): Generator<Wait, number, void> {
  const servers = yield* serversOf(context, query);
  const { namespace, pid } = context;
  const { world } = namespace;
  const banner = isFirst && query.cmd && !query.short ? bannerOf(context, query) : "";
  if (labelsOf(query.name) === null)
    throw new ProgramExit(10, `dig: '${query.name}' is not a legal name (empty label)\n`);
  const prng = world.prng.fork(`${namespace.path}/dig/${pid}/${world.now}`);
  const name = query.name.replace(/\.$/, "");
  const random = (): number => prng.below(256);
  const message: dns.DnsMessage = {
    ...dns.query(prng.below(0x1_0000), name, query.type),
    flags: { ...dns.QUERY, recursionDesired: query.recurse, authenticData: true },
    additionals: query.edns ? [optOf(query, random)] : [],
  };
  const tcp = query.tcp ?? query.type === dns.TYPE_ANY;
  for (let attempt = 0; attempt < query.tries; attempt++) {
    for (const server of servers) {
      const began = world.now;
      const upstream = { address: server.address, port: query.port, from: namespace };
      let how: "udp" | "tcp" = tcp ? "tcp" : "udp";
      const limit = (): Nanos => world.now + query.timeout * SECOND;
      let answer = yield* askServer(upstream, message, how, limit());
      if (answer?.flags.truncated && how === "udp") {
        context.out(";; Truncated, retrying in TCP mode.\n");
        how = "tcp";
        answer = yield* askServer(upstream, message, how, limit());
      }
      if (answer !== null) {
        show(context, query, banner, answer, server, how, world.now - began);
        return 0;
      }
      const why = world.now - began >= query.timeout * SECOND ? "timed out" : "connection refused";
      context.out(`;; communications error to ${ip.format(server.address)}#${query.port}: ${why}\n`);
    }
  }
  context.out(`${banner}${query.comments || query.short ? ";; no servers could be reached\n" : ""}`);
  return NOBODY;
}

function optOf(query: DigQuery, random: () => number): dns.DnsRecord {
  const cookie = query.cookie ? [0, 10, 0, 8, ...Array.from({ length: 8 }, random)] : [];
  return dns.optRecord(1232, Uint8Array.from(cookie));
}

function bannerOf(context: ProgramContext, query: DigQuery): string {
  const words = context.args.length > 0 ? ` ${context.args.join(" ")}` : "";
  const found = query.server === null ? "" : "; (1 server found)\n";
  return `\n; <<>> ${DIG_VERSION} <<>>${words}\n${found};; global options: +cmd\n`;
}

function show(
  context: ProgramContext,
  query: DigQuery,
  banner: string,
  answer: dns.DnsMessage,
  server: Server,
  how: "udp" | "tcp",
  took: Nanos,
): void {
  if (query.short) {
    for (const record of answer.answers) context.out(`${dataText(record)}\n`);
    return;
  }
  context.out(banner + answerText(answer, query));
  if (!query.stats) return;
  const time = query.micros
    ? `${Math.round(took / MICROSECOND)} usec`
    : `${Math.floor(took / MILLISECOND)} msec`;
  const place = `${ip.format(server.address)}#${query.port}(${server.name})`;
  context.out(
    [
      `;; Query time: ${time}`,
      `;; SERVER: ${place} (${how.toUpperCase()})`,
      `;; WHEN: ${dateText(context.machine.clock().seconds)}`,
      `;; MSG SIZE  rcvd: ${build(answer).length}`,
      "",
      "",
    ].join("\n"),
  );
}

function dateText(seconds: number): string {
  const date = new Date(seconds * 1000);
  const two = (value: number): string => `${value}`.padStart(2, "0");
  const time = [date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()].map(two).join(":");
  const day = `${DAYS[date.getUTCDay()]} ${MONTHS[date.getUTCMonth()]} ${two(date.getUTCDate())}`;
  return `${day} ${time} UTC ${date.getUTCFullYear()}`;
}
