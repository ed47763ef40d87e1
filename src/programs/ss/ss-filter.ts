import type { SocketFamily } from "../../net/socket-family.ts";
import * as ip from "../../wire/ipv4-address.ts";
import { ProgramExit } from "../program-exit.ts";

/** What a filter looks at. Addresses are int32. */
interface Filtered {
  readonly family: SocketFamily;
  readonly localAddress: number;
  readonly localPort: number;
  readonly remoteAddress: number;
  readonly remotePort: number;
}

export type Filter = (socket: Filtered) => boolean;

const COMPARISONS: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  "=": (a, b) => a === b,
  "==": (a, b) => a === b,
  eq: (a, b) => a === b,
  "!=": (a, b) => a !== b,
  ne: (a, b) => a !== b,
  neq: (a, b) => a !== b,
  ">": (a, b) => a > b,
  gt: (a, b) => a > b,
  ">=": (a, b) => a >= b,
  ge: (a, b) => a >= b,
  geq: (a, b) => a >= b,
  "<": (a, b) => a < b,
  lt: (a, b) => a < b,
  "<=": (a, b) => a <= b,
  le: (a, b) => a <= b,
  leq: (a, b) => a <= b,
};

/** Reads an EXPRESSION of ss(8): hosts and ports with `and`, `or`, `not` and parentheses. @throws {ProgramExit} */
export function parseFilter(words: readonly string[]): Filter {
  const parser = new Parser(words.flatMap((word) => word.match(/!=|[()!]|[^\s()!]+/g) ?? []));
  return parser.whole();
}

class Parser {
  readonly #words: readonly string[];
  #at = 0;

  constructor(words: readonly string[]) {
    this.#words = words;
  }

  whole(): Filter {
    if (this.#words.length === 0) return () => true;
    const filter = this.#either();
    if (this.#at < this.#words.length) this.#fail();
    return filter;
  }

  #either(): Filter {
    let filter = this.#both();
    while (this.#takes("or", "|", "||")) {
      const first = filter;
      const second = this.#both();
      filter = (s) => first(s) || second(s);
    }
    return filter;
  }

  #both(): Filter {
    let filter = this.#one();
    for (;;) {
      const word = this.#words[this.#at];
      if (word === undefined || word === ")" || word === "or" || word === "|" || word === "||") return filter;
      this.#takes("and", "&", "&&");
      const first = filter;
      const second = this.#one();
      filter = (s) => first(s) && second(s);
    }
  }

  #one(): Filter {
    if (this.#takes("not", "!")) {
      const inner = this.#one();
      return (s) => !inner(s);
    }
    if (this.#takes("(")) {
      const inner = this.#either();
      if (!this.#takes(")")) this.#fail();
      return inner;
    }
    const name = this.#words[this.#at++];
    if (name === "sport" || name === "dport") return this.#port(name);
    if (name === "src" || name === "dst") return this.#host(name);
    return name === undefined || /^\W/.test(name) ? this.#fail() : this.#unknown(name);
  }

  #unknown(name: string): never {
    throw noAddress(`an inet prefix is expected rather than "${name}".`);
  }

  #port(name: "sport" | "dport"): Filter {
    const compare = COMPARISONS[this.#words[this.#at] ?? ""];
    if (compare !== undefined) this.#at++;
    const text = (this.#words[this.#at++] ?? "").replace(/^.*:/, "");
    const port = Number(text);
    if (!/^\d+$/.test(text) || port > 65535) throw noAddress(`"${text}" does not look like a port.`);
    const holds = compare ?? COMPARISONS["="]!;
    return name === "sport" ? (s) => holds(s.localPort, port) : (s) => holds(s.remotePort, port);
  }

  #host(name: "src" | "dst"): Filter {
    const compare = COMPARISONS[this.#words[this.#at] ?? ""];
    if (compare !== undefined) this.#at++;
    const [host, port] = (this.#words[this.#at++] ?? "").split(":", 2) as [string, string | undefined];
    const prefix = host === "" || host === "*" ? { address: 0, length: 0 } : ip.parsePrefix(host);
    if (prefix === null) {
      throw noAddress(`an inet prefix is expected rather than "${host}".`);
    }
    const mask = ip.netmask(prefix.length);
    const hasHost = host !== "" && host !== "*";
    const wanted = port === undefined || port === "*" ? null : Number(port);
    const isNot = compare !== undefined && !compare(1, 1);
    return (s) => {
      const address = name === "src" ? s.localAddress : s.remoteAddress;
      const number = name === "src" ? s.localPort : s.remotePort;
      // An IPv6 address that is not set is in no prefix of IPv4; a mapped one is what it is.
      const fits = s.family === "inet" || address !== 0 || !hasHost;
      const same =
        fits && ((address ^ prefix.address) & mask) === 0 && (wanted === null || wanted === number);
      return same !== isNot;
    };
  }

  #takes(...words: readonly string[]): boolean {
    if (!words.includes(this.#words[this.#at] ?? "")) return false;
    this.#at++;
    return true;
  }

  #fail(): never {
    throw new ProgramExit(255, 'ss: bison bellows (while parsing filter): "syntax error!" Sorry.\n');
  }
}

function noAddress(what: string): ProgramExit {
  return new ProgramExit(1, `Error: ${what}\nCannot parse dst/src address.\n`);
}
