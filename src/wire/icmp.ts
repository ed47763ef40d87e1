/** ICMP for IPv4, read and written in place. RFC 792, RFC 1191 (the MTU in "fragmentation needed"). */
import * as checksums from "./checksum.ts";

const TYPE = 0;
const CODE = 1;
const CHECKSUM = 2;
const REST = 4;
const SECOND = 6;

/** Bytes before the payload or the quoted packet. */
export const HEADER_LEN = 8;

export const ECHO_REPLY = 0;
export const DESTINATION_UNREACHABLE = 3;
export const SOURCE_QUENCH = 4;
export const REDIRECT = 5;
export const ECHO_REQUEST = 8;
export const TIME_EXCEEDED = 11;
export const PARAMETER_PROBLEM = 12;
export const TIMESTAMP_REQUEST = 13;
export const TIMESTAMP_REPLY = 14;
/** The last type of RFC 1122's times (NR_ICMP_TYPES), and the two later ones that Linux knows (RFC 8335). */
export const MAX_TYPE = 18;
export const EXTENDED_ECHO_REQUEST = 42;
export const EXTENDED_ECHO_REPLY = 43;

/** Codes of destination unreachable. */
export const NET_UNREACHABLE = 0;
export const HOST_UNREACHABLE = 1;
export const PROTOCOL_UNREACHABLE = 2;
export const PORT_UNREACHABLE = 3;
export const FRAGMENTATION_NEEDED = 4;
export const SOURCE_ROUTE_FAILED = 5;
export const HOST_UNKNOWN = 7;
export const NET_PROHIBITED = 9;
export const HOST_PROHIBITED = 10;
export const HOST_UNREACHABLE_FOR_TOS = 12;
export const ADMIN_PROHIBITED = 13;
export const PRECEDENCE_VIOLATION = 14;
export const PRECEDENCE_CUTOFF = 15;

/** Codes of time exceeded. */
export const TTL_EXCEEDED = 0;
export const REASSEMBLY_EXCEEDED = 1;

export const REDIRECT_HOST = 1;

/** True when `length` bytes hold a message's header; only then may the accessors be called. */
export function fits(_view: DataView, _at: number, length: number): boolean {
  return length >= HEADER_LEN;
}

export function type(view: DataView, at: number): number {
  return view.getUint8(at + TYPE);
}
export function code(view: DataView, at: number): number {
  return view.getUint8(at + CODE);
}
/** Identifier of an echo. */
export function identifier(view: DataView, at: number): number {
  return view.getUint16(at + REST);
}
/** Sequence number of an echo. */
export function sequence(view: DataView, at: number): number {
  return view.getUint16(at + SECOND);
}
/** The next hop's MTU in "fragmentation needed". */
export function mtu(view: DataView, at: number): number {
  return view.getUint16(at + SECOND);
}
/** The better gateway in a redirect, an int32. */
export function gateway(view: DataView, at: number): number {
  return view.getInt32(at + REST);
}
/** The offending byte in a parameter problem. */
export function pointer(view: DataView, at: number): number {
  return view.getUint8(at + REST);
}
/** True for the messages that quote the packet they complain about; never answer these with an error. */
export function isErrorType(messageType: number): boolean {
  return (
    messageType === DESTINATION_UNREACHABLE ||
    messageType === SOURCE_QUENCH ||
    messageType === REDIRECT ||
    messageType === TIME_EXCEEDED ||
    messageType === PARAMETER_PROBLEM
  );
}

/** Questions that have an answer, and the answers (RFC 792, RFC 950). */
const OPPOSITES: ReadonlyMap<number, number> = new Map([
  [ECHO_REQUEST, ECHO_REPLY],
  [ECHO_REPLY, ECHO_REQUEST],
  [TIMESTAMP_REQUEST, TIMESTAMP_REPLY],
  [TIMESTAMP_REPLY, TIMESTAMP_REQUEST],
  [15, 16],
  [16, 15],
  [17, 18],
  [18, 17],
]);
const opposites: Int16Array = Int16Array.from({ length: 256 }, (_, type) => OPPOSITES.get(type) ?? -1);

/** The type of the message that answers this one, or that this one answers; -1 for messages that go one way only. */
export function oppositeType(messageType: number): number {
  return opposites[messageType]!;
}
/** True for messages that ask, and have an answer. */
export function isQuestion(messageType: number): boolean {
  return opposites[messageType]! >= 0 && (messageType === ECHO_REQUEST || (messageType & 1) === 1);
}

