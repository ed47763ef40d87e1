import * as dns from "../../wire/dns.ts";
import * as ip from "../../wire/ipv4-address.ts";
import { absolutePath, type ProgramContext } from "../program-context.ts";
import { ProgramExit } from "../program-exit.ts";

/** What `--address`, `--local` and `--server` say of a domain and all below it. `""` is every name (`#`). */
export interface DomainRule {
  readonly domain: string;
  /** An address to answer with; `none`: there is no such name; else a server to ask (int32). */
  readonly answer: { readonly address: number } | "none" | { readonly server: number; readonly port: number };
}

/** What a command line of dnsmasq asks for. */
export interface DnsmasqOptions {
  /** `-d`: stays, and tells on standard error; `-k`: stays and is silent; else it becomes a daemon. */
  foreground: "debug" | "quiet" | null;
  port: number;
  /** Empty: all addresses of the host. */
  listen: number[];
  readsHosts: boolean;
  hostFiles: string[];
  /** Null: no file of servers. */
  resolvFile: string | null;
  servers: { readonly address: number; readonly port: number }[];
  rules: DomainRule[];
  records: dns.DnsRecord[];
  ttl: number;
  logQueries: boolean;
  needsDomain: boolean;
  bogusPrivate: boolean;
  pidFile: string | null;
}

/** Letters of options that have one. */
const LETTERS: Readonly<Record<string, string>> = {
  a: "listen-address",
  A: "address",
  b: "bogus-priv",
  c: "cache-size",
  C: "conf-file",
  d: "no-daemon",
  D: "domain-needed",
  E: "expand-hosts",
  h: "no-hosts",
  H: "addn-hosts",
  i: "interface",
  I: "except-interface",
  k: "keep-in-foreground",
  m: "mx-host",
  n: "no-poll",
  o: "strict-order",
  p: "port",
  q: "log-queries",
  r: "resolv-file",
  R: "no-resolv",
  s: "domain",
  S: "server",
  T: "local-ttl",
  u: "user",
  v: "version",
  w: "help",
  W: "srv-host",
  x: "pid-file",
  Y: "txt-record",
  z: "bind-interfaces",
};
/** Options without a value. */
const PLAIN: ReadonlySet<string> = new Set(
  "bogus-priv no-daemon domain-needed expand-hosts no-hosts keep-in-foreground no-poll strict-order log-queries no-resolv version help bind-interfaces bind-dynamic no-negcache all-servers stop-dns-rebind localise-queries".split(
    " ",
  ),
);
/** Options with a value that change nothing here. */
const WITHOUT_EFFECT: ReadonlySet<string> = new Set(
  "cache-size interface except-interface domain user group log-facility neg-ttl max-ttl edns-packet-max dns-forward-max".split(
    " ",
  ),
);

const VERSION = "Dnsmasq version 2.90  Copyright (c) 2000-2024 Simon Kelley\n";

function wrong(): never {
  throw new ProgramExit(1, "\ndnsmasq: bad command line options: try --help\n");
}

/** Reads the words, and the configuration file where one is named. @throws {ProgramExit} */
export function dnsmasqOptions(context: ProgramContext): DnsmasqOptions {
  const o: DnsmasqOptions = {
    foreground: null,
    port: dns.PORT,
    listen: [],
    readsHosts: true,
    hostFiles: [],
    resolvFile: "/etc/resolv.conf",
    servers: [],
    rules: [],
    records: [],
    ttl: 0,
    logQueries: false,
    needsDomain: false,
    bogusPrivate: false,
    pidFile: null,
  };
  let file: string | null = null;
  for (const [name, value] of wordsOf(context.args)) {
    if (name === "conf-file") file = value;
    else if (!take(o, name, value)) wrong();
  }
  if (file !== null && file !== "" && file !== "/dev/null") readFile(context, o, file);
  return o;
}

