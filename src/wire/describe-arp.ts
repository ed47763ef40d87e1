/** The text of an ARP packet. */
import * as ethertypes from "./ethertypes.ts";
import { hex, type Printer } from "./printer.ts";

const HARDWARE: Readonly<Record<number, string>> = {
  1: "Ethernet",
  6: "TokenRing",
  7: "ArcNet",
  15: "FrameRelay",
  19: "ATM",
  23: "Strip",
  24: "IEEE 1394",
  32: "InfiniBand",
};

const OPERATIONS: Readonly<Record<number, string>> = {
  1: "Request",
  2: "Reply",
  3: "Reverse Request",
  4: "Reverse Reply",
  8: "Inverse Request",
  9: "Inverse Reply",
  10: "NACK Reply",
};

const TYPE_TRAIL = 0x1000;

export function printArp(p: Printer, at: number, length: number): void {
  p.protocol = "arp";
  p.need(at, 8);
  const hardware = p.u16(at);
  const protocol = p.u16(at + 2);
  const hardwareLength = p.u8(at + 4);
  const protocolLength = p.u8(at + 5);
  const operation = p.u16(at + 6);
  const senderIp = at + 8 + hardwareLength;
  const targetMac = senderIp + protocolLength;
  const targetIp = targetMac + hardwareLength;
  p.need(targetIp, protocolLength);

  const wrong =
    protocol !== 0x0800 && protocol !== TYPE_TRAIL
      ? "<wrong proto type>"
      : protocolLength !== 4
        ? "<wrong len>"
        : null;
  const ip = (where: number): string => wrong ?? p.ipv4(where);
  const mac = (where: number): string =>
    hardwareLength === 0 ? "<empty>" : p.hexBytes(where, hardwareLength, ":");

  if (!p.options.linkHeader) p.print("ARP, ");
  const verbose = p.options.verbose > 0;
  if (wrong !== null || hardwareLength === 0 || verbose) {
    p.print(
      `${HARDWARE[hardware] ?? `Unknown Hardware (${hardware})`} (len ${hardwareLength}), ` +
        `${ethertypes.nameOf(protocol) ?? `Unknown Protocol (0x${hex(protocol, 4)})`} (len ${protocolLength})`,
    );
    if (!verbose) {
      p.print(`, length ${length}`);
      return;
    }
    p.print(", ");
  }
  p.print(`${OPERATIONS[operation] ?? `Unknown (${operation})`} `);
  switch (operation) {
    case 1: {
      let asked = false;
      for (let i = 0; i < hardwareLength; i++) asked ||= p.u8(targetMac + i) !== 0;
      p.print(`who-has ${ip(targetIp)}${asked ? ` (${mac(targetMac)})` : ""} tell ${ip(senderIp)}`);
      break;
    }
    case 2:
      p.print(`${ip(senderIp)} is-at ${mac(at + 8)}`);
      break;
    case 3:
    case 8:
      p.print(`who-is ${mac(targetMac)} tell ${mac(at + 8)}`);
      break;
    case 4:
      p.print(`${mac(targetMac)} at ${ip(targetIp)}`);
      break;
    case 9:
      p.print(`${mac(at + 8)} at ${ip(senderIp)}`);
      break;
    default:
      p.dump(at, Math.min(length, p.available(at)));
      return;
  }
  p.print(`, length ${length}`);
}
