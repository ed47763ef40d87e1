import * as inetAddress from "../net/inet-address.ts";
import type { InetAddress } from "../net/inet-device.ts";
import type { NetDevice } from "../net/net-device.ts";
import * as ip from "../wire/ipv4-address.ts";
import { familyOf, isIpv6, prefixOf } from "./addresses.ts";
import { optionWords, type ShowOptions } from "./ip-options.ts";
import { ipv6AddressOf } from "./ipv6-text.ts";
import { type JsonObject, printJson } from "./json.ts";
import { type DeviceFilter, devicesOf, filterWords } from "./link-show.ts";
import { statsJson, statsText } from "./link-stats.ts";
import { briefHead, briefJson, linkJson, linkJson6, linkText, linkText6 } from "./link-text.ts";
import type { InNamespace, OperationRecord, QuestionRecord } from "./operation.ts";
import type { OperationContext } from "./operation-context.ts";
import { scopeName, scopeOf } from "./route-names.ts";

/** Which addresses are meant. */
export interface AddressFilter extends DeviceFilter {
  readonly scope?: string;
  /** `to PREFIX`: addresses inside it. */
  readonly to?: string;
  /** With `*` and `?` as in a shell. */
  readonly label?: string;
  readonly rank?: "primary" | "secondary";
  /** `permanent` or `dynamic`; all addresses here are permanent. */
  readonly life?: "permanent" | "dynamic";
}

/** `ip addr show` */
export interface AddrShow extends AddressFilter, InNamespace {
  readonly ask: "addr-show";
  readonly options?: ShowOptions;
}

/** `ip addr flush` */
export interface AddrFlush extends AddressFilter, InNamespace {
  readonly op: "addr-flush";
  readonly family?: "inet" | "inet6";
}

function wordsOf(filter: AddressFilter): string[] {
  const words = filterWords(filter);
  if (filter.scope !== undefined) words.push("scope", filter.scope);
  if (filter.to !== undefined) words.push("to", filter.to);
  if (filter.label !== undefined) words.push("label", filter.label);
  if (filter.rank !== undefined) words.push(filter.rank);
  if (filter.life !== undefined) words.push(filter.life);
  return words;
}

