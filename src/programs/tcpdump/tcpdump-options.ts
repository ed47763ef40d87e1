import { getopt, type Option } from "../getopt.ts";
import { ProgramExit } from "../program-exit.ts";

const VERSION = "tcpdump version 4.99.3\nlibpcap version 1.10.3 (with TPACKET_V3)\n";
const USAGE: string = `${VERSION}Usage: tcpdump [-AbdDefhHIJKlLnNOpqStuUvxX#] [ -B size ] [ -c count ] [--count]
		[ -C file_size ] [ -E algo:secret ] [ -F file ] [ -G seconds ]
		[ -i interface ] [ --immediate-mode ] [ -j tstamptype ]
		[ -M secret ] [ --number ] [ --print ] [ -Q in|out|inout ]
		[ -r file ] [ -s snaplen ] [ -T type ] [ --version ]
		[ -V file ] [ -w file ] [ -W filecount ] [ -y datalinktype ]
		[ --time-stamp-precision precision ] [ --micro ] [ --nano ]
		[ -z postrotate-command ] [ -Z user ] [ expression ]
`;

const SNAPLEN = 262_144;

/** How bytes are shown under a line. */
type Dump = "none" | "hex" | "hex-link" | "text" | "text-link" | "ascii" | "ascii-link";

/** What a call of `tcpdump` asks for. */
export interface TcpdumpOptions {
  /** -i; null for the first device that is up. */
  device: string | null;
  /** -c; 0 without limit. */
  count: number;
  snapLength: number;
  read: string | null;
  write: string | null;
  filterFile: string | null;
  expression: string;
  direction: "in" | "out" | "inout";
  promiscuous: boolean;
  /** -l, -U */
  lineBuffered: boolean;
  packetBuffered: boolean;
  /** --print: lines as well as a file. */
  print: boolean;
  numbered: boolean;
  onlyCount: boolean;
  nanos: boolean;
  /** The number of `t`s. */
  time: number;
  linkHeader: boolean;
  verbose: number;
  quiet: boolean;
  absolute: boolean;
  dump: Dump;
  list: boolean;
}

/** @throws {ProgramExit} for wrong words; `out` takes what -h prints. */
export function parseTcpdumpOptions(args: readonly string[], out: (text: string) => void): TcpdumpOptions {
  const result: TcpdumpOptions = {
    device: null,
    count: 0,
    snapLength: SNAPLEN,
    read: null,
    write: null,
    filterFile: null,
    expression: "",
    direction: "inout",
    promiscuous: true,
    lineBuffered: false,
    packetBuffered: false,
    print: false,
    numbered: false,
    onlyCount: false,
    nanos: false,
    time: 0,
    linkHeader: false,
    verbose: 0,
    quiet: false,
    absolute: false,
    dump: "none",
    list: false,
  };
  const words: string[] = [];
  for (let i = 0; i < args.length; i++) {
    const word = args[i]!;
    if (word.startsWith("--") && word.length > 2) i += takeLong(result, word, args[i + 1], out);
    else words.push(word);
  }
  const { options, operands } = getopt(
    words,
    "aAbB:c:C:dDeE:fF:G:hHIi:j:JKlLm:M:nNOpqQ:r:s:StT:uUvV:w:W:xXy:Yz:Z:#",
  );
  for (const option of options) take(result, option, out);
  result.expression = operands.join(" ");
  return result;
}

/** Ends the tool with these words and its name in front. @throws {ProgramExit} */
export function fail(message: string): never {
  throw new ProgramExit(1, `tcpdump: ${message}\n`);
}

