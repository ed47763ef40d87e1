import type { Connection } from "../../netfilter/conntrack/connection.ts";
import { delta, middle, secondsLeft, start } from "../../netfilter/conntrack/connection-text.ts";
import { clockText as ctime } from "../xtables/iptables-save.ts";

/** What `-o` adds to a line. */
export interface LineOptions {
  readonly extended?: true;
  readonly id?: true;
  readonly ktimestamp?: true;
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
    `${secondsLeft(connection)} `,
    middle(connection),
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
    `${secondsLeft(connection)} `,
    middle(connection, destroyed),
    mark === 0 ? "" : `mark=${mark >>> 0} `,
    zone.direction === "both" && zone.id !== 0 ? `zone=${zone.id} ` : "",
    destroyed ? delta(connection, connection.stop) : "",
    times ? `[start=${ctime(connection.start)}] [stop=${ctime(connection.stop)}] ` : "",
    options.id ? idOf(connection) : "",
  ]
    .join("")
    .trimEnd();
}
