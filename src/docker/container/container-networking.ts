import { DaemonError } from "../api/daemon-error.ts";
import type { EndpointSettings } from "../api/network-types.ts";
import type { EventLog } from "../event-log.ts";
import type { NetworkBackend } from "../network/network-backend.ts";
import { checkConnect, checkDisconnect } from "./connect-checks.ts";
import type { Container } from "./container.ts";
import type { ContainerStore } from "./container-store.ts";
import { type LinkIndex, linkedHosts } from "./link-index.ts";
import { withOwnNames } from "./own-names.ts";
import { SandboxFiles } from "./sandbox-files.ts";

interface NetworkingParts {
  readonly store: ContainerStore;
  readonly networks: NetworkBackend;
  readonly events: EventLog;
}

/** The containers of an engine on its networks (moby daemon, container_operations.go): their sandboxes and what they wish of networks. */
export class ContainerNetworking {
  readonly #parts: NetworkingParts;

  constructor(parts: NetworkingParts) {
    this.#parts = parts;
  }

  /** Makes the sandbox of a container that starts, and joins it to every network that it wishes. @throws {DaemonError} */
  join(container: Container): void {
    const { networks, store } = this.#parts;
    const { config, hostConfig } = container;
    const kind = container.networkKind;
    if (kind === "container") {
      const ref = hostConfig.NetworkMode.slice("container:".length);
      const other = store.find(ref);
      if (other === null) throw new DaemonError(404, `No such container: ${ref}`);
      if (other === container) throw new DaemonError(409, "cannot join own network");
      if (!other.running || this.sandboxOf(other) === null)
        throw new DaemonError(409, `cannot join network of a non running container: ${ref}`);
      if (other.restarting)
        throw new DaemonError(409, `Container ${ref} is restarting, wait until the container is running`);
      return;
    }
    const sandbox = networks.createSandbox({
      containerId: container.id,
      containerName: container.name,
      hostname: config.Hostname,
      domainname: config.Domainname,
      mode: kind,
      dns: hostConfig.Dns,
      dnsSearch: hostConfig.DnsSearch,
      dnsOptions: hostConfig.DnsOptions,
      extraHosts: [...(hostConfig.ExtraHosts ?? []), ...linkedHosts(this.linksOf(container))],
    });
    container.sandbox = sandbox;
    container.lastSandbox = { id: sandbox.id, key: sandbox.key };
    for (const network of container.wishes.inOrder) this.#connect(container, network);
    networks.populate(sandbox);
    this.#tellParents(container);
  }

  /** Its links to others, as far as it is on the network on which links mean anything. */
  linksOf(container: Container): ReturnType<LinkIndex["of"]> {
    return container.wishes.has("bridge") ? this.#parts.store.links.of(container) : [];
  }

