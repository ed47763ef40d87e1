import { errorText, KernelError } from "../../net/kernel-error.ts";
import { Neighbour } from "../../net/neighbour.ts";
import type { AddressFilter } from "../addr-show.ts";
import { deviceNamed } from "../link-change.ts";
import type { LinkSet } from "../link-set.ts";
import { devicesOf } from "../link-show.ts";
import { FLUSHED, type NeighFilter, neighboursOf, SHOWN } from "../neigh-filter.ts";
import type { Command, QuestionRecord } from "../operation.ts";
import type { OperationContext } from "../operation-context.ts";
import { filteredRoutes, type RouteFilter } from "../route-filter.ts";
import { ruleText } from "../rule-show.ts";
import { applyOperation } from "../run-tool.ts";
import type { ToolResult } from "../tool.ts";
import { ToolError } from "../tool-error.ts";
import { addrText, type BusyboxView, linkText, neighbourText, routeText } from "./ip-show.ts";

/** What the applet prints for `--help` and for words that it does not understand. */
export const BUSYBOX_IP_USAGE = `Usage: ip [OPTIONS] address|route|link|tunnel|neigh|rule [ARGS]

OPTIONS := -f[amily] inet|inet6|link | -o[neline]

ip addr add|del IFADDR dev IFACE | show|flush [dev IFACE] [to PREFIX]
ip route list|flush|add|del|change|append|replace|test ROUTE
ip link set IFACE [up|down] [arp on|off] [multicast on|off]
	[promisc on|off] [mtu NUM] [name NAME] [qlen NUM] [address MAC]
	[master IFACE | nomaster] [netns PID]
ip tunnel add|change|del|show [NAME]
	[mode ipip|gre|sit] [remote ADDR] [local ADDR] [ttl TTL]
ip neigh show|flush [to PREFIX] [dev DEV] [nud STATE]
ip rule [list] | add|del SELECTOR ACTION
`;

const OBJECTS = ["address", "route", "r", "link", "tunnel", "tunl", "rule", "neigh"];
const VERBS: Readonly<Record<string, readonly string[]>> = {
  address: ["add", "change", "chg", "replace", "delete", "list", "show", "lst", "flush"],
  route: [
    "a",
    "add",
    "append",
    "change",
    "chg",
    "delete",
    "get",
    "list",
    "show",
    "prepend",
    "replace",
    "test",
    "flush",
  ],
  link: ["add", "delete", "set", "show", "lst", "list"],
  tunnel: ["add", "change", "delete", "show", "list", "lst"],
  rule: ["add", "delete", "list", "show"],
  neigh: ["show", "flush"],
};
const SHOWS: ReadonlySet<string> = new Set(["list", "show", "lst"]);

/** Ends the applet with words of its own. */
class Complaint extends Error {
  readonly status: number;

  constructor(text: string, status: number) {
    super(text);
    this.status = status;
  }
}

/** Null: the words are none that it understands. */
function startingWith(list: readonly string[], word: string): string | null {
  return list.find((name) => name === word) ?? list.find((name) => name.startsWith(word)) ?? null;
}

/** `busybox ip` (1.35): null when it prints its usage. What it sets are the operations of iproute2's `ip`. */
export function busyboxIp(args: readonly string[], context: OperationContext): ToolResult | null {
  let i = 0;
  let view: BusyboxView = { oneline: false };
  for (; args[i]?.startsWith("-"); i++) {
    const word = args[i]!.replace(/^--?/, "");
    if (word === "4") view = { ...view, family: "inet" };
    else if (word === "6") view = { ...view, family: "inet6" };
    else if (word === "0") view = { ...view, family: "link" };
    else if (word !== "" && "oneline".startsWith(word)) view = { ...view, oneline: true };
    else if (word !== "" && "family".startsWith(word)) {
      const family = args[++i];
      if (family !== "inet" && family !== "inet6" && family !== "link") return null;
      view = { ...view, family };
    } else return null;
  }
  const object = startingWith(OBJECTS, args[i] ?? "\0")
    ?.replace(/^r$/, "route")
    .replace("tunl", "tunnel");
  if (object === undefined) return null;
  const words = args.slice(i + 1);
  const status = object === "link" || object === "tunnel" ? 2 : 1;
  try {
    const verb = words[0] === undefined ? "show" : startingWith(VERBS[object]!, words[0]);
    if (verb === null) throw new Complaint(`invalid argument '${words[0]}' to 'ip'`, status);
    return { stdout: run(object, verb, words, view, context), stderr: "", status: 0 };
  } catch (error) {
    return { stdout: "", ...said(error, status) };
  }
}

