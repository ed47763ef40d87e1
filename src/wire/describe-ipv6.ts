/** The text of an IPv6 packet without extension headers. */
import { printTransport } from "./describe-transport.ts";
import * as ipProtocols from "./ip-protocols.ts";
import { hex, type Printer } from "./printer.ts";

export function printIpv6(p: Printer, at: number, length: number): void {
  p.protocol = "ip6";
  if (!p.has(at, 40)) {
    p.truncated();
    return;
  }
  if (length < 40) {
    p.print(`truncated-ip6 ${length}`);
    return;
  }
  if (!p.options.linkHeader) p.print("IP6 ");
  const version = p.u8(at) >>> 4;
  if (version !== 6) {
    p.print(`version error: ${version} != 6`);
    return;
  }
  const payload = p.u16(at + 4);
  const total = payload + 40;
  if (payload !== 0 && length < total) p.print(`truncated-ip6 - ${total - length} bytes missing!`);
  const next = p.u8(at + 6);
  if (p.options.verbose > 0) {
    const flow = p.u32(at);
    const trafficClass = (flow >>> 20) & 255;
    const label = flow & 0xfffff;
    p.print(
      `(${trafficClass !== 0 ? `class 0x${hex(trafficClass, 2)}, ` : ""}` +
        `${label !== 0 ? `flowlabel 0x${hex(label, 5)}, ` : ""}hlim ${p.u8(at + 7)}, ` +
        `next-header ${ipProtocols.nameOf(next) ?? "unknown"} (${next}) payload length: ${payload}) `,
    );
  }
  const outerEnd = p.end;
  p.end = Math.min(p.end, at + total);
  if (!ipProtocols.printsOwnAddresses(next)) p.print(`${p.ipv6(at + 8)} > ${p.ipv6(at + 24)}: `);
  printTransport(p, {
    at: at + 40,
    length: payload,
    version: 6,
    protocol: next,
    fragmented: false,
    header: at,
  });
  p.end = outerEnd;
}
