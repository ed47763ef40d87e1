import { type Connection, ConnectionChange, Status } from "../../netfilter/conntrack/connection.ts";
import { secondsLeft } from "../../netfilter/conntrack/connection-text.ts";
import type { Conntrack } from "../../netfilter/conntrack/conntrack.ts";
import { conntrackOf } from "../../netfilter/conntrack/conntrack-hooks.ts";
import {
  CHANGED_BY_HAND,
  type ConnectionSpec,
  insertConnection,
} from "../../netfilter/conntrack/insert-connection.ts";
import { TCP_STATE_NAMES } from "../../netfilter/conntrack/tcp-state.ts";
import { hasPorts } from "../../netfilter/conntrack/tuple.ts";
import { SECOND } from "../../sim/time.ts";
import * as ip from "../../wire/ipv4-address.ts";
import type { InNamespace, OperationRecord } from "../operation.ts";
import type { OperationContext } from "../operation-context.ts";
import { ToolError } from "../tool-error.ts";
import { type ConntrackFilter, conntrackMatches, parseNat, statusBits } from "./conntrack-filter.ts";
import type { LineOptions } from "./conntrack-line.ts";
import { failed, said } from "./conntrack-messages.ts";
import { type EntryFormat, entriesText } from "./conntrack-show.ts";
import { filterWords, outputWords } from "./conntrack-words.ts";

/** `conntrack -D` */
export interface ConntrackDel extends InNamespace {
  readonly op: "conntrack-del";
  readonly filter: ConntrackFilter;
  readonly line: LineOptions;
  readonly format: EntryFormat;
}

/** `conntrack -F` */
export interface ConntrackFlush extends InNamespace {
  readonly op: "conntrack-flush";
}

/** `conntrack -I`: an entry made by hand; `timeout` in seconds. */
export interface ConntrackAdd extends InNamespace {
  readonly op: "conntrack-add";
  readonly entry: ConntrackFilter;
  readonly timeout: number;
  /** `-A`: one that is there already is no mistake. */
  readonly exist?: true;
}

/** `conntrack -U`: another timeout, mark, status or state for the entries with these tuples. */
export interface ConntrackUpdate extends InNamespace {
  readonly op: "conntrack-update";
  readonly filter: ConntrackFilter;
  readonly timeout: number | null;
  readonly line: LineOptions;
  readonly format: EntryFormat;
}

function found(filter: ConntrackFilter, context: OperationContext): readonly Connection[] {
  return conntrackOf(context.namespace)
    .list()
    .filter((connection) => conntrackMatches(filter, connection));
}

/** Does something in the name of the process that runs the command: events tell of it. */
function asUser<T>(context: OperationContext, act: (conntrack: Conntrack) => T): T {
  const conntrack = conntrackOf(context.namespace);
  conntrack.actor = context.outside.pid ?? 0;
  try {
    return act(conntrack);
  } finally {
    conntrack.actor = null;
  }
}

export const conntrackDel: OperationRecord<ConntrackDel> = {
  tool: "conntrack",
  words: ({ filter, line, format }) => ["-D", ...filterWords(filter), ...outputWords(line, format)],
  apply({ filter, line, format }, context) {
    const gone = found(filter, context);
    const text = entriesText(gone, line, format, 1);
    asUser(context, (conntrack) => {
      for (const connection of gone) conntrack.kill(connection);
    });
    const count = said(`${gone.length} flow entries have been deleted.`);
    throw new ToolError(count, gone.length === 0 ? 1 : 0, text);
  },
};

export const conntrackFlush: OperationRecord<ConntrackFlush> = {
  tool: "conntrack",
  words: () => ["-F"],
  warning: () => said("connection tracking table has been emptied."),
  apply(_operation, context) {
    asUser(context, (conntrack) => conntrack.flush(() => true));
  },
};

function single(text: string | undefined): number {
  return text === undefined ? 0 : (ip.parse(text.split("/")[0]!) ?? 0);
}

