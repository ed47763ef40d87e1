import type { Prng } from "../../base/prng.ts";
import type { NetworkNamespace } from "../../net/network-namespace.ts";
import { askServer, type Upstream } from "../../programs/resolver/ask-server.ts";
import { type DnsClient, DnsServer } from "../../programs/resolver/dns-server.ts";
import type { Wait } from "../../sim/process.ts";
import { type Nanos, SECOND } from "../../sim/time.ts";
import * as dns from "../../wire/dns.ts";
import { build } from "../../wire/dns-build.ts";

/** As many as the kernel takes (net.core.somaxconn), which is what Go asks for. */
const BACKLOG = 4096;

/** 127.0.0.11 */
const EMBEDDED_DNS = 0x7f00000b;
/** How long the answers hold, in seconds. */
const TTL = 600;
/** How many servers outside are asked at most, and how long each is waited for. */
const MAX_UPSTREAM = 3;
const UPSTREAM_PATIENCE: Nanos = 4 * SECOND;
const MAX_TCP = 65_534;

/** What the embedded name server of a sandbox asks (libnetwork's DNSBackend). */
export interface NamesBackend {
  /** The addresses (int32) of a name that a neighbour has; empty if nobody has it. */
  resolve(name: string): readonly number[];
  /** `c4.test-net` for an address of a neighbour; null if it is nobody's. */
  reverse(address: number): string | null;
  /** Who is asked what nobody here knows, in this order. */
  readonly upstream: readonly Upstream[];
  /** `--dns-option ndots:N` with N above 0: then a name without a dot is not asked for outside. */
  readonly ndotsSet?: boolean;
}

/** A name server that listens in a sandbox. */
export interface RunningResolver {
  readonly udpPort: number;
  readonly tcpPort: number;
  stop(): void;
}

/**
 * Docker's embedded name server (libnetwork's resolver.go): it listens on two random ports of 127.0.0.11 in the sandbox, which
 * the NAT rules there make port 53, answers for the names of the networks and passes on what is none of them.
 */
export function startEmbeddedDns(sandbox: NetworkNamespace, backend: NamesBackend): RunningResolver {
  const prng = sandbox.world.prng.fork(`${sandbox.path}/embedded-dns`);
  const resolver = new EmbeddedResolver(backend, prng);
  return new DnsServer(
    sandbox,
    EMBEDDED_DNS,
    0,
    (question, client) => resolver.respond(question, client),
    BACKLOG,
  );
}

class EmbeddedResolver {
  readonly #backend: NamesBackend;
  readonly #prng: Prng;

  constructor(backend: NamesBackend, prng: Prng) {
    this.#backend = backend;
    this.#prng = prng;
  }

  *respond(query: dns.DnsMessage, client: DnsClient): Generator<Wait, Uint8Array | null, void> {
    const [question] = query.questions;
    if (question === undefined) return null;
    // To what asks for a name, and is no reverse address, there is no answer at all (handlePTRQuery).
    if (question.type === dns.TYPE_PTR && !/\.(?:in-addr|ip6)\.arpa$/.test(question.name)) return null;
    const limit = client.transport === "tcp" ? MAX_TCP : dns.udpSize(query);
    const own = this.#own(query, question);
    if (own !== null) return fitting(own, limit, client.transport);
    return yield* this.#forward(query, client, limit);
  }

  /** What is known here; null: others are to be asked. */
  #own(query: dns.DnsMessage, question: dns.DnsQuestion): dns.DnsMessage | null {
    const { name, type } = question;
    const backend = this.#backend;
    let known: readonly dns.DnsRecord[] | null = null;
    if (type === dns.TYPE_A) {
      const addresses = backend.resolve(name);
      if (addresses.length > 0)
        known = this.#shuffled(addresses).map((address) => dns.addressRecord(name, address, TTL));
    } else if (type === dns.TYPE_AAAA || type === dns.TYPE_MX) {
      // The name is ours, so that nobody outside has to be asked for what it does not have.
      if (backend.resolve(name).length > 0) known = [];
    } else if (type === dns.TYPE_PTR) {
      const address = dns.addressOfReverse(name);
      const host = address === null ? null : backend.reverse(address);
      if (host !== null) known = [dns.nameRecord(name, dns.TYPE_PTR, host, TTL)];
    }
    if (
      known === null &&
      backend.ndotsSet === true &&
      (type === dns.TYPE_A || type === dns.TYPE_AAAA) &&
      !name.includes(".")
    )
      known = [];
    return known === null ? null : dns.reply(query, { recursionAvailable: true }, known);
  }

  #shuffled(addresses: readonly number[]): readonly number[] {
    const all = [...addresses];
    for (let i = all.length - 1; i > 0; i--) {
      const j = this.#prng.below(i + 1);
      [all[i], all[j]] = [all[j]!, all[i]!];
    }
    return all;
  }

  /** Asks the servers outside in turn: the next one when one is silent, cannot be reached or failed. */
  *#forward(
    query: dns.DnsMessage,
    client: DnsClient,
    limit: number,
  ): Generator<Wait, Uint8Array | null, void> {
    let failed: dns.DnsMessage | null = null;
    for (const upstream of this.#backend.upstream.slice(0, MAX_UPSTREAM)) {
      const until = upstream.from.world.now + UPSTREAM_PATIENCE;
      const answer = yield* askServer(upstream, query, client.transport, until);
      if (answer === null) continue;
      if (answer.flags.rcode !== dns.SERVFAIL) return fitting(answer, limit, client.transport, true);
      failed = answer;
    }
    return failed === null ? null : build(failed);
  }
}

/** The octets of an answer, without the records that find no room (truncateResp). Own answers are never shortened by pointers. */
function fitting(
  answer: dns.DnsMessage,
  limit: number,
  transport: DnsClient["transport"],
  compress = false,
): Uint8Array {
  let octets = build(answer, { compress });
  let rest = answer;
  while (octets.length > limit && rest.answers.length > 0) {
    const flags = { ...rest.flags, truncated: rest.flags.truncated || transport === "udp" };
    rest = { ...rest, flags, answers: rest.answers.slice(0, -1) };
    octets = build(rest, { compress });
  }
  return octets;
}