function* wordsOf(args: readonly string[]): Generator<readonly [string, string], void, void> {
  for (let i = 0; i < args.length; i++) {
    const word = args[i]!;
    const long = /^--([a-z-]+)(?:=(.*))?$/s.exec(word);
    if (long !== null) {
      const name = long[1]!;
      yield [name, long[2] ?? (PLAIN.has(name) ? "" : (args[++i] ?? wrong()))];
      continue;
    }
    if (!/^-./.test(word)) wrong();
    for (let k = 1; k < word.length; k++) {
      const name = LETTERS[word[k]!] ?? wrong();
      if (PLAIN.has(name)) {
        yield [name, ""];
        continue;
      }
      yield [name, k + 1 < word.length ? word.slice(k + 1) : (args[++i] ?? wrong())];
      break;
    }
  }
}

function readFile(context: ProgramContext, o: DnsmasqOptions, name: string): void {
  let text: string;
  try {
    text = context.files.read(absolutePath(context, name));
  } catch (error) {
    throw new ProgramExit(3, `\ndnsmasq: cannot read ${name}: ${(error as Error).message}\n`);
  }
  for (const [i, line] of text.split("\n").entries()) {
    const [, key, value] = /^\s*([a-z-]+)\s*(?:=\s*(.*?))?\s*$/.exec(line.replace(/(^|\s)#.*/, "")) ?? [];
    if (key === undefined) continue;
    if (!take(o, key, value ?? ""))
      throw new ProgramExit(1, `\ndnsmasq: bad option at line ${i + 1} of ${name}\n`);
  }
}

/** False for what it does not understand. */
function take(o: DnsmasqOptions, name: string, value: string): boolean {
  switch (name) {
    case "version":
      throw new ProgramExit(0, VERSION);
    case "help":
      throw new ProgramExit(0, HELP);
    case "no-daemon":
      o.foreground = "debug";
      return true;
    case "keep-in-foreground":
      o.foreground ??= "quiet";
      return true;
    case "no-hosts":
      o.readsHosts = false;
      return true;
    case "no-resolv":
      o.resolvFile = null;
      return true;
    case "log-queries":
      o.logQueries = true;
      return true;
    case "domain-needed":
      o.needsDomain = true;
      return true;
    case "bogus-priv":
      o.bogusPrivate = true;
      return true;
    case "port":
      if (!/^\d+$/.test(value) || Number(value) > 65_535) return false;
      o.port = Number(value);
      return true;
    case "local-ttl":
      o.ttl = Number(value);
      return /^\d+$/.test(value);
    case "addn-hosts":
      o.hostFiles.push(value);
      return true;
    case "resolv-file":
      o.resolvFile = value;
      return true;
    case "pid-file":
      o.pidFile = value;
      return true;
    case "listen-address":
      return value.split(",").every((text) => {
        const address = ip.parse(text);
        if (address !== null) o.listen.push(address);
        return address !== null;
      });
    case "address":
    case "server":
    case "local":
      return takeRule(o, name, value);
    default:
      return PLAIN.has(name) || WITHOUT_EFFECT.has(name) || takeRecord(o, name, value);
  }
}

/** `/DOMAIN/[DOMAIN/]VALUE`, or for `--server` a value alone. */
function takeRule(o: DnsmasqOptions, name: string, text: string): boolean {
  const parts = text.split("/");
  const value = parts.at(-1)!;
  const [host, port = "53"] = value.split("#") as [string, string?];
  const address = host === "" ? null : ip.parse(host);
  if (host !== "" && address === null) return false;
  if (parts.length === 1) {
    if (name !== "server" || address === null) return false;
    o.servers.push({ address, port: Number(port) });
    return true;
  }
  if (parts[0] !== "") return false;
  for (const domain of parts.slice(1, -1)) {
    const answer =
      address === null ? "none" : name === "address" ? { address } : { server: address, port: Number(port) };
    o.rules.push({ domain: domain === "#" ? "" : domain.replace(/^\.|\.$/g, "").toLowerCase(), answer });
  }
  return true;
}

function takeRecord(o: DnsmasqOptions, name: string, text: string): boolean {
  const parts = text.split(",").map((part) => part.trim());
  const common = { class: dns.CLASS_IN, ttl: o.ttl };
  switch (name) {
    case "host-record": {
      const names = parts.filter(
        (part) => ip.parse(part) === null && !part.includes(":") && !/^\d+$/.test(part),
      );
      const addresses = parts.flatMap((part) => ip.parse(part) ?? []);
      if (names.length === 0) return false;
      for (const address of addresses) {
        for (const each of names) o.records.push(dns.addressRecord(each, address, o.ttl));
        o.records.push(dns.nameRecord(dns.reverseName(address), dns.TYPE_PTR, names[0]!, o.ttl));
      }
      return true;
    }
    case "cname": {
      const target = parts.at(-1)!;
      for (const alias of parts.slice(0, -1))
        o.records.push(dns.nameRecord(alias, dns.TYPE_CNAME, target, o.ttl));
      return parts.length > 1;
    }
    case "ptr-record":
      o.records.push(dns.nameRecord(parts[0]!, dns.TYPE_PTR, parts[1] ?? "", o.ttl));
      return true;
    case "txt-record": {
      const strings = parts.slice(1).map((part) => part.replace(/^"(.*)"$/, "$1"));
      o.records.push({ name: parts[0]!, type: dns.TYPE_TXT, ...common, data: { kind: "text", strings } });
      return true;
    }
    case "mx-host": {
      const [owner, target, preference = "1"] = parts as [string, string?, string?];
      const data = { kind: "mx" as const, preference: Number(preference), name: target ?? owner };
      o.records.push({ name: owner, type: dns.TYPE_MX, ...common, data });
      return true;
    }
    case "srv-host": {
      const [owner, target = "", port = "1", priority = "0", weight = "0"] = parts as [string, ...string[]];
      const numbers = { priority: Number(priority), weight: Number(weight), port: Number(port) };
      const data = { kind: "srv" as const, ...numbers, name: target };
      o.records.push({ name: owner, type: dns.TYPE_SRV, ...common, data });
      return true;
    }
    default:
      return false;
  }
}

const HELP = `Usage: dnsmasq [options]

Valid options are (those that are simulated):
-a, --listen-address=<ipaddr>                          Specify local address(es) to listen on.
-A, --address=/<domain>/<ipaddr>                       Return ipaddr for all hosts in specified domains.
-b, --bogus-priv                                       Fake reverse lookups for RFC1918 private address ranges.
-C, --conf-file=<path>                                 Specify configuration file.
-d, --no-daemon                                        Do NOT fork into the background: run in debug mode.
-D, --domain-needed                                    Do NOT forward queries with no domain part.
-h, --no-hosts                                         Do NOT load /etc/hosts file.
-H, --addn-hosts=<path>                                Specify a hosts file to be read in addition to /etc/hosts.
-k, --keep-in-foreground                               Do NOT fork into the background, do NOT run in debug mode.
-m, --mx-host=<host_name>,<target>,<pref>              Specify an MX record.
-p, --port=<integer>                                   Specify port to listen for DNS requests on (defaults to 53).
-q, --log-queries                                      Log DNS queries.
-r, --resolv-file=<path>                               Specify path to resolv.conf (defaults to /etc/resolv.conf).
-R, --no-resolv                                        Do NOT read resolv.conf.
-S, --server=/<domain>/<ipaddr>                        Specify address(es) of upstream servers with optional domains.
    --local=/<domain>/                                 Never forward queries to specified domains.
-T, --local-ttl=<integer>                              Specify time-to-live in seconds for replies from /etc/hosts.
-v, --version                                          Display dnsmasq version and copyright information.
-W, --srv-host=<name>,<target>,<port>,...              Specify a SRV record.
-w, --help                                             Display this message.
-x, --pid-file=<path>                                  Specify path of PID file (defaults to /run/dnsmasq.pid).
-Y, --txt-record=<name>,<txt>[,<txt]                   Specify TXT DNS record.
    --cname=<alias>,<target>                           Specify alias name for LOCAL DNS name.
    --host-record=<name>,<address>                     Specify host (A/AAAA and PTR) records
    --ptr-record=<name>,<target>                       Specify PTR DNS record.
`;
