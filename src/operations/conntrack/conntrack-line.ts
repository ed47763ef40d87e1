import type { Connection } from "../../netfilter/conntrack/connection.ts";
import { delta, middle, secondsLeft, start } from "../../netfilter/conntrack/connection-text.ts";
import { ctime } from "../ctime.ts";

/** What `-o` adds to a line. */
export interface LineOptions {
  readonly extended?: true;
  readonly id?: true;
  readonly ktimestamp?: true;
  /** Names of labels, of which there are none; the tool says that it has no file of them. */
  readonly labels?: true;
}

function idOf(connection: Connection): string {
  // The kernel's number is a hash of the entry.
  return `id=${Math.imul(connection.id, 0x9e3779b1) >>> 0}`;
}

/** The line of an entry, as `conntrack -L` prints it, without its end. `users` counts who holds it. */
export function conntrackLine(connection: Connection, options: LineOptions, users = 1): string {
  const { mark, zone, account } = connection;
  const now = connection.conntrack.world.now;
  return [
    options.extended ? "ipv4     2 " : "",
    start(connection),
    `${secondsLeft(connection)} `,
    middle(connection),
    `mark=${mark >>> 0} `,
    zone.direction === "both" && zone.id !== 0 ? `zone=${zone.id} ` : "",
    delta(connection, now),
    options.ktimestamp && account?.keepsTimes === true ? `[start=${ctime(account.start)}] ` : "",
    `use=${users}`,
    options.id ? ` ${idOf(connection)}` : "",
  ].join("");
}

/** The line of an event, as `conntrack -E` prints it behind its kind. */
export function conntrackEventLine(connection: Connection, options: LineOptions, destroyed: boolean): string {
  const { mark, zone, account } = connection;
  const times = options.ktimestamp && destroyed && account?.keepsTimes === true ? account : null;
  return [
    options.extended ? "ipv4     2 " : "",
    start(connection),
    `${secondsLeft(connection)} `,
    middle(connection, destroyed),
    mark === 0 ? "" : `mark=${mark >>> 0} `,
    zone.direction === "both" && zone.id !== 0 ? `zone=${zone.id} ` : "",
    destroyed ? delta(connection, account?.stop ?? 0) : "",
    times === null ? "" : `[start=${ctime(times.start)}] [stop=${ctime(times.stop)}] `,
    options.id ? idOf(connection) : "",
  ]
    .join("")
    .trimEnd();
}
