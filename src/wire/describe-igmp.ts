/** The text of an IGMP message. */
import * as checksums from "./checksum.ts";
import { hex, type Printer } from "./printer.ts";
import { relativeTime } from "./relative-time.ts";

const RECORDS = ["", "is_in", "is_ex", "to_in", "to_ex", "allow", "block"];

/** Source by source, so that those before a truncation show. */
function printSources(p: Printer, at: number, count: number): void {
  p.print(" {");
  for (let i = 0; i < count; i++) p.print(` ${p.ipv4(at + 4 * i)}`);
  p.print(" }");
}

function printV3Report(p: Printer, at: number, length: number): void {
  if (length < 16 || (length & 3) !== 0) {
    p.print(` [invalid len ${length}]`);
    return;
  }
  const count = p.u16(at + 6);
  p.print(`, ${count} group record(s)`);
  if (p.options.verbose === 0) return;
  let record = 8;
  for (let i = 0; i < count; i++) {
    if (length < record + 8) {
      p.print(" [invalid number of groups]");
      return;
    }
    p.print(` [gaddr ${p.ipv4(at + record + 4)}`);
    const type = p.u8(at + record);
    p.print(` ${type === 0 ? " [v3-report-#0]" : (RECORDS[type] ?? ` [v3-report-#${type}]`)}`);
    const sources = p.u16(at + record + 2);
    if (length < record + 8 + 4 * sources) {
      p.print(` [invalid number of sources ${sources}]`);
      return;
    }
    if (p.options.verbose === 1) p.print(`, ${sources} source(s)`);
    else printSources(p, at + record + 8, sources);
    record += 8 + 4 * sources;
    p.print("]");
  }
}

function printV3Query(p: Printer, at: number, length: number): void {
  p.print(" v3");
  if ((length & 3) !== 0) {
    p.print(` [invalid len ${length}]`);
    return;
  }
  const code = p.u8(at + 1);
  const tenths = code < 128 ? code : ((code & 15) | 16) << (((code & 0x70) >> 4) + 3);
  if (code !== 100) {
    const text = tenths < 600 ? `${(tenths * 0.1).toFixed(1)}s` : relativeTime(Math.floor(tenths / 10));
    p.print(` [max resp time ${text}]`);
  }
  if (p.u32(at + 4) === 0) return;
  p.print(` [gaddr ${p.ipv4(at + 4)}`);
  const sources = p.u16(at + 10);
  if (sources > 0) {
    if (length < 12 + 4 * sources) p.print(" [invalid number of sources]");
    else if (p.options.verbose > 1) printSources(p, at + 12, sources);
    else p.print(`, ${sources} source(s)`);
  }
  p.print("]");
}

function printQuery(p: Printer, at: number, length: number): void {
  p.print("igmp query");
  if (length >= 12) {
    printV3Query(p, at, length);
    return;
  }
  const response = p.u8(at + 1);
  p.print(response === 0 ? " v1" : " v2");
  if (response !== 0 && response !== 100) p.print(` [max resp time ${response}]`);
  if (p.u32(at + 4) !== 0) p.print(` [gaddr ${p.ipv4(at + 4)}]`);
  if (length !== 8) p.print(` [len ${length}]`);
}

export function printIgmp(p: Printer, at: number, length: number): void {
  p.protocol = "igmp";
  if (p.options.quiet) {
    p.print("igmp");
    return;
  }
  const type = p.u8(at);
  switch (type) {
    case 0x11:
      printQuery(p, at, length);
      break;
    case 0x12:
      p.print(`igmp v1 report ${p.ipv4(at + 4)}`);
      if (length !== 8) p.print(` [len ${length}]`);
      break;
    case 0x16:
      p.print(`igmp v2 report ${p.ipv4(at + 4)}`);
      break;
    case 0x17:
      p.print(`igmp leave ${p.ipv4(at + 4)}`);
      break;
    case 0x22:
      p.print("igmp v3 report");
      printV3Report(p, at, length);
      break;
    default:
      p.print(`igmp-${type}`);
  }
  if (p.options.verbose > 0 && length >= 4 && p.has(at, length)) {
    if (checksums.compute(p.view, at, length) !== 0) p.print(` bad igmp cksum ${hex(p.u16(at + 2), 1)}!`);
  }
}
