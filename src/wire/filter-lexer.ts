/** The words of a filter expression, as libpcap's scanner divides them: the longest match wins. */

/** A mistake in an expression, in libpcap's words. It never leaves {@link parseFilter}. */
export class FilterError extends Error {}

/** What bison says of anything that the grammar does not know. */
export const SYNTAX_ERROR = "can't parse filter expression: syntax error";

type TokenKind = "word" | "name" | "number" | "ipv4" | "ipv6" | "mac" | "sign" | "end";

/** `name` is an identifier that is no keyword; `word` is a keyword; the value of numbers is a uint32. */
export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  readonly value: number;
}

/** Keywords that the parser knows; those of other link types are names here. */
const KEYWORDS: ReadonlySet<string> = new Set(
  (
    "dst src link ether ppp slip fddi tr wlan arp rarp ip sctp tcp udp icmp igmp igrp pim vrrp carp ip6 icmp6 ah " +
    "esp host net mask port portrange proto gateway less greater broadcast multicast and or not len length vlan vxlan"
  ).split(" "),
);

/** Names that stand for numbers: offsets, ICMP types, TCP flags. */
const NUMBERS: ReadonlyMap<string, number> = new Map([
  ["icmptype", 0],
  ["icmpcode", 1],
  ["icmp-echoreply", 0],
  ["icmp-unreach", 3],
  ["icmp-sourcequench", 4],
  ["icmp-redirect", 5],
  ["icmp-echo", 8],
  ["icmp-routeradvert", 9],
  ["icmp-routersolicit", 10],
  ["icmp-timxceed", 11],
  ["icmp-paramprob", 12],
  ["icmp-tstamp", 13],
  ["icmp-tstampreply", 14],
  ["icmp-ireq", 15],
  ["icmp-ireqreply", 16],
  ["icmp-maskreq", 17],
  ["icmp-maskreply", 18],
  ["tcpflags", 13],
  ["tcp-fin", 1],
  ["tcp-syn", 2],
  ["tcp-rst", 4],
  ["tcp-push", 8],
  ["tcp-ack", 16],
  ["tcp-urg", 32],
  ["tcp-ece", 64],
  ["tcp-cwr", 128],
]);

const B = "[0-9A-Fa-f]{1,2}";
const W = "[0-9A-Fa-f]{1,4}";
const N = "(?:0[xX][0-9A-Fa-f]+|[0-9]+)";

/** In the scanner's order: the first of equally long matches wins. */
const PATTERNS: readonly (readonly [TokenKind, RegExp])[] = [
  ["sign", />=|<=|!=|==|<<|>>|&&|\|\||[-+*/%:[\]!<>()&|^=]/y],
  [
    "mac",
    new RegExp(
      `${B}(?::${B}){5}|${B}(?:-${B}){5}|${B}(?:\\.${B}){5}|[0-9A-Fa-f]{4}(?:\\.[0-9A-Fa-f]{4}){2}|[0-9A-Fa-f]{12}`,
      "y",
    ),
  ],
  ["number", new RegExp(N, "y")],
  ["ipv4", new RegExp(`${N}\\.${N}\\.${N}\\.${N}|${N}\\.${N}\\.${N}|${N}\\.${N}`, "y")],
  ["ipv6", new RegExp(`${W}(?::${W}){7}|(?:${W}(?::${W})*)?::(?:${W}(?::${W})*)?`, "y")],
  ["name", /[A-Za-z0-9](?:[-_.A-Za-z0-9]*[.A-Za-z0-9])?/y],
];
const BOGUS_MAC = new RegExp(`${B}:+(?:${B}:+)+`, "y");
const QUOTED = /\\[^ !()\n\t]+/y;
const BLANKS = /[ \r\n\t]*/y;

function matchAt(pattern: RegExp, text: string, at: number): string {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0] ?? "";
}

function numberOf(text: string): number {
  const octal = text.length > 1 && text.startsWith("0") && !/^0x/i.test(text);
  if (octal && /[89]/.test(text)) throw new FilterError(`number ${text} contains non-octal digit`);
  const result = octal ? Number.parseInt(text, 8) : Number(text);
  if (result > 0xffffffff) throw new FilterError(`number ${text} overflows 32 bits`);
  return result;
}

function classify(kind: TokenKind, text: string): Token {
  if (kind === "number") return { kind, text, value: numberOf(text) };
  if (kind !== "name") return { kind, text, value: 0 };
  const value = NUMBERS.get(text);
  if (value !== undefined) return { kind: "number", text, value };
  return { kind: KEYWORDS.has(text) ? "word" : "name", text, value: 0 };
}

/** Reads an expression word by word; a wrong word is an error only when the parser reaches it. */
export class FilterLexer {
  readonly #text: string;
  #at = 0;
  #ahead: Token[] = [];

  constructor(text: string) {
    this.#text = text;
  }

  /** The word that comes `distance` words ahead, without taking it. */
  peek(distance: number = 0): Token {
    while (this.#ahead.length <= distance) this.#ahead.push(this.#read());
    return this.#ahead[distance]!;
  }

  take(): Token {
    const token = this.peek();
    this.#ahead.shift();
    return token;
  }

  #read(): Token {
    this.#at += matchAt(BLANKS, this.#text, this.#at).length;
    if (this.#at >= this.#text.length) return { kind: "end", text: "", value: 0 };
    let kind: TokenKind = "end";
    let longest = "";
    for (const [candidate, pattern] of PATTERNS) {
      const match = matchAt(pattern, this.#text, this.#at);
      if (match.length > longest.length) {
        kind = candidate;
        longest = match;
      }
    }
    const bogus = matchAt(BOGUS_MAC, this.#text, this.#at);
    if (bogus.length > longest.length) throw new FilterError(`bogus ethernet address ${bogus}`);
    const quoted = matchAt(QUOTED, this.#text, this.#at);
    if (quoted !== "") {
      this.#at += quoted.length;
      return { kind: "name", text: quoted.slice(1), value: 0 };
    }
    if (longest === "") throw new FilterError(SYNTAX_ERROR);
    this.#at += longest.length;
    return classify(kind, longest);
  }
}
