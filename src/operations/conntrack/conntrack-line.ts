import { type Connection, Status } from "../../netfilter/conntrack/connection.ts";
import { protocolName, tupleText } from "../../netfilter/conntrack/connection-text.ts";
import { TCP_STATE_NAMES } from "../../netfilter/conntrack/tcp-state.ts";
import { Tuple } from "../../netfilter/conntrack/tuple.ts";
import { SECOND } from "../../sim/time.ts";
import { clockText as ctime } from "../xtables/iptables-save.ts";

/** What `-o` adds to a line. */
export interface LineOptions {
  readonly extended?: true;
  readonly id?: true;
  readonly ktimestamp?: true;
}

function seconds(connection: Connection): number {
  return Math.max(0, Math.floor((connection.deadline - connection.conntrack.world.now) / SECOND));
}

function counters(connection: Connection, packets: number, bytes: number): string {
  return connection.accounted ? `packets=${packets} bytes=${bytes} ` : "";
}

function start(connection: Connection): string {
  const { protocol } = connection;
  return `${protocolName(protocol).padEnd(8)} ${protocol} `;
}

/** Both directions of an entry with state and counters; ends with a blank. */
function middle(connection: Connection, zones: boolean): string {
  const tuple = new Tuple();
  const { zone, status, tcp } = connection;
  tuple.copyOf(connection, false);
  const original = tupleText(tuple);
  tuple.copyOf(connection, true);
  const zoneOf = (direction: string): string =>
    zones && zone.direction === direction && zone.id !== 0
      ? `zone-${direction === "original" ? "orig" : "reply"}=${zone.id} `
      : "";
  return [
    tcp === null ? "" : `${TCP_STATE_NAMES[tcp.state]} `,
    `${original} `,
    zoneOf("original"),
    counters(connection, connection.packets, connection.bytes),
    (status & Status.seenReply) === 0 ? "[UNREPLIED] " : "",
    `${tupleText(tuple)} `,
    zoneOf("reply"),
    counters(connection, connection.replyPackets, connection.replyBytes),
    (status & Status.assured) !== 0 ? "[ASSURED] " : "",
  ].join("");
}

function delta(connection: Connection, until: number): string {
  if (!connection.timestamped) return "";
  return `delta-time=${Math.floor(until / SECOND) - Math.floor(connection.start / SECOND)} `;
}

function idOf(connection: Connection): string {
  // The kernel's number is a hash of the entry.
  return `id=${Math.imul(connection.id, 0x9e3779b1) >>> 0}`;
}

/** The line of an entry, as `conntrack -L` prints it, without its end. `users` counts who holds it. */
export function conntrackLine(connection: Connection, options: LineOptions, users = 1): string {
  const { mark, zone } = connection;
  const now = connection.conntrack.world.now;
  return [
    options.extended ? "ipv4     2 " : "",
    start(connection),
    `${seconds(connection)} `,
    middle(connection, true),
    `mark=${mark >>> 0} `,
    zone.direction === "both" && zone.id !== 0 ? `zone=${zone.id} ` : "",
    delta(connection, now),
    options.ktimestamp && connection.timestamped ? `[start=${ctime(connection.start)}] ` : "",
    `use=${users}`,
    options.id ? ` ${idOf(connection)}` : "",
  ].join("");
}

/** The line of an event, as `conntrack -E` prints it behind its kind. */
export function conntrackEventLine(connection: Connection, options: LineOptions, destroyed: boolean): string {
  const { mark, zone, timestamped } = connection;
  const times = options.ktimestamp && timestamped && destroyed;
  return [
    options.extended ? "ipv4     2 " : "",
    start(connection),
    `${seconds(connection)} `,
    middle(connection, true),
    mark === 0 ? "" : `mark=${mark >>> 0} `,
    zone.direction === "both" && zone.id !== 0 ? `zone=${zone.id} ` : "",
    destroyed ? delta(connection, connection.stop) : "",
    times ? `[start=${ctime(connection.start)}] [stop=${ctime(connection.stop)}] ` : "",
    options.id ? idOf(connection) : "",
  ]
    .join("")
    .trimEnd();
}

/** The line of an entry in /proc/net/nf_conntrack. */
export function procLine(connection: Connection): string {
  const { mark, zone } = connection;
  return [
    "ipv4     2 ",
    start(connection),
    `${seconds(connection)} `,
    middle(connection, true),
    `mark=${mark >>> 0} `,
    zone.direction === "both" ? `zone=${zone.id} ` : "",
    delta(connection, connection.conntrack.world.now),
    "use=2",
  ].join("");
}
