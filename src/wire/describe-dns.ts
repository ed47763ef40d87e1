/** The text of a DNS message. */
import * as dns from "./dns.ts";
import { DNS_TYPE_NAMES } from "./dns-type-names.ts";
import { hex, type Printer, Truncated } from "./printer.ts";
import { relativeTime } from "./relative-time.ts";

/** By opcode; those above 8 are of a draft that only tcpdump remembers. */
const OPERATIONS = [
  "",
  " inv_q",
  " stat",
  " op3",
  " notify",
  " update",
  " op6",
  " op7",
  " op8",
  " updateA",
  " updateD",
  " updateDA",
  " updateM",
  " updateMA",
  " zoneInit",
  " zoneRef",
];
const RESPONSES = [
  "",
  " FormErr",
  " ServFail",
  " NXDomain",
  " NotImp",
  " Refused",
  " YXDomain",
  " YXRRSet",
  " NXRRSet",
  " NotAuth",
  " NotZone",
  " Resp11",
  " Resp12",
  " Resp13",
  " Resp14",
  " NoChange",
];
const CLASSES: Readonly<Record<number, string>> = { 1: "IN", 3: "CHAOS", 4: "HS", 255: "ANY" };
/** Type of a record that is another name for all below a name (RFC 6672). */
const DNAME = 39;
/** Bits that are 0 in a question. */
const WEIRD = 0x06cf;

function typeText(type: number): string {
  return DNS_TYPE_NAMES[type] ?? `Type${type}`;
}

/** Steps through a message from section to section. */
class DnsPrinter {
  readonly #p: Printer;
  readonly #start: number;
  #at: number;

  constructor(p: Printer, start: number) {
    this.#p = p;
    this.#start = start;
    this.#at = start + dns.HEADER_LEN;
  }

  print(length: number): void {
    const p = this.#p;
    const start = this.#start;
    const flags = p.u16(start + 2);
    const [questions, answers, authorities, additionals] = [4, 6, 8, 10].map((at) => p.u16(start + at)) as [
      number,
      number,
      number,
      number,
    ];
    const opcode = (flags >> 11) & 15;
    const operation = OPERATIONS[opcode]!;
    const response = (flags & 0x8000) !== 0;
    p.print(`${p.u16(start)}${operation}`);
    if (response) {
      const code = flags & 15;
      p.print(RESPONSES[code]!);
      p.print(bit(flags, 0x400, "*") + (bit(flags, 0x80, "x") === "" ? "-" : ""));
      p.print(bit(flags, 0x200, "|") + bit(flags, 0x20, "$"));
      if (questions !== 1) p.print(` [${questions}q]`);
      for (let i = 0; i < questions; i++) {
        if (i > 0) p.print(",");
        if (p.options.verbose > 1) {
          p.print(" q:");
          this.#question();
        } else this.#skipQuestion();
      }
      p.print(` ${answers}/${authorities}/${additionals}`);
      this.#records(answers, "");
    } else {
      p.print(bit(flags, 0x100, "+") + bit(flags, 0x10, "%"));
      if ((flags & WEIRD) !== 0) p.print(` [b2&3=0x${hex(flags & 0xffff, 1)}]`);
      if (opcode === 1) {
        if (questions > 0) p.print(` [${questions}q]`);
        if (answers !== 1) p.print(` [${answers}a]`);
      } else {
        if (answers > 0) p.print(` [${answers}a]`);
        if (questions !== 1) p.print(` [${questions}q]`);
      }
      if (authorities > 0) p.print(` [${authorities}n]`);
      if (additionals > 0) p.print(` [${additionals}au]`);
      for (let i = 0; i < questions; i++) this.#question();
      if (p.options.verbose > 1) this.#records(answers, "");
    }
    if (p.options.verbose > 1) {
      this.#records(authorities, " ns:");
      this.#records(additionals, " ar:");
    }
    p.print(` (${length})`);
  }

  #records(count: number, title: string): void {
    const p = this.#p;
    if (count > 0) p.print(title);
    for (let i = 0; i < count; i++) {
      if (this.#at >= p.end) throw new Truncated();
      if (i > 0) p.print(",");
      this.#record();
    }
  }

  #question(): void {
    const p = this.#p;
    const at = this.#at;
    this.#skipName();
    const type = p.u16(this.#at);
    const klass = p.u16(this.#at + 2);
    this.#at += 4;
    p.print(` ${typeText(type)}`);
    if (klass !== dns.CLASS_IN) p.print(` ${CLASSES[klass] ?? `(Class ${klass})`}`);
    p.print("? ");
    this.#name(at);
  }

  #skipQuestion(): void {
    this.#skipName();
    this.#at += 4;
  }

