/** The text of an ICMP message, and with `-v` of the packet that an error quotes. */
import * as checksums from "./checksum.ts";
import { printIpv4, shouldBe } from "./describe-ipv4.ts";
import * as icmp from "./icmp.ts";
import { hex, type Printer } from "./printer.ts";

/** Where the quoted packet begins. */
const QUOTE = 8;
const QUOTED_PROTOCOL = QUOTE + 9;
const QUOTED_DST = QUOTE + 16;
/** Bytes before an extension (RFC 4884), and the least size of a message with one. */
const BEFORE_EXTENSION = 136;
const WITH_EXTENSION = 141;

const UNREACHABLE: Readonly<Record<number, (dst: string) => string>> = {
  0: (dst) => `net ${dst} unreachable`,
  1: (dst) => `host ${dst} unreachable`,
  5: (dst) => `${dst} unreachable - source route failed`,
  6: (dst) => `net ${dst} unreachable - unknown`,
  7: (dst) => `host ${dst} unreachable - unknown`,
  8: (dst) => `${dst} unreachable - source host isolated`,
  9: (dst) => `net ${dst} unreachable - admin prohibited`,
  10: (dst) => `host ${dst} unreachable - admin prohibited`,
  11: (dst) => `net ${dst} unreachable - tos prohibited`,
  12: (dst) => `host ${dst} unreachable - tos prohibited`,
  13: (dst) => `host ${dst} unreachable - admin prohibited filter`,
  14: (dst) => `host ${dst} unreachable - host precedence violation`,
  15: (dst) => `host ${dst} unreachable - precedence cutoff`,
};

const NAMES: Readonly<Record<number, string>> = {
  4: "source quench",
  10: "router solicitation",
  15: "information request",
  16: "information reply",
  17: "address mask request",
};

function unreachableText(p: Printer, at: number, code: number): string | null {
  if (code === icmp.PORT_UNREACHABLE) {
    if (!p.has(at + QUOTED_PROTOCOL, 1)) return null;
    const protocol = p.u8(at + QUOTED_PROTOCOL);
    const header = (p.u8(at + QUOTE) & 15) << 2;
    const port = p.u16(at + QUOTE + header + 2);
    const dst = p.ipv4(at + QUOTED_DST);
    if (protocol === 6) return `${dst} tcp port ${port} unreachable`;
    if (protocol === 17) return `${dst} udp port ${port} unreachable`;
    return `${dst} protocol ${protocol} port ${port} unreachable`;
  }
  const dst = p.ipv4(at + QUOTED_DST);
  if (code === icmp.PROTOCOL_UNREACHABLE) return `${dst} protocol ${p.u8(at + QUOTED_PROTOCOL)} unreachable`;
  if (code === icmp.FRAGMENTATION_NEEDED) {
    const mtu = p.u16(at + 6);
    return `${dst} unreachable - need to frag${mtu !== 0 ? ` (mtu ${mtu})` : ""}`;
  }
  return UNREACHABLE[code]?.(dst) ?? `${dst} unreachable - #${code}`;
}

function redirectText(p: Printer, at: number, code: number): string {
  const dst = p.ipv4(at + QUOTED_DST);
  const gateway = p.ipv4(at + 4);
  if (code === 0) return `redirect ${dst} to net ${gateway}`;
  if (code === 1) return `redirect ${dst} to host ${gateway}`;
  if (code === 2) return `redirect-tos ${dst} to net ${gateway}`;
  if (code === 3) return `redirect-tos ${dst} to host ${gateway}`;
  return `redirect-#${code} ${dst} to ${gateway}`;
}

function two(value: number): string {
  return String(value).padStart(2, "0");
}

/** Milliseconds since midnight as `hh:mm:ss.mmm`. */
function clockText(milliseconds: number): string {
  const seconds = Math.floor(milliseconds / 1000);
  const minutes = Math.floor(seconds / 60);
  return (
    `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}:${two(seconds % 60)}.` +
    String(milliseconds % 1000).padStart(3, "0")
  );
}

function lifetimeText(seconds: number): string {
  if (seconds < 60) return String(seconds);
  if (seconds < 3600) return `${Math.floor(seconds / 60)}:${two(seconds % 60)}`;
  return `${Math.floor(seconds / 3600)}:${two(Math.floor((seconds % 3600) / 60))}:${two(seconds % 60)}`;
}

