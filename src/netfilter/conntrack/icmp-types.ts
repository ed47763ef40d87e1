import * as icmp from "../../wire/icmp.ts";

/** ICMP questions that have an answer, and so make a connection, and the answers (RFC 792, RFC 950). */
const OPPOSITES: ReadonlyMap<number, number> = new Map([
  [icmp.ECHO_REQUEST, icmp.ECHO_REPLY],
  [icmp.ECHO_REPLY, icmp.ECHO_REQUEST],
  [icmp.TIMESTAMP_REQUEST, icmp.TIMESTAMP_REPLY],
  [icmp.TIMESTAMP_REPLY, icmp.TIMESTAMP_REQUEST],
  [15, 16],
  [16, 15],
  [17, 18],
  [18, 17],
]);
const opposites: Int16Array = Int16Array.from({ length: 256 }, (_, type) => OPPOSITES.get(type) ?? -1);

/** The type of the message that answers this one, or that this one answers; -1 for messages that go one way only. */
export function icmpOpposite(type: number): number {
  return opposites[type]!;
}

/** True for messages that ask: they may begin a connection. */
export function isQuestion(type: number): boolean {
  return opposites[type]! >= 0 && (type === icmp.ECHO_REQUEST || (type & 1) === 1);
}

/** The highest type that Linux knows (NR_ICMP_TYPES). */
export const HIGHEST_TYPE = 18;
