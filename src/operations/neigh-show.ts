import { KernelError } from "../net/kernel-error.ts";
import { Neighbour } from "../net/neighbour.ts";
import type { ProxyNeighbour } from "../net/proxy-neighbours.ts";
import { SECOND } from "../sim/time.ts";
import * as ip from "../wire/ipv4-address.ts";
import * as mac from "../wire/mac.ts";
import { optionWords, type ShowOptions } from "./ip-options.ts";
import { type JsonObject, printJson } from "./json.ts";
import { deviceNamed } from "./link-change.ts";
import { filterWords, type NeighFilter, neighboursOf, SHOWN } from "./neigh-filter.ts";
import { neighbourAddress } from "./neigh-set.ts";
import type { InNamespace, QuestionRecord } from "./operation.ts";
import { protocolNumber } from "./route-names.ts";

/** `ip neigh show` */
export interface NeighShow extends NeighFilter, InNamespace {
  readonly ask: "neigh-show";
  readonly options?: ShowOptions;
}

/** `ip neigh get ADDRESS dev DEV` */
export interface NeighGet extends InNamespace {
  readonly ask: "neigh-get";
  readonly address: string;
  readonly dev?: string;
  readonly proxy?: true;
  readonly options?: ShowOptions;
}

/** What is shown of an entry; null and false members are not. */
interface Columns {
  readonly dst: string;
  /** Null when everything shown is on one device. */
  readonly dev: string | null;
  readonly lladdr: string | null;
  readonly flags: readonly string[];
  readonly statistics: Statistics | null;
  readonly state: string | null;
  readonly protocol: string | null;
}

interface Statistics {
  readonly references: number;
  /** Seconds since it was used, confirmed and changed. */
  readonly used: number;
  readonly confirmed: number;
  readonly updated: number;
  readonly probes: number;
}

function columnsOf(entry: Neighbour | ProxyNeighbour, withDevice: boolean, options: ShowOptions): Columns {
  const proxy = !(entry instanceof Neighbour);
  const flags: string[] = [];
  if (entry.router) flags.push("router");
  if (proxy) flags.push("proxy");
  if (entry.externLearn) flags.push("extern_learn");
  return {
    dst: ip.format(entry.address),
    dev: withDevice && entry.device !== null ? entry.device.name : null,
    lladdr: !proxy && entry.valid ? mac.format(entry.macHi, entry.macLo) : null,
    flags,
    statistics: proxy || options.statistics === undefined ? null : statisticsOf(entry),
    state: proxy || entry.state === "NONE" ? null : entry.state,
    protocol: protocolText(entry.protocol, options),
  };
}

function protocolText(protocol: string, options: ShowOptions): string | null {
  if (protocol === "") return null;
  return options.numeric ? `${protocolNumber(protocol)}` : protocol;
}

function statisticsOf(n: Neighbour): Statistics {
  const ago = (time: number): number => Math.floor((n.ns.world.now - time) / SECOND);
  return {
    references: n.timed ? 1 : 0,
    used: ago(n.used),
    confirmed: ago(n.confirmed),
    updated: ago(n.updated),
    probes: n.probes,
  };
}

function lineOf(c: Columns): string {
  const s = c.statistics;
  const references = s === null || s.references === 0 ? "" : ` ref ${s.references}`;
  return [
    `${c.dst} `,
    c.dev === null ? "" : `dev ${c.dev} `,
    c.lladdr === null ? "" : `lladdr ${c.lladdr} `,
    ...c.flags.map((flag) => `${flag} `),
    s === null ? "" : `${references} used ${s.used}/${s.confirmed}/${s.updated}probes ${s.probes} `,
    c.state === null ? "" : `${c.state} `,
    c.protocol === null ? "" : `proto ${c.protocol} `,
    "\n",
  ].join("");
}

function briefLine(c: Columns): string {
  return `${c.dst.padEnd(40)}${c.dev === null ? "" : c.dev.padEnd(17)}${c.lladdr ?? ""}\n`;
}

function jsonOf(c: Columns, brief: boolean): JsonObject {
  const head = { dst: c.dst, dev: c.dev ?? undefined, lladdr: c.lladdr ?? undefined };
  if (brief) return head;
  const s = c.statistics;
  return {
    ...head,
    ...Object.fromEntries(c.flags.map((flag) => [flag, null])),
    ...(s === null
      ? {}
      : {
          refcnt: s.references === 0 ? undefined : s.references,
          used: s.used,
          confirmed: s.confirmed,
          updated: s.updated,
          probes: s.probes,
        }),
    state: c.state === null ? undefined : [c.state],
    protocol: c.protocol ?? undefined,
  };
}

/** The lines of these entries, as `ip -s -s neigh flush` shows them too. */
export function neighbourLines(
  entries: readonly (Neighbour | ProxyNeighbour)[],
  withDevice: boolean,
  options: ShowOptions,
): string {
  return entries.map((entry) => lineOf(columnsOf(entry, withDevice, options))).join("");
}

export const neighShow: QuestionRecord<NeighShow> = {
  tool: "ip",
  words: (question) => [...optionWords(question.options ?? {}), "neigh", "show", ...filterWords(question)],
  answer(question, context) {
    const options = question.options ?? {};
    const entries = neighboursOf(question, SHOWN, context, options.family);
    const columns = entries.map((entry) => columnsOf(entry, question.dev === undefined, options));
    if (options.json)
      return printJson(
        columns.map((c) => jsonOf(c, options.brief ?? false)),
        options.pretty ?? false,
      );
    return columns.map(options.brief ? briefLine : lineOf).join("");
  },
};

/** It prints text even with `-j`. */
export const neighGet: QuestionRecord<NeighGet> = {
  tool: "ip",
  words: ({ address, dev, proxy, options }) => [
    ...optionWords(options ?? {}),
    "neigh",
    "get",
    ...(proxy ? ["proxy"] : []),
    address,
    ...(dev === undefined ? [] : ["dev", dev]),
  ],
  answer(question, context) {
    const { neighbours } = context.namespace;
    const device = question.dev === undefined ? null : deviceNamed(context, question.dev);
    const address = neighbourAddress(question.address);
    const entry = question.proxy
      ? neighbours.proxies.list().find((e) => e.address === address && e.device === device)
      : neighbours.find(device!, address);
    if (entry === undefined || entry === null)
      throw new KernelError(
        "ENOENT",
        question.proxy ? "Proxy neighbour entry not found" : "Neighbour entry not found",
      );
    return neighbourLines([entry], true, question.options ?? {});
  },
};
