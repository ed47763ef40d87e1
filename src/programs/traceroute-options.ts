import { own } from "../base/own.ts";
import type { Wait } from "../sim/process.ts";
import { type Nanos, SECOND } from "../sim/time.ts";
import type { ProgramContext } from "./program-context.ts";
import { ProgramExit } from "./program-exit.ts";
import { lookupError, resolveName } from "./resolve-name.ts";

/** What a call of `traceroute` asks for. */
export interface TracerouteOptions {
  host: string;
  destination: number;
  method: "default" | "icmp" | "udp";
  firstHop: number;
  maxHops: number;
  /** Probes for each hop. */
  queries: number;
  /** Probes that are on their way at once. */
  window: number;
  /** How long to wait for an answer at the most. */
  wait: Nanos;
  /** How many times longer than an answer of the same hop, of a later hop. */
  here: number;
  near: number;
  /** Between two probes. */
  gap: Nanos;
  port: number | null;
  tos: number;
  mark: number;
  source: number;
  device: string | null;
  numeric: boolean;
  dontFragment: boolean;
  /** Of the whole IP packet. */
  length: number;
}

export const HEADERS = 28;
const DEFAULT_DATA = 32;

/** Long names of options. */
const LONG: Readonly<Record<string, string>> = {
  "dont-fragment": "F",
  first: "f",
  icmp: "I",
  tcp: "T",
  interface: "i",
  "max-hops": "m",
  "sim-queries": "N",
  port: "p",
  tos: "t",
  wait: "w",
  queries: "q",
  source: "s",
  sendwait: "z",
  fwmark: "fwmark",
  udp: "U",
  version: "V",
  help: "help",
  mtu: "mtu",
  back: "back",
};
const VALUED: ReadonlySet<string> = new Set([
  "f",
  "i",
  "m",
  "N",
  "p",
  "t",
  "w",
  "q",
  "s",
  "z",
  "g",
  "l",
  "M",
  "O",
  "P",
  "fwmark",
]);

const USAGE = `Usage:
  traceroute [ -46dFITnreAUDV ] [ -f first_ttl ] [ -g gate,... ] [ -i device ] [ -m max_ttl ] [ -N squeries ] [ -p port ] [ -t tos ] [ -l flow_label ] [ -w MAX,HERE,NEAR ] [ -q nqueries ] [ -s src_addr ] [ -z sendwait ] [ --fwmark=num ] host [ packetlen ]
Options that are simulated:
  -F  --dont-fragment         Do not fragment packets
  -f first_ttl  --first=first_ttl
                              Start from the first_ttl hop (instead from 1)
  -I  --icmp                  Use ICMP ECHO for tracerouting
  -i device  --interface=device
                              Specify a network interface to operate with
  -m max_ttl  --max-hops=max_ttl
                              Set the max number of hops (max TTL to be
                              reached). Default is 30
  -N squeries  --sim-queries=squeries
                              Set the number of probes to be tried
                              simultaneously (default is 16)
  -n                          Do not resolve IP addresses to their domain names
  -p port  --port=port        Set the destination port to use
  -t tos  --tos=tos           Set the TOS (IPv4 type of service)
  -w MAX,HERE,NEAR  --wait=MAX,HERE,NEAR
                              Wait for a probe no more than HERE (default 3)
                              times longer than a response from the same hop,
                              or no more than NEAR (default 10) times than some
                              next hop, or MAX (default 5.0) seconds
  -q nqueries  --queries=nqueries
                              Set the number of probes per each hop. Default is
                              3
  -s src_addr  --source=src_addr
                              Use source src_addr for outgoing packets
  -z sendwait  --sendwait=sendwait
                              Minimal time interval between probes (default 0)
  --fwmark=num                Set firewall mark for outgoing packets
  -U  --udp                   Use UDP to port 53 for tracerouting
  -V  --version               Print version info and exit
  --help                      Read this help and exit

Arguments:
+     host          The host to traceroute to
      packetlen     The full packet length (default is the length of an IP
                    header plus 40). Can be ignored or increased to a minimal
                    allowed value
`;

function fail(message: string): never {
  throw new ProgramExit(2, `${message}\n`);
}

/** @throws {ProgramExit} */
export function* parseTracerouteOptions(context: ProgramContext): Generator<Wait, TracerouteOptions, void> {
  const options: TracerouteOptions = {
    host: "",
    destination: 0,
    method: "default",
    firstHop: 1,
    maxHops: 30,
    queries: 3,
    window: 16,
    wait: 5 * SECOND,
    here: 3,
    near: 10,
    gap: 0,
    port: null,
    tos: 0,
    mark: 0,
    source: 0,
    device: null,
    numeric: false,
    dontFragment: false,
    length: HEADERS + DEFAULT_DATA,
  };
  const operands = yield* readWords(context, options);
  const [host, length, ...more] = operands;
  if (host === undefined) {
    context.out(USAGE);
    throw new ProgramExit(0, "");
  }
  const found = yield* resolveName(context, host.word);
  if (found.address === null)
    fail(
      `${host.word}: ${lookupError(found.failure)}\nCannot handle "host" cmdline arg \`${host.word}' on position 1 (argc ${host.at})`,
    );
  options.host = host.word;
  options.destination = found.address;
  if (length !== undefined) {
    if (!/^\d+$/.test(length.word))
      fail(`Cannot handle "packetlen" cmdline arg \`${length.word}' on position 2 (argc ${length.at})`);
    if (Number(length.word) > 65_000) fail(`too big packetlen ${length.word} specified`);
    options.length = Math.max(HEADERS, Number(length.word));
  }
  if (more.length > 0) fail(`Extra arg \`${more[0]!.word}' (position 3, argc ${more[0]!.at})`);
  check(options);
  return options;
}

