import type { EndpointSettings, PortMap } from "../api/network-types.ts";
import type { Sandbox } from "./sandbox.ts";

/** What a container that starts needs of its host's networks. */
export interface SandboxRequest {
  readonly containerId: string;
  /** Without a slash: the namespace shows under it (`host/web`). */
  readonly containerName: string;
  readonly hostname: string;
  readonly domainname: string;
  /** `host` shares the host's namespace, `none` has only a loopback device. */
  readonly mode: "own" | "host" | "none";
  readonly dns: readonly string[];
  readonly dnsSearch: readonly string[];
  readonly dnsOptions: readonly string[];
  /** `name:address`, as `--add-host` takes them. */
  readonly extraHosts: readonly string[];
}

/** What a container wishes when it joins a network. */
export interface EndpointRequest {
  readonly containerId: string;
  readonly containerName: string;
  /** Nobody chose the container's name, so that its neighbours do not find it by that. */
  readonly anonymous?: boolean;
  /** From `--ip`, `--network-alias`, `--link`. */
  readonly settings: Partial<EndpointSettings>;
  readonly macAddress: string | null;
  /** Ports that the image or the command exposes: `80/tcp`. */
  readonly exposed: readonly string[];
  /** The ids of the containers that this one is linked to: where containers may not talk, these may. */
  readonly linked?: readonly string[];
  /** What is to be published, on the network that publishes. */
  readonly bindings: PortMap;
  readonly publishAll: boolean;
}

/** The networks of a host, as its containers use them. @throws {DaemonError} in the engine's words. */
export interface ContainerNetworks {
  /** What a name, an id or the beginning of one names. */
  identify(ref: string): { readonly Id: string; readonly Name: string; readonly Driver: string };
  createSandbox(request: SandboxRequest): Sandbox;
  /**
   * `network` is a name or an id. Devices, addresses, routes, rules and names are there when it returns; the devices in a
   * sandbox that has just been made, and what needs them, with {@link populate}.
   */
  connect(sandbox: Sandbox, network: string, request: EndpointRequest): void;
  /** A container that starts has joined all its networks. */
  populate(sandbox: Sandbox): void;
  disconnect(sandbox: Sandbox, network: string): void;
  /** Its container has another name: its neighbours find it under that one from now on. */
  rename(sandbox: Sandbox, containerName: string): void;
  /** Sets what `--sysctl` asks for, when all devices are there; null, or what cannot be set, in the words of runc. */
  setSysctls(sandbox: Sandbox, sysctls: Readonly<Record<string, string>>): string | null;
  /** A name in a sandbox's /etc/hosts has another address from now on. */
  moveName(sandbox: Sandbox, name: string, address: string): void;
  /** Takes all endpoints and the namespace away. */
  deleteSandbox(sandbox: Sandbox): void;
}
