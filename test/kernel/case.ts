import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { FilePacket } from "../../src/capture/capture-file.ts";
import { readCapture } from "../../src/capture/read-capture.ts";
import { Lab } from "../../src/lab/lab.ts";
import { PLAIN_CPU, type Topology } from "../../src/lab/topology.ts";
import { LabWorld } from "../../src/scenario/lab-world.ts";
import { FrameNames, frameLine } from "../helpers/frame-line.ts";
import { RealKernel } from "./real-kernel.ts";

const folder: string = join(import.meta.dirname, "cases");

/** One host without cards: a case makes what it needs out of network namespaces. */
const TOPOLOGY: Topology = {
  hosts: [{ name: "a", router: false, gateway: null, cpu: PLAIN_CPU, nics: [] }],
  switches: [],
  trunks: [],
};

/** A command of a case that `run` typed, and what it printed. */
interface CaseCommand {
  readonly ns: string;
  readonly text: string;
  /** Errors stand last, each behind `2> `, then the exit status when it is not 0. */
  readonly output: readonly string[];
}

/** What a case showed: tables and answers, and packets per interface in order, all without what is random. */
export interface CaseResult {
  readonly commands: readonly CaseCommand[];
  /** By `NAMESPACE.DEVICE`. */
  readonly packets: ReadonlyMap<string, readonly string[]>;
  /** What was printed that no command of the case asked for: mistakes in its script. */
  readonly stray: readonly string[];
}

export const cases: readonly string[] = readdirSync(folder)
  .filter((file) => file.endsWith(".sh") && file !== "lib.sh")
  .map((file) => file.slice(0, -".sh".length))
  .sort();

function script(name: string): string {
  const read = (file: string): string => readFileSync(join(folder, file), "utf8");
  return `${read("lib.sh")}\n${read(`${name}.sh`)}\nfinish\n`;
}

/**
 * The seeds that a case names, `# seeds: 1 3`: one for each course that it can take by chance. What the kernel did must
 * be what happens here with one of them. Without such a line there is one course.
 */
function seedsOf(name: string): readonly number[] {
  const line = /^# seeds: ([\d ]+)$/m.exec(readFileSync(join(folder, `${name}.sh`), "utf8"));
  return line === null ? [1] : line[1]!.trim().split(" ").map(Number);
}

/** A case whose translations draw ports names those that are not of chance: `# ports: 80 8080`. */
function chanceOf(name: string): ((port: number) => boolean) | undefined {
  const line = /^# ports: ([\d ]+)$/m.exec(readFileSync(join(folder, `${name}.sh`), "utf8"));
  if (line === null) return undefined;
  const known = line[1]!.trim().split(" ").map(Number);
  return (port) => !known.includes(port);
}

export async function onKernel(name: string): Promise<CaseResult> {
  const kernel = await RealKernel.start(TOPOLOGY);
  try {
    return resultOf((await kernel.type("a", script(name))).output, name);
  } finally {
    kernel.stop();
  }
}

async function onSimulator(name: string, seed: number): Promise<CaseResult> {
  const world = new LabWorld(new Lab(TOPOLOGY, { seed }));
  const { output } = await world.type("a", script(name));
  const result = resultOf(output, name);
  return { ...result, stray: [...result.stray, ...world.accounts()] };
}

/** The output of a case, taken apart. */
function resultOf(output: string, name: string): CaseResult {
  const isChance = chanceOf(name);
  const commands: CaseCommand[] = [];
  const packets = new Map<string, readonly string[]>();
  const stray: string[] = [];
  let here: string[] = stray;
  let capture: string | null = null;
  for (const line of output.split("\n")) {
    const command = /^\[(\w+)\] \$ (.*)$/.exec(line);
    const captured = /^\[capture\] (\S+)$/.exec(line);
    if (command !== null) {
      here = [];
      commands.push({ ns: command[1]!, text: command[2]!, output: here });
    } else if (captured !== null) {
      capture = captured[1]!;
      here = stray;
    } else if (capture !== null) {
      const read = readCapture(Buffer.from(line, "base64"));
      if (!read.ok) throw new Error(`${capture}: ${read.message}`);
      packets.set(capture, packetLines(read.file.packets, isChance));
      capture = null;
    } else if (line === "[end]") {
      here = stray;
    } else if (line !== "" && !OF_A_VLAN.test(line)) here.push(masked(line));
  }
  return { commands, packets, stray };
}

/** A row that only kernels with VLAN filtering have: for the VLAN that each port is in from the start. */
const OF_A_VLAN = /^[0-9a-f:]{17} .*\bvlan 1 .*permanent/;

/**
 * A line that a command printed, without what is random: times, ports of chance (of which k08 leaves a digit), the port that
 * c3's connection gets in k08, and blanks at the end.
 */
