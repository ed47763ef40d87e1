import * as ipOutput from "../net/ip-output.ts";
import { KernelError } from "../net/kernel-error.ts";
import type { NetDevice } from "../net/net-device.ts";
import type { Route } from "../net/route.ts";
import type { RouteException } from "../net/route-exceptions.ts";
import { SECOND } from "../sim/time.ts";
import * as ipv4 from "../wire/ipv4.ts";
import * as ip from "../wire/ipv4-address.ts";
import { type CachedRoute, cachedRouteJson, cachedRouteText } from "./cached-route.ts";
import { optionWords, type ShowOptions } from "./ip-options.ts";
import { printJson } from "./json.ts";
import { deviceNamed } from "./link-change.ts";
import type { InNamespace, QuestionRecord } from "./operation.ts";
import type { OperationContext } from "./operation-context.ts";
import { formatTos } from "./route-names.ts";
import { routeJson, routeText } from "./route-text.ts";

/** `ip route get ADDRESS ...` */
export interface RouteGet extends InNamespace {
  readonly ask: "route-get";
  readonly dst: string;
  readonly from?: string;
  readonly iif?: string;
  readonly oif?: string;
  readonly mark?: number;
  readonly tos?: number;
  readonly uid?: number;
  /** Shows the route itself and not what it means for this address. */
  readonly fibmatch?: true;
  readonly options?: ShowOptions;
}

export const routeGet: QuestionRecord<RouteGet> = {
  tool: "ip",
  words({ options = {}, dst, from, iif, oif, mark, tos, uid, fibmatch }) {
    const words = [...optionWords(options), "route", "get", ...(fibmatch ? ["fibmatch"] : []), dst];
    if (from !== undefined) words.push("from", from);
    if (iif !== undefined) words.push("iif", iif);
    if (oif !== undefined) words.push("oif", oif);
    if (mark !== undefined) words.push("mark", `${mark}`);
    if (tos !== undefined) words.push("tos", formatTos(tos));
    if (uid !== undefined) words.push("uid", `${uid}`);
    return words;
  },
  answer(question, context) {
    const { options = {} } = question;
    const iif = question.iif === undefined ? null : deviceNamed(context, question.iif);
    const oif = question.oif === undefined ? null : deviceNamed(context, question.oif);
    const dst = ip.parse(question.dst)!;
    const way = iif === null ? outwards(question, context, oif) : inwards(question, context, iif);
    if (question.fibmatch) {
      return options.json
        ? printJson([routeJson(way, {}, options)], options.pretty ?? false)
        : routeText(way, {}, options);
    }
    const shown = meaning(question, context, way, dst, iif);
    return options.json
      ? printJson([cachedRouteJson(shown, options)], options.pretty ?? false)
      : cachedRouteText(shown, options);
  },
};

function outwards(question: RouteGet, context: OperationContext, oif: NetDevice | null): Route {
  const ns = context.namespace;
  const dst = ip.parse(question.dst)!;
  const from = question.from === undefined ? 0 : ip.parse(question.from)!;
  // To nobody means to this host itself.
  const to = dst === 0 ? ip.LOOPBACK : dst;
  const way = ipOutput.route(ns, to, from, oif?.ifindex ?? 0, question.mark ?? 0, question.tos ?? 0);
  if (way !== null) return way;
  // A source that is not this host's own finds no way.
  const foreign = from !== 0 && !ns.own.has(from);
  throw new KernelError(foreign ? "ENETUNREACH" : ns.fib.error);
}

function inwards(question: RouteGet, context: OperationContext, iif: NetDevice): Route {
  const ns = context.namespace;
  const from = question.from === undefined ? 0 : ip.parse(question.from)!;
  // What comes in by `lo` was sent from here.
  if (iif.loopback) return outwards({ ...question, from: "0.0.0.0" }, context, null);
  const { tos = 0, mark = 0 } = question;
  const way = ns.input.decide(iif, ip.parse(question.dst)!, from, tos, mark, ipv4.PROTO_UDP);
  if (way === null) throw new KernelError(ns.input.error ?? "EINVAL");
  return way;
}

function meaning(
  question: RouteGet,
  context: OperationContext,
  way: Route,
  dst: number,
  iif: NetDevice | null,
): CachedRoute {
  const ns = context.namespace;
  const learned: RouteException | null = ns.exceptions.find(dst, way);
  const gateway = learned !== null && learned.gateway !== 0 ? learned.gateway : way.gateway;
  const device = way.type === "local" ? ns.loopback : way.device!;
  const flags: string[] = [];
  if (learned !== null && learned.gateway !== 0) flags.push("redirected");
  if (iif !== null && way.type === "unicast" && device === iif && ns.input.sourceOnLink)
    flags.push("redirect");
  const staysHere = way.type === "local" || way.type === "broadcast" || way.type === "multicast";
  if (staysHere || (iif === null && device.loopback)) flags.push("local");
  if (way.type === "broadcast") flags.push("brd");
  if (way.type === "multicast") flags.push("mc");
  const to = dst === 0 ? ip.LOOPBACK : dst;
  const asked = question.from !== undefined || iif !== null;
  const source = asked ? 0 : ipOutput.sourceFor(way, to);
  const path = learned !== null && learned.pmtu !== 0 ? learned : null;
  return {
    type: way.type,
    dst: question.dst,
    from: question.from,
    tos: way.tos,
    gateway: gateway === 0 ? undefined : ip.format(gateway),
    dev: device.name,
    table: way.table,
    source: source === 0 ? undefined : ip.format(source),
    mark: question.mark,
    uid: iif === null ? (question.uid ?? 0) : undefined,
    flags,
    expires: learned === null ? undefined : Math.floor((learned.expires - ns.world.now) / SECOND),
    mtu: path === null ? way.mtu : path.pmtu,
    mtuLocked: path === null ? way.mtuLocked : path.locked,
    iif: iif?.name,
  };
}
