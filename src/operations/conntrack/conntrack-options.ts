import { TCP_STATE_NAMES } from "../../netfilter/conntrack/tcp-state.ts";
import * as ip from "../../wire/ipv4-address.ts";
import type { Mutable } from "../mutable.ts";
import { ToolError } from "../tool-error.ts";
import { type ConntrackFilter, parseNat, statusBits } from "./conntrack-filter.ts";
import type { LineOptions } from "./conntrack-line.ts";

const NAME = "conntrack v1.4.7 (conntrack-tools)";

/** What the tool says of what went well. */
export function said(text: string): string {
  return `${NAME}: ${text}\n`;
}

/** A wrong command line. */
function wrong(text: string): ToolError {
  return new ToolError(`${said(text)}Try \`conntrack -h' or 'conntrack --help' for more information.\n`, 2);
}

/** Something that the kernel did not do. */
export function failed(text: string): ToolError {
  return new ToolError(said(`Operation failed: ${text}`), 1);
}

/** Options by letter; a protocol's own have whole names. */
const LONG: Readonly<Record<string, string>> = {
  dump: "L",
  create: "I",
  delete: "D",
  update: "U",
  get: "G",
  flush: "F",
  event: "E",
  counter: "C",
  stats: "S",
  version: "V",
  help: "h",
  src: "s",
  "orig-src": "s",
  dst: "d",
  "orig-dst": "d",
  "reply-src": "r",
  "reply-dst": "q",
  protonum: "p",
  proto: "p",
  timeout: "t",
  status: "u",
  zero: "z",
  "event-mask": "e",
  mark: "m",
  family: "f",
  "src-nat": "n",
  "dst-nat": "g",
  "any-nat": "j",
  output: "o",
  secmark: "c",
  "buffer-size": "b",
  zone: "w",
  "orig-zone": "orig-zone",
  "reply-zone": "reply-zone",
  label: "l",
};
/** The names of options in messages. */
const NAMES: Readonly<Record<string, string>> = {
  s: "src",
  d: "dst",
  r: "reply-src",
  q: "reply-dst",
  p: "protonum",
  t: "timeout",
  u: "status",
  z: "zero",
  e: "event-mask",
  m: "mark",
  f: "family",
  n: "src-nat",
  g: "dst-nat",
  j: "any-nat",
  o: "output",
  c: "secmark",
  b: "buffer-size",
  w: "zone",
  l: "label",
};
const COMMANDS = "LIDUGFECSVh";
const WITH_ARGUMENT = "sdrqptuemfocbwl";
const NAT = "ngj";
const PROTOCOLS: Readonly<Record<string, number>> = {
  tcp: 6,
  udp: 17,
  icmp: 1,
  udplite: 136,
  sctp: 132,
  dccp: 33,
  gre: 47,
  icmpv6: 58,
};
/** Names of options of protocols with ports, and the field of the filter. */
const PORTS: Readonly<Record<string, "srcPort" | "dstPort" | "replySrcPort" | "replyDstPort">> = {
  sport: "srcPort",
  "orig-port-src": "srcPort",
  dport: "dstPort",
  "orig-port-dst": "dstPort",
  "reply-port-src": "replySrcPort",
  "reply-port-dst": "replyDstPort",
};
const ICMP: Readonly<Record<string, "icmpType" | "icmpCode" | "icmpId">> = {
  "icmp-type": "icmpType",
  "icmp-code": "icmpCode",
  "icmp-id": "icmpId",
};
/** Options that a command does not take. */
const ILLEGAL: Readonly<Record<string, string>> = {
  L: "tebc",
  G: "tuebngjz",
  D: "ebz",
  I: "ebzo",
  U: "ebz",
  E: "tz",
  F: "sdrqptuemngjocbwlz",
  C: "sdrqptuemngjocbwlz",
  S: "sdrqptuemngjocbwlz",
};

