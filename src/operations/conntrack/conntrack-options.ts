import { TCP_STATE_NAMES } from "../../netfilter/conntrack/tcp-state.ts";
import { hasPorts } from "../../netfilter/conntrack/tuple.ts";
import * as ip from "../../wire/ipv4-address.ts";
import type { Mutable } from "../mutable.ts";
import { ToolError } from "../tool-error.ts";
import { type ConntrackFilter, parseNat, statusBits } from "./conntrack-filter.ts";
import type { LineOptions } from "./conntrack-line.ts";
import { NO_LABELS, said, wrong } from "./conntrack-messages.ts";
import { COMMANDS, ICMP, ILLEGAL, longOption, NAMES, NAT, PORTS, WITH_ARGUMENT } from "./option-table.ts";
import { list, masked, number, protocolNumber } from "./option-values.ts";

type ConntrackTable = "conntrack" | "expect" | "dying" | "unconfirmed";
const TABLES: readonly ConntrackTable[] = ["conntrack", "expect", "dying", "unconfirmed"];

/** A command line, read. */
export interface ConntrackCommand {
  /** A letter; empty: help. */
  readonly command: string;
  /** The kernel's table: of expectations, or lists of connections that are on their way in or out. */
  readonly table: ConntrackTable;
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

const OUTPUTS = ["xml", "extended", "timestamp", "id", "ktimestamp", "labels", "userspace", "save"];

class CommandReader {
  readonly #args: readonly string[];
  readonly #filter: Mutable<ConntrackFilter> = {};
  readonly #line: Mutable<LineOptions> = {};
  readonly #given: Set<string> = new Set();
  #command = "";
  #table: ConntrackTable = "conntrack";
  readonly #masks: Map<"src" | "dst", number> = new Map();
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
      table: this.#table,
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
    if (!arg.startsWith("-") || arg === "-") {
      if (this.#command === "") {
        // Without a command the tool tells what there is.
        this.#command = "h";
        this.#at = this.#args.length;
        return;
      }
      throw wrong(`Bad parameter \`${arg}'`);
    }
    if (arg.startsWith("--")) {
      const [name = "", value] = arg.slice(2).split("=", 2);
      const option = this.#protocolOption(name) ?? longOption(name);
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
    if (protocol === 1) return Object.hasOwn(ICMP, name) ? name : undefined;
    if (protocol === undefined || !hasPorts(protocol)) return undefined;
    return Object.hasOwn(PORTS, name) || (name === "state" && protocol === 6) ? name : undefined;
  }

  #take(option: string, inline: string | null, arg: string): void {
    if (option.length === 1 && COMMANDS.includes(option)) {
      if (this.#command !== "") throw wrong("Invalid commands combination");
      this.#command = option;
      this.#readTable();
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

  /** The name of a table may follow the command. */
  #readTable(): void {
    const next = this.#args[this.#at];
    if (next === undefined || next.startsWith("-") || !"LIADUGFECS".includes(this.#command)) return;
    this.#at++;
    const table = TABLES.find((name) => name === next);
    if (table === undefined) throw wrong(`unknown type \`${next}'`);
    this.#table = table;
  }

  #set(option: string, value: string): void {
    const filter = this.#filter;
    const port = PORTS[option];
    const icmp = ICMP[option];
    // The tool cuts ports to 16 bits.
    if (port !== undefined) filter[port] = (Number.parseInt(value, 10) || 0) & 0xffff;
    else if (icmp !== undefined) filter[icmp] = Number.parseInt(value, 10) || 0;
    else this.#setGeneral(option, value);
  }

  #setGeneral(option: string, value: string): void {
    const filter = this.#filter;
    switch (option) {
      case "s":
        filter.src = this.#prefix(value);
        return;
      case "d":
        filter.dst = this.#prefix(value);
        return;
      case "r":
        filter.replySrc = this.#prefix(value);
        return;
      case "q":
        filter.replyDst = this.#prefix(value);
        return;
      case "mask-src":
      case "mask-dst": {
        const mask = ip.parse(value);
        if (mask === null) throw wrong(`Invalid netmask \`${value}'`);
        this.#masks.set(option === "mask-src" ? "src" : "dst", mask);
        return;
      }
      case "l":
        throw new ToolError(`${NO_LABELS}${wrong(`unknown label '${value.split(",")[0]}'`).text}`, 2);
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
        filter.status = list(value, (name) => Object.hasOwn(statusBits, name) || name === "UNREPLIED");
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
        // LISTEN is the older name of SYN_SENT2.
        if (value !== "LISTEN" && !TCP_STATE_NAMES.includes(value))
          throw wrong(`unknown TCP state \`${value}'`);
        filter.state = value === "LISTEN" ? "SYN_SENT2" : value;
        return;
      case "o":
        this.#output(value);
        return;
      case "e":
        this.#events = list(value, (name) => ["ALL", "NEW", "UPDATES", "DESTROY"].includes(name));
    }
  }

  #output(value: string): void {
    const names = list(value, (n) => OUTPUTS.includes(n));
    if (names.includes("save") && names.length > 1)
      throw new ToolError(said("cannot combine save output with any other output type, use -o save only"), 1);
    for (const name of names) {
      if (name === "extended") this.#line.extended = true;
      else if (name === "id") this.#line.id = true;
      else if (name === "ktimestamp") this.#line.ktimestamp = true;
      else if (name === "timestamp") this.#timestamp = true;
      else if (name === "labels") this.#line.labels = true;
      else if (name === "save" || name === "xml") this.#format = name;
    }
  }

