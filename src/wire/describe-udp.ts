/** The text of a UDP datagram, and of VXLAN and OTV, whose frames follow on lines of their own. */
import * as checksums from "./checksum.ts";
import { printDns } from "./describe-dns.ts";
import { printEthernet } from "./describe-ethernet.ts";
import { finalDestination, shouldBe } from "./describe-ipv4.ts";
import { addressesOf, type Payload, pseudoHeaderSum } from "./describe-transport.ts";
import * as dns from "./dns.ts";
import { hex, type Printer } from "./printer.ts";
import * as vxlan from "./vxlan.ts";

/** Linux's own default for VXLAN is the port of OTV, and tcpdump reads it as such. */
const PORT_OTV = 8472;
const HEADER = 8;

function printVxlan(p: Printer, at: number, length: number): void {
  p.protocol = "vxlan";
  p.print("VXLAN");
  if (length < vxlan.HEADER_LEN) {
    p.invalid();
    return;
  }
  const flags = p.u8(at);
  p.print(`, flags [${(flags & vxlan.FLAG_VNI) !== 0 ? "I" : "invalid"}] (0x${hex(flags, 2)}), `);
  p.print(`vni ${p.u24(at + 4)}\n`);
  p.need(at + 7, 1);
  printEthernet(p, at + 8, length - 8, p.available(at + 8));
}

function printOtv(p: Printer, at: number, length: number): void {
  p.protocol = "otv";
  p.print("OTV, ");
  if (length < 8) {
    p.print(`[length ${length} < 8]`);
    p.invalid();
    p.need(at, length);
    return;
  }
  const flags = p.u8(at);
  p.print(`flags [${(flags & 8) !== 0 ? "I" : "."}] (0x${hex(flags, 2)}), `);
  p.print(`overlay ${p.u24(at + 1)}, `);
  p.print(`instance ${p.u24(at + 4)}\n`);
  p.need(at + 7, 1);
  printEthernet(p, at + 8, length - 8, p.available(at + 8));
}

function printChecksum(p: Printer, payload: Payload, length: number): void {
  const { at, version } = payload;
  if (version === 4 && p.options.verbose < 2) return;
  const stands = version === 4 ? p.u16(at + 6) : 0;
  if (version === 4 && stands === 0) {
    p.print("[no cksum] ");
    return;
  }
  if (!p.has(at, length)) return;
  const dst = version === 4 ? finalDestination(p, payload.header) : 0;
  const start = pseudoHeaderSum(p, { ...payload, length }, dst);
  const sum = checksums.compute(p.view, at, length, start);
  const value = p.u16(at + 6);
  if (sum === 0) p.print("[udp sum ok] ");
  else p.print(`[bad udp cksum 0x${hex(value, 4)} -> 0x${hex(shouldBe(value, sum), 4)}!] `);
}

export function printUdp(p: Printer, payload: Payload): void {
  p.protocol = "udp";
  const { at } = payload;
  const { src, dst } = addressesOf(p, payload);
  if (!p.has(at + 2, 2)) {
    p.print(`${src} > ${dst}: `);
    p.truncated();
    return;
  }
  const srcPort = p.u16(at);
  const dstPort = p.u16(at + 2);
  p.print(`${src}.${srcPort} > ${dst}.${dstPort}: `);
  if (payload.length < HEADER) {
    p.print(`truncated-udp ${payload.length}`);
    return;
  }
  if (!p.has(at + 4, 2)) {
    p.truncated();
    return;
  }
  const stated = p.u16(at + 4);
  if (stated < HEADER) {
    p.print(`truncated-udplength ${stated}`);
    return;
  }
  const data = stated - HEADER;
  const length = Math.min(data, payload.length - HEADER);
  if (at + HEADER > p.end) {
    p.truncated();
    return;
  }
  if (p.options.verbose > 0 && !payload.fragmented) printChecksum(p, payload, length + HEADER);
  if (!p.options.quiet) {
    if (srcPort === PORT_OTV || dstPort === PORT_OTV) {
      printOtv(p, at + HEADER, length);
      return;
    }
    if (srcPort === vxlan.PORT || dstPort === vxlan.PORT) {
      printVxlan(p, at + HEADER, length);
      return;
    }
    if (srcPort === dns.PORT || dstPort === dns.PORT) {
      printDns(p, at + HEADER, length, false);
      return;
    }
  }
  if (data > length && !payload.fragmented) p.print(`UDP, bad length ${data} > ${length}`);
  else p.print(`UDP, length ${data}`);
}
