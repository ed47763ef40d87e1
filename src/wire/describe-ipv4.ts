/** The text of an IPv4 packet and of its options. */
import * as checksums from "./checksum.ts";
import { printTransport } from "./describe-transport.ts";
import * as ipProtocols from "./ip-protocols.ts";
import { type Printer, Truncated } from "./printer.ts";

const OPTIONS: Readonly<Record<number, string>> = {
  0: "EOL",
  1: "NOP",
  7: "RR",
  68: "timestamp",
  82: "traceroute",
  130: "security",
  131: "LSRR",
  137: "SSRR",
  148: "RA",
};

const ECN = ["", ",ECT(1)", ",ECT(0)", ",CE"];

/** False when the captured bytes end inside the route. */
function printRoute(p: Printer, at: number, length: number): boolean {
  if (length < 3) {
    p.print(` [bad length ${length}]`);
    return true;
  }
  if (((length + 1) & 3) !== 0) p.print(` [bad length ${length}]`);
  const pointer = (p.u8(at + 2) - 1) >>> 0;
  if (pointer < 3 || ((pointer + 1) & 3) !== 0 || pointer > length + 1) p.print(` [bad ptr ${p.u8(at + 2)}]`);
  for (let offset = 3; offset < length; offset += 4) {
    if (!p.has(at + offset, 4)) return false;
    p.print(` ${p.ipv4(at + offset)}${pointer > offset ? "," : ""}`);
  }
  return true;
}

/** False when the captured bytes end inside the time stamps. */
function printTimestamps(p: Printer, at: number, length: number): boolean {
  if (length < 4) {
    p.print(`[bad length ${length}]`);
    return true;
  }
  p.print(" TS{");
  const flag = p.u8(at + 3) & 15;
  const missed = p.u8(at + 3) >>> 4;
  const size = flag === 0 ? 4 : 8;
  if (((length - 4) & (size - 1)) !== 0) p.print(`[bad length ${length}]`);
  const pointer = (p.u8(at + 2) - 1) >>> 0;
  if (pointer < 4 || ((pointer - 4) & (size - 1)) !== 0 || pointer > length + 1) {
    p.print(`[bad ptr ${p.u8(at + 2)}]`);
  }
  const kind = { 0: "TSONLY", 1: "TS+ADDR", 3: "PRESPEC" }[flag];
  let offset = 0;
  p.print(kind ?? `[bad ts type ${flag}]`);
  if (kind !== undefined) {
    let separator = " ";
    for (offset = 4; offset < length; offset += size) {
      if (pointer === offset) separator = " ^ ";
      if (!p.has(at + offset, size)) return false;
      const where = at + offset;
      p.print(`${separator}${p.u32(where + size - 4)}@${size === 8 ? p.ipv4(where) : ""}`);
      separator = " ";
    }
  }
  p.print(pointer === offset ? " ^ " : "");
  p.print(missed !== 0 ? ` [${missed} hops not recorded]} ` : "}");
  return true;
}

/** False when the captured bytes end inside an option. */
function printOptions(p: Printer, at: number, length: number): boolean {
  let separator = "";
  for (let size = 0; length > 0; at += size, length -= size) {
    p.print(separator);
    const code = p.u8(at);
    p.print(OPTIONS[code] ?? `unknown ${code}`);
    separator = ",";
    size = 1;
    if (code > 1) {
      size = p.u8(at + 1);
      if (size < 2) {
        p.print(` [bad length ${size}]`);
        return true;
      }
    }
    if (size > length) {
      p.print(` [bad length ${size}]`);
      return true;
    }
    if (!p.has(at, size)) return false;
    if (code === 0) return true;
    let complete = true;
    if (code === 68) complete = printTimestamps(p, at, size);
    else if (code === 7 || code === 131 || code === 137) complete = printRoute(p, at, size);
    else if (code === 148 && size < 4) p.print(` [bad length ${size}]`);
    else if (code === 148 && p.u16(at + 2) !== 0) p.print(` value ${p.u16(at + 2)}`);
    if (!complete) return false;
  }
  return true;
}

