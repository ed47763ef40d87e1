import * as dns from "./dns.ts";
import { readName } from "./dns-name.ts";

/** Reads sections from front to back; `failed` says that the message was not one. */
class Reader {
  failed = false;
  readonly #view: DataView;
  readonly #start: number;
  readonly #end: number;
  #at: number;

  constructor(view: DataView, at: number, end: number) {
    this.#view = view;
    this.#start = at;
    this.#end = end;
    this.#at = at + dns.HEADER_LEN;
  }

  questions(count: number): readonly dns.DnsQuestion[] {
    const questions: dns.DnsQuestion[] = [];
    for (let i = 0; i < count && !this.failed; i++) {
      const name = this.#name();
      questions.push({ name, type: this.#u16(), class: this.#u16() });
    }
    return questions;
  }

  records(count: number): readonly dns.DnsRecord[] {
    const records: dns.DnsRecord[] = [];
    for (let i = 0; i < count && !this.failed; i++) {
      const name = this.#name();
      const type = this.#u16();
      const klass = this.#u16();
      const ttl = this.#u32();
      const length = this.#u16();
      const end = this.#at + length;
      if (this.failed || end > this.#end) {
        this.failed = true;
        break;
      }
      const data = this.#data(type, length);
      if (this.#at !== end) this.failed = true;
      records.push({ name, type, class: klass, ttl, data });
    }
    return records;
  }

  #data(type: number, length: number): dns.DnsData {
    const end = this.#at + length;
    switch (type) {
      case dns.TYPE_A:
        if (length === 4) return { kind: "address", address: this.#u32() | 0 };
        break;
      case dns.TYPE_AAAA:
        if (length === 16) return { kind: "address6", octets: this.#octets(16) };
        break;
      case dns.TYPE_NS:
      case dns.TYPE_CNAME:
      case dns.TYPE_PTR:
        return { kind: "name", name: this.#name() };
      case dns.TYPE_MX:
        return { kind: "mx", preference: this.#u16(), name: this.#name() };
      case dns.TYPE_SRV: {
        const [priority, weight, port] = [this.#u16(), this.#u16(), this.#u16()];
        return { kind: "srv", priority, weight, port, name: this.#name() };
      }
      case dns.TYPE_SOA: {
        const [name, mailbox] = [this.#name(), this.#name()];
        const numbers = [this.#u32(), this.#u32(), this.#u32(), this.#u32(), this.#u32()];
        return { kind: "soa", name, mailbox, numbers };
      }
      case dns.TYPE_TXT: {
        const strings: string[] = [];
        while (this.#at < end && !this.failed) {
          const size = this.#view.getUint8(this.#at++);
          if (this.#at + size > end) this.failed = true;
          else strings.push(String.fromCharCode(...this.#octets(size)));
        }
        return { kind: "text", strings };
      }
    }
    return { kind: "octets", octets: this.#octets(length) };
  }

  #name(): string {
    const read = this.failed ? null : readName(this.#view, this.#start, this.#end, this.#at);
    if (read === null) {
      this.failed = true;
      return "";
    }
    this.#at = read.next;
    return read.name;
  }

  #u16(): number {
    return this.#has(2) ? this.#view.getUint16(this.#skip(2)) : 0;
  }

  #u32(): number {
    return this.#has(4) ? this.#view.getUint32(this.#skip(4)) : 0;
  }

  #octets(length: number): Uint8Array {
    const { buffer, byteOffset } = this.#view;
    return this.#has(length)
      ? new Uint8Array(buffer, byteOffset + this.#skip(length), length).slice()
      : new Uint8Array(0);
  }

  #has(length: number): boolean {
    if (this.#at + length > this.#end) this.failed = true;
    return !this.failed;
  }

  #skip(length: number): number {
    this.#at += length;
    return this.#at - length;
  }
}

/** Reads a message of `length` octets at `at`; null for what is none. What follows the last record is left alone. */
function parse(view: DataView, at: number, length: number): dns.DnsMessage | null {
  const end = Math.min(at + length, view.byteLength);
  if (end - at < dns.HEADER_LEN) return null;
  const word = view.getUint16(at + 2);
  const reader = new Reader(view, at, end);
  const questions = reader.questions(view.getUint16(at + 4));
  const answers = reader.records(view.getUint16(at + 6));
  const authorities = reader.records(view.getUint16(at + 8));
  const additionals = reader.records(view.getUint16(at + 10));
  if (reader.failed) return null;
  return { id: view.getUint16(at), flags: flagsOf(word), questions, answers, authorities, additionals };
}

/** As {@link parse}, of octets that are the message. */
export function parseOctets(octets: Uint8Array): dns.DnsMessage | null {
  return parse(new DataView(octets.buffer, octets.byteOffset, octets.length), 0, octets.length);
}

function flagsOf(word: number): dns.DnsFlags {
  return {
    response: (word & 0x8000) !== 0,
    opcode: (word >> 11) & 15,
    authoritative: (word & 0x400) !== 0,
    truncated: (word & 0x200) !== 0,
    recursionDesired: (word & 0x100) !== 0,
    recursionAvailable: (word & 0x80) !== 0,
    authenticData: (word & 0x20) !== 0,
    checkingDisabled: (word & 0x10) !== 0,
    rcode: word & 15,
  };
}
