import type { Filters } from "../api/docker-api.ts";
import type { Network } from "./network.ts";

/** Whether a network is one of those that `--filter` asks for; the values of one key are alternatives. */
export function networkMatches(network: Network, filters: Filters): boolean {
  return Object.entries(filters).every(([key, values]) =>
    key === "label" ? values.every((v) => fits(network, key, v)) : values.some((v) => fits(network, key, v)),
  );
}

function fits(network: Network, key: string, value: string): boolean {
  switch (key) {
    case "driver":
      return network.driver.name === value;
    case "id":
      return network.id.startsWith(value);
    case "name":
      return network.name.includes(value);
    case "scope":
      return value === "local";
    case "type":
      return value === (network.predefined ? "builtin" : "custom");
    case "dangling":
      return (value === "true" || value === "1") === (!network.predefined && network.endpoints.size === 0);
    case "label":
      return hasLabel(network, value);
    case "label!":
      return !hasLabel(network, value);
    default:
      return true;
  }
}

function hasLabel(network: Network, wanted: string): boolean {
  const [key = "", ...rest] = wanted.split("=");
  const value = network.request.Labels[key];
  return value !== undefined && (rest.length === 0 || value === rest.join("="));
}
