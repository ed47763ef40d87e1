/**
 * What is random in a text, or depends on how fast a machine was. Each kind has a name; a text is compared with such
 * places blank, and then these must be the same things wherever they stand: see {@link Identities}.
 */
interface Kind {
  readonly name: string;
  readonly pattern: RegExp;
  /** One thing keeps its value, as an id does; a time does not. */
  readonly lasting: boolean;
}

/** The first that fits counts; each pattern has no group but its own whole. */
const KINDS: readonly Kind[] = [
  // A log line's own time, and the date in what iptables-save heads its tables with.
  { name: "TIME", pattern: /\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)/, lasting: false },
  {
    name: "TIME",
    pattern: /\b\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)? \+0000 UTC/,
    lasting: false,
  },
  {
    name: "TIME",
    pattern: /\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4}/,
    lasting: false,
  },
  // What a web server tells of times.
  { name: "TIME", pattern: /\b[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT/, lasting: false },
  { name: "ETAG", pattern: /(?<=ETag: ")[0-9a-f]+(?=-)/, lasting: false },
  { name: "ID", pattern: /\b[0-9a-f]{64}\b/, lasting: true },
  { name: "BRIDGE", pattern: /\bbr-[0-9a-f]{12}\b/, lasting: true },
  { name: "VETH", pattern: /\bveth[0-9a-f]{7}\b/, lasting: true },
  // Addresses of cards by chance: bridges', and those of the outer ends of veth pairs.
  {
    name: "MAC",
    pattern:
      /\b(?!02:42:(?:0a:(?:[0-4]|5[0-9])|ac:[01]|c0:a8)|52:54|33:33|01:00:5e|01:80:c2|ff:ff|00:00:00)[0-9a-f]{2}(?::[0-9a-f]{2}){5}\b/,
    lasting: true,
  },
  { name: "GROUP", pattern: /\b33:33:ff(?::[0-9a-f]{2}){3}\b/, lasting: true },
  { name: "GROUP", pattern: /\bff02::1:ff[0-9a-f]{2}:[0-9a-f]{1,4}\b/, lasting: true },
  { name: "BRIDGE-ID", pattern: /\b8000\.[0-9a-f]{1,2}(?::[0-9a-f]{1,2}){5}\b/, lasting: true },
  { name: "LINK-LOCAL", pattern: /\bfe80::(?!5054)[0-9a-f:]+\b/, lasting: true },
  { name: "SHORT-ID", pattern: /\b(?=[0-9a-f]*\d)(?=\d*[a-f])[0-9a-f]{12}\b/, lasting: true },
  // Numbers of devices count all that was ever made on the machine; each namespace numbers the others in its own way.
  { name: "NETNSID", pattern: /(?<=link-netnsid )\d+/, lasting: false },
  { name: "IFINDEX", pattern: /(?<=@if)\d+|(?<=^|\n)\d+(?=: [\w.-]+(?:@\w+)?: <)/, lasting: true },
  {
    name: "DURATION",
    pattern: /\b(?:\d+|About an?|Less than a) (?:second|minute|hour)s?\b/,
    lasting: false,
  },
  {
    name: "DURATION",
    pattern: /\d+(?:\.\d+)?(?= ?(?:ms|milliseconds|seconds?|minutes?|hours?|µs)\b)/,
    lasting: false,
  },
  { name: "DURATION", pattern: /(?<== )\d+\.\d+\/\d+\.\d+\/\d+\.\d+(?:\/\d+\.\d+)?/, lasting: false },

  // How long a neighbour counts as reachable is drawn by chance (RFC 4861, 6.3.2).
  {
    name: "NUD",
    pattern:
      /(?:ref \d+ )?used [\d/]+ ?probes \d+ (?:REACHABLE|STALE|DELAY)|(?<= lladdr \S+ )(?:REACHABLE|STALE|DELAY)/,
    lasting: false,
  },
  { name: "TIMER", pattern: /(?<=(?:vlan \d+|dev \S+) used )\d+\/\d+/, lasting: false },
  { name: "TIMER", pattern: /(?<=gc_timer +)\d+\.\d\d/, lasting: false },
  // A connection's remaining life, and the number of an echo request.
  {
    name: "LIFE",
    pattern: /(?<=(?:^|\n)(?:ipv4 {5}2 )?(?:tcp {6}6|udp {6}17|icmp {5}1|unknown {2}2) )\d+/,
    lasting: false,
  },
  { name: "ECHO", pattern: /(?<= id=)\d+/, lasting: true },
  // Ports that a kernel or the engine's name server took by chance.
  {
    name: "PORT",
    pattern: /(?<=127\.0\.0\.11:)\d{5}|(?<=(?:tcp|udp) spt:)\d{5}|(?<=-m (?:tcp|udp) --sport )\d{5}/,
    lasting: true,
  },
  {
    name: "PORT",
    pattern: /(?<= [sd]port=)(?:32[7-9]|3[3-9]\d|[45]\d\d|60\d)\d\d\b(?<!334[34]\d)/,
    lasting: true,
  },
  // Whoever asked a web server.
  { name: "PORT", pattern: /(?<=\[::ffff:[\d.]+\]:)\d{5}(?=: response)/, lasting: true },
  { name: "PID", pattern: /(?<=pid=|"Pid": ?)\d+/, lasting: false },
  // A container that nobody named.
  { name: "NAME", pattern: /(?<=on endpoint |_NAME=\/|AS \/)[a-z]+_[a-z]+(?=[ /])/, lasting: true },
  { name: "NAME", pattern: /(?<= {2,})[a-z]+_[a-z]+(?=\n|$)/, lasting: true },
];

const ANY = new RegExp(KINDS.map((kind, i) => `(?<k${i}>${kind.pattern.source})`).join("|"), "g");

/** A text with blanks, and what stood there. */
interface Masked {
  readonly text: string;
  readonly tokens: readonly { readonly kind: Kind; readonly value: string }[];
}

export function mask(text: string): Masked {
  const tokens: { kind: Kind; value: string }[] = [];
  const blank = text.replace(ANY, (value: string, ...rest: unknown[]) => {
    const groups = rest.at(-1) as Record<string, string | undefined>;
    const kind =
      KINDS[
        Number(
          Object.keys(groups)
            .find((key) => groups[key] !== undefined)!
            .slice(1),
        )
      ]!;
    tokens.push({ kind, value });
    return `<${kind.name}>`;
  });
  return { text: padded(blank), tokens };
}

/** Columns are as wide as what stands in them, and that is random: a run of blanks beside a blank is one. */
function padded(text: string): string {
  // So are the heads over a column of them.
  const heads = text.includes("<DURATION>")
    ? text.replace(/^[A-Z][A-Z /]*(?: {2,}[A-Z /]+)+$/gm, (head) => head.replaceAll(/ {2,}/g, "  "))
    : text;
  return heads
    .replaceAll(/(<[A-Z-]+>[^\n<]*?) {2,}/g, "$1  ")
    .replaceAll(/ {2,}(?=<[A-Z-]+>)/g, "  ")
    .replaceAll(/-{10,}/g, "---");
}

/**
 * Which of our things is which of theirs: an id that they print twice must be one id here as well, and two of theirs
 * never one of ours.
 */
export class Identities {
  readonly #ours: Map<string, string> = new Map();
  readonly #theirs: Map<string, string> = new Map();

  /** Null when all agree, else the first that does not. Learns what is new only if all agree. */
  check(theirs: Masked, ours: Masked): string | null {
    const fresh: [string, string][] = [];
    for (const [i, { kind, value }] of theirs.tokens.entries()) {
      const our = ours.tokens[i];
      if (our === undefined) return `${value} has no counterpart`;
      if (!kind.lasting) continue;
      const [a, b] = [`${kind.name} ${value}`, `${kind.name} ${our.value}`];
      const [known, back] = [this.#ours.get(a), this.#theirs.get(b)];
      if ((known ?? b) !== b || (back ?? a) !== a)
        return `${value} is ${our.value} here, which is another one`;
      fresh.push([a, b]);
    }
    for (const [a, b] of fresh) {
      this.#ours.set(a, b);
      this.#theirs.set(b, a);
    }
    return null;
  }
}