/** An error in the applet's words. */
function said(error: unknown, status: number): { readonly stderr: string; readonly status: number } {
  if (error instanceof Complaint) return { stderr: `ip: ${error.message}\n`, status: error.status };
  if (error instanceof KernelError)
    return { stderr: `ip: RTNETLINK answers: ${errorText[error.errno]}\n`, status: 2 };
  if (!(error instanceof ToolError)) throw error;
  const [line] = error.text.split("\n") as [string];
  const device = /^(?:Cannot find device|Device) "([^"]*)"/.exec(line);
  if (device !== null) return { stderr: `ip: can't find device '${device[1]}'\n`, status };
  const mistaken = /is expected rather than/.test(line);
  if (mistaken) return { stderr: `ip: RTNETLINK answers: ${errorText.ERANGE}\n`, status: 2 };
  const unknown = /^Error: (either "dev" is duplicate, or "[^"]*" is a? ?garbage)/.exec(line);
  if (unknown !== null) return { stderr: `ip: ${unknown[1]!.replace("a garbage", "garbage")}\n`, status };
  const wrong = /argument "([^"]*)" is wrong/.exec(line);
  if (wrong !== null) return { stderr: `ip: invalid argument '${wrong[1]}' to 'ip'\n`, status };
  return { stderr: `ip: ${line.replace(/^Error: /, "")}\n`, status };
}

function run(
  object: string,
  verb: string,
  words: readonly string[],
  view: BusyboxView,
  context: OperationContext,
): string {
  if (object === "tunnel") {
    if (SHOWS.has(verb)) return "";
    throw new Complaint("tunnels are not simulated", 1);
  }
  const rest = words.slice(1);
  const parse = (...line: readonly string[]): Command => {
    const [command] = context.toolbox.tools.get("ip")!.parse(line, context.toolbox, context.outside);
    return command!;
  };
  if (SHOWS.has(verb)) {
    const meant = object === "route" && view.family === undefined ? withoutDefault(rest) : rest;
    return show(object, parse(object, "show", ...meant), view, context);
  }
  if (verb === "flush") return flush(object, rest, parse, view, context);
  if (object === "route" && verb === "get") return routeGet(parse("route", "get", ...rest), context);
  check(object, verb, rest, context);
  const full = verb === "a" ? "add" : verb === "chg" ? "change" : verb;
  const command = parse(object, full, ...rest);
  if (!("op" in command)) throw new Complaint(`invalid argument '${words[0]}' to 'ip'`, 1);
  try {
    applyOperation(command, context);
  } catch (error) {
    const call = command.op === "link-set" ? ioctlOf(command) : null;
    if (!(error instanceof KernelError) || error.errno !== "EPERM" || call === null) throw error;
    throw new Complaint(`${call}: ${errorText.EPERM}`, 2);
  }
  return "";
}

/** The old system call by which the applet changes a device, where it does. */
function ioctlOf(change: LinkSet): string | null {
  if (change.mtu !== undefined) return "SIOCSIFMTU";
  if (change.name !== undefined) return "SIOCSIFNAME";
  if (change.address !== undefined) return "SIOCSIFHWADDR";
  return change.up === undefined ? null : "SIOCSIFFLAGS";
}

