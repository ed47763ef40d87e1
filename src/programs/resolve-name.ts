import type { Wait } from "../sim/process.ts";
import * as dns from "../wire/dns.ts";
import * as ip from "../wire/ipv4-address.ts";
import type { ProgramContext } from "./program-context.ts";
import { inOrder } from "./resolver/address-order.ts";
import { type ResolvConf, resolvConf } from "./resolver/resolv-conf.ts";
import { type LookupFailure, searchName } from "./resolver/search-names.ts";
import { StubResolver } from "./resolver/stub-resolver.ts";

/** What a name is looked up in. */
type Files = Pick<ProgramContext, "files">;
/** ... and whom else to ask, from where. */
type ResolverContext = Pick<ProgramContext, "files" | "machine" | "namespace" | "pid">;

/** A host that was found. */
export interface ResolvedName {
  /** The first of `addresses`. */
  readonly address: number;
  /** At least one, the one to try first in front. */
  readonly addresses: readonly number[];
  /** The name that the others stand for. */
  readonly canonical: string;
  /** Other names on the line of /etc/hosts. */
  readonly aliases: readonly string[];
  readonly failure: null;
}

/** A host that was not, and why. */
interface UnresolvedName {
  readonly address: null;
  readonly failure: LookupFailure;
}

const TYPE_OF = { any: dns.TYPE_A, ipv4: dns.TYPE_A, ipv6: dns.TYPE_AAAA } as const;
const PART = /^(0[xX][0-9a-fA-F]+|\d+)$/;

/** Reads an address as inet_aton(3) does: `10.1` is 10.0.0.1, parts may be octal or hexadecimal; null for a name. */
export function parseAddress(text: string): number | null {
  const parts = text.split(".");
  if (parts.length > 4) return null;
  const values: number[] = [];
  for (const part of parts) {
    if (!PART.test(part)) return null;
    const octal = /^0\d+$/.test(part);
    if (octal && /[89]/.test(part)) return null;
    values.push(octal ? Number.parseInt(part, 8) : Number(part));
  }
  const last = values.pop()!;
  if (values.some((value) => value > 255) || last >= 2 ** (8 * (4 - values.length))) return null;
  return values.reduce((sum, value, i) => sum + value * 2 ** (24 - 8 * i), last) | 0;
}

/** Lines of /etc/hosts, or of another file of that form: addresses (int32) and names. None where there is no file. */
export function hostLines(
  context: Files,
  path = "/etc/hosts",
): readonly (readonly [number, readonly string[]])[] {
  let text: string;
  try {
    text = context.files.read(path);
  } catch {
    return []; // a host without the file knows no names
  }
  const lines: (readonly [number, readonly string[]])[] = [];
  for (const line of text.split("\n")) {
    const [address, ...names] = line.replace(/#.*/, "").trim().split(/\s+/);
    const parsed = ip.parse(address ?? "");
    if (parsed !== null) lines.push([parsed, names]);
  }
  return lines;
}

/** What a host finds without asking anybody: an address as text, or a name of /etc/hosts. `localhost` is always known. */
export function knownName(context: Files, name: string): ResolvedName | null {
  const address = parseAddress(name);
  if (address !== null) return found([address], name);
  const wanted = name.toLowerCase();
  const lines = hostLines(context).filter(([, names]) =>
    names.some((other) => other.toLowerCase() === wanted),
  );
  const [first] = lines;
  if (first === undefined) return wanted === "localhost" ? found([ip.LOOPBACK], "localhost") : null;
  const [canonical, ...aliases] = first[1] as [string, ...string[]];
  return found([...new Set(lines.map(([known]) => known))], canonical, aliases);
}

function found(
  addresses: readonly number[],
  canonical: string,
  aliases: readonly string[] = [],
): ResolvedName {
  return { address: addresses[0]!, addresses, canonical, aliases, failure: null };
}

/** Which addresses a program wants: most ask for both kinds, though only IPv4 leads anywhere here. */
type AddressFamily = "any" | "ipv4" | "ipv6";

/**
 * Looks a host up as getaddrinfo(3) does: an address as text, /etc/hosts, then the name servers of /etc/resolv.conf. Nothing
 * is sent, and no time passes, for the first two.
 */
export function* resolveName(
  context: ResolverContext,
  name: string,
  family: AddressFamily = "any",
): Generator<Wait, ResolvedName | UnresolvedName, void> {
  const known = knownName(context, name);
  // /etc/hosts has no addresses of IPv6 here: who wants one has to ask.
  if (known !== null && (family !== "ipv6" || parseAddress(name) !== null)) return known;
  const conf = resolvConf(context);
  const types = family === "any" && !conf.noAaaa ? [dns.TYPE_A, dns.TYPE_AAAA] : [TYPE_OF[family]];
  const answers = yield* lookUp(context, conf, name, types);
  if (typeof answers === "string") return { address: null, failure: answers };
  const addresses: number[] = [];
  let canonical = answers[0]!.questions[0]!.name;
  for (const { answers: records } of answers) {
    for (const { data, type, name: owner } of records) {
      if (data.kind === "address") addresses.push(data.address);
      else if (type === dns.TYPE_CNAME && data.kind === "name" && dns.sameName(owner, canonical))
        canonical = data.name;
    }
  }
  if (addresses.length === 0) return { address: null, failure: "no-address" };
  return found(inOrder(context.namespace, addresses), canonical);
}

function* lookUp(
  context: ResolverContext,
  conf: ResolvConf,
  name: string,
  types: readonly number[],
): Generator<Wait, readonly dns.DnsMessage[] | LookupFailure, void> {
  const { namespace, pid } = context;
  const { world } = namespace;
  const prng = world.prng.fork(`${namespace.path}/resolver/${pid}/${world.now}/${name}`);
  const resolver = new StubResolver(namespace, conf, prng);
  try {
    return yield* searchName(resolver, conf, name, types);
  } finally {
    resolver.close();
  }
}

/** The error that getaddrinfo(3) reports (gai_strerror). */
export function lookupError(failure: LookupFailure): string {
  switch (failure) {
    case "unknown":
      return "Name or service not known";
    case "no-address":
      return "No address associated with hostname";
    case "try-again":
      return "Temporary failure in name resolution";
  }
}

/** The name of an address by /etc/hosts, or null. */
function knownAddress(context: Files, address: number): string | null {
  const line = hostLines(context).find(([known]) => known === address);
  if (line?.[1][0] !== undefined) return line[1][0];
  return address === ip.LOOPBACK ? "localhost" : null;
}

/** The name of an address as getnameinfo(3) finds it: by /etc/hosts, then by the name servers; null if it has none. */
export function* nameOf(context: ResolverContext, address: number): Generator<Wait, string | null, void> {
  const known = knownAddress(context, address);
  if (known !== null) return known;
  const conf = resolvConf(context);
  const answers = yield* lookUp(context, { ...conf, search: [] }, `${dns.reverseName(address)}.`, [
    dns.TYPE_PTR,
  ]);
  if (typeof answers === "string") return null;
  for (const { type, data } of answers[0]!.answers)
    if (type === dns.TYPE_PTR && data.kind === "name") return data.name;
  return null;
}

/** All names that /etc/hosts knows. */
export function knownNames(context: Files): readonly string[] {
  return hostLines(context).flatMap(([, names]) => names);
}
