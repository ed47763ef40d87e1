import { type Connection, ConnectionChange } from "../../netfilter/conntrack/connection.ts";
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

/** The number of an entry, which the kernel makes of a hash. */
export function entryNumber(connection: Connection): number {
  return Math.imul(connection.id, 0x9e3779b1) >>> 0;
}

function idOf(connection: Connection): string {
  return `id=${entryNumber(connection)}`;
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

/**
 * The line of an event, as `conntrack -E` prints it behind its kind. `changes` are bits of {@link ConnectionChange}: the
 * kernel tells of a state or an empty mark only when it has changed.
 */
export function conntrackEventLine(connection: Connection, options: LineOptions, changes: number): string {
  const { mark, zone, account } = connection;
  const destroyed = (changes & ConnectionChange.destroy) !== 0;
  const times = options.ktimestamp && destroyed && account?.keepsTimes === true ? account : null;
  return [
    options.extended ? "ipv4     2 " : "",
    start(connection),
    `${secondsLeft(connection)} `,
    middle(connection, destroyed, destroyed || (changes & ConnectionChange.protocol) !== 0),
    mark === 0 && (changes & ConnectionChange.mark) === 0 ? "" : `mark=${mark >>> 0} `,
    zone.direction === "both" && zone.id !== 0 ? `zone=${zone.id} ` : "",
    destroyed ? delta(connection, account?.stop ?? 0) : "",
    times === null ? "" : `[start=${ctime(times.start)}] [stop=${ctime(times.stop)}] `,
    options.id ? idOf(connection) : "",
  ]
    .join("")
    .trimEnd();
}
