import * as ip from "../../wire/ipv4-address.ts";
import type { Mutable } from "../mutable.ts";
import type { Command } from "../operation.ts";
import type { Outside } from "../operation-context.ts";
import { ToolError } from "../tool-error.ts";
import { portOfService } from "../xtables/services.ts";
import { HELP, TRY_HELP, VERSION } from "./help.ts";
import type { IpvsView } from "./ipvs-show.ts";
import { CHECKED, type CheckedOption, COMMANDS, checkedName, OPTIONS, RULES } from "./option-table.ts";
import { Popt } from "./popt.ts";
import type { ServerName, ServerSettings } from "./server-operations.ts";
import type { ServiceName } from "./service-name.ts";
import { flagNumber, type ServiceSettings } from "./service-operations.ts";

/** The longest timeout: a month of 31 days. */
const MAX_TIMEOUT = 31 * 24 * 60 * 60;
const DEFAULT_PERSISTENCE = 360;
const INT_MAX = 0x7fffffff;

/** A mistake on the command line. */
function mistake(text: string): ToolError {
  return new ToolError(text, 2);
}

/** What the options of a command line say. */
class Line {
  readonly given: Set<CheckedOption> = new Set();
  readonly service: Mutable<ServiceName> = {};
  readonly settings: Mutable<ServiceSettings> = {};
  readonly server: Mutable<ServerSettings> = {};
  real: { readonly address: string; readonly port: number | null } | null = null;
  tunnelType = "";
  hasTunnelOptions = false;
  hasTunnelPort = false;
  isIpv6 = false;
  isSorted = true;

  set(long: string): void {
    const name = checkedName(long);
    if (name === null) return;
    if (this.given.has(name)) throw mistake(`multiple '${name}' options specified`);
    this.given.add(name);
  }
}

/** The meaning of the arguments of `ipvsadm` (process_options of its own source). @throws {ToolError} */
export function parseIpvsadm(
  args: readonly string[],
  outside: Outside | null,
  inRestore: boolean,
): readonly Command[] {
  if (args.length === 0) {
    if (inRestore) throw new ToolError(TRY_HELP, 255);
    return [{ ask: "ipvs-show", view: "services" }];
  }
  const popt = new Popt([...COMMANDS, ...OPTIONS], args);
  const first = popt.next(true);
  const command = first === null || !COMMANDS.includes(first.option) ? null : first.option.long;
  if (command === null) throw new ToolError(TRY_HELP, 255);
  if (command === "help") throw new ToolError("", 0, HELP);
  if (command === "version") throw new ToolError("", 0, VERSION);
  if (/-daemon$/.test(command) && !/^(master|backup)/.test(first!.argument!))
    throw mistake(
      command === "start-daemon"
        ? "illegal start-daemon parameter specified"
        : "illegal start_daemon specified",
    );
  const line = new Line();
  for (let next = popt.next(false); next !== null; next = popt.next(false)) {
    if (COMMANDS.includes(next.option)) {
      const word = next.option.short === undefined ? `--${next.option.long}` : `-${next.option.short}`;
      throw mistake(`invalid option \`${word}'`);
    }
    take(line, next.option.long, next.argument);
  }
  const timeouts = command === "set" ? readTimeouts(popt.leftOver) : null;
  if (popt.leftOver.length > 0) throw mistake(`unexpected argument ${popt.leftOver[0]}`);
  checkAfter(line);
  checkOptions(command, line);
  switch (command) {
    case "set":
      return [{ op: "ipvs-timeouts", ...timeouts! }];
    case "start-daemon":
      throw new ToolError("No such device", 255);
    case "stop-daemon":
      throw new ToolError("No daemon is running", 255);
    case "restore":
      return inRestore ? tryHelp() : [{ op: "ipvs-restore", text: outside?.stdin ?? "" }];
    default:
      return [commandOf(command, line)];
  }
}

function tryHelp(): never {
  throw new ToolError(TRY_HELP, 255);
}