function globbed(pattern: string): RegExp {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${source}$`);
}

function fits(a: InetAddress, filter: AddressFilter): boolean {
  if (filter.life === "dynamic") return false;
  if (filter.rank !== undefined && a.secondary !== (filter.rank === "secondary")) return false;
  if (filter.scope !== undefined && filter.scope !== "all" && a.scope !== scopeOf(filter.scope)) return false;
  if (filter.label !== undefined && !globbed(filter.label).test(a.label)) return false;
  if (filter.to === undefined) return true;
  if (isIpv6(filter.to)) return false;
  const to = prefixOf(filter.to);
  return ip.contains(to.address, to.length, a.address);
}

/** An address as iproute2 shows it. */
interface Shown {
  readonly text: string;
  /** As `ip -br` has it. */
  readonly brief: string;
  readonly json: JsonObject;
  readonly briefJson: JsonObject;
}

const FOREVER = 4294967295;

function show(a: InetAddress): Shown {
  const local = ip.format(a.address);
  const peer = a.peer === a.address ? "" : ` peer ${ip.format(a.peer)}`;
  const prefix = `${local}${peer}/${a.prefixLength}`;
  const words = ["inet", prefix];
  if (a.broadcast !== 0) words.push("brd", ip.format(a.broadcast));
  words.push("scope", scopeName(a.scope));
  if (a.secondary) words.push("secondary");
  if (a.noprefixroute) words.push("noprefixroute");
  words.push(a.label);
  const other = a.peer === a.address ? undefined : ip.format(a.peer);
  return {
    text: words.join(" "),
    brief: prefix,
    json: {
      family: "inet",
      local,
      address: other,
      prefixlen: a.prefixLength,
      broadcast: a.broadcast === 0 ? undefined : ip.format(a.broadcast),
      scope: scopeName(a.scope),
      secondary: a.secondary || undefined,
      noprefixroute: a.noprefixroute || undefined,
      label: a.label,
      valid_life_time: FOREVER,
      preferred_life_time: FOREVER,
    },
    briefJson: { local, address: other, prefixlen: a.prefixLength },
  };
}

/** The addresses that every device has by itself where IPv6 is not disabled: `::1`, and one of fe80::/64. */
function ipv6Of(device: NetDevice, filter: AddressFilter): Shown[] {
  const own = ipv6AddressOf(device);
  if (own === null || filter.to !== undefined || filter.label !== undefined) return [];
  if (filter.rank === "secondary" || filter.life === "dynamic") return [];
  const scope = device.loopback ? "host" : "link";
  if (filter.scope !== undefined && filter.scope !== "all" && filter.scope !== scope) return [];
  const prefixlen = device.loopback ? 128 : 64;
  const lives = { valid_life_time: FOREVER, preferred_life_time: FOREVER };
  return [
    {
      text: `inet6 ${own}/${prefixlen} scope ${scope} `,
      brief: `${own}/${prefixlen}`,
      json: { family: "inet6", local: own, prefixlen, scope, ...lives },
      briefJson: { local: own, prefixlen },
    },
  ];
}

export const addrShow: QuestionRecord<AddrShow> = {
  tool: "ip",
  words: (question) => [...optionWords(question.options ?? {}), "addr", "show", ...wordsOf(question)],
  answer(question, context) {
    const given = question.options ?? {};
    // A prefix has a family, and so asks for addresses of that family only.
    const family = given.family ?? (question.to === undefined ? undefined : familyOf(question.to));
    const options: ShowOptions = family === undefined ? given : { ...given, family };
    const wanted = devicesOf(question, context)
      .map((device) => ({ device, addresses: addressesOf(device, question, family) }))
      .filter(
        ({ device, addresses }) =>
          // A device without any address is shown, one whose addresses are all left out is not (ipaddr_filter).
          addresses.length > 0 ||
          family === "link" ||
          (family === undefined && addressesOf(device, {}, undefined).length === 0),
      );
    if (options.json) {
      const list = wanted.map(({ device, addresses }) =>
        jsonOf(device, addresses, question, options, context),
      );
      return printJson(list, options.pretty ?? false);
    }
    return wanted
      .map(({ device, addresses }) => textOf(device, addresses, question, options, context))
      .join("");
  },
};

function addressesOf(device: NetDevice, filter: AddressFilter, family: string | undefined): Shown[] {
  const four =
    family === undefined || family === "inet"
      ? device.ipv4.addresses.filter((a) => fits(a, filter)).map(show)
      : [];
  const six = family === undefined || family === "inet6" ? ipv6Of(device, filter) : [];
  return [...four, ...six];
}

/** The addresses of a device that a filter wants, as `inet 10.1.0.2/16 brd 10.1.255.255 scope global eth0`. */
export function addressTexts(
  device: NetDevice,
  filter: AddressFilter,
  family: string | undefined,
): readonly string[] {
  return addressesOf(device, filter, family).map(({ text }) => text);
}

function textOf(
  device: NetDevice,
  addresses: readonly Shown[],
  filter: AddressFilter,
  options: ShowOptions,
  context: OperationContext,
): string {
  if (options.brief) return `${briefHead(device, context)}${addresses.map((a) => `${a.brief} `).join("")}\n`;
  const forever = "valid_lft forever preferred_lft forever";
  if (options.oneline)
    return addresses
      .map((a) => `${device.ifindex}: ${device.name}    ${a.text}\\       ${forever}\n`)
      .join("");
  const head = filter.label === undefined ? headOf(device, filter, options, context) : "";
  const lines = addresses.map((a) => `    ${a.text}\n       ${forever}\n`).join("");
  const stats =
    options.statistics && filter.label === undefined
      ? `${statsText(device, options.statistics, "\n", options.human ?? false)}\n`
      : "";
  return head + lines + stats;
}

/** A single device is asked for whole. */
function isDumpOfIpv6(filter: AddressFilter, options: ShowOptions): boolean {
  return options.family === "inet6" && filter.dev === undefined;
}

function headOf(
  device: NetDevice,
  filter: AddressFilter,
  options: ShowOptions,
  context: OperationContext,
): string {
  if (isDumpOfIpv6(filter, options)) return linkText6(device, options.details ?? false, context);
  return linkText(device, "addr", options, context);
}

function jsonOf(
  device: NetDevice,
  addresses: readonly Shown[],
  filter: AddressFilter,
  options: ShowOptions,
  context: OperationContext,
): JsonObject {
  if (options.brief)
    return { ...briefJson(device, "addr", context), addr_info: addresses.map((a) => a.briefJson) };
  return {
    ...(isDumpOfIpv6(filter, options)
      ? linkJson6(device, options.details ?? false, context)
      : linkJson(device, "addr", options, context)),
    addr_info: addresses.map((a) => a.json),
    stats64: options.statistics ? statsJson(device, options.statistics) : undefined,
  };
}

export const addrFlush: OperationRecord<AddrFlush> = {
  tool: "ip",
  words: (operation) => [
    ...(operation.family === undefined ? [] : [operation.family === "inet" ? "-4" : "-6"]),
    "addr",
    "flush",
    ...wordsOf(operation),
  ],
  apply(operation, context) {
    if (operation.family === "inet6") return;
    for (const device of devicesOf(operation, context))
      for (;;) {
        const next = device.ipv4.addresses.find((a) => fits(a, operation));
        if (next === undefined) break;
        inetAddress.remove(device, next);
      }
  },
};