export function masked(line: string): string {
  return line
    .trimEnd()
    .replaceAll(/\d+(\.\d+)?(?= ?ms\b)/g, "T")
    .replace(/(min\/avg\/max\S* = )\S+/, "$1T")
    .replaceAll(/\bexpires \d+sec\b/g, "expires Tsec")
    .replaceAll(/=EPH\d\b/g, "=EPH")
    .replace(/^(tcp .* src=172\.17\.0\.4 .* dport=)\w+/, "$1OTHER");
}

/**
 * The packets of an interface in words; what is random has a name there. What has no order has none here either: requests
 * that one sender asks one after another, each by its own timer, and reports of IGMP, whose delays are drawn by chance.
 */
function packetLines(packets: readonly FilePacket[], isChance?: (port: number) => boolean): string[] {
  const names = new FrameNames(isChance);
  return inOrder(withoutRaces(packets.map((packet) => frameLine(packet.bytes, names))));
}

const SEGMENT = / tcp (\w+>\w+) \[([A-Z.]+)\] seq \S+ ack \S+ payload (\d+)/;

/**
 * TCP without what is a race of processes: how much a program has read when its side acknowledges (the window), where its
 * writes end (PSH), and which end closes first, and so in how many segments and whether the FIN is the last data's
 * acknowledgment too. A connection's end is one line, where the first FIN was.
 */
export function withoutRaces(lines: readonly string[]): string[] {
  const out: (string | null)[] = [];
  /** By connection, where its end stands, and where its last segment, when that only acknowledges. */
  const ends = new Map<string, number>();
  const acknowledgments = new Map<string, number>();
  for (const line of lines) {
    const segment = SEGMENT.exec(line);
    if (segment === null || line.includes(" [quotes ")) {
      out.push(line);
      continue;
    }
    const [, ports = "", flags = "", payload] = segment;
    const connection = ports.split(">").sort().join(" and ");
    const end = ends.get(connection);
    const last = acknowledgments.get(connection);
    acknowledgments.delete(connection);
    if (payload === "0" && flags.includes("F")) {
      if (end !== undefined) out[end] = `tcp ${connection}: closed by both ends`;
      else {
        if (last !== undefined) out[last] = null;
        ends.set(connection, out.push(`tcp ${connection}: closed by one end`) - 1);
      }
    } else if (flags.includes("S")) {
      ends.delete(connection);
      out.push(line);
    } else if (flags !== "." || payload !== "0" || end === undefined) {
      if (flags === "." && payload === "0") acknowledgments.set(connection, out.length);
      out.push(line.replace("[P.]", "[.]").replace(/ win \d+/, ""));
    }
  }
  return out.filter((line) => line !== null);
}

/** Sorts each run of lines among which there is no order. */
export function inOrder(lines: readonly string[]): string[] {
  const out: string[] = [];
  let run: string[] = [];
  let kind: string | null = null;
  for (const line of [...lines, ""]) {
    const own =
      /proto igmp/.exec(line)?.[0] ??
      /: closed by/.exec(line)?.[0] ??
      /^(\S+) > ff:ff:ff:ff:ff:ff len 42: arp who-has/.exec(line)?.[1] ??
      null;
    if (own === null || own !== kind) {
      out.push(...run.sort());
      run = [];
    }
    kind = own;
    run.push(line);
  }
  return out;
}

/** What differs in words, and null when `theirs` is what happened here with one of the case's seeds. */
export async function compare(name: string, theirs: CaseResult): Promise<string | null> {
  let first: string | null = null;
  for (const seed of seedsOf(name)) {
    const found = difference(theirs, await onSimulator(name, seed));
    if (found === null) return null;
    first ??= found;
  }
  return first;
}

/** The first difference between two sides in words, or null when there is none. */
function difference(theirs: CaseResult, ours: CaseResult): string | null {
  for (const [i, command] of theirs.commands.entries()) {
    const own = ours.commands[i];
    const said = `[${command.ns}] $ ${command.text}`;
    if (own === undefined) return `${said}\n  is missing`;
    const found = firstLine(said, command.output, own.output);
    if (found !== null) return found;
  }
  const more = ours.commands[theirs.commands.length];
  if (more !== undefined) return `[${more.ns}] $ ${more.text}\n  is there on one side only`;
  for (const [device, lines] of theirs.packets) {
    const found = firstLine(`packets of ${device}`, lines, ours.packets.get(device) ?? []);
    if (found !== null) return found;
  }
  return firstLine("beside the commands", theirs.stray, ours.stray);
}

function firstLine(what: string, theirs: readonly string[], ours: readonly string[]): string | null {
  for (let i = 0; i < Math.max(theirs.length, ours.length); i++) {
    if (theirs[i] === ours[i]) continue;
    const line = (side: readonly string[]): string => side[i] ?? "(nothing)";
    return `${what}, line ${i + 1}\n  kernel: ${line(theirs)}\n  ours:   ${line(ours)}`;
  }
  return null;
}
