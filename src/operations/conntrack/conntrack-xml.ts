import { type Connection, ConnectionChange, Status } from "../../netfilter/conntrack/connection.ts";
import { lived, protocolName, secondsLeft } from "../../netfilter/conntrack/connection-text.ts";
import { TCP_STATE_NAMES } from "../../netfilter/conntrack/tcp-state.ts";
import { hasPorts } from "../../netfilter/conntrack/tuple.ts";
import { EPOCH_SECONDS, SECOND } from "../../sim/time.ts";
import * as ip from "../../wire/ipv4-address.ts";
import { entryNumber, type LineOptions } from "./conntrack-line.ts";

/** What stands before the first entry, and behind the last one of a list. */
export const XML_HEAD = '<?xml version="1.0" encoding="utf-8"?>\n<conntrack>\n';
export const XML_END = "</conntrack>\n";

interface Side {
  readonly src: number;
  readonly dst: number;
  readonly srcPort: number;
  readonly dstPort: number;
  readonly packets: number;
  readonly bytes: number;
}

function direction(connection: Connection, name: "original" | "reply", side: Side, counted: boolean): string {
  const { protocol, zone, account } = connection;
  const ports = hasPorts(protocol) ? `<sport>${side.srcPort}</sport><dport>${side.dstPort}</dport>` : "";
  const counters = `<counters><packets>${side.packets}</packets><bytes>${side.bytes}</bytes></counters>`;
  return [
    `<meta direction="${name}"><layer3 protonum="2" protoname="ipv4">`,
    `<src>${ip.format(side.src)}</src><dst>${ip.format(side.dst)}</dst></layer3>`,
    `<layer4 protonum="${protocol}" protoname="${protocolName(protocol)}">${ports}</layer4>`,
    counted && account?.counts === true ? counters : "",
    zone.id !== 0 && zone.direction === name ? `<zone>${zone.id}</zone>` : "",
    "</meta>",
  ].join("");
}

function bothDirections(c: Connection, counted: boolean): string {
  const { packets = 0, bytes = 0, replyPackets = 0, replyBytes = 0 } = c.account ?? {};
  const original = { src: c.src, dst: c.dst, srcPort: c.srcPort, dstPort: c.dstPort, packets, bytes };
  const reply = {
    src: c.replySrc,
    dst: c.replyDst,
    srcPort: c.replySrcPort,
    dstPort: c.replyDstPort,
    packets: replyPackets,
    bytes: replyBytes,
  };
  return direction(c, "original", original, counted) + direction(c, "reply", reply, counted);
}

function state({ tcp }: Connection): string {
  return tcp === null ? "" : `<state>${TCP_STATE_NAMES[tcp.state]}</state>`;
}

/** Number and status of an entry, and how long it has lived by `until` where that is known. */
function rest(connection: Connection, until: number, times: string): string {
  const { status } = connection;
  const age = lived(connection, until);
  return [
    `<id>${entryNumber(connection)}</id>`,
    (status & Status.assured) !== 0 ? "<assured/>" : "",
    (status & Status.seenReply) === 0 ? "<unreplied/>" : "",
    times,
    age === null ? "" : `<deltatime>${age}</deltatime>`,
  ].join("");
}

/** A moment of the world's clock in nanoseconds since 1970; written as text, as no number is as fine. */
function stamp(at: number): string {
  const seconds = Math.floor(at / SECOND);
  return `${EPOCH_SECONDS + seconds}${String(at - seconds * SECOND).padStart(9, "0")}`;
}

function zoneOfBoth({ zone }: Connection): string {
  return zone.direction === "both" && zone.id !== 0 ? `<zone>${zone.id}</zone>` : "";
}

/** An entry as `conntrack -o xml` prints it, without the end of the line. `users` counts who holds it. */
export function conntrackXml(connection: Connection, { ktimestamp }: LineOptions, users = 1): string {
  const { mark, account } = connection;
  const start =
    ktimestamp === true && account?.keepsTimes === true
      ? `<timestamp><start>${stamp(account.start)}</start></timestamp>`
      : "";
  return [
    `<flow>${bothDirections(connection, true)}<meta direction="independent">${state(connection)}`,
    `<timeout>${secondsLeft(connection)}</timeout><mark>${mark >>> 0}</mark>${zoneOfBoth(connection)}`,
    `<use>${users}</use>${rest(connection, connection.conntrack.world.now, start)}</meta></flow>`,
  ].join("");
}

/** An event as `conntrack -E -o xml` prints it. `changes` are bits of {@link ConnectionChange}; `when` is empty or a time. */
export function conntrackEventXml(connection: Connection, changes: number, when: string): string {
  const { mark, account } = connection;
  const destroyed = (changes & ConnectionChange.destroy) !== 0;
  const isNew = (changes & (ConnectionChange.new | ConnectionChange.related)) !== 0;
  return [
    `<flow type="${destroyed ? "destroy" : isNew ? "new" : "update"}">${bothDirections(connection, destroyed)}`,
    '<meta direction="independent">',
    destroyed || (changes & ConnectionChange.protocol) !== 0 ? state(connection) : "",
    `<timeout>${secondsLeft(connection)}</timeout>`,
    mark !== 0 || (changes & ConnectionChange.mark) !== 0 ? `<mark>${mark >>> 0}</mark>` : "",
    zoneOfBoth(connection),
    rest(connection, destroyed ? (account?.stop ?? 0) : Number.NaN, ""),
    `</meta>${when}</flow>`,
  ].join("");
}

/** The time of an event by the parts of its date (UTC): days of the week from 1, Sunday. */
export function xmlWhen(seconds: number): string {
  const date = new Date(seconds * 1000);
  const part = (name: string, value: number): string => `<${name}>${value}</${name}>`;
  return `<when>${[
    part("hour", date.getUTCHours()),
    part("min", date.getUTCMinutes()),
    part("sec", date.getUTCSeconds()),
    part("wday", date.getUTCDay() + 1),
    part("day", date.getUTCDate()),
    part("month", date.getUTCMonth() + 1),
    part("year", date.getUTCFullYear()),
  ].join("")}</when>`;
}
