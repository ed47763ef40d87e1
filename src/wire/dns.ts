/** DNS messages (RFC 1035) as plain values: what is in them. `dns-parse.ts` and `dns-build.ts` read and write the bytes. */

export const PORT = 53;
export const HEADER_LEN = 12;
/** The longest message over UDP without EDNS0 (RFC 1035, 4.2.1). */
const MAX_UDP = 512;

export const CLASS_IN = 1;

/** Numbers of record types (IANA). */
export const TYPE_A = 1;
export const TYPE_NS = 2;
export const TYPE_CNAME = 5;
export const TYPE_SOA = 6;
export const TYPE_PTR = 12;
export const TYPE_MX = 15;
export const TYPE_TXT = 16;
export const TYPE_AAAA = 28;
export const TYPE_SRV = 33;
export const TYPE_OPT = 41;
export const TYPE_ANY = 255;

/** The types that one can ask for, by name. */
export const TYPES: Readonly<Record<string, number>> = {
  A: TYPE_A,
  NS: TYPE_NS,
  CNAME: TYPE_CNAME,
  SOA: TYPE_SOA,
  PTR: TYPE_PTR,
  HINFO: 13,
  MX: TYPE_MX,
  TXT: TYPE_TXT,
  AAAA: TYPE_AAAA,
  SRV: TYPE_SRV,
  OPT: TYPE_OPT,
  ANY: TYPE_ANY,
};

/** Answers' codes (RFC 1035, 4.1.1). */
export const NOERROR = 0;
export const SERVFAIL = 2;
export const NXDOMAIN = 3;
export const NOTIMP = 4;
export const REFUSED = 5;

/** Their names, by number. */
export const RCODES: readonly string[] = [
  "NOERROR",
  "FORMERR",
  "SERVFAIL",
  "NXDOMAIN",
  "NOTIMP",
  "REFUSED",
  "YXDOMAIN",
  "YXRRSET",
  "NXRRSET",
  "NOTAUTH",
  "NOTZONE",
];

/** The bits of the second word of a header. */
export interface DnsFlags {
  readonly response: boolean;
  readonly opcode: number;
  readonly authoritative: boolean;
  readonly truncated: boolean;
  readonly recursionDesired: boolean;
  readonly recursionAvailable: boolean;
  readonly authenticData: boolean;
  readonly checkingDisabled: boolean;
  readonly rcode: number;
}

/**
 * Names are text with dots between the labels and none behind the last; `""` is the root. A dot or a backslash inside a
 * label has a backslash in front, any other unprintable octet is `\DDD` (RFC 1035, 5.1). Case is kept.
 */
export interface DnsQuestion {
  readonly name: string;
  readonly type: number;
  readonly class: number;
}

/** What a record says. Of a type that is not read further, the octets. */
export type DnsData =
  | { readonly kind: "address"; readonly address: number }
  | { readonly kind: "address6"; readonly octets: Uint8Array }
  | { readonly kind: "name"; readonly name: string }
  | { readonly kind: "mx"; readonly preference: number; readonly name: string }
  | {
      readonly kind: "srv";
      readonly priority: number;
      readonly weight: number;
      readonly port: number;
      readonly name: string;
    }
  | { readonly kind: "text"; readonly strings: readonly string[] }
  | {
      readonly kind: "soa";
      readonly name: string;
      readonly mailbox: string;
      /** Serial, refresh, retry, expire, minimum. */
      readonly numbers: readonly number[];
    }
  | { readonly kind: "octets"; readonly octets: Uint8Array };

export interface DnsRecord {
  readonly name: string;
  readonly type: number;
  /** Of an OPT record: the longest answer over UDP that its sender takes (RFC 6891, 6.1.2). */
  readonly class: number;
  /** Seconds. Of an OPT record: extended code, version and flags. */
  readonly ttl: number;
  readonly data: DnsData;
}

export interface DnsMessage {
  readonly id: number;
  readonly flags: DnsFlags;
  readonly questions: readonly DnsQuestion[];
  readonly answers: readonly DnsRecord[];
  readonly authorities: readonly DnsRecord[];
  readonly additionals: readonly DnsRecord[];
}

/** The flags of a question that wants recursion. */
export const QUERY: DnsFlags = {
  response: false,
  opcode: 0,
  authoritative: false,
  truncated: false,
  recursionDesired: true,
  recursionAvailable: false,
  authenticData: false,
  checkingDisabled: false,
  rcode: NOERROR,
};

/** A question about one name. */
export function query(id: number, name: string, type: number): DnsMessage {
  const questions = [{ name, type, class: CLASS_IN }];
  return { id, flags: QUERY, questions, answers: [], authorities: [], additionals: [] };
}

/** An answer to a question: its number, its question, its wish for recursion. `flags` says what is different. */
export function reply(
  question: DnsMessage,
  flags: Partial<DnsFlags>,
  answers: readonly DnsRecord[],
): DnsMessage {
  const { opcode, recursionDesired, checkingDisabled } = question.flags;
  const copied = { opcode, recursionDesired, checkingDisabled };
  return {
    id: question.id,
    flags: { ...QUERY, ...copied, response: true, ...flags },
    questions: question.questions,
    answers,
    authorities: [],
    additionals: [],
  };
}

/** An A record. */
export function addressRecord(name: string, address: number, ttl: number): DnsRecord {
  return { name, type: TYPE_A, class: CLASS_IN, ttl, data: { kind: "address", address } };
}

/** A record whose data is a name: PTR, CNAME, NS. */
export function nameRecord(name: string, type: number, target: string, ttl: number): DnsRecord {
  return { name, type, class: CLASS_IN, ttl, data: { kind: "name", name: target } };
}

/** `A`, `AAAA` ...; `TYPE65280` for one that has no name here (RFC 3597). */
export function typeName(type: number): string {
  return Object.keys(TYPES).find((name) => TYPES[name] === type) ?? `TYPE${type}`;
}

/** An OPT record (RFC 6891): how long an answer over UDP may be, and options as they stand in it. */
export function optRecord(size: number, octets: Uint8Array = new Uint8Array(0)): DnsRecord {
  return { name: "", type: TYPE_OPT, class: size, ttl: 0, data: { kind: "octets", octets } };
}

/** The longest answer over UDP that the asker takes: its OPT record says so, at least 512 octets. */
export function udpSize(message: DnsMessage): number {
  const opt = message.additionals.find((record) => record.type === TYPE_OPT);
  return Math.max(MAX_UDP, opt?.class ?? 0);
}

/** Names are the same whatever their case. */
export function sameName(a: string, b: string): boolean {
  return a === b || a.toLowerCase() === b.toLowerCase();
}

const REVERSE_ZONE = ".in-addr.arpa";

/** The name under which the names of an address are found: `3.0.1.10.in-addr.arpa`. */
export function reverseName(address: number): string {
  const parts = [address & 255, (address >>> 8) & 255, (address >>> 16) & 255, address >>> 24];
  return parts.join(".") + REVERSE_ZONE;
}

/** The address of such a name, or null. */
export function addressOfReverse(name: string): number | null {
  const found = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.in-addr\.arpa$/i.exec(name);
  if (found === null) return null;
  const parts = found.slice(1, 5).map(Number);
  if (parts.some((part) => part > 255)) return null;
  return parts[0]! | (parts[1]! << 8) | (parts[2]! << 16) | (parts[3]! << 24) | 0;
}
