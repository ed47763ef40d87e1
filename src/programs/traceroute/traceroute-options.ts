import type { Wait } from "../../sim/process.ts";
import { type Nanos, SECOND } from "../../sim/time.ts";
import type { ProgramContext } from "../program-context.ts";
import { ProgramExit } from "../program-exit.ts";
import { lookupError, resolveName } from "../resolve-name.ts";
import { USAGE } from "./traceroute-usage.ts";
import { fail, type GivenOption, type Operand, readWords } from "./traceroute-words.ts";

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

/** What a command line asks for. @throws {ProgramExit} */
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
  const operands: Operand[] = [];
  for (const word of readWords(context.args)) {
    if ("letter" in word) yield* take(context, options, word);
    else operands.push(word);
  }
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

function* take(
  context: ProgramContext,
  options: TracerouteOptions,
  { letter, value, shown, at }: GivenOption,
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
