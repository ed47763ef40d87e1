import type { NetworkNamespace } from "../../net/network-namespace.ts";
import type { EndpointSettings, PortMap } from "../api/network-types.ts";

/** A container's network stack (libnetwork's `Sandbox`): a namespace, and the endpoints that join it to networks. */
export interface Sandbox {
  /** 64 hexadecimal digits. */
  readonly id: string;
  /** `/var/run/docker/netns/` and the first twelve of them; `default` for the host's own. */
  readonly key: string;
  readonly namespace: NetworkNamespace;
  /** By the network's name, in the order of joining. */
  readonly endpoints: ReadonlyMap<string, EndpointSettings>;
  /** What is published now, by `80/tcp`. */
  readonly ports: PortMap;
  /** The texts of the files that follow the networks. */
  hostsFile(): string;
  resolvConf(): string;
}
