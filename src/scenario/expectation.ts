import type { Place } from "../base/user-error.ts";

/** A number, or the limits that it must keep. */
export interface Amount {
  readonly min: number;
  /** Infinity when there is no upper limit. */
  readonly max: number;
}

/**
 * What happened to a packet. Places are `host`, `host/namespace`, `host/device` or `host/namespace/device`; a shorter
 * one means everything below it.
 */
export interface JourneyExpectation {
  readonly kind: "journey";
  readonly place: Place;
  /** Source address of the packet's own (innermost) IP or ARP header, or a MAC address. */
  readonly from: string;
  readonly to: string;
  /** `arp`, `icmp`, `udp`, `tcp`, `igmp`; null for any. */
  readonly protocol: string | null;
  /** Which of the packets that match so far in the lesson. */
  readonly which: "first" | "last" | "every" | "some";
  /** Places on the way, in this order; others may lie between them. */
  readonly passes: readonly string[];
  readonly avoids: readonly string[];
  readonly end: JourneyEnd | null;
  /** Entries that decided where it went, in this order; others may lie between them. */
  readonly decisions: readonly DecisionExpectation[];
}

/** An entry of a table and what made it; what is absent does not matter. Texts are words that must be there. */
export interface DecisionExpectation {
  readonly at: string;
  readonly kind?: string | undefined;
  readonly entry?: string | undefined;
  readonly cause?: string | undefined;
}

type JourneyEnd =
  | { readonly delivered: string }
  | { readonly dropped: DecisionExpectation & { readonly reason: string } };

/** Statistics of a device, under Linux's names (`rxPackets` for `rx_packets`). */
export interface CountersExpectation {
  readonly kind: "counters";
  readonly place: Place;
  readonly device: string;
  readonly counters: Readonly<Record<string, Amount>>;
}

/** A row of a table; each named field must have this text, and `false` is what a row does not say. */
export interface EntryExpectation {
  readonly kind: "entry";
  readonly place: Place;
  readonly table: "fdb" | "route" | "neighbour" | "rule" | "address";
  /** `host` or `host/namespace`. */
  readonly in: string;
  readonly fields: Readonly<Record<string, string>>;
  /** Words of what made it, or null. */
  readonly cause: string | null;
  /** True: no such row may exist. */
  readonly absent: boolean;
}

/** How many frames of a device match a filter in tcpdump's language. */
export interface FramesExpectation {
  readonly kind: "frames";
  readonly place: Place;
  readonly on: string;
  /** Empty: all frames. */
  readonly filter: string;
  readonly count: Amount;
}

/** One claim of an `expect` block. */
export type Expectation = JourneyExpectation | CountersExpectation | EntryExpectation | FramesExpectation;

/** An expectation in one line, as reports print it. */
export function describeExpectation(expectation: Expectation): string {
  switch (expectation.kind) {
    case "journey":
      return describeJourney(expectation);
    case "counters": {
      const wanted = Object.entries(expectation.counters).map(
        ([name, amount]) => `${name} ${formatAmount(amount)}`,
      );
      return `counters of ${expectation.device}: ${wanted.join(", ")}`;
    }
    case "entry": {
      const fields = Object.entries(expectation.fields).map(([name, text]) => `${name} ${text}`);
      if (expectation.cause !== null) fields.push(`made by ${expectation.cause}`);
      return `${expectation.absent ? "no " : ""}${expectation.table} entry in ${expectation.in}: ${fields.join(", ")}`;
    }
    case "frames": {
      const filter = expectation.filter === "" ? "" : ` that match "${expectation.filter}"`;
      return `frames on ${expectation.on}${filter}: ${formatAmount(expectation.count)}`;
    }
  }
}

function describeJourney(expectation: JourneyExpectation): string {
  const { which, protocol, from, to, passes, avoids, end, decisions } = expectation;
  const parts = [`${which} ${protocol ?? "packet"} ${from} > ${to}`];
  if (passes.length > 0) parts.push(`passes ${passes.join(", ")}`);
  if (avoids.length > 0) parts.push(`avoids ${avoids.join(", ")}`);
  for (const decision of decisions) parts.push(describeDecision(decision));
  if (end !== null && "delivered" in end) parts.push(`is delivered to ${end.delivered}`);
  if (end !== null && "dropped" in end) {
    const { reason, at, entry, cause } = end.dropped;
    const by = entry === undefined ? "" : ` by ${entry}`;
    const made = cause === undefined ? "" : ` <- ${cause}`;
    parts.push(`is dropped (${reason}) at ${at}${by}${made}`);
  }
  return parts.join("; ");
}

/** `a/c1 decides by route default via 10.3.0.1 <- ip route add default via 10.3.0.1`. */
export function describeDecision({ at, kind, entry, cause }: DecisionExpectation): string {
  const what = [kind, entry].filter((text) => text !== undefined).join(" ");
  return `${at} decides${what === "" ? "" : ` by ${what}`}${cause === undefined ? "" : ` <- ${cause}`}`;
}

/** `3`, `at least 3`, `at most 3`, `2 to 4`. */
export function formatAmount({ min, max }: Amount): string {
  if (min === max) return String(min);
  if (max === Number.POSITIVE_INFINITY) return `at least ${min}`;
  return min === 0 ? `at most ${max}` : `${min} to ${max}`;
}