/** Where the checksum of a transport counts the packet as going: the last hop of a source route, if there is one. */
export function finalDestination(p: Printer, at: number): number {
  let length = ((p.u8(at) & 15) << 2) - 20;
  let option = at + 20;
  let size = 0;
  for (; length > 0; option += size, length -= size) {
    const code = p.u8(option);
    if (code === 0) break;
    size = code === 1 ? 1 : p.u8(option + 1);
    if (size < 1 || (code !== 1 && size < 2) || length < size || !p.has(option, size)) break;
    if ((code === 131 || code === 137) && size >= 7) return p.u32(option + size - 4) | 0;
  }
  return p.u32(at + 16) | 0;
}

function flagsText(flagsOffset: number): string {
  const flags: string[] = [];
  if ((flagsOffset & 0x2000) !== 0) flags.push("+");
  if ((flagsOffset & 0x4000) !== 0) flags.push("DF");
  if ((flagsOffset & 0x8000) !== 0) flags.push("rsvd");
  return flags.length === 0 ? "none" : flags.join(", ");
}

/** The checksum that a header should have had, from the one that stands and the sum over all (RFC 1071). */
export function shouldBe(stands: number, computed: number): number {
  return checksums.fold(stands + computed);
}

/** The parenthesis of `-v`; false when the options end too early. */
function printHeader(p: Printer, at: number, header: number, flagsOffset: number): boolean {
  const tos = p.u8(at + 1);
  const ttl = p.u8(at + 8);
  const protocol = p.u8(at + 9);
  let complete = true;
  p.print(
    `(tos 0x${tos.toString(16)}${ECN[tos & 3]}${ttl >= 1 ? `, ttl ${ttl}` : ""}, id ${p.u16(at + 4)}, ` +
      `offset ${(flagsOffset & 0x1fff) * 8}, flags [${flagsText(flagsOffset)}], ` +
      `proto ${ipProtocols.nameOf(protocol) ?? "unknown"} (${protocol}), length ${p.u16(at + 2)}`,
  );
  if (header > 20) {
    p.print(", options (");
    complete = printOptions(p, at + 20, header - 20);
    p.print(complete ? ")" : " [truncated-option])");
  }
  if (at + header <= p.end) {
    const sum = checksums.compute(p.view, at, header);
    const stands = p.u16(at + 10);
    if (sum !== 0) p.print(`, bad cksum ${stands.toString(16)} (->${shouldBe(stands, sum).toString(16)})!`);
  }
  p.print(")\n    ");
  return complete;
}

/** `length` is what the layer below says; the header may say less. */
export function printIpv4(p: Printer, at: number, length: number): void {
  p.protocol = "ip";
  const version = p.u8(at) >>> 4;
  if (version !== 4) {
    p.print(version === 6 ? "IP6, wrong link-layer encapsulation" : `IP${version}`);
    p.invalid();
    return;
  }
  if (!p.options.linkHeader) p.print("IP ");
  if (!p.has(at, 20)) {
    p.truncated();
    return;
  }
  if (length < 20) {
    p.print(`truncated-ip ${length}`);
    return;
  }
  const header = (p.u8(at) & 15) << 2;
  if (header < 20) {
    p.print(`bad-hlen ${header}`);
    return;
  }
  const total = p.u16(at + 2);
  if (length < total) p.print(`truncated-ip - ${total - length} bytes missing! `);
  if (total < header) {
    p.print(`bad-len ${total}`);
    return;
  }
  const outerEnd = p.end;
  p.end = Math.min(p.end, at + total);
  const flagsOffset = p.u16(at + 6);
  const protocol = p.u8(at + 9);
  const pair = `${p.ipv4(at + 12)} > ${p.ipv4(at + 16)}:`;
  if (p.options.verbose > 0 && !printHeader(p, at, header, flagsOffset)) {
    p.print(`${pair} `);
    p.truncated();
    p.end = outerEnd;
    return;
  }
  if ((flagsOffset & 0x1fff) !== 0) {
    p.print(`${pair} ip-proto-${protocol}`);
    p.end = outerEnd;
    return;
  }
  if (!ipProtocols.printsOwnAddresses(protocol)) p.print(`${pair} `);
  if (!p.has(at, header)) {
    p.print(` [remaining caplen(${p.available(at)}) < header length(${header})]`);
    throw new Truncated();
  }
  printTransport(p, {
    at: at + header,
    length: total - header,
    version: 4,
    protocol,
    fragmented: (flagsOffset & 0x2000) !== 0,
    header: at,
  });
  p.end = outerEnd;
}