function check(options: TracerouteOptions): void {
  const { firstHop, maxHops, queries } = options;
  if (firstHop < 1 || firstHop > maxHops) fail("first hop out of range");
  if (maxHops > 255) fail("max hops cannot be more than 255");
  if (queries < 1) fail("no more than 10 probes per hop");
  if (queries > 10) fail("no more than 10 probes per hop");
}

interface Operand {
  readonly word: string;
  /** Its place in the command line. */
  readonly at: number;
}

function* readWords(
  context: ProgramContext,
  options: TracerouteOptions,
): Generator<Wait, readonly Operand[], void> {
  const { args } = context;
  const operands: Operand[] = [];
  for (let i = 0; i < args.length; i++) {
    const word = args[i]!;
    const at = i + 1;
    if (word.startsWith("--") && word.length > 2) {
      const [name, value] = word.slice(2).split("=", 2) as [string, string | undefined];
      const letter = own(LONG, name);
      if (letter === undefined) fail(`Bad option \`--${name}' (argc ${at})`);
      if (!VALUED.has(letter)) yield* take(context, options, letter, "", word, at);
      else if (value !== undefined) yield* take(context, options, letter, value, `--${name}`, at);
      else
        yield* take(
          context,
          options,
          letter,
          args[++i] ?? fail(`Option \`--${name}' (argc ${at}) requires an argument: \`--${name}'`),
          `--${name}`,
          at + 1,
        );
      continue;
    }
    if (!word.startsWith("-") || word === "-") {
      operands.push({ word, at });
      continue;
    }
    for (let k = 1; k < word.length; k++) {
      const letter = word[k]!;
      if (!VALUED.has(letter)) {
        yield* take(context, options, letter, "", `-${letter}`, at);
        continue;
      }
      const attached = word.slice(k + 1);
      if (attached !== "") yield* take(context, options, letter, attached, `-${letter}`, at);
      else {
        const next = args[++i];
        if (next === undefined)
          fail(
            `Option \`-${letter}' (argc ${at}) requires an argument: \`-${letter} ${PLACE[letter] ?? letter}'`,
          );
        yield* take(context, options, letter, next, `-${letter}`, at + 1);
      }
      break;
    }
  }
  return operands;
}

const PLACE: Readonly<Record<string, string>> = {
  f: "first_ttl",
  g: "gate,...",
  i: "device",
  m: "max_ttl",
  N: "squeries",
  p: "port",
  t: "tos",
  l: "flow_label",
  w: "MAX,HERE,NEAR",
  q: "nqueries",
  s: "src_addr",
  z: "sendwait",
};

function* take(
  context: ProgramContext,
  options: TracerouteOptions,
  letter: string,
  value: string,
  shown: string,
  at: number,
): Generator<Wait, void, void> {
  const bad = (): never => fail(`Cannot handle \`${shown}' option with arg \`${value}' (argc ${at})`);
  const number = (): number => (/^(0x[0-9a-f]+|\d+)$/i.test(value) ? Number(value) : bad());
  switch (letter) {
    case "n":
      options.numeric = true;
      break;
    case "I":
      options.method = "icmp";
      break;
    case "U":
      options.method = "udp";
      break;
    case "F":
      options.dontFragment = true;
      break;
    case "f":
      options.firstHop = number();
      break;
    case "m":
      options.maxHops = number();
      break;
    case "q":
      options.queries = number();
      break;
    case "N":
      options.window = Math.max(1, number());
      break;
    case "p":
      options.port = number();
      break;
    case "t":
      options.tos = number() & 0xff;
      break;
    case "fwmark":
      options.mark = number();
      break;
    case "s":
      options.source = (yield* resolveName(context, value)).address ?? bad();
      break;
    case "i":
      options.device = value;
      break;
    case "w":
      takeWait(options, value, bad);
      break;
    case "z": {
      if (!/^\d*\.?\d+$/.test(value)) bad();
      const gap = Number(value);
      options.gap = Math.round((gap > 10 ? gap / 1000 : gap) * SECOND);
      break;
    }
    case "V":
      context.out(
        "Modern traceroute for Linux, version 2.1.2\nCopyright (c) 2016  Dmitry Butskoy,   License: GPL v2 or any later\n",
      );
      throw new ProgramExit(0, "");
    case "help":
      context.out(USAGE);
      throw new ProgramExit(0, "");
    case "T":
      throw new ProgramExit(2, "traceroute: TCP is not simulated\n");
    case "4":
    case "d":
    case "e":
    case "r":
      break;
    case "6":
    case "A":
    case "D":
    case "g":
    case "l":
    case "M":
    case "O":
    case "P":
    case "mtu":
    case "back":
      fail(`traceroute: ${shown} is not simulated`);
      break;
    default:
      fail(`Bad option \`${shown}' (argc ${at})`);
  }
}

function takeWait(options: TracerouteOptions, value: string, bad: () => never): void {
  const parts = value.split(",");
  if (parts.length > 3 || parts.some((part) => !/^(\d*\.?\d+|\d+\.)?$/.test(part))) bad();
  const [max, here, near] = parts.map((part) => (part === "" ? null : Number(part)));
  if (max != null) options.wait = Math.round(max * SECOND);
  // A limit without factors counts alone.
  options.here = here ?? (parts.length > 1 ? options.here : 0);
  options.near = near ?? (parts.length > 2 ? options.near : 0);
  if (parts.length === 1) {
    options.here = 0;
    options.near = 0;
  }
}
