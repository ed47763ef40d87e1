import type { MtuDiscovery } from "../../net/inet-socket.ts";
import { MILLISECOND, type Nanos, SECOND } from "../../sim/time.ts";
import { getopt, type Option } from "../getopt.ts";
import { wholeNumber } from "../numbers.ts";
import type { ProgramContext } from "../program-context.ts";
import { ProgramExit } from "../program-exit.ts";
import { parseAddress } from "../resolve-name.ts";
import { USAGE, VERSION } from "./ping-usage.ts";

const LONG_MAX = 2 ** 63;
const INT_MAX = 2_147_483_647;

/** What a call of iputils' `ping` asks for. */
export interface PingOptions {
  host: string;
  /** -c; 0 without limit. */
  count: number;
  interval: Nanos;
  /** -i was given, so that a flood keeps it. */
  intervalGiven: boolean;
  size: number;
  /** -w; 0 for none. */
  deadline: Nanos;
  /** -W: how long to wait for the last reply when none came at all. */
  linger: Nanos;
  /** -t; -1 for the system's. */
  ttl: number;
  tos: number;
  mark: number;
  mtuDiscovery: MtuDiscovery | null;
  sourceAddress: number | null;
  /** -I with a device's name. */
  device: string | null;
  identifier: number | null;
  pattern: readonly number[] | null;
  preload: number;
  numeric: boolean;
  quiet: boolean;
  flood: boolean;
  adaptive: boolean;
  audible: boolean;
  timestamps: boolean;
  broadcast: boolean;
  outstanding: boolean;
  verbose: boolean;
  loopback: boolean;
}

/** @throws {ProgramExit} for wrong words, -h and -V. */
export function parsePingOptions(context: ProgramContext): PingOptions {
  const { options, operands } = getopt(
    context.args,
    "h46RT:F:N:aABc:CdDe:fi:I:l:Lm:M:nOp:qQ:rs:S:t:UvVw:W:b",
  );
  const result: PingOptions = {
    host: "",
    count: 0,
    interval: SECOND,
    intervalGiven: false,
    size: 56,
    deadline: 0,
    linger: 10 * SECOND,
    ttl: -1,
    tos: 0,
    mark: 0,
    mtuDiscovery: null,
    sourceAddress: null,
    device: null,
    identifier: null,
    pattern: null,
    preload: 1,
    numeric: false,
    quiet: false,
    flood: false,
    adaptive: false,
    audible: false,
    timestamps: false,
    broadcast: false,
    outstanding: false,
    verbose: false,
    loopback: true,
  };
  for (const option of options) take(result, option, context);
  const [host, ...more] = operands;
  if (host === undefined) fail(1, "usage error: Destination address required");
  // Hops before the last word are a source route, which Linux refuses.
  if (more.length > 0) fail(2, "record route: Operation not permitted");
  result.host = host;
  if ((result.flood || result.adaptive) && !result.intervalGiven) result.interval = 0;
  return result;
}

function fail(status: number, message: string): never {
  throw new ProgramExit(status, `ping: ${message}\n`);
}

function take(result: PingOptions, { name, value, message }: Option, context: ProgramContext): void {
  const number = (least: number, most: number): number =>
    wholeNumber(
      "ping",
      value,
      least,
      most,
      `${least} <= value <= ${most === LONG_MAX ? "9223372036854775807" : most}`,
    );
  const real = (): number => {
    if (/^\s*[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(value)) return Number(value);
    const rest = /^\s*[-+]?(\d+\.?\d*|\.\d+)?(.*)$/.exec(value)!;
    context.err(
      `ping: option argument contains garbage: ${rest[2]}\nping: this will become fatal error in the future\n`,
    );
    return Number(rest[1] ?? 0);
  };
  switch (name) {
    case "c":
      result.count = number(1, LONG_MAX);
      break;
    case "i": {
      const seconds = real();
      if (seconds >= INT_MAX / 1000) fail(2, `bad timing interval: ${value}`);
      result.interval = Math.max(0, Math.floor(seconds * 1000)) * MILLISECOND;
      result.intervalGiven = true;
      break;
    }
    case "s":
      result.size = number(0, INT_MAX);
      break;
    case "w":
      result.deadline = number(0, INT_MAX) * SECOND;
      break;
    case "W": {
      const seconds = real();
      if (seconds < 0 || seconds > INT_MAX / 1_000_000) fail(2, `bad linger time: ${value}`);
      // Zero means the usual ten seconds.
      result.linger = Math.floor(seconds * 1000) * MILLISECOND;
      break;
    }
    case "t":
      result.ttl = number(0, 255);
      if (result.ttl === 0) fail(2, "cannot set unicast time-to-live: Invalid argument");
      break;
    case "Q":
      result.tos = trafficClass(value);
      break;
    case "m":
      result.mark = number(0, 4_294_967_295);
      break;
    case "e":
      result.identifier = number(0, 65535);
      break;
    case "l":
      result.preload = number(1, 65536);
      break;
    case "M":
      if (value !== "do" && value !== "dont" && value !== "want") fail(2, `invalid -M argument: ${value}`);
      result.mtuDiscovery = value;
      break;
    case "I":
      result.sourceAddress = parseAddress(value);
      if (result.sourceAddress === null) result.device = value;
      break;
    case "p":
      result.pattern = parsePattern(value);
      break;
    case "R":
    case "T":
    case "F":
    case "N":
    case "6":
      fail(2, `-${name} is not simulated`);
      break;
    case "h":
      throw new ProgramExit(2, USAGE);
    case "V":
      context.out(`ping from ${VERSION}`);
      throw new ProgramExit(0, "");
    case "?":
      throw new ProgramExit(2, `ping: ${message}\n${USAGE}`);
    default:
      takeFlag(result, name);
  }
}

function takeFlag(result: PingOptions, name: string): void {
  switch (name) {
    case "n":
      result.numeric = true;
      break;
    case "q":
      result.quiet = true;
      break;
    case "f":
      result.flood = true;
      result.numeric = true;
      break;
    case "A":
      result.adaptive = true;
      break;
    case "a":
      result.audible = true;
      break;
    case "D":
      result.timestamps = true;
      break;
    case "b":
      result.broadcast = true;
      break;
    case "O":
      result.outstanding = true;
      break;
    case "v":
      result.verbose = true;
      break;
    case "L":
      result.loopback = false;
      break;
    default: // -4 -B -C -d -r -S -U change nothing that can be seen here
  }
}

function trafficClass(value: string): number {
  if (!/^(0[xX][0-9a-fA-F]+|\d+)$/.test(value)) fail(2, `bad TOS value: ${value}`);
  const number = Number(value);
  if (number > 255) fail(2, `the decimal value of TOS bits must be in range 0-255: ${value}`);
  return number;
}

/** Hex digits, up to 16 bytes; an odd last digit is a byte of its own. */
function parsePattern(value: string): readonly number[] {
  if (!/^[0-9a-fA-F]+$/.test(value)) fail(2, `patterns must be specified as hex digits: ${value}`);
  return (value.slice(0, 32).match(/..?/g) ?? []).map((pair) => Number.parseInt(pair, 16));
}
