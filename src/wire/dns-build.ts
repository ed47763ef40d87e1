import type * as dns from "./dns.ts";
import { labelsOf } from "./dns-name.ts";

/** Behind this place of a message no pointer can lead (14 bits). */
const MAX_POINTER = 0x3fff;

class Writer {
  readonly octets: number[] = [];
  /** Where the ends of names stand that were written, by their very text (RFC 4343, 4.1 keeps case); null: none is shortened. */
  readonly #seen: Map<string, number> | null;

  constructor(compress: boolean) {
    this.#seen = compress ? new Map() : null;
  }

  u8(value: number): void {
    this.octets.push(value & 255);
  }

  u16(value: number): void {
    this.octets.push((value >> 8) & 255, value & 255);
  }

  u32(value: number): void {
    this.u16(value >>> 16);
    this.u16(value);
  }

  /** A name that nobody could have asked for is written as the root. */
  name(name: string, shorten = true): void {
    const labels = labelsOf(name) ?? [];
    for (let i = 0; i < labels.length; i++) {
      const rest = labels.slice(i).join("\0");
      const seen = this.#seen?.get(rest);
      if (seen !== undefined && shorten) {
        this.u16(0xc000 | seen);
        return;
      }
      if (this.octets.length <= MAX_POINTER) this.#seen?.set(rest, this.octets.length);
      this.string(labels[i]!);
    }
    this.u8(0);
  }

  /** A length and as many octets; what is longer than a length can say is cut off. */
  string(text: string): void {
    const length = Math.min(text.length, 255);
    this.u8(length);
    for (let i = 0; i < length; i++) this.u8(text.charCodeAt(i));
  }

  record(record: dns.DnsRecord): void {
    this.name(record.name);
    this.u16(record.type);
    this.u16(record.class);
    this.u32(record.ttl);
    const at = this.octets.length;
    this.u16(0);
    this.#data(record.data);
    const length = this.octets.length - at - 2;
    this.octets[at] = length >> 8;
    this.octets[at + 1] = length & 255;
  }

  #data(data: dns.DnsData): void {
    switch (data.kind) {
      case "address":
        this.u32(data.address);
        break;
      case "name":
        this.name(data.name);
        break;
      case "mx":
        this.u16(data.preference);
        this.name(data.name);
        break;
      case "srv":
        this.u16(data.priority);
        this.u16(data.weight);
        this.u16(data.port);
        this.name(data.name, false); // RFC 2782 forbids to shorten it
        break;
      case "text":
        for (const text of data.strings) this.string(text);
        break;
      case "soa":
        this.name(data.name);
        this.name(data.mailbox);
        for (const number of data.numbers) this.u32(number);
        break;
      default:
        for (const octet of data.octets) this.u8(octet);
    }
  }
}

/** How a message is written. */
interface DnsBuildOptions {
  /** Names that stood before become pointers to them (RFC 1035, 4.1.4), as most servers do. */
  readonly compress: boolean;
}

/** The octets of a message. */
export function build(message: dns.DnsMessage, options: DnsBuildOptions = { compress: true }): Uint8Array {
  const writer = new Writer(options.compress);
  const { questions, answers, authorities, additionals } = message;
  writer.u16(message.id);
  writer.u16(flagsWord(message.flags));
  for (const section of [questions, answers, authorities, additionals]) writer.u16(section.length);
  for (const question of questions) {
    writer.name(question.name);
    writer.u16(question.type);
    writer.u16(question.class);
  }
  for (const record of [...answers, ...authorities, ...additionals]) writer.record(record);
  return Uint8Array.from(writer.octets);
}

function flagsWord(flags: dns.DnsFlags): number {
  return (
    (flags.response ? 0x8000 : 0) |
    (flags.opcode << 11) |
    (flags.authoritative ? 0x400 : 0) |
    (flags.truncated ? 0x200 : 0) |
    (flags.recursionDesired ? 0x100 : 0) |
    (flags.recursionAvailable ? 0x80 : 0) |
    (flags.authenticData ? 0x20 : 0) |
    (flags.checkingDisabled ? 0x10 : 0) |
    flags.rcode
  );
}
