import type { Prng } from "../../base/prng.ts";
import type { Host } from "../../net/host.ts";
import { NetworkNamespace } from "../../net/network-namespace.ts";
import { DaemonError } from "../api/daemon-error.ts";
import type { EndpointSettings, NetworkResource } from "../api/network-types.ts";
import { newId } from "../ids.ts";
import { rfc3339 } from "../timestamps.ts";
import type { EndpointRequest, SandboxRequest } from "./container-networks.ts";
import type { NetworkBackend } from "./network-backend.ts";
import type { Sandbox } from "./sandbox.ts";

/** Networks without devices: what an engine has while it has no drivers. */
export class BareNetworks implements NetworkBackend {
  readonly #host: Host;
  readonly #prng: Prng;
  readonly #networks: NetworkResource[] = [];

  constructor(host: Host) {
    this.#host = host;
    this.#prng = host.world.prng.fork(`docker/${host.name}/networks`);
    for (const [name, driver] of [
      ["bridge", "bridge"],
      ["host", "host"],
      ["none", "null"],
    ] as const)
      this.#add(name, driver);
  }

  networkList(): NetworkResource[] {
    return [...this.#networks];
  }
  networkInspect(ref: string): NetworkResource {
    const found =
      this.#networks.find((one) => one.Name === ref || one.Id === ref) ??
      this.#networks.find((one) => one.Id.startsWith(ref));
    if (found === undefined) throw new DaemonError(404, `network ${ref} not found`);
    return found;
  }
  networkCreate(request: { Name: string; Driver: string }): { Id: string; Warning: string } {
    return { Id: this.#add(request.Name, request.Driver), Warning: "" };
  }
  networkRemove(ref: string): void {
    this.#networks.splice(this.#networks.indexOf(this.networkInspect(ref)), 1);
  }
  networkPrune(): { NetworksDeleted: string[] } {
    return { NetworksDeleted: [] };
  }
  createSandbox(request: SandboxRequest): Sandbox {
    const id = newId(this.#prng);
    const host = request.mode === "host";
    const namespace = host ? this.#host.root : new NetworkNamespace(this.#host, request.containerName);
    if (!host) namespace.loopback.setUp(true);
    return {
      id,
      key: `/var/run/docker/netns/${host ? "default" : id.slice(0, 12)}`,
      namespace,
      endpoints: new Map<string, EndpointSettings>(),
      ports: {},
      hostsFile: () => "127.0.0.1\tlocalhost\n",
      resolvConf: () => "",
    };
  }
  connect(_sandbox: Sandbox, network: string, _request: EndpointRequest): void {
    this.networkInspect(network);
  }
  disconnect(): void {}
  deleteSandbox(sandbox: Sandbox): void {
    if (sandbox.namespace !== this.#host.root) sandbox.namespace.destroy();
  }

  #add(Name: string, Driver: string): string {
    const Id = newId(this.#prng);
    this.#networks.push({
      Name,
      Id,
      Created: rfc3339(this.#host.world.now),
      Scope: "local",
      Driver,
      EnableIPv6: false,
      IPAM: { Driver: "default", Options: null, Config: [] },
      Internal: false,
      Attachable: false,
      Ingress: false,
      ConfigFrom: { Network: "" },
      ConfigOnly: false,
      Containers: {},
      Options: {},
      Labels: {},
    });
    return Id;
  }
}
