import * as dns from "../../wire/dns.ts";
import * as ip from "../../wire/ipv4-address.ts";
import { absolutePath, type ProgramContext } from "../program-context.ts";
import { hostLines } from "../resolve-name.ts";
import type { DnsmasqOptions, DomainRule } from "./dnsmasq-options.ts";

type Server = { readonly address: number; readonly port: number };

/** What is said to a question: records, that there is nothing, or who is to be asked. */
type LocalAnswer =
  | {
      readonly kind: "records";
      readonly records: readonly dns.DnsRecord[];
      readonly additionals: readonly dns.DnsRecord[];
    }
  | { readonly kind: "nothing"; readonly rcode: number }
  | { readonly kind: "ask"; readonly servers: readonly Server[] };

/** The longest chain of aliases that is followed. */
const MAX_ALIASES = 10;

/** The names that dnsmasq knows by itself, and what its options say of all others. */
export class LocalNames {
  readonly #o: DnsmasqOptions;
  readonly #records: readonly dns.DnsRecord[];
  readonly #servers: readonly Server[];
  /** What it tells when it starts. */
  readonly greeting: readonly string[];
  /** Several addresses of a name come in another order each time. */
  readonly #turns: Map<string, number> = new Map();

  constructor(context: ProgramContext, options: DnsmasqOptions) {
    this.#o = options;
    const files = [...(options.readsHosts ? ["/etc/hosts"] : []), ...options.hostFiles];
    this.#records = [...options.records, ...files.flatMap((file) => hostRecords(context, file, options.ttl))];
    const named = options.resolvFile === null ? [] : serversIn(context, options.resolvFile);
    this.#servers = [...options.servers, ...named];
    this.greeting =
      this.#servers.length === 0
        ? ["warning: no upstream servers configured"]
        : this.#servers.map(({ address, port }) => `using nameserver ${ip.format(address)}#${port}`);
  }

  answer(question: dns.DnsQuestion): LocalAnswer {
    const { name, type } = question;
    const records = this.#find(name, type);
    if (records.length > 0) return { kind: "records", records, additionals: this.#additionals(records) };
    const rule = this.#ruleFor(name);
    if (rule !== null && typeof rule.answer === "object" && "address" in rule.answer) {
      if (type === dns.TYPE_A || type === dns.TYPE_ANY) {
        const record = dns.addressRecord(name, rule.answer.address, this.#o.ttl);
        return { kind: "records", records: [record], additionals: [] };
      }
      return this.#otherwise(name, this.#ruleFor(name, rule));
    }
    return this.#otherwise(name, rule);
  }

  #otherwise(name: string, rule: DomainRule | null): LocalAnswer {
    const isKnown = this.#records.some((record) => dns.sameName(record.name, name));
    if (rule?.answer === "none") return { kind: "nothing", rcode: isKnown ? dns.NOERROR : dns.NXDOMAIN };
    if (rule !== null && typeof rule.answer === "object" && "server" in rule.answer)
      return { kind: "ask", servers: [{ address: rule.answer.server, port: rule.answer.port }] };
    if (this.#o.needsDomain && !name.includes(".")) return { kind: "nothing", rcode: dns.NXDOMAIN };
    const reverse = dns.addressOfReverse(name);
    if (this.#o.bogusPrivate && reverse !== null && isPrivate(reverse))
      return { kind: "nothing", rcode: dns.NXDOMAIN };
    return { kind: "ask", servers: this.#servers };
  }

  /** The rule of the longest domain that holds the name; `except` one that does not fit the type. */
  #ruleFor(name: string, except: DomainRule | null = null): DomainRule | null {
    const wanted = name.toLowerCase();
    let best: DomainRule | null = null;
    for (const rule of this.#o.rules) {
      const holds = rule.domain === "" || wanted === rule.domain || wanted.endsWith(`.${rule.domain}`);
      if (!holds || rule === except) continue;
      if (best === null || rule.domain.length > best.domain.length) best = rule;
    }
    return best;
  }

  #find(name: string, type: number, depth = 0): readonly dns.DnsRecord[] {
    const own = this.#records.filter((record) => dns.sameName(record.name, name));
    const fitting = own.filter((record) => record.type === type || type === dns.TYPE_ANY);
    if (fitting.length > 0)
      return this.#inTurn(
        name,
        fitting.map((record) => ({ ...record, name })),
      );
    const alias = own.find((record) => record.type === dns.TYPE_CNAME);
    if (alias?.data.kind !== "name" || depth >= MAX_ALIASES) return [];
    return [{ ...alias, name }, ...this.#find(alias.data.name, type, depth + 1)];
  }

  #inTurn(name: string, records: readonly dns.DnsRecord[]): readonly dns.DnsRecord[] {
    if (records.length < 2) return records;
    const turn = (this.#turns.get(name) ?? 0) % records.length;
    this.#turns.set(name, turn + 1);
    return [...records.slice(turn), ...records.slice(0, turn)];
  }

  /** The addresses of those whom MX and SRV records name. */
  #additionals(records: readonly dns.DnsRecord[]): readonly dns.DnsRecord[] {
    return records.flatMap(({ data }) =>
      data.kind === "mx" || data.kind === "srv" ? this.#find(data.name, dns.TYPE_A) : [],
    );
  }
}

function isPrivate(address: number): boolean {
  const first = address >>> 24;
  return first === 10 || address >>> 20 === 0xac1 || address >>> 16 === 0xc0a8 || first === 127;
}

function hostRecords(context: ProgramContext, path: string, ttl: number): dns.DnsRecord[] {
  return hostLines(context, absolutePath(context, path)).flatMap(([address, names]) => {
    const [first] = names;
    if (first === undefined) return [];
    const pointer = dns.nameRecord(dns.reverseName(address), dns.TYPE_PTR, first, ttl);
    return [...names.map((name) => dns.addressRecord(name, address, ttl)), pointer];
  });
}

function serversIn(context: ProgramContext, path: string): Server[] {
  let text = "";
  try {
    text = context.files.read(absolutePath(context, path));
  } catch {
    // Without the file there is nobody to ask.
  }
  return text.split("\n").flatMap((line) => {
    const address = ip.parse(/^nameserver\s+(\S+)/.exec(line)?.[1] ?? "");
    return address === null ? [] : [{ address, port: dns.PORT }];
  });
}
