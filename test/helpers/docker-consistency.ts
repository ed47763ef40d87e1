import type { ContainerResource } from "../../src/docker/api/container-types.ts";
import type { DockerEngine } from "../../src/docker/engine.ts";
import type { NetworkController } from "../../src/docker/network/network-controller.ts";
import type { Host } from "../../src/net/host.ts";
import type { LabWorld } from "../../src/scenario/lab-world.ts";
import * as ip from "../../src/wire/ipv4-address.ts";

/** Whether a host is what its engine says of it: nothing is missing, and nothing is there that nobody knows of. */
export class Consistency {
  readonly #world: LabWorld;
  readonly #host: Host;
  readonly #engine: DockerEngine;
  #fresh = "";

  private constructor(world: LabWorld) {
    this.#world = world;
    this.#host = world.lab.host("host");
    this.#engine = world.docker("host")!;
  }

  /** @param world whose host `host` has an engine on which nothing has been done yet */
  static async of(world: LabWorld): Promise<Consistency> {
    const consistency = new Consistency(world);
    consistency.#fresh = await consistency.#state();
    return consistency;
  }

  /** What does not agree, in words. */
  faults(): string[] {
    const containers = this.#engine
      .containerList({ all: true })
      .map(({ Id }) => this.#engine.containerInspect(Id));
    return [
      ...this.#counts(containers),
      ...this.#endpoints(containers),
      ...this.#devices(),
      ...this.#sandboxes(containers),
      ...this.#ports(containers),
    ];
  }

  /** When all containers and networks are gone: in what the host is not as it was in the beginning. */
  async leftOvers(): Promise<string[]> {
    const [was, is] = [this.#fresh.split("\n"), (await this.#state()).split("\n")];
    // The first address is free again.
    const { output } = await this.#world.type("host", "docker run --rm alpine hostname -i");
    return [
      ...differ("the next address on docker0", output.trim(), "172.17.0.2"),
      ...was.filter((line) => !is.includes(line)).map((line) => `gone: ${line}`),
      ...is.filter((line) => !was.includes(line)).map((line) => `left: ${line}`),
    ];
  }

  async #state(): Promise<string> {
    const rules = this.#world.ask("host", "iptables-save");
    const bare = rules.replaceAll(/^#.*\n/gm, "").replaceAll(/ \[\d+:\d+\]$/gm, "");
    const { output } = await this.#world.type("host", "ip -br addr; ip route; ss -lntuH; ps ax -o args");
    // A bridge that has had a port keeps the address of IPv6 that it gave itself.
    const addresses = output.replaceAll(/ fe80::\S+/g, "");
    return `${bare}${addresses}${this.#host.allNamespaces.length} namespaces`;
  }

  #counts(containers: readonly ContainerResource[]): string[] {
    const info = this.#engine.info();
    const running = containers.filter(({ State }) => State.Running && !State.Paused).length;
    const said = [info["Containers"], info["ContainersRunning"], info["ContainersPaused"]];
    const paused = containers.filter(({ State }) => State.Paused).length;
    return differ("docker info", said, [containers.length, running, paused]);
  }

  /** What containers say of their networks is what networks say of their containers; no address is there twice. */
  #endpoints(containers: readonly ContainerResource[]): string[] {
    const byContainers = containers.flatMap(({ Id, NetworkSettings }) =>
      Object.entries(NetworkSettings.Networks)
        .filter(([, { EndpointID }]) => EndpointID !== "")
        .map(([name, { EndpointID, IPAddress }]) => `${name} ${Id} ${EndpointID} ${IPAddress}`),
    );
    const networks = this.#engine.networkList();
    const byNetworks = networks.flatMap(({ Name, Containers }) =>
      Object.entries(Containers).map(
        ([id, { EndpointID, IPv4Address }]) => `${Name} ${id} ${EndpointID} ${IPv4Address.split("/")[0]}`,
      ),
    );
    const twice = networks.flatMap(({ Name, Containers }) => {
      const addresses = Object.values(Containers).map(({ IPv4Address }) => IPv4Address);
      return addresses
        .filter((address, i) => address !== "" && addresses.indexOf(address) !== i)
        .map((address) => `${address} twice on ${Name}`);
    });
    return [...differ("endpoints", byContainers.sort(), byNetworks.sort()), ...twice];
  }

