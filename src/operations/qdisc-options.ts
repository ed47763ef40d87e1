import type { QdiscSettings } from "../net/qdisc/root-qdisc.ts";
import { type NetemOptions, netemSettings, netemWords, parseNetem } from "./netem-options.ts";
import {
  type FifoOptions,
  fifoSettings,
  fifoWords,
  parseFifo,
  parseTbf,
  type TbfOptions,
  tbfSettings,
  tbfWords,
} from "./other-qdisc-options.ts";
import { ToolError } from "./tool-error.ts";
import { same, type Words } from "./words.ts";

/** A kind of discipline with what is said of it; `unknown` is one of which neither `tc` nor the kernel has heard. */
export type QdiscOptions =
  | NetemOptions
  | FifoOptions
  | TbfOptions
  | { readonly kind: "noqueue" }
  | { readonly kind: "unknown"; readonly name: string };

/** Kinds of Linux that are not simulated. */
const OTHERS =
  "atm cake cbq cbs choke codel drr dsmark etf ets fq fq_codel fq_pie gred hfsc hhf htb mq mqprio multiq netem " +
  "pfifo_fast pfifo_head_drop pie plug prio qfq red sfb sfq skbprio taprio";

/** Reads what follows a kind. @throws {ToolError} */
export function parseQdiscOptions(kind: string, words: Words): QdiscOptions {
  if (same(kind, "netem")) return parseNetem(words);
  if (same(kind, "tbf")) return parseTbf(words);
  for (const fifo of ["pfifo", "bfifo"] as const) if (same(kind, fifo)) return parseFifo(fifo, words);
  if (OTHERS.split(" ").includes(kind)) throw new ToolError(`tc: qdisc ${kind} is not simulated`, 1);
  if (!words.done)
    throw new ToolError(`Unknown qdisc "${kind}", hence option "${words.peek}" is unparsable`, 1);
  return same(kind, "noqueue") ? { kind: "noqueue" } : { kind: "unknown", name: kind };
}

/** The kind and the words that {@link parseQdiscOptions} reads back. */
export function qdiscOptionWords(options: QdiscOptions): string[] {
  switch (options.kind) {
    case "netem":
      return ["netem", ...netemWords(options)];
    case "tbf":
      return ["tbf", ...tbfWords(options)];
    case "noqueue":
      return ["noqueue"];
    case "unknown":
      return [options.name];
    default:
      return [options.kind, ...fifoWords(options)];
  }
}

/** What the kernel is asked for; null for a kind that it does not know. */
export function qdiscSettings(options: QdiscOptions): QdiscSettings | null {
  switch (options.kind) {
    case "netem":
      return netemSettings(options);
    case "tbf":
      return tbfSettings(options);
    case "noqueue":
      return { kind: "noqueue" };
    case "unknown":
      return null;
    default:
      return fifoSettings(options);
  }
}
