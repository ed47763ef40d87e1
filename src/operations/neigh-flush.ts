import { Neighbour } from "../net/neighbour.ts";
import * as neighbourAdmin from "../net/neighbour-admin.ts";
import { optionWords, type ShowOptions } from "./ip-options.ts";
import { FLUSHED, filterWords, type NeighFilter, neighboursOf } from "./neigh-filter.ts";
import { neighbourLines } from "./neigh-show.ts";
import type { InNamespace, OperationRecord } from "./operation.ts";

/** `ip neigh flush` */
export interface NeighFlush extends NeighFilter, InNamespace {
  readonly op: "neigh-flush";
  readonly options?: ShowOptions;
}

export const neighFlush: OperationRecord<NeighFlush> = {
  tool: "ip",
  words: (o) => {
    const filter = filterWords(o);
    return [...optionWords(o.options ?? {}), "neigh", "flush", ...(filter.length === 0 ? ["all"] : filter)];
  },
  apply(o, context) {
    const options = o.options ?? {};
    const gone = neighboursOf(o, FLUSHED, context, options.family);
    const lines = neighbourLines(gone, o.dev === undefined, options);
    for (const entry of gone) {
      if (entry instanceof Neighbour) neighbourAdmin.remove(entry.device, entry.address);
      else context.namespace.neighbours.proxies.remove(entry.device, entry.address);
    }
    const statistics = options.statistics ?? 0;
    if (statistics === 0) return "";
    if (gone.length === 0) return "Nothing to flush.\n";
    const rounds = `\n*** Round 1, deleting ${gone.length} entries ***\n*** Flush is complete after 1 round ***\n`;
    return statistics > 1 ? lines + rounds : rounds;
  },
};
