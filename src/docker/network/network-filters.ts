import { DaemonError } from "../api/daemon-error.ts";
import type { Filters } from "../api/docker-api.ts";
import { checkFilterKeys, matches } from "../filters.ts";
import { hasLabel } from "../labels.ts";
import type { Network } from "./network.ts";

const KEYS = ["dangling", "driver", "id", "idOrName", "label", "name", "scope", "type"];

/** Whether a network is one of those that `--filter` asks for; the values of one key are alternatives. */
export function networkMatches(network: Network, filters: Filters): boolean {
  return Object.entries(filters).every(([key, values]) =>
    key === "label" ? values.every((v) => fits(network, key, v)) : values.some((v) => fits(network, key, v)),
  );
}

/** Refuses what `docker network ls --filter` does not know. @throws {DaemonError} 400 */
export function checkNetworkFilters(filters: Filters): void {
  checkFilterKeys(filters, KEYS);
  const dangling = filters["dangling"] ?? [];
  if (dangling.length > 1) throw new DaemonError(400, 'got more than one value for filter key "dangling"');
  if (dangling.length > 0 && !["true", "1", "false", "0"].includes(dangling[0]!))
    throw new DaemonError(
      400,
      `invalid value for filter 'dangling', must be "true" (or "1"), or "false" (or "0")`,
    );
  const wrong = (filters["type"] ?? []).find((type) => type !== "builtin" && type !== "custom");
  if (wrong !== undefined) throw new DaemonError(400, `invalid filter: 'type'='${wrong}'`);
}

function fits(network: Network, key: string, value: string): boolean {
  switch (key) {
    case "driver":
      return network.driver.name === value;
    case "id":
      return matches(value, network.id);
    case "name":
      return matches(value, network.name);
    case "scope":
      return value === "local";
    case "type":
      return value === (network.predefined ? "builtin" : "custom");
    case "dangling":
      return (value === "true" || value === "1") === (!network.predefined && network.endpoints.size === 0);
    case "label":
      return hasLabel(network.request.Labels, value);
    case "idOrName":
      return matches(value, network.name) || matches(value, network.id);
    default:
      return true;
  }
}
