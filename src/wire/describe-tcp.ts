/** The text of a TCP segment. Sequence numbers count from the start of the conversation unless `-S` is given. */
import * as checksums from "./checksum.ts";
import { printDns } from "./describe-dns.ts";
import { finalDestination, shouldBe } from "./describe-ipv4.ts";
import { printTcpOptions } from "./describe-tcp-options.ts";
import { addressesOf, type Payload, pseudoHeaderSum } from "./describe-transport.ts";
import * as dns from "./dns.ts";
import { type Conversation, hex, type Printer, Truncated } from "./printer.ts";
import * as tcp from "./tcp.ts";

const FLAG_LETTERS = "FSRP.UEW";
const RST_TEXT_MAX = 30;

function flagsText(flags: number): string {
  let text = "";
  for (let i = 0; i < 8; i++) if ((flags & (1 << i)) !== 0) text += FLAG_LETTERS.charAt(i);
  return text === "" ? "none" : text;
}

/** True when this direction is the one that comes second in the order of conversations. */
function isReversed(p: Printer, payload: Payload, srcPort: number, dstPort: number): boolean {
  if (srcPort !== dstPort) return srcPort > dstPort;
  const size = payload.version === 4 ? 4 : 16;
  const src = payload.header + (payload.version === 4 ? 12 : 8);
  for (let i = 0; i < size; i++) {
    const difference = p.u8(src + i) - p.u8(src + size + i);
    if (difference !== 0) return difference > 0;
  }
  return false;
}

/** What is known of the segment's place in its conversation. */
interface Numbers {
  readonly sequence: number;
  readonly acknowledgment: number;
  /** What the other direction's numbers count from, for SACK. */
  readonly sackBase: number;
}

function relativeNumbers(p: Printer, payload: Payload, flags: number): Numbers {
  const { at } = payload;
  const sequence = p.u32(at + 4);
  const acknowledgment = p.u32(at + 8);
  if (p.options.absoluteSequences || (flags & tcp.ACK) === 0) {
    return { sequence, acknowledgment, sackBase: 0 };
  }
  const srcPort = p.u16(at);
  const dstPort = p.u16(at + 2);
  const { src, dst } = addressesOf(p, payload);
  const reversed = isReversed(p, payload, srcPort, dstPort);
  const key = reversed ? `${dst} ${dstPort} ${src} ${srcPort}` : `${src} ${srcPort} ${dst} ${dstPort}`;
  const known = p.conversations.get(key);
  if (known === undefined || (flags & tcp.SYN) !== 0) {
    const other = (acknowledgment - 1) >>> 0;
    const fresh: Conversation = reversed
      ? { sequence: other, acknowledgment: sequence }
      : { sequence, acknowledgment: other };
    p.conversations.set(key, fresh);
    return { sequence, acknowledgment, sackBase: reversed ? fresh.sequence : fresh.acknowledgment };
  }
  const own = reversed ? known.acknowledgment : known.sequence;
  const other = reversed ? known.sequence : known.acknowledgment;
  return {
    sequence: (sequence - own) >>> 0,
    acknowledgment: (acknowledgment - other) >>> 0,
    sackBase: other,
  };
}

function printChecksum(p: Printer, payload: Payload): void {
  const { at, length } = payload;
  if (!p.has(at, length)) return;
  const dst = payload.version === 4 ? finalDestination(p, payload.header) : 0;
  const sum = checksums.compute(p.view, at, length, pseudoHeaderSum(p, payload, dst));
  const stands = p.u16(at + 16);
  p.print(`, cksum 0x${hex(stands, 4)} `);
  p.print(sum === 0 ? "(correct)" : `(incorrect -> 0x${hex(shouldBe(stands, sum), 4)})`);
}

/** Text that some senders put into a reset. */
function printResetData(p: Printer, at: number, length: number): void {
  p.print(p.has(at, length) ? " [RST" : " [!RST");
  if (length > RST_TEXT_MAX) {
    length = RST_TEXT_MAX;
    p.print("+");
  }
  p.print(" ");
  for (let i = at; i < Math.min(at + length, p.end); i++) {
    let byte = p.u8(i);
    if (byte >= 128) {
      byte -= 128;
      p.print("M-");
    }
    if (byte >= 32 && byte < 127) p.print(String.fromCharCode(byte));
    else p.print(`^${String.fromCharCode(byte ^ 0x40)}`);
  }
  p.print("]");
}

export function printTcp(p: Printer, payload: Payload): void {
  p.protocol = "tcp";
  const { at } = payload;
  const { src, dst } = addressesOf(p, payload);
  if (!p.has(at + 2, 2)) {
    p.print(`${src} > ${dst}:`);
    p.truncated();
    return;
  }
  p.print(`${src}.${p.u16(at)} > ${dst}.${p.u16(at + 2)}: `);
  if (!p.has(at, tcp.HEADER_LEN)) {
    p.truncated();
    return;
  }
  const header = (p.u8(at + 12) >>> 4) << 2;
  if (header < tcp.HEADER_LEN) {
    const length = (payload.length - header) >>> 0;
    p.print(` tcp ${length} [bad hdr length ${header} - too short, < 20]`);
    return;
  }
  const tooLong = ` [bad hdr length ${header} - too long, > ${payload.length}]`;
  if (p.options.quiet) {
    p.print(`tcp ${(payload.length - header) >>> 0}${header > payload.length ? tooLong : ""}`);
    return;
  }
  const flags = p.u8(at + 13);
  p.print(`Flags [${flagsText(flags)}]`);
  const { sequence, acknowledgment, sackBase } = relativeNumbers(p, payload, flags);
  if (header > payload.length) {
    p.print(tooLong);
    return;
  }
  const verbose = p.options.verbose;
  if (verbose > 0 && !payload.fragmented) printChecksum(p, payload);
  const length = payload.length - header;
  if (verbose > 1 || length > 0 || (flags & (tcp.SYN | tcp.FIN | tcp.RST)) !== 0) {
    p.print(`, seq ${sequence}${length > 0 ? `:${(sequence + length) >>> 0}` : ""}`);
  }
  if ((flags & tcp.ACK) !== 0) p.print(`, ack ${acknowledgment}`);
  p.print(`, win ${p.u16(at + 14)}`);
  if ((flags & tcp.URG) !== 0) p.print(`, urg ${p.u16(at + 18)}`);
  if (header > tcp.HEADER_LEN) {
    if (!printTcpOptions(p, at + tcp.HEADER_LEN, header - tcp.HEADER_LEN, sackBase)) return;
  }
  p.print(`, length ${length}`);
  if (length === 0) return;
  if (!p.has(at, header)) {
    p.print(` [remaining caplen(${p.available(at)}) < header length(${header})]`);
    throw new Truncated();
  }
  if ((flags & tcp.RST) !== 0) {
    if (verbose > 0) printResetData(p, at + header, length);
  } else if (p.u16(at) === dns.PORT || p.u16(at + 2) === dns.PORT) printDns(p, at + header, length, true);
}