  /** Whoever is linked to a container that starts finds its new address in /etc/hosts. */
  #tellParents(container: Container): void {
    const address = container.sandbox?.endpoints.get("bridge")?.IPAddress;
    if (address === undefined) return;
    for (const { parent, alias } of this.#parts.store.links.to(container)) {
      if (parent.sandbox === null) continue;
      this.#parts.networks.moveName(parent.sandbox, alias, address);
      this.#refreshFiles(parent);
    }
  }

  /** `docker network connect`: at once where it runs, else when it starts. @throws {DaemonError} */
  connectTo(ref: string, container: Container, settings: Partial<EndpointSettings>): void {
    const network = this.#parts.networks.identify(ref);
    checkConnect(container, network);
    const { wishes, sandbox } = container;
    const before = wishes.get(network.Name);
    // A stopped container that is connected already stays as it was.
    if (sandbox === null && before !== undefined) return;
    const predefined = ["bridge", "host", "none"].includes(network.Name);
    wishes.set(network.Name, predefined ? settings : withOwnNames(settings, container));
    if (sandbox === null) return;
    try {
      this.#connect(container, network.Name);
    } catch (error) {
      if (before === undefined) wishes.delete(network.Name);
      else wishes.set(network.Name, before);
      throw error;
    }
    this.#refreshFiles(container);
  }

  /**
   * `docker network disconnect`. What a stopped container was to join is known by its name alone, and so it is with `force`
   * where there is no such network. @throws {DaemonError}
   */
  disconnectFrom(ref: string, container: Container, force: boolean): void {
    const { networks, events } = this.#parts;
    const { wishes } = container;
    const tell = ({ Id, Name, Driver }: ReturnType<NetworkBackend["identify"]>): void =>
      events.add("network", "disconnect", Id, { container: container.id, name: Name, type: Driver });
    if (!container.running || (force && !this.#isThere(ref))) {
      const name = this.#isThere(ref) ? networks.identify(ref).Name : ref;
      if (!wishes.delete(name))
        throw new DaemonError(500, `container ${container.id} is not connected to the network ${name}`);
      if (this.#isThere(ref)) tell(networks.identify(ref));
      return;
    }
    const network = networks.identify(ref);
    checkDisconnect(container, network);
    networks.disconnect(container.sandbox!, network.Name);
    // Of one that runs the engine tells it twice.
    tell(network);
    tell(network);
    this.#refreshFiles(container);
    wishes.delete(network.Name);
  }

  #isThere(ref: string): boolean {
    try {
      this.#parts.networks.identify(ref);
      return true;
    } catch (error) {
      if (!(error instanceof DaemonError) || error.status !== 404) throw error;
      return false;
    }
  }

  /** Joins the sandbox of a running container to a network that it wishes. @throws {DaemonError} */
  #connect(container: Container, network: string): void {
    const { config, hostConfig, wishes } = container;
    const publishes = container.networkKind === "own";
    // A network that it was on before is known by its id: another of that name is not it.
    const known = ["bridge", "host", "none"].includes(network) ? "" : (wishes.get(network)?.NetworkID ?? "");
    const { Id, Driver, Name } = this.#parts.networks.identify(known === "" ? network : known);
    if (publishes && Name !== "bridge" && Driver !== "null")
      wishes.set(network, withOwnNames(wishes.get(network) ?? {}, container));
    this.#parts.networks.connect(container.sandbox!, network, {
      containerId: container.id,
      containerName: container.name,
      // On docker0 nobody is found by name (CreateOptionAnonymous).
      anonymous: container.anonymous || Name === "bridge",
      settings: wishes.get(network) ?? {},
      macAddress: this.#isPrimary(container, network) ? (config.MacAddress ?? null) : null,
      exposed: Object.keys(config.ExposedPorts ?? {}),
      linked: Name === "bridge" ? this.linksOf(container).map(({ child }) => child.id) : [],
      bindings: publishes ? hostConfig.PortBindings : {},
      publishAll: publishes && hostConfig.PublishAllPorts,
    });
    wishes.set(network, { ...wishes.get(network), NetworkID: Id });
    this.#parts.events.add("network", "connect", Id, { container: container.id, name: Name, type: Driver });
  }

  /** Whether it is the network that the container was made for: what `--mac-address` asks for holds there. */
  #isPrimary({ hostConfig }: Container, network: string): boolean {
    const { NetworkMode } = hostConfig;
    const { networks } = this.#parts;
    const primary = NetworkMode === "" || NetworkMode === "default" ? "bridge" : NetworkMode;
    return network === primary || networks.identify(network).Id === networks.identify(primary).Id;
  }

  /** The sandbox that it uses, which may be another container's. */
  sandboxOf(container: Container): Container["sandbox"] {
    if (container.networkKind !== "container") return container.sandbox;
    const other = this.#parts.store.find(container.hostConfig.NetworkMode.slice("container:".length));
    return other === null || other === container ? null : this.sandboxOf(other);
  }

  /** Writes the files that follow the networks, for a container that starts. */
  writeFiles(container: Container): void {
    const sandbox = this.sandboxOf(container);
    if (sandbox !== null && container.system !== null)
      SandboxFiles.of(container).write(sandbox, container.system.files);
  }

  /** Changes them when its networks have changed: whoever shares its sandbox has these files from it. */
  #refreshFiles(container: Container): void {
    const { sandbox } = container;
    if (sandbox === null) return;
    for (const other of [
      container,
      ...this.#parts.store.all.filter((one) => one.networkKind === "container"),
    ])
      if (other.system !== null && this.sandboxOf(other) === sandbox)
        SandboxFiles.of(other).write(sandbox, other.system.files);
  }

  /** Takes the sandbox of a container that ended off all networks, and away. */
  leave(container: Container): void {
    const { sandbox } = container;
    container.sandbox = null;
    if (sandbox === null) return;
    const { networks, events } = this.#parts;
    const joined = [...sandbox.endpoints.keys()];
    networks.deleteSandbox(sandbox);
    for (const name of joined) {
      const { Id, Driver } = networks.identify(name);
      events.add("network", "disconnect", Id, { container: container.id, name, type: Driver });
    }
  }
}