export function setType(view: DataView, at: number, value: number): void {
  view.setUint8(at + TYPE, value);
}
export function setCode(view: DataView, at: number, value: number): void {
  view.setUint8(at + CODE, value);
}
function setChecksum(view: DataView, at: number, value: number): void {
  view.setUint16(at + CHECKSUM, value);
}
/** The four bytes behind the checksum as an int32. */
export function setRest(view: DataView, at: number, value: number): void {
  view.setInt32(at + REST, value);
}
export function setIdentifier(view: DataView, at: number, value: number): void {
  view.setUint16(at + REST, value);
}
/** Writes another identifier, and mends the checksum. */
export function changeIdentifier(view: DataView, at: number, value: number): void {
  const before = identifier(view, at);
  setIdentifier(view, at, value);
  setChecksum(view, at, checksums.update16(view.getUint16(at + CHECKSUM), before, value));
}
export function setSequence(view: DataView, at: number, value: number): void {
  view.setUint16(at + SECOND, value);
}

/** Computes the checksum over the `length` bytes of the whole message. */
export function fillChecksum(view: DataView, at: number, length: number): void {
  view.setUint16(at + CHECKSUM, 0);
  view.setUint16(at + CHECKSUM, checksums.compute(view, at, length));
}
export function isChecksumValid(view: DataView, at: number, length: number): boolean {
  return checksums.isValid(view, at, length);
}

/** What a message's header means. Codes are the RFC's numbers; the gateway is an int32. */
export type IcmpRepr =
  | { readonly kind: "echo-request" | "echo-reply"; readonly identifier: number; readonly sequence: number }
  | { readonly kind: "unreachable"; readonly code: number; readonly mtu: number }
  | { readonly kind: "time-exceeded"; readonly code: number }
  | { readonly kind: "redirect"; readonly code: number; readonly gateway: number }
  | { readonly kind: "parameter-problem"; readonly code: number; readonly pointer: number }
  | { readonly kind: "other"; readonly type: number; readonly code: number; readonly rest: number };

/** Null for fewer than eight bytes. The checksum is another question. */
export function parse(view: DataView, at: number, length: number): IcmpRepr | null {
  if (!fits(view, at, length)) return null;
  const messageType = type(view, at);
  const messageCode = code(view, at);
  switch (messageType) {
    case ECHO_REQUEST:
    case ECHO_REPLY:
      return {
        kind: messageType === ECHO_REQUEST ? "echo-request" : "echo-reply",
        identifier: identifier(view, at),
        sequence: sequence(view, at),
      };
    case DESTINATION_UNREACHABLE:
      return { kind: "unreachable", code: messageCode, mtu: mtu(view, at) };
    case TIME_EXCEEDED:
      return { kind: "time-exceeded", code: messageCode };
    case REDIRECT:
      return { kind: "redirect", code: messageCode, gateway: gateway(view, at) };
    case PARAMETER_PROBLEM:
      return { kind: "parameter-problem", code: messageCode, pointer: pointer(view, at) };
    default:
      return { kind: "other", type: messageType, code: messageCode, rest: view.getInt32(at + REST) };
  }
}

function write(view: DataView, at: number, messageType: number, messageCode: number, rest: number): void {
  setType(view, at, messageType);
  setCode(view, at, messageCode);
  setChecksum(view, at, 0);
  setRest(view, at, rest);
}

/** Writes the header with a checksum of zero: fill it when the payload stands. Returns the bytes written. */
export function emit(repr: IcmpRepr, view: DataView, at: number): number {
  switch (repr.kind) {
    case "echo-request":
      write(view, at, ECHO_REQUEST, 0, (repr.identifier << 16) | repr.sequence);
      break;
    case "echo-reply":
      write(view, at, ECHO_REPLY, 0, (repr.identifier << 16) | repr.sequence);
      break;
    case "unreachable":
      write(view, at, DESTINATION_UNREACHABLE, repr.code, repr.mtu);
      break;
    case "time-exceeded":
      write(view, at, TIME_EXCEEDED, repr.code, 0);
      break;
    case "redirect":
      write(view, at, REDIRECT, repr.code, repr.gateway);
      break;
    case "parameter-problem":
      write(view, at, PARAMETER_PROBLEM, repr.code, repr.pointer << 24);
      break;
    case "other":
      write(view, at, repr.type, repr.code, repr.rest);
      break;
  }
  return HEADER_LEN;
}
