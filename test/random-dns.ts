/** DNS messages for comparing with the real tcpdump. */
import type { Prng } from "../src/base/prng.ts";
import * as dns from "../src/wire/dns.ts";
import { build } from "../src/wire/dns-build.ts";

const NAMES = [
  "",
  "c4",
  "web.example",
  "c4.test-net",
  "3.0.1.10.in-addr.arpa",
  "a\\.b.c",
  "x\\000y.z",
  "web\\200.q",
];

export class RandomDns {
  readonly #prng: Prng;

  constructor(prng: Prng) {
    this.#prng = prng;
  }

  #below(bound: number): number {
    return this.#prng.below(bound);
  }

  #pick<T>(list: readonly T[]): T {
    return list[this.#below(list.length)]!;
  }

  #some<T>(most: number, make: () => T): T[] {
    return Array.from({ length: this.#below(most + 1) }, make);
  }

  next(): Uint8Array {
    const isAnswer = this.#below(2) === 1;
    const rare = (): boolean => this.#below(8) === 0;
    const message: dns.DnsMessage = {
      id: this.#below(0x1_0000),
      flags: {
        response: isAnswer,
        opcode: rare() ? this.#below(16) : 0,
        authoritative: isAnswer && this.#below(2) === 0,
        truncated: rare(),
        recursionDesired: !rare(),
        recursionAvailable: isAnswer && !rare(),
        authenticData: rare(),
        checkingDisabled: rare(),
        rcode: isAnswer && this.#below(2) === 0 ? this.#below(16) : 0,
      },
      questions: rare() ? this.#some(3, () => this.#question()) : [this.#question()],
      answers: isAnswer || rare() ? this.#some(3, () => this.#record()) : [],
      authorities: rare() ? this.#some(2, () => this.#record()) : [],
      additionals: rare() ? [this.#record()] : this.#below(2) === 0 ? [this.#opt()] : [],
    };
    return build(message, { compress: this.#below(3) > 0 });
  }

  #question(): dns.DnsQuestion {
    return {
      name: this.#pick(NAMES),
      type:
        this.#below(4) === 0
          ? this.#below(270)
          : this.#pick([1, 1, 28, 12, 2, 5, 6, 15, 16, 33, 255, 65_280]),
      class: this.#pick([1, 1, 1, 1, 3, 255, 77]),
    };
  }

  #opt(): dns.DnsRecord {
    const octets = this.#pick([[], [0, 10, 0, 8, 1, 2, 3, 4, 5, 6, 7, 8]]);
    return {
      name: "",
      type: dns.TYPE_OPT,
      class: 1232,
      ttl: this.#pick([0, 0x8000]),
      data: { kind: "octets", octets: Uint8Array.from(octets) },
    };
  }

  #record(): dns.DnsRecord {
    const name = this.#pick(NAMES);
    const target = this.#pick(NAMES);
    const [type, data] = this.#pick<readonly [number, dns.DnsData]>([
      [dns.TYPE_A, { kind: "address", address: this.#below(0x1_0000_0000) | 0 }],
      [dns.TYPE_A, { kind: "address", address: 0x0a010003 }],
      [dns.TYPE_AAAA, { kind: "address6", octets: Uint8Array.from({ length: 16 }, () => this.#below(256)) }],
      [dns.TYPE_CNAME, { kind: "name", name: target }],
      [dns.TYPE_PTR, { kind: "name", name: target }],
      [dns.TYPE_NS, { kind: "name", name: target }],
      [dns.TYPE_MX, { kind: "mx", preference: 10, name: target }],
      [dns.TYPE_SRV, { kind: "srv", priority: 1, weight: 2, port: 80, name: target }],
      [dns.TYPE_TXT, { kind: "text", strings: ["v=spf1 -all", '\x01\xff\\ "'] }],
      [dns.TYPE_SOA, { kind: "soa", name: target, mailbox: "root.x", numbers: [1, 2, 3, 4, 4_294_967_295] }],
    ]);
    return {
      name,
      type,
      class: this.#pick([1, 1, 1, 1, 3]),
      ttl: this.#pick([0, 5, 600, 90_061, 604_800]),
      data,
    };
  }
}
