import type { Nanos } from "../sim/time.ts";
import { DaemonError } from "./api/daemon-error.ts";
import type { Filters } from "./api/docker-api.ts";
import { checkFilterKeys } from "./filters.ts";
import { hasLabel } from "./labels.ts";
import { instantOf } from "./timestamps.ts";

/** What can be pruned, as a filter sees it. */
interface Prunable {
  readonly labels: Readonly<Record<string, string>>;
  readonly createdAt: Nanos;
}

/**
 * Reads the filters of a `prune`: `label`, `label!` and, where things are pruned by age, `until`.
 * @param keys what else it may say, whoever minds that
 * @throws {DaemonError} 400
 */
export function pruneFilter(
  filters: Filters,
  now: Nanos,
  keys: readonly string[] = ["until"],
): (one: Prunable) => boolean {
  checkFilterKeys(filters, ["label", "label!", ...keys]);
  const untils = filters["until"] ?? [];
  if (untils.length > 1) throw new DaemonError(400, "more than one until filter specified");
  const until = untils[0] === undefined ? Number.POSITIVE_INFINITY : instantOf(untils[0], now);
  if (until === null) throw new DaemonError(400, `failed to parse value as time or duration: "${untils[0]}"`);
  const [wanted, unwanted] = [filters["label"] ?? [], filters["label!"] ?? []];
  return ({ labels, createdAt }) =>
    createdAt <= until &&
    wanted.every((label) => hasLabel(labels, label)) &&
    !unwanted.some((label) => hasLabel(labels, label));
}
