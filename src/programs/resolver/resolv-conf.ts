import { type Nanos, SECOND } from "../../sim/time.ts";
import * as ip from "../../wire/ipv4-address.ts";
import type { ProgramContext } from "../program-context.ts";

/** What /etc/resolv.conf says (resolv.conf(5)), with glibc's limits. */
export interface ResolvConf {
  /** At most three, int32; the host itself when none is named. */
  readonly servers: readonly number[];
  /** What is put behind a name, in order. */
  readonly search: readonly string[];
  /** A name with so many dots is first asked for as it stands. */
  readonly ndots: number;
  readonly timeout: Nanos;
  /** How often all servers are asked before a name counts as not to be had. */
  readonly attempts: number;
  /** A and AAAA are asked for one after the other. */
  readonly singleRequest: boolean;
  /** ... and from two sockets. */
  readonly singleRequestReopen: boolean;
  readonly useTcp: boolean;
  readonly noTldQuery: boolean;
  readonly noAaaa: boolean;
}

const MAX_SERVERS = 3;
const MAX_NDOTS = 15;
const MAX_TIMEOUT = 30;
const MAX_ATTEMPTS = 5;

/** Reads the text of the file; `hostname` gives the domain when the file names none. */
function parseResolvConf(text: string, hostname: string): ResolvConf {
  const servers: number[] = [];
  let search: readonly string[] | null = null;
  const options = new Map<string, string>();
  for (const line of text.split("\n")) {
    const [, keyword, rest] = /^(domain|search|nameserver|options)[ \t]+(.*)$/.exec(line) ?? [];
    const words = (rest ?? "").split(/[ \t]+/).filter((word) => word !== "");
    const [first] = words;
    if (keyword === "domain" && first !== undefined) search = [first];
    if (keyword === "search" && first !== undefined) search = words;
    if (keyword === "nameserver" && first !== undefined && servers.length < MAX_SERVERS) {
      const address = ip.parse(first);
      if (address !== null) servers.push(address);
    }
    if (keyword === "options") {
      for (const word of words) {
        const colon = word.indexOf(":");
        options.set(colon < 0 ? word : word.slice(0, colon), colon < 0 ? "" : word.slice(colon + 1));
      }
    }
  }
  const number = (name: string, usual: number, least: number, most: number): number => {
    const value = Number.parseInt(options.get(name) ?? "", 10);
    return Number.isNaN(value) ? usual : Math.min(Math.max(value, least), most);
  };
  const dot = hostname.indexOf(".");
  return {
    servers: servers.length > 0 ? servers : [ip.LOOPBACK],
    search: search ?? (dot >= 0 && dot < hostname.length - 1 ? [hostname.slice(dot + 1)] : []),
    ndots: number("ndots", 1, 0, MAX_NDOTS),
    timeout: number("timeout", 5, 1, MAX_TIMEOUT) * SECOND,
    attempts: number("attempts", 2, 1, MAX_ATTEMPTS),
    singleRequest: options.has("single-request") || options.has("single-request-reopen"),
    singleRequestReopen: options.has("single-request-reopen"),
    useTcp: options.has("use-vc"),
    noTldQuery: options.has("no-tld-query"),
    noAaaa: options.has("no-aaaa"),
  };
}

/** The host's settings; those of a host without the file are the usual ones. */
export function resolvConf(context: Pick<ProgramContext, "files" | "machine">): ResolvConf {
  let text = "";
  try {
    text = context.files.read("/etc/resolv.conf");
  } catch {
    // No file: the host itself is asked.
  }
  return parseResolvConf(text, context.machine.hostname);
}
