/** Filter expressions for comparing with the real tcpdump: sensible ones, and soups of words. */
import type { Prng } from "../src/base/prng.ts";

const ADDRESSES = ["10.3.0.2", "10.3.0.5", "172.10.0.15", "172.10.0.16", "239.1.1.1", "0.0.0.0", "127.0.0.1"];
const MACS = ["02:42:0a:03:00:02", "ff:ff:ff:ff:ff:ff", "52:54:00:0a:00:0f", "02:42:0a:03:00:05"];
const NETS = [
  "10.3.0.0/16",
  "10.0.0.0/8",
  "172.10.0.0/24",
  "10",
  "172.10",
  "239.1.1.0 mask 255.255.255.0",
  "0.0.0.0/0",
];
const PORTS = ["40000", "40001", "9999", "4789", "8472", "1024"];
const PROTOCOLS = ["ip", "arp", "rarp", "icmp", "igmp", "udp", "tcp", "ip6", "icmp6", "sctp"];
const WORDS = [
  ..."host src dst net port portrange proto arp ip icmp udp tcp vlan ether broadcast multicast less greater".split(
    " ",
  ),
  ..."and or not && || ! ( ) ( ) 10.3.0.2 10.3.0.5 40000 5 0x800 foo 1-9 02:42:0a:03:00:02 10.0.0.0/8 = < len ip[8]".split(
    " ",
  ),
];

export class RandomFilters {
  readonly #prng: Prng;

  constructor(prng: Prng) {
    this.#prng = prng;
  }

  #pick<T>(list: readonly T[]): T {
    return list[this.#prng.below(list.length)]!;
  }

  #direction(): string {
    return this.#pick(["", "", "src ", "dst ", "src or dst ", "src and dst "]);
  }

  #relation(): string {
    const left = this.#pick([
      "ip[8]",
      "ip[6:2] & 0x1fff",
      "tcp[tcpflags] & (tcp-syn|tcp-ack)",
      "udp[4:2]",
      "icmp[icmptype]",
      "ether[12:2]",
      "len",
      "ip[2:2] + 14",
      "arp[6:2]",
      "igmp[0]",
    ]);
    const right = this.#pick(["0", "1", "8", "64", "2054", "0x16", "2", "100", "18"]);
    return `${left} ${this.#pick(["=", "!=", "<", ">", "<=", ">="])} ${right}`;
  }

  primitive(): string {
    switch (this.#prng.below(11)) {
      case 0:
      case 1:
        return `${this.#pick(["", "", "ip ", "arp "])}${this.#direction()}host ${this.#pick(ADDRESSES)}`;
      case 2:
        return `${this.#pick(["src", "dst"])} ${this.#pick(ADDRESSES)}`;
      case 3:
        return `${this.#pick(["", "ip ", "arp "])}${this.#direction()}net ${this.#pick(NETS)}`;
      case 4:
        return `${this.#pick(["", "udp ", "tcp "])}${this.#direction()}port ${this.#pick(PORTS)}`;
      case 5:
        return `${this.#pick(["", "udp ", "tcp "])}${this.#direction()}portrange 1000-${this.#pick(PORTS)}`;
      case 6:
        return this.#pick(PROTOCOLS);
      case 7:
        return `ether ${this.#pick(["src ", "dst ", "host "])}${this.#pick(MACS)}`;
      case 8:
        return this.#pick([
          "broadcast",
          "multicast",
          "ip multicast",
          "ether broadcast",
          "vlan",
          "vlan 7",
          "ip broadcast",
        ]);
      case 9:
        return this.#pick([
          "less 60",
          "greater 100",
          "ip proto 17",
          "ether proto 0x806",
          "proto 6",
          "ip proto \\icmp",
        ]);
      default:
        return this.#relation();
    }
  }

  #several(kind: string, values: readonly string[]): string {
    const first = this.#pick(values);
    const rest = `${this.#pick(["or", "and not"])} ${this.#pick(values)}`;
    return this.#prng.chance(1, 2) ? `${kind} ${first} ${rest}` : `${kind} (${first} ${rest})`;
  }

  expression(depth: number = 0): string {
    switch (this.#prng.below(depth > 2 ? 3 : 8)) {
      case 0:
      case 1:
        return this.primitive();
      case 2:
        return this.#prng.chance(1, 2) ? this.#several("host", ADDRESSES) : this.#several("port", PORTS);
      case 3:
        return `${this.#pick(["not", "!"])} ${this.expression(depth + 1)}`;
      case 4:
        return `(${this.expression(depth + 1)})`;
      default:
        return `${this.expression(depth + 1)} ${this.#pick(["and", "or", "&&", "||"])} ${this.expression(depth + 1)}`;
    }
  }

  /** Words in any order: mostly nonsense. */
  soup(): string {
    return Array.from({ length: 1 + this.#prng.below(7) }, () => this.#pick(WORDS)).join(" ");
  }
}
