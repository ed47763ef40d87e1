import type { NetworkNamespace } from "../../net/network-namespace.ts";

/** The names of one sandbox, as its embedded name server knows them (libnetwork's resolver backend). */
export interface SandboxNames {
  /**
   * The addresses (int32) of a name on the networks of this container, or of `name.network`; empty: nobody has it.
   * Letter case does not count. The server shuffles them where there are several.
   */
  resolve(name: string): readonly number[];
  /** `c4.test-net` for an address of a neighbour; null: nobody's. */
  reverse(address: number): string | null;
  /** The servers that are asked what nobody here knows, in their order. */
  readonly upstream: readonly Upstream[];
}

/** A name server outside. */
export interface Upstream {
  /** Int32. */
  readonly address: number;
  /**
   * Where questions to it are sent from: the container's own namespace, so that its networks decide; or the host's, for a
   * server that the host has on its own loopback address.
   */
  readonly from: NetworkNamespace;
}

/** A name server that listens inside a sandbox. */
export interface RunningDns {
  /** The ports on 127.0.0.11 that it listens on: random. */
  readonly udpPort: number;
  readonly tcpPort: number;
  stop(): void;
}

/** Starts the name server of a sandbox, listening on 127.0.0.11. */
export type StartDns = (sandbox: NetworkNamespace, names: SandboxNames) => RunningDns;
