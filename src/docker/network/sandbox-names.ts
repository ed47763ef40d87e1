import type { Upstream } from "../../programs/resolver/ask-server.ts";
import type { NamesBackend } from "../dns/embedded-resolver.ts";
import type { Network } from "./network.ts";
import type { NetworkSandbox } from "./network-sandbox.ts";

/** What the names mean that a container's neighbours have, on the networks of its sandbox (libnetwork's resolver backend). */
export class NamesOfSandbox implements NamesBackend {
  readonly #sandbox: NetworkSandbox;

  constructor(sandbox: NetworkSandbox) {
    this.#sandbox = sandbox;
  }

  get upstream(): readonly Upstream[] {
    return this.#sandbox.upstream;
  }

  get ndotsSet(): boolean {
    return this.#sandbox.ndotsSet;
  }

  resolve(name: string): readonly number[] {
    const endpoints = this.#sandbox.ranked;
    // `a.b.c` may be a container on any network, or `a.b` on the network `c`, or `a` on `b.c`.
    // Letter case counts in the name of a network, not in that of a container.
    for (const [whole, network] of splits(name)) {
      const host = whole.toLowerCase();
      const there = endpoints.filter((e) => network === null || e.network.name === network);
      for (const { linkAliases, network: of } of there) {
        const target = linkAliases.get(host);
        const found = target === undefined ? [] : addressesOf(of, target.toLowerCase());
        if (found.length > 0) return found;
      }
      for (const { linkAliases, network: of } of there) {
        const found = linkAliases.has(host) ? [] : addressesOf(of, host);
        if (found.length > 0) return found;
      }
    }
    return [];
  }

  reverse(address: number): string | null {
    for (const { network } of this.#sandbox.ranked)
      for (const other of network.endpoints.values())
        if (other.address?.address === address && other.names.length > 0)
          return `${other.names[0]}.${network.name}`;
    return null;
  }
}

function splits(name: string): [host: string, network: string | null][] {
  const parts = name.split(".");
  const all: [string, string | null][] = [[name, null]];
  for (let i = parts.length - 1; i > 0; i--)
    all.push([parts.slice(0, i).join("."), parts.slice(i).join(".")]);
  return all;
}

/** All that have the name or alias on a network. */
function addressesOf(network: Network, name: string): number[] {
  const found: number[] = [];
  for (const endpoint of network.endpoints.values()) {
    if (endpoint.address === null || endpoint.device === null) continue;
    if (endpoint.names.some((each) => each.toLowerCase() === name)) found.push(endpoint.address.address);
  }
  return found;
}