function take(line: Line, long: string, argument: string | null): void {
  switch (long) {
    case "tcp-service":
    case "udp-service":
    case "sctp-service": {
      line.set(long);
      const at = readAddress(argument!, long === "udp-service" ? "udp" : "tcp");
      if (at === null) throw mistake("illegal virtual server address[:port] specified");
      line.service.protocol = long.slice(0, -8) as "tcp" | "udp" | "sctp";
      line.service.address = at.address;
      line.service.port = at.port ?? 0;
      return;
    }
    case "fwmark-service": {
      line.set(long);
      const mark = readNumber(argument!, 1, 0xffffffff);
      if (mark === null) throw mistake(`invalid fwmark value \`${argument}' specified`);
      line.service.fwmark = mark;
      return;
    }
    case "ipv6":
      if (line.service.fwmark === undefined) throw mistake("-6 used before -f\n\n");
      line.isIpv6 = true;
      return;
    case "sort":
      return;
    case "nosort":
      line.isSorted = false;
      break;
    case "real-server": {
      line.set(long);
      const at = readAddress(argument!, line.service.protocol === "udp" ? "udp" : "tcp");
      if (at === null) throw mistake("illegal real server address[:port] specified");
      line.real = at;
      return;
    }
    case "weight":
      line.set(long);
      line.server.weight = readLimit(argument!, "weight");
      return;
    case "u-threshold":
      line.set(long);
      line.server.upperThreshold = readLimit(argument!, "u_threshold");
      return;
    case "l-threshold":
      line.set(long);
      line.server.lowerThreshold = readLimit(argument!, "l_threshold");
      return;
    default:
      break;
  }
  line.set(long);
  takeMore(line, long, argument);
}

function takeMore(line: Line, long: string, argument: string | null): void {
  const { settings } = line;
  switch (long) {
    case "scheduler":
      if (argument !== "") settings.scheduler = argument!;
      return;
    case "persistent": {
      const timeout = argument === null ? DEFAULT_PERSISTENCE : readNumber(argument, 1, MAX_TIMEOUT);
      if (timeout === null) throw mistake(`invalid timeout value \`${argument}' specified`);
      settings.persistent = timeout;
      return;
    }
    case "netmask": {
      const mask = readAddress(argument!);
      if (mask === null) throw mistake("invalid netmask specified");
      settings.netmask = mask.address;
      return;
    }
    case "masquerading":
    case "ipip":
    case "gatewaying":
      line.server.method = long;
      return;
    case "ops":
      settings.onePacket = true;
      return;
    case "sched-flags":
      settings.schedulerFlags = readFlags(settings.scheduler ?? "wlc", argument!);
      return;
    case "tun-type":
      if (!/^(ipip|gue|gre)$/.test(argument!)) throw mistake("illegal tunnel type specified");
      line.tunnelType = argument!;
      line.hasTunnelOptions = true;
      return;
    case "tun-port":
      line.hasTunnelPort = true;
      line.hasTunnelOptions = true;
      return;
    case "tun-csum":
    case "tun-nocsum":
    case "tun-remcsum":
      line.hasTunnelOptions = true;
      return;
    default:
  }
}

function readFlags(scheduler: string, text: string): readonly string[] {
  const names = text.split(",");
  for (const name of names) {
    if (flagNumber(scheduler, name) !== null) continue;
    const isKnown = flagNumber("sh", name) !== null || flagNumber("mh", name) !== null;
    throw mistake(`${isKnown ? "incompatible" : "invalid"} scheduler flag \`${name}'`);
  }
  return names;
}

function readLimit(text: string, name: string): number {
  const value = readNumber(text, 0, INT_MAX);
  if (value === null) throw mistake(`illegal ${name} specified`);
  return value;
}

/** A whole number in decimal (string_to_number), or null. */
function readNumber(text: string, min: number, max: number): number | null {
  if (!/^\s*[+-]?\d+$/.test(text)) return null;
  const value = Number(text);
  return value < min || value > max ? null : value;
}

/** `address[:port]`, the port by number or name; null for nonsense. */
function readAddress(
  text: string,
  protocol: "tcp" | "udp" = "tcp",
): { readonly address: string; readonly port: number | null } | null {
  const cut = text.lastIndexOf(":");
  const host = cut < 0 ? text : text.slice(0, cut);
  const address = host === "localhost" ? ip.LOOPBACK : readInet(host);
  if (address === null) return null;
  if (cut < 0) return { address: ip.format(address), port: null };
  const word = text.slice(cut + 1);
  const port = readNumber(word, 0, 65535) ?? portOfService(word, protocol);
  return port === null ? null : { address: ip.format(address), port };
}

/** An address as inet_aton(3) takes it: one to four numbers, also hexadecimal or octal. */
function readInet(text: string): number | null {
  const parts = text.split(".");
  if (parts.length > 4) return null;
  let address = 0;
  for (const [i, part] of parts.entries()) {
    if (!/^(0[xX][0-9a-fA-F]+|0[0-7]*|[1-9]\d*)$/.test(part)) return null;
    const value = /^0[0-7]+$/.test(part) ? Number.parseInt(part, 8) : Number(part);
    const bytes = i === parts.length - 1 ? 5 - parts.length : 1;
    if (value >= 256 ** bytes) return null;
    address += value * 256 ** (i === parts.length - 1 ? 0 : 3 - i);
  }
  return address | 0;
}