/** A command line, read. */
export interface ConntrackCommand {
  /** A letter; empty: help. */
  readonly command: string;
  readonly expect: boolean;
  readonly filter: ConntrackFilter;
  readonly line: LineOptions;
  /** `save` and `xml` are formats of their own; `timestamp` stands before events. */
  readonly format: "plain" | "save" | "xml";
  readonly timestamp: boolean;
  readonly events: readonly string[] | null;
  readonly timeout: number | null;
  readonly zero: boolean;
}

/** Reads the words of a command line one after the other, as getopt_long does. */
export function readCommand(args: readonly string[]): ConntrackCommand {
  return new CommandReader(args).read();
}

class CommandReader {
  readonly #args: readonly string[];
  readonly #filter: Mutable<ConntrackFilter> = {};
  readonly #line: Mutable<LineOptions> = {};
  readonly #given: Set<string> = new Set();
  #command = "";
  #expect = false;
  #format: ConntrackCommand["format"] = "plain";
  #timestamp = false;
  #events: string[] | null = null;
  #timeout: number | null = null;
  #at = 0;

  constructor(args: readonly string[]) {
    this.#args = args;
  }

  read(): ConntrackCommand {
    while (this.#at < this.#args.length) this.#word(this.#args[this.#at++]!);
    this.#check();
    return {
      command: this.#command,
      expect: this.#expect,
      filter: this.#filter,
      line: this.#line,
      format: this.#format,
      timestamp: this.#timestamp,
      events: this.#events,
      timeout: this.#timeout,
      zero: this.#given.has("z"),
    };
  }

  #word(arg: string): void {
    if (!arg.startsWith("-") || arg === "-") throw wrong(`Bad parameter \`${arg}'`);
    if (arg.startsWith("--")) {
      const [name = "", value] = arg.slice(2).split("=", 2);
      const option = this.#protocolOption(name) ?? LONG[name];
      if (option === undefined) throw wrong(`unknown option \`${arg}'`);
      this.#take(option, value ?? null, arg);
      return;
    }
    for (let i = 1; i < arg.length; i++) {
      const letter = arg[i]!;
      if (!(letter in NAMES) && !COMMANDS.includes(letter)) throw wrong(`unknown option \`${arg}'`);
      const rest = arg.slice(i + 1);
      if (rest !== "" && WITH_ARGUMENT.includes(letter)) {
        this.#take(letter, rest, arg);
        return;
      }
      this.#take(letter, null, arg);
    }
  }

