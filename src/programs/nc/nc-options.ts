import { type Nanos, SECOND } from "../../sim/time.ts";
import { getopt } from "../getopt.ts";
import type { ProgramContext } from "../program-context.ts";
import { ProgramExit } from "../program-exit.ts";
import { knownName } from "../resolve-name.ts";
import { SUMMARY, USAGE } from "./nc-help.ts";

/** What netcat was told. Times in nanoseconds. */
export class NetcatOptions {
  udp = false;
  host = "";
  /** One port, or a range `from-to` to connect to. */
  port = "";
  listen = false;
  keep = false;
  verbose = false;
  /** -z: only whether something listens. */
  probeOnly = false;
  /** -d: standard input is not read. */
  noInput = false;
  /** -N: the end of the input is told to the network. */
  shutsDown = false;
  broadcast = false;
  /** -w; null to wait for ever. */
  timeout: Nanos | null = null;
  /** -q: how long to stay after the end of the input; null for ever. */
  stay: Nanos | null = null;
  source = 0;
  sourcePort = 0;
  tos = 0;
  ttl = 0;
  interval: Nanos = 0;
  /** -W: end after so many packets; 0 for any number. */
  limit = 0;
  /** -C: lines end with CR LF. */
  crlf = false;
  /** -n: no names, not even of services. */
  numeric = false;
  /** -O and -I: the buffers of the socket; 0 for the system's own. */
  sendBuffer = 0;
  receiveBuffer = 0;
}

export function fail(message: string): never {
  throw new ProgramExit(1, `nc: ${message}\n`);
}

export function portNumber(text: string): number {
  if (!/^[-+]?\d+$/.test(text)) fail(`port number invalid: ${text}`);
  const value = Number(text);
  if (value < 1) fail(`port number too small: ${text}`);
  if (value > 65535) fail(`port number too large: ${text}`);
  return value;
}

/** `port` or `from-to`, in either order. */
export function portRange(text: string): { readonly from: number; readonly to: number } {
  const [first, last] = text.split("-", 2) as [string, string | undefined];
  const a = portNumber(first);
  const b = last === undefined ? a : portNumber(last);
  return { from: Math.min(a, b), to: Math.max(a, b) };
}

function seconds(text: string, what: string): Nanos {
  if (!/^\d+$/.test(text)) fail(`${what} invalid: ${text}`);
  return Number(text) * SECOND;
}

function bufferSize(text: string, what: string): number {
  if (!/^[1-9]\d*$/.test(text)) fail(`${what} invalid: ${text}`);
  return Number(text);
}

/** Reads the command line. @throws {ProgramExit} */
export function netcatOptions(context: ProgramContext): NetcatOptions {
  const o = new NetcatOptions();
  const { options, operands } = getopt(context.args, "46bCDdFhI:i:klM:m:NnO:P:p:q:rSs:T:tUuV:vW:w:X:x:Zz");
  let source: string | null = null;
  let sourcePort: string | null = null;
  for (const { name, value, message } of options) {
    switch (name) {
      case "u":
        o.udp = true;
        break;
      case "l":
        o.listen = true;
        break;
      case "k":
        o.keep = true;
        break;
      case "v":
        o.verbose = true;
        break;
      case "z":
        o.probeOnly = true;
        break;
      case "d":
        o.noInput = true;
        break;
      case "b":
        o.broadcast = true;
        break;
      case "w":
        o.timeout = seconds(value, "timeout");
        break;
      case "q":
        o.stay = value.startsWith("-") ? null : seconds(value, "quit timer");
        break;
      case "i":
        o.interval = seconds(value, "interval");
        break;
      case "s":
        source = value;
        break;
      case "p":
        sourcePort = value;
        break;
      case "T":
        o.tos = Number(value) & 0xff;
        break;
      case "M":
        o.ttl = Number(value) & 0xff;
        break;
      case "W":
        if (!/^[1-9]\d*$/.test(value)) fail(`receive limit invalid: ${value}`);
        o.limit = Number(value);
        break;
      case "h":
        context.err(`OpenBSD netcat (Debian patchlevel 1.219-1)\n`);
        throw new ProgramExit(0, USAGE + SUMMARY);
      case "N":
        o.shutsDown = true;
        break;
      case "C":
        o.crlf = true;
        break;
      case "n":
        o.numeric = true;
        break;
      case "O":
        o.sendBuffer = bufferSize(value, "TCP send window");
        break;
      case "I":
        o.receiveBuffer = bufferSize(value, "TCP receive window");
        break;
      case "4":
      case "D":
      case "F":
      case "r":
      case "t":
        break;
      case "?":
        throw new ProgramExit(1, `nc: ${message}\n${USAGE}`);
      case "Z":
      case "6":
      case "U":
        throw new ProgramExit(1, USAGE);
      default:
        fail(`-${name} is not simulated`);
    }
  }
  takeOperands(context, o, operands, sourcePort, source);
  return o;
}

function takeOperands(
  context: ProgramContext,
  o: NetcatOptions,
  operands: readonly string[],
  sourcePort: string | null,
  source: string | null,
): void {
  if (operands.length > 2) throw new ProgramExit(1, USAGE);
  if (o.listen) {
    // The address may be left out, and -p may give the port.
    const words = sourcePort === null ? operands : [...operands.slice(0, 1), sourcePort];
    if (source !== null || o.probeOnly) throw new ProgramExit(1, USAGE);
    if (words.length === 0) throw new ProgramExit(1, USAGE);
    o.port = words.at(-1)!;
    o.host = words.length > 1 ? words[0]! : "";
    portNumber(o.port);
    return;
  }
  if (operands.length === 0) throw new ProgramExit(1, USAGE);
  if (operands.length === 1) fail("missing port number");
  o.host = operands[0]!;
  o.port = operands[1]!;
  if (sourcePort !== null) o.sourcePort = portNumber(sourcePort);
  if (source === null) return;
  const found = knownName(context, source);
  if (found === null)
    fail(`getaddrinfo for host "${source}" port ${sourcePort ?? ""}: Temporary failure in name resolution`);
  o.source = found.address;
}