function readTimeouts(words: string[]): {
  readonly tcp: number;
  readonly tcpFin: number;
  readonly udp: number;
} {
  const taken = words.splice(0, 3);
  if (taken.length < 3) throw mistake("--set option requires 3 timeout values");
  const [tcp, tcpFin, udp] = taken.map((word) => {
    const value = readNumber(word, 0, MAX_TIMEOUT);
    if (value === null) throw mistake(`invalid timeout value \`${word}' specified`);
    return value;
  });
  return { tcp: tcp!, tcpFin: tcpFin!, udp: udp! };
}

/** Whether the options fit the command (generic_opt_check). */
function checkOptions(command: string, line: Line): void {
  const { name, required, allowed } = RULES[command]!;
  for (const option of CHECKED) {
    if (!line.given.has(option)) {
      if (required.includes(option))
        throw mistake(`You need to supply the '${option}' option for the '${name}' command`);
    } else if (!required.includes(option) && !allowed.includes(option))
      throw mistake(`Illegal '${option}' option with the '${name}' command`);
  }
}

/** What is looked at before the options are held against the command. */
function checkAfter(line: Line): void {
  if (line.isIpv6 || line.service.address?.includes("[") === true)
    throw new ToolError("ipvsadm: IPv6 is not simulated", 2);
}

function commandOf(command: string, line: Line): Command {
  const { service, settings, given } = line;
  switch (command) {
    case "add-service":
    case "edit-service":
      if (settings.onePacket && service.fwmark === undefined && service.protocol !== "udp")
        throw mistake("One-Packet Scheduling is only for UDP virtual services");
      if (service.fwmark === undefined && service.port === 0 && settings.persistent === undefined)
        throw mistake("Zero port specified for non-persistent service");
      return {
        op: command === "add-service" ? "ipvs-service-add" : "ipvs-service-edit",
        service,
        ...settings,
      };
    case "delete-service":
      return { op: "ipvs-service-del", service };
    case "clear":
      return { op: "ipvs-flush" };
    case "zero":
      return { op: "ipvs-zero", ...(given.has("service-address") ? { service } : {}) };
    case "save":
      return { ask: "ipvs-save", ...(given.has("numeric") ? { numeric: true } : {}) };
    case "list":
      return listOf(line);
    default:
      return serverCommand(command, line);
  }
}

function serverCommand(command: string, line: Line): Command {
  const { service, server } = line;
  const isTunnel = server.method === "ipip";
  if (line.hasTunnelOptions && !isTunnel) throw mistake("Tunnel options conflict with forward method");
  if (line.tunnelType === "gue" && !line.hasTunnelPort)
    throw mistake("You need to supply the 'tun-port' option for the 'gue' tunnel type");
  if (isTunnel && (line.tunnelType === "gue" || line.tunnelType === "gre"))
    throw new ToolError(`ipvsadm: tunnels of type ${line.tunnelType} are not simulated`, 2);
  const { address, port } = line.real!;
  // Only NAT can change the port; with a mark there is none to change.
  const own = service.fwmark === undefined ? service.port! : 0;
  const masquerades = server.method === "masquerading" || service.fwmark !== undefined;
  const name: ServerName = { service, address, port: masquerades && port !== null ? port : own };
  if (command === "delete-server") return { op: "ipvs-server-del", ...name, port: port ?? own };
  return { op: command === "add-server" ? "ipvs-server-add" : "ipvs-server-edit", ...name, ...server };
}

function listOf({ given, service, isSorted }: Line): Command {
  const views = (["stats", "rate", "thresholds", "persistent-conn", "tun-info"] as const).filter((view) =>
    given.has(view),
  );
  if (given.has("connection") && given.has("service-address"))
    throw mistake(
      "The option 'service-address' conflicts with the 'connection' option in the 'list' command",
    );
  for (const view of ["timeout", "daemon"] as const)
    if (given.has(view) && given.has("service-address"))
      throw mistake(`The option '${view}' conflicts with the 'service-address' option in the 'list' command`);
  if (given.has("daemon") && given.has("timeout"))
    throw mistake("The option 'daemon' conflicts with the 'timeout' option in the 'list' command");
  const engines = given.has("connection") && given.has("persistent-conn");
  if (given.has("connection") && views.length > (engines ? 1 : 0))
    throw mistake("options conflicts in the list command");
  const view: IpvsView = given.has("connection")
    ? "connections"
    : given.has("timeout")
      ? "timeout"
      : given.has("daemon")
        ? "daemon"
        : (views[0] ?? "services");
  return {
    ask: "ipvs-show",
    view,
    ...(given.has("service-address") ? { service } : {}),
    ...(given.has("numeric") ? { numeric: true } : {}),
    ...(given.has("exact") ? { exact: true } : {}),
    ...(engines ? { engines: true } : {}),
    ...(isSorted ? {} : { unsorted: true }),
  };
}
