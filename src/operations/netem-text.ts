import type { Netem } from "../net/qdisc/netem.ts";
import { formatG } from "./format-g.ts";
import type { JsonObject } from "./json.ts";
import { formatParts, formatRate, formatTime, nanosToMicros, partsToJson, WHOLE } from "./tc-units.ts";

/** What `tc qdisc show` prints of a netem behind `refcnt 2` (netem_print_opt). */
export function netemText(netem: Netem): string {
  const words = [`limit ${netem.limit}`];
  const chance = (key: string, parts: number, correlation: number): void => {
    if (parts === 0) return;
    words.push(` ${key} ${formatParts(parts)}${correlation === 0 ? "" : ` ${formatParts(correlation)}`}`);
  };
  if (netem.latency !== 0) {
    words.push(` delay ${formatTime(nanosToMicros(netem.latency))}`);
    if (netem.jitter !== 0) {
      words.push(`  ${formatTime(nanosToMicros(netem.jitter))}`);
      if (netem.delayChance.rho !== 0) words.push(` ${formatParts(netem.delayChance.rho)}`);
    }
  }
  const model = netem.lossModel?.settings;
  if (model?.model === "state") {
    const part = (key: "p13" | "p31" | "p32" | "p23" | "p14"): string => `${key} ${formatParts(model[key])}`;
    words.push(` loss state ${part("p13")} ${part("p31")} ${part("p32")} ${part("p23")} ${part("p14")}`);
  } else if (model?.model === "gemodel") {
    words.push(` loss gemodel p ${formatParts(model.p)} r ${formatParts(model.r)}`);
    words.push(` 1-h ${formatParts(WHOLE - model.h)} 1-k ${formatParts(model.k1)}`);
  } else chance("loss", netem.loss, netem.lossChance.rho);
  chance("duplicate", netem.duplicate, netem.duplicateChance.rho);
  chance("reorder", netem.reorder, netem.reorderChance.rho);
  chance("corrupt", netem.corrupt, netem.corruptChance.rho);
  if (netem.rate !== 0) {
    words.push(` rate ${formatRate(netem.rate)}`);
    if (netem.packetOverhead !== 0) words.push(` packetoverhead ${netem.packetOverhead}`);
    if (netem.cellSize !== 0) words.push(` cellsize ${netem.cellSize}`);
    if (netem.cellOverhead !== 0) words.push(` celloverhead ${netem.cellOverhead}`);
  }
  if (netem.ecn) words.push(" ecn ");
  if (netem.gap !== 0) words.push(` gap ${netem.gap}`);
  return words.join("");
}

/** The same with `-json`. */
export function netemJson(netem: Netem): JsonObject {
  const chance = (key: string, parts: number, correlation: number): JsonObject | undefined =>
    parts === 0 ? undefined : { [key]: partsToJson(parts), correlation: partsToJson(correlation) };
  const seconds = (nanos: number): number => Number(formatG(nanosToMicros(nanos) / 1_000_000, 6));
  const model = netem.lossModel?.settings;
  return {
    limit: netem.limit,
    delay:
      netem.latency === 0
        ? undefined
        : {
            delay: seconds(netem.latency),
            jitter: seconds(netem.jitter),
            correlation: partsToJson(netem.delayChance.rho),
          },
    "loss-random": model === undefined ? chance("loss", netem.loss, netem.lossChance.rho) : undefined,
    "loss-state":
      model?.model === "state"
        ? {
            p13: partsToJson(model.p13),
            p31: partsToJson(model.p31),
            p32: partsToJson(model.p32),
            p23: partsToJson(model.p23),
            p14: partsToJson(model.p14),
          }
        : undefined,
    "loss-gemodel":
      model?.model === "gemodel"
        ? {
            p: partsToJson(model.p),
            r: partsToJson(model.r),
            "1-h": partsToJson(WHOLE - model.h),
            "1-k": partsToJson(model.k1),
          }
        : undefined,
    duplicate: chance("duplicate", netem.duplicate, netem.duplicateChance.rho),
    reorder: chance("reorder", netem.reorder, netem.reorderChance.rho),
    corrupt: chance("corrupt", netem.corrupt, netem.corruptChance.rho),
    rate:
      netem.rate === 0
        ? undefined
        : {
            rate: netem.rate,
            packetoverhead: netem.packetOverhead,
            cellsize: netem.cellSize,
            celloverhead: netem.cellOverhead,
          },
    ecn: netem.ecn,
    gap: netem.gap,
  };
}
