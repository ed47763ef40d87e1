import type { XtInfo } from "../net/xtables.ts";
import type { EntryRef } from "../sim/registry.ts";

/** What of a rule can be turned into its opposite by `!`. */
export type XtNegation = "source" | "destination" | "in" | "out" | "protocol" | "fragment";

/** A rule as a plain value. What was not said is absent. */
export interface XtRule {
  /** `10.0.0.0/8`, `10.1.2.3/32`, or with a mask that is no prefix `10.0.0.0/255.0.255.0`. */
  readonly source?: string;
  readonly destination?: string;
  /** A device's name; a `+` at the end stands for any ending. */
  readonly in?: string;
  readonly out?: string;
  /** The protocol's number. */
  readonly protocol?: number;
  /** Second and further fragments only. */
  readonly fragment?: true;
  readonly not?: readonly XtNegation[];
  readonly matches?: readonly XtInfo[];
  /** ACCEPT, DROP, RETURN, QUEUE, a chain of this table, or a kind of target; absent: the rule only counts. */
  readonly target?: XtInfo;
  /** The chain is not returned from to here. */
  readonly goto?: true;
}

/** A rule in a table: its value, its counters and why it is there. */
export class Rule {
  readonly value: XtRule;
  /** As `iptables -S` prints it, the table in front. */
  readonly text: string;
  packets: number;
  bytes: number;
  /** 0 until it stands in a table. */
  ref: EntryRef = 0;
  /** The hooks from which it was reachable when it was checked last, or -1: never. */
  checkedHooks = -1;

  constructor(value: XtRule, text: string, packets = 0, bytes = 0) {
    this.value = value;
    this.text = text;
    this.packets = packets;
    this.bytes = bytes;
  }
}