export const conntrackAdd: OperationRecord<ConntrackAdd> = {
  tool: "conntrack",
  words: ({ entry, timeout, exist }) => [exist ? "-A" : "-I", ...filterWords(entry), "-t", `${timeout}`],
  apply({ entry, timeout, exist }, context) {
    const replyNamed = entry.replySrc !== undefined || entry.replyDst !== undefined;
    if (replyNamed && hasPorts(entry.protocol!) && entry.replySrcPort === undefined)
      throw failed("invalid parameters");
    const src = single(entry.src ?? entry.replyDst);
    const dst = single(entry.dst ?? entry.replySrc);
    const srcNat = entry.srcNat === undefined ? null : parseNat(entry.srcNat);
    const dstNat = entry.dstNat === undefined ? null : parseNat(entry.dstNat);
    const isIcmp = entry.protocol === 1;
    const srcPort = isIcmp ? (entry.icmpId ?? 0) : (entry.srcPort ?? 0);
    const dstPort = isIcmp ? ((entry.icmpType ?? 0) << 8) | (entry.icmpCode ?? 0) : (entry.dstPort ?? 0);
    const spec: ConnectionSpec = {
      protocol: entry.protocol!,
      src,
      dst,
      srcPort,
      dstPort,
      replySrc: dstNat?.address ?? (entry.replySrc === undefined ? dst : single(entry.replySrc)),
      replyDst: srcNat?.address ?? (entry.replyDst === undefined ? src : single(entry.replyDst)),
      // The ports of a reply count only with its addresses.
      replySrcPort: dstNat?.port ?? (replyNamed ? entry.replySrcPort : null) ?? null,
      replyDstPort: srcNat?.port ?? (replyNamed ? entry.replyDstPort : null) ?? null,
      zone: zoneOf(entry),
      mark: entry.mark?.value ?? 0,
      status:
        (entry.status ?? []).reduce((bits, name) => bits | (statusBits[name] ?? 0), 0) |
        (srcNat === null ? 0 : Status.srcNat) |
        (dstNat === null ? 0 : Status.dstNat),
      tcpState: entry.state === undefined ? 0 : TCP_STATE_NAMES.indexOf(entry.state),
      timeout,
    };
    const made = asUser(context, (conntrack) => insertConnection(conntrack, spec));
    if (made === null && !exist) throw failed("Such conntrack exists, try -U to update");
    throw new ToolError(said(`1 flow entries have been ${exist ? "added" : "created"}.`), 0);
  },
};

function zoneOf({ zone, origZone, replyZone }: ConntrackFilter): {
  readonly id: number;
  readonly direction: "both" | "original" | "reply";
} {
  if (zone !== undefined) return { id: zone, direction: "both" };
  if (origZone !== undefined) return { id: origZone, direction: "original" };
  return replyZone === undefined ? { id: 0, direction: "both" } : { id: replyZone, direction: "reply" };
}

export const conntrackUpdate: OperationRecord<ConntrackUpdate> = {
  tool: "conntrack",
  words: ({ filter, timeout, line, format }) => [
    "-U",
    ...filterWords(filter),
    ...(timeout === null ? [] : ["-t", `${timeout}`]),
    ...outputWords(line, format),
  ],
  apply({ filter, timeout, line, format }, context) {
    const { mark, status, state, ...rest } = filter;
    const entries = found(rest, context).filter((connection) => differs(connection, filter, timeout));
    // Without an address the kernel is not told of which family the entry is.
    const { src, dst, replySrc, replyDst } = rest;
    if (entries.length > 0 && src === undefined && dst === undefined)
      if (replySrc === undefined && replyDst === undefined)
        throw new ToolError(`${NOT_SUPPORTED}\n${said(NOT_SUPPORTED)}`, 1);
    for (const connection of entries) {
      changeByHand(connection, filter, timeout);
      asUser(context, (conntrack) => {
        conntrack.changed(connection, ConnectionChange.reply | CHANGED_BY_HAND);
        // What has no time left is gone when the tool looks at it again (nf_ct_gc_expired).
        if (timeout === 0) conntrack.kill(connection);
      });
    }
    const left = timeout === 0 ? [] : entries;
    const text = said(`${left.length} flow entries have been updated.`);
    throw new ToolError(text, left.length === 0 ? 1 : 0, entriesText(left, line, format, 2));
  },
};

const NOT_SUPPORTED = "Operation failed: Operation not supported";

/** What `-U` says that an entry is to be; what is not said stays. */
type HandChange = Pick<ConntrackFilter, "mark" | "status" | "state">;

/** Whether an entry is another one afterwards: one that is not is left out. */
function differs(
  connection: Connection,
  { mark, status, state }: HandChange,
  timeout: number | null,
): boolean {
  if (timeout !== null && timeout !== secondsLeft(connection)) return true;
  if (mark !== undefined && ((connection.mark ^ mark.value) & mark.mask) !== 0) return true;
  if (status?.some((name) => (~connection.status & (statusBits[name] ?? 0)) !== 0)) return true;
  return state !== undefined && connection.tcp !== null && TCP_STATE_NAMES[connection.tcp.state] !== state;
}

function changeByHand(
  connection: Connection,
  { mark, status = [], state }: HandChange,
  timeout: number | null,
): void {
  const { tcp, conntrack } = connection;
  if (timeout !== null) connection.deadline = conntrack.world.now + timeout * SECOND;
  if (mark !== undefined) connection.mark = (connection.mark & ~mark.mask) | (mark.value & mark.mask) | 0;
  for (const name of status) connection.status |= statusBits[name] ?? 0;
  if (state !== undefined && tcp !== null) tcp.state = TCP_STATE_NAMES.indexOf(state);
}