  #record(): void {
    const p = this.#p;
    if (p.options.verbose > 0) {
      p.print(" ");
      this.#at = this.#name(this.#at);
    } else this.#skipName();
    const type = p.u16(this.#at);
    const klass = p.u16(this.#at + 2);
    if (klass !== dns.CLASS_IN && type !== dns.TYPE_OPT) p.print(` ${CLASSES[klass] ?? `(Class ${klass})`}`);
    if (type !== dns.TYPE_OPT && p.options.verbose > 2) p.print(` [${relativeTime(p.u32(this.#at + 4))}]`);
    const ttl = this.#at + 4;
    const length = p.u16(this.#at + 8);
    const data = this.#at + 10;
    const end = data + length;
    p.print(` ${typeText(type)}`);
    p.need(data, length);
    this.#at = end;
    this.#data(type, klass, ttl, data, end);
  }

  #data(type: number, klass: number, ttl: number, at: number, end: number): void {
    const p = this.#p;
    const named = (from: number): number => {
      p.print(" ");
      return this.#name(from);
    };
    switch (type) {
      case dns.TYPE_A:
        p.print(` ${p.ipv4(at)}`);
        break;
      case dns.TYPE_AAAA:
        p.print(` ${p.ipv6(at)}`);
        break;
      case dns.TYPE_NS:
      case dns.TYPE_CNAME:
      case dns.TYPE_PTR:
      case DNAME:
        named(at);
        break;
      case dns.TYPE_SOA: {
        if (p.options.verbose === 0) break;
        const numbers = named(named(at));
        for (let i = 0; i < 5; i++) p.print(` ${p.u32(numbers + 4 * i)}`);
        break;
      }
      case dns.TYPE_MX:
        named(at + 2);
        p.print(` ${p.u16(at)}`);
        break;
      case dns.TYPE_TXT:
        for (let text = at; text < end; text += 1 + p.u8(text)) {
          p.print(' "');
          this.#characters(text + 1, p.u8(text));
          p.print('"');
        }
        break;
      case dns.TYPE_SRV:
        named(at + 6);
        p.print(`:${p.u16(at + 4)} ${p.u16(at)} ${p.u16(at + 2)}`);
        break;
      case dns.TYPE_OPT:
        p.print(` UDPsize=${klass}`);
        if ((p.u16(ttl + 2) & 0x8000) !== 0) p.print(" DO");
        this.#options(at, end);
        break;
    }
  }

  #options(at: number, end: number): void {
    const p = this.#p;
    if (at >= end) return;
    p.print(" [");
    for (let option = at; option < end; ) {
      const code = p.u16(option);
      const length = p.u16(option + 2);
      if (option > at) p.print(",");
      if (code === 10) p.print(`COOKIE ${p.hexBytes(option + 4, length, "")}`);
      else p.print(`Opt${code}`);
      option += 4 + length;
    }
    p.print("]");
  }

  /** Prints a name, each label with a dot behind, and gives where what follows it begins. */
  #name(at: number): number {
    const p = this.#p;
    let next = -1;
    let limit = at - this.#start;
    let i = at;
    if (p.u8(i) === 0) {
      p.print(".");
      return i + 1;
    }
    for (;;) {
      const octet = p.u8(i);
      if (octet === 0) return next < 0 ? i + 1 : next;
      if (octet >= 0xc0) {
        const offset = ((octet << 8) | p.u8(i + 1)) & 0x3fff;
        if (next < 0) next = i + 2;
        if (offset >= limit) {
          p.print("<BAD PTR>");
          throw new Truncated();
        }
        limit = offset;
        i = this.#start + offset;
        continue;
      }
      if (octet > 63) {
        p.print(`<ELT ${octet & 0x3f}>`);
        throw new Truncated();
      }
      this.#characters(i + 1, octet);
      p.print(".");
      i += 1 + octet;
    }
  }

  #characters(at: number, length: number): void {
    const p = this.#p;
    for (let i = at; i < at + length; i++) {
      let octet = p.u8(i);
      if (octet > 127) {
        p.print("M-");
        octet &= 127;
      }
      p.print(
        octet >= 32 && octet < 127 ? String.fromCharCode(octet) : `^${String.fromCharCode(octet ^ 0x40)}`,
      );
    }
  }

  #skipName(): void {
    const p = this.#p;
    for (;;) {
      const octet = p.u8(this.#at);
      if (octet >= 0xc0) {
        this.#at += 2;
        return;
      }
      if (octet > 63) throw new Truncated();
      this.#at += 1 + octet;
      if (octet === 0) return;
    }
  }
}

function bit(flags: number, mask: number, text: string): string {
  return (flags & mask) !== 0 ? text : "";
}

/** `length` octets at `at`; over TCP two more stand in front that say how many. */
export function printDns(p: Printer, at: number, length: number, overTcp: boolean): void {
  p.protocol = "domain";
  let start = at;
  let left = length;
  if (overTcp) {
    if (length < 3) {
      p.print(` [DNS segment length ${length} < 3]`);
      p.invalid();
      return;
    }
    const stated = p.u16(at);
    if (stated !== length - 2) p.print(` [prefix length(${stated}) != length(${length - 2})]`);
    start += 2;
    left = Math.min(stated, length - 2);
    p.print(" ");
  }
  if (left < dns.HEADER_LEN) {
    p.print(`domain [length ${left} < ${dns.HEADER_LEN}]`);
    p.invalid();
    return;
  }
  new DnsPrinter(p, start).print(left);
}
