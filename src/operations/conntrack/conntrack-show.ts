import type { Connection } from "../../netfilter/conntrack/connection.ts";
import { conntrackOf } from "../../netfilter/conntrack/conntrack-hooks.ts";
import type { InNamespace, QuestionRecord } from "../operation.ts";
import { ToolError } from "../tool-error.ts";
import { type ConntrackFilter, conntrackMatches } from "./conntrack-filter.ts";
import { conntrackLine, type LineOptions } from "./conntrack-line.ts";
import { failed, NO_LABELS, said } from "./conntrack-messages.ts";
import { conntrackSaveLine } from "./conntrack-save-line.ts";
import { filterWords, outputWords } from "./conntrack-words.ts";

/** `conntrack -L`, and `-G` for one entry. */
export interface ConntrackShow extends InNamespace {
  readonly ask: "conntrack-show";
  readonly filter: ConntrackFilter;
  readonly line: LineOptions;
  readonly format: "plain" | "save";
  readonly one?: true;
}

/** `conntrack -C`, `-S`, `-L expect`. */
export interface ConntrackFigures extends InNamespace {
  readonly ask: "conntrack-figures";
  readonly what: "counter" | "stats" | "expect";
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
    const print = (connection: Connection): string =>
      format === "save" ? conntrackSaveLine(connection) : conntrackLine(connection, line, one ? 2 : 1);
    const shown = one ? found.slice(0, 1) : found;
    const text = shown.map((connection) => `${print(connection)}\n`).join("");
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