/** Returns how many further words it took. */
function takeLong(
  result: TcpdumpOptions,
  word: string,
  next: string | undefined,
  out: (text: string) => void,
): number {
  const [name, given] = word.split("=", 2) as [string, string | undefined];
  const value = given ?? next ?? "";
  const taken = given === undefined ? 1 : 0;
  switch (name) {
    case "--print":
      result.print = true;
      return 0;
    case "--count":
      result.onlyCount = true;
      return 0;
    case "--number":
      result.numbered = true;
      return 0;
    case "--nano":
    case "--micro":
      result.nanos = name === "--nano";
      return 0;
    case "--immediate-mode":
    case "--no-optimize":
      return 0;
    case "--no-promiscuous-mode":
      result.promiscuous = false;
      return 0;
    case "--list-interfaces":
      result.list = true;
      return 0;
    case "--packet-buffered":
      result.packetBuffered = true;
      return 0;
    case "--absolute-tcp-sequence-numbers":
      result.absolute = true;
      return 0;
    case "--interface":
      result.device = value;
      return taken;
    case "--direction":
      take(result, { name: "Q", value, message: "" }, out);
      return taken;
    case "--snapshot-length":
      take(result, { name: "s", value, message: "" }, out);
      return taken;
    case "--time-stamp-precision":
      if (value !== "nano" && value !== "micro") fail("unable to parse time stamp precision");
      result.nanos = value === "nano";
      return taken;
    case "--version":
      out(VERSION);
      throw new ProgramExit(0, "");
    case "--help":
      out(USAGE);
      throw new ProgramExit(0, "");
    default:
      throw new ProgramExit(1, `tcpdump: unrecognized option '${word}'\n${USAGE}`);
  }
}

const DUMPS: Readonly<Record<string, readonly [Dump, Dump]>> = {
  x: ["hex", "hex-link"],
  X: ["text", "text-link"],
  A: ["ascii", "ascii-link"],
};

function take(result: TcpdumpOptions, { name, value, message }: Option, out: (text: string) => void): void {
  switch (name) {
    case "c":
      if (!/^\+?\d+$/.test(value) || Number(value) === 0 || Number(value) > 2_147_483_647)
        fail(`invalid packet count ${value}`);
      result.count = Number(value);
      break;
    case "s":
      if (!/^\d+$/.test(value) || Number(value) > SNAPLEN)
        fail(`invalid snaplen ${value} (must be >= 0 and <= ${SNAPLEN})`);
      result.snapLength = Number(value) === 0 ? SNAPLEN : Number(value);
      break;
    case "Q":
      if (value !== "in" && value !== "out" && value !== "inout")
        fail(`unknown capture direction '${value}'`);
      result.direction = value;
      break;
    case "x":
    case "X":
    case "A": {
      const [once, twice] = DUMPS[name]!;
      result.dump = result.dump === once ? twice : once;
      break;
    }
    case "i":
      result.device = value;
      break;
    case "r":
      result.read = value;
      break;
    case "w":
      result.write = value;
      break;
    case "F":
      result.filterFile = value;
      break;
    case "t":
      result.time++;
      break;
    case "v":
      result.verbose++;
      break;
    case "h":
      out(USAGE);
      throw new ProgramExit(0, "");
    case "C":
    case "G":
    case "W":
    case "E":
    case "V":
    case "d":
    case "L":
    case "y":
    case "z":
      fail(`-${name} is not simulated`);
      break;
    case "?":
      throw new ProgramExit(1, `tcpdump: ${message}\n${USAGE}`);
    default:
      takeFlag(result, name);
  }
}

function takeFlag(result: TcpdumpOptions, name: string): void {
  switch (name) {
    case "D":
      result.list = true;
      break;
    case "e":
      result.linkHeader = true;
      break;
    case "l":
      result.lineBuffered = true;
      break;
    case "p":
      result.promiscuous = false;
      break;
    case "q":
      result.quiet = true;
      break;
    case "S":
      result.absolute = true;
      break;
    case "U":
      result.packetBuffered = true;
      break;
    case "#":
      result.numbered = true;
      break;
    default: // names are never looked up, frames never late: -n -N -O -B -K ... change nothing here
  }
}