  #protocolOption(name: string): string | undefined {
    const { protocol } = this.#filter;
    if (protocol === 1) return name in ICMP ? name : undefined;
    const hasPorts = protocol !== undefined && [6, 17, 33, 132, 136].includes(protocol);
    if (!hasPorts) return undefined;
    return name in PORTS || (name === "state" && protocol === 6) ? name : undefined;
  }

  #take(option: string, inline: string | null, arg: string): void {
    if (option.length === 1 && COMMANDS.includes(option)) {
      if (this.#command !== "") throw wrong("Invalid commands combination");
      this.#command = option;
      this.#table();
      return;
    }
    this.#given.add(option);
    if (NAT.includes(option)) {
      const next = this.#args[this.#at];
      const value = inline ?? (next !== undefined && !next.startsWith("-") ? this.#args[this.#at++]! : "");
      if (value !== "" && parseNat(value) === null) throw wrong(`Invalid IP address \`${value}'`);
      this.#filter[option === "n" ? "srcNat" : option === "g" ? "dstNat" : "anyNat"] = value;
      return;
    }
    if (option === "z") return;
    const value = inline ?? this.#args[this.#at++];
    if (value === undefined) throw wrong(`option \`${arg}' requires an argument`);
    this.#set(option, value);
  }

  /** `conntrack` or `expect` may follow the command. */
  #table(): void {
    const next = this.#args[this.#at];
    if (next === undefined || next.startsWith("-") || !"LIDUGFEC".includes(this.#command)) return;
    this.#at++;
    if (next === "expect") this.#expect = true;
    else if (next !== "conntrack") throw wrong(`unknown type \`${next}'`);
  }

  #set(option: string, value: string): void {
    const filter = this.#filter;
    const port = PORTS[option];
    const icmp = ICMP[option];
    if (port !== undefined) filter[port] = Number.parseInt(value, 10) || 0;
    else if (icmp !== undefined) filter[icmp] = Number.parseInt(value, 10) || 0;
    else this.#setGeneral(option, value);
  }

  #setGeneral(option: string, value: string): void {
    const filter = this.#filter;
    switch (option) {
      case "s":
        filter.src = prefix(value);
        return;
      case "d":
        filter.dst = prefix(value);
        return;
      case "r":
        filter.replySrc = prefix(value);
        return;
      case "q":
        filter.replyDst = prefix(value);
        return;
      case "p":
        filter.protocol = protocolNumber(value);
        return;
      case "f":
        if (value !== "ipv4" && value !== "ipv6") throw wrong(`\`${value}' unsupported protocol`);
        if (value === "ipv6") filter.ipv6 = true;
        return;
      case "t":
        this.#timeout = Number.parseInt(value, 10) || 0;
        return;
      case "u":
        filter.status = list(value, (name) => name in statusBits || name === "UNREPLIED");
        return;
      case "m":
        filter.mark = masked(value);
        return;
      case "w":
        filter.zone = number(value);
        return;
      case "orig-zone":
        filter.origZone = number(value);
        return;
      case "reply-zone":
        filter.replyZone = number(value);
        return;
      case "state":
        if (!TCP_STATE_NAMES.includes(value)) throw wrong(`unknown TCP state \`${value}'`);
        filter.state = value;
        return;
      case "o":
        this.#output(value);
        return;
      case "e":
        this.#events = list(value, (name) => ["ALL", "NEW", "UPDATES", "DESTROY"].includes(name));
    }
  }

  #output(value: string): void {
    for (const name of list(value, (n) => OUTPUTS.includes(n))) {
      if (name === "extended") this.#line.extended = true;
      else if (name === "id") this.#line.id = true;
      else if (name === "ktimestamp") this.#line.ktimestamp = true;
      else if (name === "timestamp") this.#timestamp = true;
      else if (name === "save" || name === "xml") this.#format = name;
    }
  }

  #check(): void {
    const command = this.#command;
    for (const option of this.#given)
      if (ILLEGAL[command]?.includes(option))
        throw wrong(`Illegal option \`--${NAMES[option]}' with this command`);
    if (this.#expect) return;
    const needs = (option: string): void => {
      if (!this.#given.has(option))
        throw wrong(`You need to supply the \`--${NAMES[option]}' option for this command`);
    };
    if (command === "I" || command === "G") needs("p");
    if (command === "I") needs("t");
    if (command !== "I" && command !== "G") return;
    const { src, dst, replySrc, replyDst } = this.#filter;
    if ((src === undefined || dst === undefined) && (replySrc === undefined || replyDst === undefined))
      throw wrong("you have to specify `--src' and `--dst'");
  }
}

const OUTPUTS = ["xml", "extended", "timestamp", "id", "ktimestamp", "labels", "userspace", "save"];

function list(text: string, knows: (name: string) => boolean): string[] {
  const names = text.split(",");
  for (const name of names) if (!knows(name)) throw wrong(`Bad parameter \`${name}'`);
  return names;
}

function prefix(text: string): string {
  const parsed = ip.parsePrefix(text.includes("/") ? text : `${text}/32`);
  if (parsed === null) throw wrong(`Invalid IP address \`${text}'`);
  return text;
}

function number(text: string): number {
  return (text.startsWith("0x") ? Number.parseInt(text, 16) : Number.parseInt(text, 10)) || 0;
}

function masked(text: string): { readonly value: number; readonly mask: number } {
  const [value = "", mask] = text.split("/");
  return { value: number(value), mask: mask === undefined ? 0xffffffff : number(mask) };
}

function protocolNumber(text: string): number {
  const named = PROTOCOLS[text.toLowerCase()];
  if (named !== undefined) return named;
  if (/^\d+$/.test(text) && Number(text) < 256) return Number(text);
  throw wrong(`\`${text}' unsupported protocol`);
}
