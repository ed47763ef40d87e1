import type { DockerApi } from "../api/docker-api.ts";
import type { ContainerNetworks } from "./container-networks.ts";

/** The network half of an engine: what the client asks of networks, and what containers need of them. */
export interface NetworkBackend
  extends ContainerNetworks,
    Pick<DockerApi, "networkList" | "networkInspect" | "networkCreate" | "networkRemove" | "networkPrune"> {
  /** Takes the options of a daemon.json for what comes: those of networks, all others by their defaults. */
  configure(file: Readonly<Record<string, unknown>>): void;
  /** The engine starts again, with no container on any network: its chains and the default bridge are made anew. */
  restart(): void;
}
