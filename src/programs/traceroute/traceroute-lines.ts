import type { Wait } from "../../sim/process.ts";
import { MILLISECOND, type Nanos } from "../../sim/time.ts";
import * as icmp from "../../wire/icmp.ts";
import * as ip from "../../wire/ipv4-address.ts";
import type { ProgramContext } from "../program-context.ts";
import { nameOf } from "../resolve-name.ts";
import type { TracerouteOptions } from "./traceroute-options.ts";

/** What a probe came to, as far as it is printed. */
interface Answer {
  readonly sentAt: Nanos | null;
  /** When an answer came; null for none. */
  readonly answeredAt: Nanos | null;
  readonly from: number | null;
  readonly mark: string;
}

/** What stands behind an answer that says why a packet went no further (traceroute's marks). */
export function markOf(code: number, mtu: number): string {
  switch (code) {
    case icmp.NET_UNREACHABLE:
    case 6:
    case 8:
    case 11:
      return "!N";
    case icmp.HOST_UNREACHABLE:
    case icmp.HOST_UNKNOWN:
    case icmp.HOST_UNREACHABLE_FOR_TOS:
      return "!H";
    case icmp.PROTOCOL_UNREACHABLE:
      return "!P";
    case icmp.FRAGMENTATION_NEEDED:
      return `!F-${mtu}`;
    case icmp.SOURCE_ROUTE_FAILED:
      return "!S";
    case icmp.NET_PROHIBITED:
    case icmp.HOST_PROHIBITED:
    case icmp.ADMIN_PROHIBITED:
      return "!X";
    case icmp.PRECEDENCE_VIOLATION:
      return "!V";
    case icmp.PRECEDENCE_CUTOFF:
      return "!C";
    default:
      return `!<${code}>`;
  }
}

/** The lines of traceroute: a hop a line, and each probe a piece of it. */
export class TracerouteLines {
  readonly #context: ProgramContext;
  readonly #options: TracerouteOptions;
  readonly #probes: readonly Answer[];

  constructor(context: ProgramContext, options: TracerouteOptions, probes: readonly Answer[]) {
    this.#context = context;
    this.#options = options;
    this.#probes = probes;
  }

  /** Prints the piece of probe `n`; those before it have been printed. */
  *print(n: number): Generator<Wait, void, void> {
    const { queries } = this.#options;
    const probe = this.#probes[n]!;
    const place = n % queries;
    let text = place === 0 ? `\n${`${Math.floor(n / queries) + 1}`.padStart(2)} ` : "";
    if (probe.from === null) text += " *";
    else if (this.#lastAddress(n, place) !== probe.from) {
      // What stands before the name is out while it is looked up.
      this.#context.out(text);
      text = ` ${yield* this.#name(probe.from)}`;
    }
    if (probe.answeredAt !== null)
      text += `  ${((probe.answeredAt - probe.sentAt!) / MILLISECOND).toFixed(3)} ms`;
    if (probe.mark !== "") text += ` ${probe.mark}`;
    this.#context.out(text);
  }

  /** Whose answer stands last on the line. */
  #lastAddress(n: number, place: number): number | null {
    for (let i = 1; i <= place; i++) {
      const { from } = this.#probes[n - i]!;
      if (from !== null) return from;
    }
    return null;
  }

  *#name(address: number): Generator<Wait, string, void> {
    const text = ip.format(address);
    return this.#options.numeric ? text : `${(yield* nameOf(this.#context, address)) ?? text} (${text})`;
  }
}