/** What the applet finds wrong before it asks the kernel. */
function check(object: string, verb: string, words: readonly string[], context: OperationContext): void {
  if (object === "address" && !words.includes("dev")) throw new Complaint('need "dev IFACE"', 1);
  if (
    object === "route" &&
    !words.some((word) =>
      ["via", "dev", "blackhole", "unreachable", "prohibit", "throw", "nexthop"].includes(word),
    ) &&
    !verb.startsWith("del")
  )
    throw new KernelError("ENODEV");
  if (object !== "link" || verb !== "set") return;
  const name = words[0] === "dev" ? words[1] : words[0];
  if (name === undefined) throw new Complaint('"dev" requires an argument', 2);
  if (context.namespace.device(name) === null) throw new Complaint("SIOCGIFFLAGS: No such device", 2);
}

function show(object: string, command: Command, view: BusyboxView, context: OperationContext): string {
  const { namespace } = context;
  if (object === "link")
    return devicesOf(command as AddressFilter, context)
      .map((device) => linkText(device, view, context))
      .join("");
  if (object === "address")
    return devicesOf(command as AddressFilter, context)
      .map((device) => addrText(device, command as AddressFilter, view, context) ?? "")
      .join("");
  if (object === "neigh") {
    const filter = command as NeighFilter;
    const found = neighboursOf(filter, SHOWN, context, view.family);
    return found
      .map((n) => (n instanceof Neighbour ? neighbourText(n, filter.dev === undefined) : ""))
      .join("");
  }
  if (object === "rule")
    return view.family === "inet6"
      ? ""
      : namespace.fib.rules.map((rule) => `${rule.priority}:\t${ruleText(rule, namespace)} \n`).join("");
  if (view.family === "inet6") return "";
  const filter = command as RouteFilter;
  return filteredRoutes(filter, context, "Dump")
    .map((route) => routeText(route, filter.table === "all"))
    .join("");
}

/** `default` is a prefix of no family unless one is given: busybox then takes it for no prefix at all. */
function withoutDefault(words: readonly string[]): readonly string[] {
  const means = (i: number): boolean =>
    /^(?:default|all|any)$/.test(words[i] ?? "") &&
    !/^(?:dev|table|proto|scope|via|src|from)$/.test(words[i - 1] ?? "");
  return words.filter((word, i) => !means(i) && !(/^(?:root|match|exact)$/.test(word) && means(i + 1)));
}

function flush(
  object: string,
  words: readonly string[],
  parse: (...words: readonly string[]) => Command,
  view: BusyboxView,
  context: OperationContext,
): string {
  if (words.length === 0)
    throw new Complaint(
      object === "address" ? "flush requires an argument" : `"ip ${object} flush" requires an argument`,
      1,
    );
  const command = parse(object, "flush", ...words);
  if (!("op" in command)) return "";
  if (object !== "neigh") {
    if (object === "route" && context.outside.unprivileged === true)
      throw new Complaint(`can't send flush request: ${errorText.EPERM}`, 1);
    applyOperation(command, context);
    return "";
  }
  const filter = command as NeighFilter;
  if (filter.dev !== undefined) deviceNamed(context, filter.dev);
  const gone = neighboursOf(filter, FLUSHED, context, view.family);
  const lines = gone.map((n) => (n instanceof Neighbour ? neighbourText(n, filter.dev === undefined) : ""));
  if (lines.length === 0) return "Nothing to flush\n";
  applyOperation(command, context);
  const rounds = `*** Round 1, deleting ${lines.length} entries ***\n*** Flush is complete after 1 round(s) ***\n`;
  return `${lines.join("")}\n${rounds}`;
}

/** iproute2's answer without what busybox does not print. */
function routeGet(command: Command, context: OperationContext): string {
  if (!("ask" in command)) return "";
  const record = context.toolbox.questions.get(command.ask) as QuestionRecord;
  const [line] = record.answer(command, context).split("\n") as [string];
  const [, head, source] = /^(.*?)(?: src ([\d.]+))?(?: uid \d+)? *$/.exec(line)!;
  return `${head} ${source === undefined ? "" : ` src ${source} `}\n`;
}