function advertisementText(p: Printer, at: number): string | null {
  if (!p.has(at + 4, 4)) return null;
  const count = p.u8(at + 4);
  const size = p.u8(at + 5);
  let text = `router advertisement lifetime ${lifetimeText(p.u16(at + 6))} ${count}:`;
  if (size !== 2) return `${text} [size ${size}]`;
  for (let i = 0; i < count; i++) {
    if (!p.has(at + 8 + 8 * i, 8)) return null;
    text += ` {${p.ipv4(at + 8 + 8 * i)} ${p.u32(at + 12 + 8 * i)}}`;
  }
  return text;
}

/** Null when the captured bytes end so early that the message's description ends, but not that of the frame. */
function messageText(p: Printer, at: number, type: number, code: number): string | null {
  switch (type) {
    case icmp.ECHO_REQUEST:
    case icmp.ECHO_REPLY: {
      const kind = type === icmp.ECHO_REQUEST ? "request" : "reply";
      return `echo ${kind}, id ${p.u16(at + 4)}, seq ${p.u16(at + 6)}`;
    }
    case icmp.DESTINATION_UNREACHABLE:
      return unreachableText(p, at, code);
    case icmp.REDIRECT:
      return redirectText(p, at, code);
    case 9:
      return advertisementText(p, at);
    case icmp.TIME_EXCEEDED:
      if (!p.has(at + QUOTED_DST, 4)) return null;
      if (code === 0) return "time exceeded in-transit";
      return code === 1 ? "ip reassembly time exceeded" : `time exceeded-#${code}`;
    case icmp.PARAMETER_PROBLEM:
      return `parameter problem - ${code !== 0 ? `code ${code}` : `octet ${p.u8(at + 4)}`}`;
    case 13:
      return `time stamp query id ${p.u16(at + 4)} seq ${p.u16(at + 6)}`;
    case 14:
      if (!p.has(at + 16, 4)) return null;
      return (
        `time stamp reply id ${p.u16(at + 4)} seq ${p.u16(at + 6)}: org ${clockText(p.u32(at + 8))}, ` +
        `recv ${clockText(p.u32(at + 12))}, xmit ${clockText(p.u32(at + 16))}`
      );
    case 18:
      return `address mask is 0x${hex(p.u32(at + 8), 8)}`;
    default:
      return NAMES[type] ?? `type-#${type}`;
  }
}

function printQuote(p: Printer, at: number): void {
  p.print("\n\t");
  const total = p.u16(at + QUOTE + 2);
  const outerEnd = p.end;
  p.end = Math.min(at + QUOTE + total, outerEnd);
  p.need(at + QUOTE + 2, 2);
  printIpv4(p, at + QUOTE, total);
  p.end = outerEnd;
}

/** The head of a multi-part extension (RFC 4884); what it holds is not described. */
function printExtension(p: Printer, at: number, length: number): void {
  if (!p.has(at, WITH_EXTENSION)) {
    p.truncated();
    return;
  }
  const size = length - BEFORE_EXTENSION;
  const start = at + BEFORE_EXTENSION;
  const whole = p.has(start, size);
  if (p.u8(at + 5) === 0 && whole && checksums.compute(p.view, start, size) !== 0) return;
  const version = p.u8(start) >>> 4;
  p.print(`\n\tICMP Multi-Part extension v${version}`);
  if (version !== 2) {
    p.print(" packet not supported");
    return;
  }
  if (!whole) return;
  const right = checksums.compute(p.view, start, size) === 0;
  p.print(`, checksum 0x${hex(p.u16(start + 2), 4)} (${right ? "" : "in"}correct), length ${size}`);
}

export function printIcmp(p: Printer, at: number, length: number, fragmented: boolean): void {
  p.protocol = "icmp";
  const type = p.u8(at);
  const code = p.u8(at + 1);
  const text = messageText(p, at, type, code);
  if (text === null) {
    p.truncated();
    return;
  }
  p.print(`ICMP ${text}, length ${length}`);
  if (p.options.verbose === 0) return;
  if (!fragmented && p.has(at, length)) {
    const sum = checksums.compute(p.view, at, length);
    const stands = p.u16(at + 2);
    if (sum !== 0) p.print(` (wrong icmp cksum ${hex(stands, 1)} (->${hex(shouldBe(stands, sum), 1)})!)`);
  }
  if (!icmp.isErrorType(type)) return;
  printQuote(p, at);
  p.protocol = "icmp";
  const mayExtend = type === 3 || type === 11 || type === 12;
  if (mayExtend && length > BEFORE_EXTENSION) printExtension(p, at, length);
}
