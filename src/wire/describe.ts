/**
 * One-line descriptions of frames, as tcpdump 4.99 prints them with `-n`. Time stamps and the final line feed are
 * the caller's. With `-v`, and for the frame inside VXLAN, a description has further lines.
 *
 * Not described beyond their header: application payloads but DNS, IPv6 extension headers, ICMPv6.
 */
import { printByType, printEthernet, tagText } from "./describe-ethernet.ts";
import * as ethertypes from "./ethertypes.ts";
import { type Conversation, type DescribeOptions, hex, PLAIN, Printer, Truncated } from "./printer.ts";
import * as sll2 from "./sll2.ts";

export type { DescribeOptions } from "./printer.ts";
export { hexAndAscii, hexOnly } from "./printer.ts";

/** What a capture on the device `any` knows of a frame (the SLL2 header). */
interface Cooked {
  readonly device: string;
  readonly ifindex: number;
  readonly kind: sll2.PacketKind;
}

/** The head of a frame on the device `any`, wherever it was taken from. */
interface Head {
  readonly device: string;
  readonly kind: string;
  readonly ifindex: number;
  readonly address: string;
  readonly type: number;
  /** Where the payload begins and how much of it was on the wire. */
  readonly at: number;
  readonly length: number;
}

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
    return this.#run(view, at, captured, length, (p) => {
      p.protocol = "sll2";
      p.need(at, 14);
      this.#printCooked(p, {
        ...cooked,
        address: p.mac(at + 6),
        type: p.u16(at + 12),
        at: at + 14,
        length: length - 14,
      });
    });
  }

  /**
   * A frame of a file that `tcpdump -i any -w` wrote, with an SLL2 header. `nameOf` gives the name of a device of
   * the reading host, as in life; null prints as `?`.
   */
  describeSll2(
    view: DataView,
    at: number,
    captured: number,
    nameOf: (ifindex: number) => string | null,
    length: number = captured,
  ): string {
    return this.#run(view, at, captured, length, (p) => {
      p.protocol = "sll2";
      p.need(at, sll2.HEADER_LEN);
      const { protocol, ifindex, kind } = sll2.parse(view, at, sll2.HEADER_LEN)!;
      this.#printCooked(p, {
        device: nameOf(ifindex) ?? "?",
        kind: kind ?? "?",
        ifindex,
        address: p.mac(at + 12),
        type: protocol,
        at: at + sll2.HEADER_LEN,
        length: length - sll2.HEADER_LEN,
      });
    });
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

  #printCooked(p: Printer, head: Head): void {
    const { linkHeader, quiet } = this.#options;
    p.print(`${head.device.padEnd(5)} ${head.kind.padEnd(3)} `);
    let type = head.type;
    const line = (length: number): string => {
      const start = `ifindex ${head.ifindex} ${head.address} `;
      if (quiet) return start;
      const name = ethertypes.nameOf(head.type) ?? "Unknown";
      return `${start}ethertype ${name} (0x${hex(head.type, 4)}), length ${length + sll2.HEADER_LEN}: `;
    };
    if (linkHeader) p.print(line(head.length));
    let next = head.at;
    while (type === 0x8100) {
      if (p.available(next) < 4) {
        p.protocol = "vlan";
        p.truncated();
        return;
      }
      if (linkHeader) p.print(`${tagText(p.u16(next))}, `);
      type = p.u16(next + 2);
      if (!quiet) p.print(`ethertype ${ethertypes.nameOf(type) ?? "Unknown"}, `);
      next += 4;
    }
    const left = head.length - (next - head.at);
    if (printByType(p, type, next, left)) return;
    // As there: the length here is what is left behind the tags.
    if (!linkHeader) p.print(line(left));
    p.dumpUnknown(next, p.available(next));
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
