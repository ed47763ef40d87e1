/**
 * What the describers of all protocols share: the bytes of one captured frame, where its captured part ends, and
 * the text so far. Reading behind the end of the captured part throws {@link Truncated}, which never leaves
 * the room: {@link Describer.describe} ends the text with ` [|protocol]` there, as tcpdump does.
 */
import * as ipv4Address from "./ipv4-address.ts";
import * as ipv6 from "./ipv6.ts";
import * as mac from "./mac.ts";

/** Thrown by a read behind the captured bytes. */
export class Truncated extends Error {}

/** First sequence numbers of the two directions of one TCP conversation, uint32. */
export interface Conversation {
  readonly sequence: number;
  readonly acknowledgment: number;
}

/** The options of tcpdump that change the text. */
export interface DescribeOptions {
  /** `-e`: addresses, ethertype and length of the link-level header. */
  readonly linkHeader: boolean;
  /** The number of `v`s. */
  readonly verbose: number;
  /** `-q`: less about the transport. */
  readonly quiet: boolean;
  /** `-S`: absolute TCP sequence numbers. */
  readonly absoluteSequences: boolean;
  /** Set when a dump of the bytes follows (`-x`, `-X`, `-A`), so that unknown frames are not dumped twice. */
  readonly suppressDump: boolean;
}

export const PLAIN: DescribeOptions = {
  linkHeader: false,
  verbose: 0,
  quiet: false,
  absoluteSequences: false,
  suppressDump: false,
};

export class Printer {
  readonly view: DataView;
  readonly options: DescribeOptions;
  readonly conversations: Map<string, Conversation>;
  /** One past the last captured byte that the current protocol may read. */
  end: number;
  /** The name that stands in a truncation mark. */
  protocol = "";
  text = "";

  constructor(
    view: DataView,
    end: number,
    options: DescribeOptions,
    conversations: Map<string, Conversation>,
  ) {
    this.view = view;
    this.end = Math.min(end, view.byteLength);
    this.options = options;
    this.conversations = conversations;
  }

  print(text: string): void {
    this.text += text;
  }

  /** True when `length` bytes at `at` were captured. */
  has(at: number, length: number): boolean {
    return at + length <= this.end;
  }

  /** Captured bytes from `at` on. */
  available(at: number): number {
    return Math.max(0, this.end - at);
  }

  need(at: number, length: number): void {
    if (at + length > this.end) throw new Truncated();
  }

  u8(at: number): number {
    this.need(at, 1);
    return this.view.getUint8(at);
  }

  u16(at: number): number {
    this.need(at, 2);
    return this.view.getUint16(at);
  }

  u24(at: number): number {
    this.need(at, 3);
    return (this.view.getUint16(at) << 8) | this.view.getUint8(at + 2);
  }

  u32(at: number): number {
    this.need(at, 4);
    return this.view.getUint32(at);
  }

  /** Text of the IPv4 address at `at`. */
  ipv4(at: number): string {
    return ipv4Address.format(this.u32(at) | 0);
  }

  /** Text of the IPv6 address at `at`. */
  ipv6(at: number): string {
    this.need(at, 16);
    return ipv6.formatAddress(this.view, at);
  }

  /** Text of the MAC address at `at`. */
  mac(at: number): string {
    this.need(at, 6);
    return mac.format(this.view.getUint16(at), this.view.getInt32(at + 2));
  }

  /** Two hex digits for each byte, `separator` between them. */
  hexBytes(at: number, length: number, separator: string): string {
    const bytes: string[] = [];
    for (let i = 0; i < length; i++) bytes.push(hex(this.u8(at + i), 2));
    return bytes.join(separator);
  }

  /** The mark of a packet that ends too early. */
  truncated(): void {
    this.print(` [|${this.protocol}]`);
  }

  /** The mark of a packet that contradicts itself. */
  invalid(): void {
    this.print(" (invalid)");
  }

  /** Hex and ASCII of a frame of an unknown kind, unless `-q` or a dump of the whole frame was asked for. */
  dumpUnknown(at: number, length: number): void {
    if (!this.options.suppressDump && !this.options.quiet) this.dump(at, length);
  }

  /** Hex and ASCII of bytes that nobody understands. */
  dump(at: number, length: number): void {
    const available = this.available(at);
    this.print(hexAndAscii(this.view, at, Math.min(length, available)));
    if (length > available) throw new Truncated();
  }
}

/** Hex digits, at least `digits` of them. */
export function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, "0");
}

function printable(byte: number): string {
  return byte > 0x20 && byte < 0x7f ? String.fromCharCode(byte) : ".";
}

/** The lines of `tcpdump -X`, each with a line feed and a tab in front. */
export function hexAndAscii(view: DataView, at: number, length: number): string {
  let text = "";
  for (let line = 0; line < length; line += 16) {
    let digits = "";
    let characters = "";
    for (let i = line; i < Math.min(line + 16, length); i++) {
      const byte = view.getUint8(at + i);
      digits += (i % 2 === 0 ? " " : "") + hex(byte, 2);
      characters += printable(byte);
    }
    text += `\n\t0x${hex(line, 4)}: ${digits.padEnd(40)}  ${characters}`;
  }
  return text;
}

/** The lines of `tcpdump -x`, each with a line feed and a tab in front. */
export function hexOnly(view: DataView, at: number, length: number): string {
  let text = "";
  for (let i = 0; i < length; i++) {
    if (i % 16 === 0) text += `\n\t0x${hex(i, 4)}: `;
    text += (i % 2 === 0 ? " " : "") + hex(view.getUint8(at + i), 2);
  }
  return text;
}
