import type { EndpointSettings } from "../api/network-types.ts";
import { shortId } from "../ids.ts";
import type { Container } from "./container.ts";

/** On a network of one's own a container is also found under the beginning of its id, and under a host name of its own. */
export function withOwnNames(
  wish: Partial<EndpointSettings>,
  { id, name, config }: Container,
): Partial<EndpointSettings> {
  const aliases = wish.Aliases ?? [];
  const own = [shortId(id), ...(config.Hostname === name ? [] : [config.Hostname])];
  const missing = own.filter((alias) => alias !== "" && !aliases.includes(alias));
  return missing.length === 0 ? wish : { ...wish, Aliases: [...new Set([...aliases, ...missing])] };
}
