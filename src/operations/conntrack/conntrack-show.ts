import type { Connection } from "../../netfilter/conntrack/connection.ts";
import { conntrackOf } from "../../netfilter/conntrack/conntrack-hooks.ts";
import type { InNamespace, QuestionRecord } from "../operation.ts";
import { ToolError } from "../tool-error.ts";
import { type ConntrackFilter, conntrackMatches } from "./conntrack-filter.ts";
import { conntrackLine, type LineOptions } from "./conntrack-line.ts";
import { failed, NO_LABELS, said } from "./conntrack-messages.ts";
import { conntrackSaveLine } from "./conntrack-save-line.ts";
import { filterWords, outputWords } from "./conntrack-words.ts";
import { conntrackXml, XML_END, XML_HEAD } from "./conntrack-xml.ts";

/** `conntrack -L`, and `-G` for one entry. */
export interface ConntrackShow extends InNamespace {
  readonly ask: "conntrack-show";
  readonly filter: ConntrackFilter;
  readonly line: LineOptions;
  readonly format: EntryFormat;
  readonly one?: true;
}

/** How entries are written: a line, the options that make it again, or XML. */
export type EntryFormat = "plain" | "save" | "xml";

/** `conntrack -C`, `-S`, `-L expect`. */
export interface ConntrackFigures extends InNamespace {
  readonly ask: "conntrack-figures";
  readonly what: "counter" | "stats" | "expect";
}

/** Entries one below the other. `users` counts who holds each. */
export function entriesText(
  entries: readonly Connection[],
  line: LineOptions,
  format: EntryFormat,
  users: number,
): string {
  const print = (connection: Connection): string => {
    if (format === "save") return conntrackSaveLine(connection);
    return format === "xml" ? conntrackXml(connection, line, users) : conntrackLine(connection, line, users);
  };
  return entries.map((connection) => `${print(connection)}\n`).join("");
}

export const conntrackShow: QuestionRecord<ConntrackShow> = {
  tool: "conntrack",
  words: ({ filter, line, format, one }) => [
    one ? "-G" : "-L",
    ...filterWords(filter),
    ...outputWords(line, format),
  ],
  answer({ filter, line, format, one }, context) {
    const found = conntrackOf(context.namespace)
      .list()
      .filter((connection) => conntrackMatches(filter, connection));
    if (one && found.length === 0) throw failed("such conntrack doesn't exist");
    const shown = one ? found.slice(0, 1) : found;
    const entries = entriesText(shown, line, format, one ? 2 : 1);
    const isXml = format === "xml" && shown.length > 0;
    // What asks for one entry ends before it would close the list.
    const text = isXml ? `${XML_HEAD}${entries}${one ? "" : XML_END}` : entries;
    const notes = line.labels ? NO_LABELS : "";
    throw new ToolError(`${notes}${said(`${shown.length} flow entries have been shown.`)}`, 0, text);
  },
};

export const conntrackFigures: QuestionRecord<ConntrackFigures> = {
  tool: "conntrack",
  words: ({ what }) => (what === "expect" ? ["-L", "expect"] : [what === "counter" ? "-C" : "-S"]),
  answer({ what }, context) {
    const conntrack = conntrackOf(context.namespace);
    if (what === "counter") return `${conntrack.count}\n`;
    if (what === "expect") throw new ToolError(said("0 expectations have been shown."), 0);
    const s = conntrack.stats;
    const cpus = context.host.cpus?.length ?? 1;
    // What happens is not counted by processor here: the first one has it all.
    return Array.from({ length: cpus }, (_, cpu) => {
      const of = (value: number): number => (cpu === 0 ? value : 0);
      return (
        `cpu=${cpu}   \tfound=${of(s.found)} invalid=${of(s.invalid)} insert=${of(s.insert)} ` +
        `insert_failed=${of(s.insertFailed)} drop=${of(s.drop)} early_drop=${of(s.earlyDrop)} ` +
        `error=${of(s.error)} search_restart=0 clash_resolve=${of(s.clashResolve)} chaintoolong=0 \n`
      );
    }).join("");
  },
};
