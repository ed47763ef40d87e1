/** ARP for IPv4 over Ethernet, read and written in place. RFC 826. `at` is the byte behind the Ethernet header. */
import type { Mac } from "./mac.ts";

const HARDWARE = 0;
const PROTOCOL = 2;
const LENGTHS = 4;
const OPERATION = 6;
const SENDER_MAC = 8;
const SENDER_IP = 14;
const TARGET_MAC = 18;
const TARGET_IP = 24;

/** Bytes of an ARP packet for IPv4 over Ethernet. */
export const LEN = 28;

export const REQUEST = 1;
export const REPLY = 2;

/** True when `length` bytes hold an ARP packet for IPv4 over Ethernet. */
export function fits(view: DataView, at: number, length: number): boolean {
  return (
    length >= LEN && view.getInt32(at + HARDWARE) === 0x00010800 && view.getUint16(at + LENGTHS) === 0x0604
  );
}

export function operation(view: DataView, at: number): number {
  return view.getUint16(at + OPERATION);
}
export function senderHi(view: DataView, at: number): number {
  return view.getUint16(at + SENDER_MAC);
}
export function senderLo(view: DataView, at: number): number {
  return view.getInt32(at + SENDER_MAC + 2);
}
export function senderIp(view: DataView, at: number): number {
  return view.getInt32(at + SENDER_IP);
}
export function targetHi(view: DataView, at: number): number {
  return view.getUint16(at + TARGET_MAC);
}
export function targetLo(view: DataView, at: number): number {
  return view.getInt32(at + TARGET_MAC + 2);
}
export function targetIp(view: DataView, at: number): number {
  return view.getInt32(at + TARGET_IP);
}

export function setOperation(view: DataView, at: number, value: number): void {
  view.setUint16(at + OPERATION, value);
}
export function setSender(view: DataView, at: number, hi: number, lo: number, ip: number): void {
  view.setUint16(at + SENDER_MAC, hi);
  view.setInt32(at + SENDER_MAC + 2, lo);
  view.setInt32(at + SENDER_IP, ip);
}
export function setTarget(view: DataView, at: number, hi: number, lo: number, ip: number): void {
  view.setUint16(at + TARGET_MAC, hi);
  view.setInt32(at + TARGET_MAC + 2, lo);
  view.setInt32(at + TARGET_IP, ip);
}
/** Writes the fixed first six bytes: Ethernet, IPv4, lengths 6 and 4. */
export function setTypes(view: DataView, at: number): void {
  view.setUint16(at + HARDWARE, 1);
  view.setUint16(at + PROTOCOL, 0x0800);
  view.setUint16(at + LENGTHS, 0x0604);
}

/** What an ARP packet means; IP addresses are int32. */
export interface ArpRepr {
  readonly operation: number;
  readonly senderMac: Mac;
  readonly senderIp: number;
  readonly targetMac: Mac;
  readonly targetIp: number;
}

/** Null for anything but ARP for IPv4 over Ethernet. */
export function parse(view: DataView, at: number, length: number): ArpRepr | null {
  if (!fits(view, at, length)) return null;
  return {
    operation: operation(view, at),
    senderMac: { hi: senderHi(view, at), lo: senderLo(view, at) },
    senderIp: senderIp(view, at),
    targetMac: { hi: targetHi(view, at), lo: targetLo(view, at) },
    targetIp: targetIp(view, at),
  };
}

/** Returns the bytes written. */
export function emit(repr: ArpRepr, view: DataView, at: number): number {
  setTypes(view, at);
  setOperation(view, at, repr.operation);
  setSender(view, at, repr.senderMac.hi, repr.senderMac.lo, repr.senderIp);
  setTarget(view, at, repr.targetMac.hi, repr.targetMac.lo, repr.targetIp);
  return LEN;
}