  #check(): void {
    const command = this.#command;
    for (const option of this.#given)
      if (ILLEGAL[command]?.includes(option))
        throw wrong(`Illegal option \`--${NAMES[option] ?? option}' with this command`);
    for (const [side, mask] of this.#masks) this.#mask(side, mask);
    if (this.#table === "expect" && command !== "I" && command !== "D") return;
    const needs = (option: string): void => {
      if (!this.#given.has(option))
        throw wrong(`You need to supply the \`--${NAMES[option]}' option for this command`);
    };
    if (this.#table === "expect") {
      needs("s");
      return;
    }
    const { src, dst, replySrc, replyDst, protocol, srcPort, dstPort } = this.#filter;
    if (this.#given.has("z") && Object.keys(this.#filter).length > 0)
      throw wrong("Can't use -z with filtering parameters");
    if (!"IAG".includes(command) || command === "") return;
    needs("p");
    if (command === "I") needs("t");
    if ((src === undefined || dst === undefined) && (replySrc === undefined || replyDst === undefined))
      throw wrong("you have to specify `--src' and `--dst'");
    // Whom it asks for by the answers alone, it asks as he says.
    if (command === "G" && src === undefined) return;
    if (protocol === 1)
      for (const option of ["icmp-type", "icmp-code"])
        if (!this.#given.has(option))
          throw wrong(`You need to supply the \`--${option}' option for this command`);
    if (command !== "G" && protocol === 6 && !this.#given.has("state"))
      throw wrong("You need to supply the `--state' option for this command");
    if (protocol !== undefined && hasPorts(protocol) && (srcPort === undefined || dstPort === undefined))
      throw wrong("you have to specify `--sport' and `--dport'");
  }

  #mask(side: "src" | "dst", mask: number): void {
    const address = this.#filter[side];
    if (address === undefined) throw wrong(`Can't use --mask-${side} without --${side}`);
    const length = ip.prefixLength(mask);
    if (length !== null) this.#filter[side] = `${address.split("/")[0]}/${length}`;
  }

  /** An address, with a length where one is given; of IPv6 there is nothing to be found. */
  #prefix(text: string): string {
    const [address = "", length] = text.split("/");
    if (length !== undefined && !(Number(length) <= 32)) throw wrong("Invalid netmask");
    if (/^[\da-f:.]*:[\da-f:.]*$/i.test(address)) {
      this.#filter.ipv6 = true;
      return "0.0.0.0/0";
    }
    const parsed = ip.parsePrefix(length === undefined ? `${text}/32` : text);
    if (parsed === null) throw wrong(`Invalid IP address \`${text}'`);
    return text;
  }
}
