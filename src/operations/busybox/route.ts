import { errorText, KernelError } from "../../net/kernel-error.ts";
import * as ip from "../../wire/ipv4-address.ts";
import type { OperationContext } from "../operation-context.ts";
import type { RouteDel, RouteSet } from "../route-set.ts";
import { applyOperation } from "../run-tool.ts";

export const BUSYBOX_ROUTE_USAGE = `Usage: route [-ne] [-A inet[6]] [{add|del} [-net|-host] TARGET [netmask MASK]
	[gw GATEWAY] [metric N] [mss BYTES] [window BYTES] [reject] [IFACE]]

Show or edit kernel routing tables

	-n	Don't resolve names
	-e	Display other/more information
	-A inet[6]	Select address family
`;

/** A line of standard error and the status; null for words that the applet does not understand. */
type RouteOutcome = { readonly stderr: string; readonly status: number } | null;

const DONE: RouteOutcome = { stderr: "", status: 0 };

function refused(words: string): RouteOutcome {
  return { stderr: `route: ${words}\n`, status: 1 };
}

/** `busybox route add|del [-net|-host] TARGET ...`, as the operations of `ip route`. */
export function busyboxRouteChange(args: readonly string[], context: OperationContext): RouteOutcome {
  const adds = args[0] === "add";
  const words = args.slice(1);
  let kind: "net" | "host" | null = null;
  if (words[0] === "-net" || words[0] === "-host") kind = words.shift() === "-net" ? "net" : "host";
  const target = words.shift();
  if (target === undefined) return null;
  let length = target === "default" ? 0 : Number(target.split("/")[1] ?? Number.NaN);
  let route: { via?: string; dev?: string; metric?: number; type?: "unreachable" } = {};
  while (words.length > 0) {
    const word = words.shift()!;
    if (word === "reject") {
      route = { ...route, type: "unreachable" };
      continue;
    }
    const value = ["netmask", "gw", "gateway", "metric", "dev", "device", "mss", "window", "irtt"].includes(
      word,
    )
      ? words.shift()
      : word;
    if (value === undefined) return null;
    if (word === "netmask") length = ip.prefixLength(ip.parse(value) ?? 0) ?? Number.NaN;
    else if (word === "gw" || word === "gateway") route = { ...route, via: value };
    else if (word === "metric") route = { ...route, metric: Number(value) };
    else if (!["mss", "window", "irtt"].includes(word)) route = { ...route, dev: value };
  }
  const address = target === "default" ? 0 : ip.parse(target.split("/")[0]!);
  if (address === null) return refused(`bad address '${target}'`);
  if (Number.isNaN(length)) length = kind === "net" ? classLength(address) : 32;
  const dst = length === 0 ? "default" : `${ip.format(address)}/${length}`;
  const what = adds ? "SIOCADDRT" : "SIOCDELRT";
  if (route.dev !== undefined && context.namespace.device(route.dev) === null)
    return refused(`${what}: ${errorText.ENODEV}`);
  try {
    const operation: RouteSet | RouteDel = adds
      ? { op: "route-set", verb: "prepend", dst, ...route }
      : { op: "route-del", dst, ...route };
    applyOperation(operation, context);
    return DONE;
  } catch (error) {
    if (!(error instanceof KernelError)) throw error;
    return refused(`${what}: ${errorText[error.errno]}`);
  }
}

/** How long the network's part is that nobody told, by the classes of old. */
export function classLength(address: number): number {
  const first = address >>> 24;
  return first < 128 ? 8 : first < 192 ? 16 : 24;
}
