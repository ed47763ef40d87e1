/**
 * One-line descriptions of frames, as tcpdump 4.99 prints them with `-n`. Time stamps and the final line feed are
 * the caller's. With `-v`, and for the frame inside VXLAN, a description has further lines.
 *
 * Not described beyond their header: application payloads (DNS, HTTP, ...), IPv6 extension headers, ICMPv6.
 */
import { printByType, printEthernet, tagText } from "./describe-ethernet.ts";
import * as ethertypes from "./ethertypes.ts";
import { type Conversation, type DescribeOptions, hex, PLAIN, Printer, Truncated } from "./printer.ts";

export type { DescribeOptions } from "./printer.ts";
export { hexAndAscii, hexOnly, PLAIN } from "./printer.ts";

/** How a frame met the device on which `tcpdump -i any` saw it. */
export type CookedKind = "In" | "B" | "M" | "P" | "Out";

/** What a capture on the device `any` knows of a frame (the SLL2 header). */
export interface Cooked {
  readonly device: string;
  readonly ifindex: number;
  readonly kind: CookedKind;
}

/** Bytes of the SLL2 header, which a capture on `any` has in place of the Ethernet header. */
const SLL2_HEADER_LEN = 20;

/** Describes frames of one capture in their order; it remembers where TCP conversations began. */
export class Describer {
  readonly #options: DescribeOptions;
  readonly #conversations: Map<string, Conversation> = new Map();

  constructor(options: Partial<DescribeOptions> = {}) {
    this.#options = { ...PLAIN, ...options };
  }

  /**
   * Describes the Ethernet frame at `at`, of which `captured` bytes are there and which had `length` on the wire.
   * Any bytes do; it never throws.
   */
  describe(view: DataView, at: number, captured: number, length: number = captured): string {
    return this.#run(view, at, captured, length, (p) => printEthernet(p, at, length, captured));
  }

  /** The same frame as `tcpdump -i any` prints it. */
  describeCooked(
    view: DataView,
    at: number,
    captured: number,
    cooked: Cooked,
    length: number = captured,
  ): string {
    return this.#run(view, at, captured, length, (p) => this.#printCooked(p, at, captured, length, cooked));
  }

  #run(view: DataView, at: number, captured: number, length: number, print: (p: Printer) => void): string {
    if (captured === 0) return `[Invalid header: caplen==0${length === 0 ? ", len==0" : ""}]`;
    if (length < captured) return `[Invalid header: len(${length}) < caplen(${captured})]`;
    const p = new Printer(view, at + captured, this.#options, this.#conversations);
    try {
      print(p);
    } catch (error) {
      if (!(error instanceof Truncated)) throw error;
      p.truncated();
    }
    return p.text;
  }

  #printCooked(p: Printer, at: number, captured: number, length: number, cooked: Cooked): void {
    p.protocol = "sll2";
    p.print(`${cooked.device.padEnd(5)} ${cooked.kind.padEnd(3)} `);
    p.need(at, 14);
    let type = p.u16(at + 12);
    let header = `ifindex ${cooked.ifindex} ${p.mac(at + 6)} `;
    if (!this.#options.quiet) {
      header += `ethertype ${ethertypes.nameOf(type) ?? "Unknown"} (0x${hex(type, 4)}), `;
      header += `length ${length - 14 + SLL2_HEADER_LEN}: `;
    }
    if (this.#options.linkHeader) p.print(header);
    let next = at + 14;
    while (type === 0x8100) {
      if (p.available(next) < 4) {
        p.protocol = "vlan";
        p.truncated();
        return;
      }
      if (this.#options.linkHeader) p.print(`${tagText(p.u16(next))}, `);
      type = p.u16(next + 2);
      if (!this.#options.quiet) p.print(`ethertype ${ethertypes.nameOf(type) ?? "Unknown"}, `);
      next += 4;
    }
    if (printByType(p, type, next, length - (next - at))) return;
    if (!this.#options.linkHeader) p.print(header);
    p.dumpUnknown(next, captured - (next - at));
  }
}

/** Describes one frame that is wholly there; see {@link Describer}. */
export function describe(
  view: DataView,
  at: number,
  length: number,
  options: Partial<DescribeOptions> = {},
): string {
  return new Describer(options).describe(view, at, length);
}
