import * as ip from "../wire/ipv4-address.ts";
import { isIpv6, meansAll, readAddress } from "./addresses.ts";
import type { LinkOptions } from "./link-type.ts";
import { vxlanHelp } from "./link-type-help.ts";
import { ToolError } from "./tool-error.ts";
import { abbreviates, garbage, matches, same, unsigned, type Words, wrong } from "./words.ts";

/** What the words of `type vxlan` mean, in the order in which iproute2 compares them: an abbreviation takes the first. */
const KEYS: readonly string[] = [
  "id",
  "vni",
  "group",
  "remote",
  "local",
  "dev",
  "ttl",
  "hoplimit",
  "tos",
  "dsfield",
  "df",
  "label",
  "flowlabel",
  "ageing",
  "maxaddress",
  "port",
  "srcport",
  "dstport",
  "nolearning",
  "learning",
  "noproxy",
  "proxy",
  "norsc",
  "rsc",
  "nol2miss",
  "l2miss",
  "nol3miss",
  "l3miss",
  "udpcsum",
  "noudpcsum",
  "udp6zerocsumtx",
  "noudp6zerocsumtx",
  "udp6zerocsumrx",
  "noudp6zerocsumrx",
  "remcsumtx",
  "noremcsumtx",
  "remcsumrx",
  "noremcsumrx",
  "external",
  "noexternal",
  "gbp",
  "gpe",
  "vnifilter",
  "novnifilter",
  "help",
];

/** Options of which this VTEP has nothing. */
const ABSENT: ReadonlySet<string> = new Set([
  "label",
  "udp6zerocsumtx",
  "udp6zerocsumrx",
  "remcsumtx",
  "remcsumrx",
  "external",
  "gbp",
  "gpe",
  "vnifilter",
]);
const SYNONYMS: Readonly<Record<string, string>> = {
  vni: "id",
  hoplimit: "ttl",
  dsfield: "tos",
  flowlabel: "label",
  port: "srcport",
};
const SWITCHES: readonly string[] = ["learning", "proxy", "rsc", "l2miss", "l3miss", "udpcsum"];

/** Reads the options of `type vxlan` (vxlan_parse_opt). @throws {ToolError} */
export function parseVxlan(words: Words): LinkOptions {
  const options: Record<string, string | number | boolean> = {};
  const seen = new Set<string>();
  while (!words.done) {
    const word = words.next();
    const full = KEYS.find((key) =>
      ABSENT.has(key.replace(/^no/, "")) ? abbreviates(word, key) : matches(word, key),
    );
    if (full === undefined) throw new ToolError(`vxlan: unknown command "${word}"?\n${vxlanHelp}`, 1);
    if (full === "help") throw new ToolError(vxlanHelp, 1);
    const key = SYNONYMS[full] ?? full;
    const positive = key.replace(/^no/, "");
    if (SWITCHES.includes(positive)) options[positive] = key === positive;
    else if (ABSENT.has(positive)) {
      if (key === positive) throw new ToolError(`ip: vxlan option "${key}" is not simulated`, 1);
    } else {
      const value = words.next(key === "dev" ? "device" : undefined);
      if (seen.has(key)) throw garbage(full, value);
      seen.add(key);
      options[key] = readValue(key, value, words);
    }
  }
  if (options["group"] !== undefined && options["remote"] !== undefined)
    throw new ToolError("vxlan: both group and remote cannot be specified", 1);
  if (options["group"] !== undefined && options["dev"] === undefined)
    throw new ToolError("vxlan: 'group' requires 'dev' to be specified", 1);
  return options;
}

function readValue(key: string, value: string, words: Words): string | number {
  const number = (max: number, why: string): number => {
    const parsed = unsigned(value, max);
    if (parsed === null) throw wrong(value, why);
    return parsed;
  };
  switch (key) {
    case "id":
      return number(0xffffff, "invalid id");
    case "group":
    case "remote":
    case "local": {
      if (meansAll(value)) throw wrong(value, `invalid ${key} address`);
      const address = readAddress(value, undefined);
      if (isIpv6(address)) throw new ToolError("ip: a vxlan over IPv6 is not simulated", 1);
      if (ip.isMulticast(ip.parse(address)!) !== (key === "group"))
        throw wrong(value, `invalid ${key} address`);
      return address;
    }
    case "dev":
      return value;
    case "ttl":
      if (same(value, "inherit") || same(value, "auto")) return value;
      {
        const ttl = unsigned(value);
        if (ttl === null) throw wrong(value, "invalid TTL");
        if (ttl > 255) throw wrong(value, "TTL must be <= 255");
        return ttl;
      }
    case "tos": {
      if (same(value, "inherit")) return value;
      const tos = /^(0x)?[0-9a-fA-F]{1,2}$/.test(value) ? Number.parseInt(value, 16) : null;
      if (tos === null) throw wrong(value, "bad TOS value");
      return tos === 1 ? "inherit" : tos;
    }
    case "df":
      if (!["unset", "set", "inherit"].some((known) => same(value, known)))
        throw wrong(value, "DF must be 'unset', 'set' or 'inherit'");
      return value;
    case "ageing":
      return same(value, "none") ? 0 : number(0xffffffff, "ageing timer");
    case "maxaddress":
      return same(value, "unlimited") ? 0 : number(0xffffffff, "max addresses");
    case "srcport": {
      const first = number(0xffff, "min port");
      const text = words.next();
      const last = unsigned(text, 0xffff);
      if (last === null) throw wrong(text, "max port");
      return `${first} ${last}`;
    }
    default:
      return number(0xffff, "dst port");
  }
}

/** The words that {@link parseVxlan} reads. */
export function vxlanWords(options: LinkOptions): readonly string[] {
  const words: string[] = [];
  for (const key of ["id", "group", "remote", "local", "dev", "ttl"] as const)
    if (options[key] !== undefined) words.push(key, `${options[key]}`);
  const tos = options["tos"];
  if (tos !== undefined) words.push("tos", typeof tos === "number" ? `0x${tos.toString(16)}` : `${tos}`);
  if (options["srcport"] !== undefined) words.push("srcport", ...String(options["srcport"]).split(" "));
  for (const key of ["df", "ageing", "maxaddress", "dstport"] as const)
    if (options[key] !== undefined) words.push(key, `${options[key]}`);
  for (const key of SWITCHES) if (options[key] !== undefined) words.push(options[key] ? key : `no${key}`);
  return words;
}