  /** The devices of the host are those of its networks. */
  #devices(): string[] {
    const networks = this.#engine.networkList();
    const bridges = networks.filter(({ Driver }) => Driver === "bridge");
    const names = bridges.map(({ Id, Options }) => Options["com.docker.network.bridge.name"] ?? bridgeOf(Id));
    const parents = networks.flatMap(({ Driver, Options }) =>
      Driver === "macvlan" ? [Options["parent"]!] : [],
    );
    const all = this.#host.root.devices.map(({ name }) => name);
    const ends = bridges.flatMap(({ Containers }) => Object.keys(Containers)).length;
    const rules = this.#world.ask("host", "iptables-save");
    const named = new Set(rules.match(/\bbr-[0-9a-f]{12}\b/g) ?? []);
    const isolated = rules.match(/^-A DOCKER-ISOLATION-STAGE-2 -o /gm)?.length ?? 0;
    const open = bridges.filter(({ Internal }) => !Internal).length;
    return [
      ...differ(
        "devices",
        all.filter((name) => !name.startsWith("veth")).sort(),
        ["lo", "eth0", ...names, ...parents].sort(),
      ),
      ...differ("ends of veth pairs", all.filter((name) => name.startsWith("veth")).length, ends),
      ...differ("bridges in rules", [...named].sort(), names.filter((name) => name.startsWith("br-")).sort()),
      ...differ("isolated bridges", isolated, open),
    ];
  }

  /** Each running container has the namespace that it says, with its addresses, and no other namespace is there. */
  #sandboxes(containers: readonly ContainerResource[]): string[] {
    const own = containers.filter(
      ({ State, NetworkSettings, HostConfig }) =>
        State.Running &&
        !State.Restarting &&
        !HostConfig.NetworkMode.startsWith("container:") &&
        !NetworkSettings.SandboxKey.endsWith("/default"),
    );
    const keys = own.map(({ NetworkSettings }) => NetworkSettings.SandboxKey.replace("/var/run/", "/run/"));
    const inside = own.flatMap(({ Name, NetworkSettings }) => {
      const namespace = this.#host.boundNamespace(NetworkSettings.SandboxKey);
      const devices = namespace?.devices.filter(({ name }) => name !== "lo") ?? [];
      const addresses = devices.flatMap(({ ipv4 }) =>
        ipv4.addresses.map(({ address }) => ip.format(address)),
      );
      const said = Object.values(NetworkSettings.Networks).flatMap(({ IPAddress }) => IPAddress || []);
      return differ(`addresses of ${Name}`, addresses.sort(), said.sort());
    });
    return [...differ("namespaces", [...this.#host.boundNamespaces.keys()].sort(), keys.sort()), ...inside];
  }

  /** What is published has its rule and its socket, and nothing else has. */
  #ports(containers: readonly ContainerResource[]): string[] {
    const published = containers.flatMap(({ NetworkSettings }) =>
      Object.entries(NetworkSettings.Ports).flatMap(([port, bindings]) =>
        (bindings ?? []).map(({ HostIp, HostPort }) => ({ port, HostIp, HostPort })),
      ),
    );
    const ipv4 = published.filter(({ HostIp }) => !HostIp.includes(":"));
    const rules = [
      ...this.#world.ask("host", "iptables-save -t nat").matchAll(/ --dport (\d+) -j DNAT --to-destination/g),
    ].map(([, port]) => port!);
    const { sockets, tcp } = this.#host.root;
    // Servers in the host's own namespace have sockets there too, as have those that share it.
    const ownSockets = containers.some(
      ({ State, HostConfig }) => State.Running && /^(host|container:)/.test(HostConfig.NetworkMode),
    );
    const listening = [...tcp.ports.listeners].length + [...sockets.listUdp()].length;
    const listening6 = sockets.ipv6.list("tcp").length + sockets.ipv6.list("udp").length;
    return [
      ...differ("rules of published ports", rules.sort(), ipv4.map(({ HostPort }) => HostPort).sort()),
      ...(ownSockets ? [] : differ("sockets of published ports", listening, ipv4.length)),
      ...(ownSockets ? [] : differ("sockets of IPv6", listening6, published.length - ipv4.length)),
      ...differ(
        "ports given out",
        (this.#engine.networks as NetworkController).publishedPorts,
        published.length,
      ),
    ];
  }
}

function bridgeOf(id: string): string {
  return `br-${id.slice(0, 12)}`;
}

function differ(what: string, is: unknown, should: unknown): string[] {
  const [a, b] = [JSON.stringify(is), JSON.stringify(should)];
  return a === b ? [] : [`${what}: ${a} is there, ${b} should be`];
}
