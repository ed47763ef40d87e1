import type { Nanos } from "../../sim/time.ts";
import type {
  ContainerResource,
  ContainerSizes,
  ContainerState,
  ContainerSummary,
  NetworkSettings,
} from "../api/container-types.ts";
import type { EndpointSettings, PortMap } from "../api/network-types.ts";
import { inKeyOrder } from "../key-order.ts";
import { NEVER, rfc3339, unixSeconds } from "../timestamps.ts";
import type { Container } from "./container.ts";
import type { LinkIndex } from "./link-index.ts";
import { layerOf } from "./places.ts";
import { statusText } from "./status-text.ts";

/** What a container's description needs that it does not know itself. */
interface Surroundings {
  readonly links: LinkIndex;
}

function stateOf(container: Container): ContainerState {
  const { health } = container;
  return {
    Status: statusOf(container),
    Running: container.running,
    Paused: container.paused,
    Restarting: container.restarting,
    OOMKilled: false,
    Dead: false,
    Pid: container.running && !container.restarting ? (container.process?.pid ?? 0) : 0,
    ExitCode: container.exitCode,
    Error: container.error,
    StartedAt: timeOf(container.startedAt),
    FinishedAt: timeOf(container.finishedAt),
    ...(health === null ? {} : { Health: { ...health, Log: [...health.Log] } }),
  };
}

function timeOf(at: Nanos | null): string {
  return at === null ? NEVER : rfc3339(at);
}

/** moby container/state.go, StateString. */
export function statusOf(container: Container): ContainerState["Status"] {
  if (container.running) {
    if (container.paused) return "paused";
    return container.restarting ? "restarting" : "running";
  }
  if (container.removing) return "removing";
  return container.startedAt === null ? "created" : "exited";
}

/** What a container knows of a network that it is not on at the moment. */
function absent(wish: Partial<EndpointSettings>, id: string): EndpointSettings {
  return {
    IPAMConfig: wish.IPAMConfig ?? null,
    Links: wish.Links ?? null,
    Aliases: wish.Aliases ?? null,
    NetworkID: id,
    EndpointID: "",
    Gateway: "",
    IPAddress: "",
    IPPrefixLen: 0,
    IPv6Gateway: "",
    GlobalIPv6Address: "",
    GlobalIPv6PrefixLen: 0,
    MacAddress: "",
    DriverOpts: wish.DriverOpts ?? null,
  };
}

function endpointsOf(container: Container): Record<string, EndpointSettings> {
  const networks: Record<string, EndpointSettings> = {};
  for (const [name, wish] of container.wishes) {
    const joined = container.sandbox?.endpoints.get(name);
    // Before it was on a network for the first time the engine has not looked that up.
    networks[name] = joined === undefined ? absent(wish, wish.NetworkID ?? "") : { ...joined };
  }
  return inKeyOrder(networks);
}

function networkSettings(container: Container): NetworkSettings {
  const { sandbox, lastSandbox } = container;
  const Networks = endpointsOf(container);
  // The fields of old, which tell of the default bridge only.
  const bridge =
    container.hostConfig.NetworkMode === "default" || Networks["bridge"] !== undefined
      ? Networks["bridge"]
      : undefined;
  return {
    Bridge: "",
    SandboxID: lastSandbox.id,
    HairpinMode: false,
    LinkLocalIPv6Address: "",
    LinkLocalIPv6PrefixLen: 0,
    Ports: portsOf(container),
    SandboxKey: lastSandbox.key,
    SecondaryIPAddresses: null,
    SecondaryIPv6Addresses: null,
    EndpointID: sandbox === null ? "" : (bridge?.EndpointID ?? ""),
    Gateway: bridge?.Gateway ?? "",
    GlobalIPv6Address: bridge?.GlobalIPv6Address ?? "",
    GlobalIPv6PrefixLen: bridge?.GlobalIPv6PrefixLen ?? 0,
    IPAddress: bridge?.IPAddress ?? "",
    IPPrefixLen: bridge?.IPPrefixLen ?? 0,
    IPv6Gateway: bridge?.IPv6Gateway ?? "",
    MacAddress: bridge?.MacAddress ?? "",
    Networks,
  };
}

/** What is published now; what is only exposed stands there with null. */
function portsOf(container: Container): PortMap {
  return container.sandbox === null ? {} : inKeyOrder({ ...container.sandbox.ports });
}

export function resourceOf(container: Container, { links }: Surroundings): ContainerResource {
  const { id, config, hostConfig } = container;
  const [path = "", ...args] = container.argv;
  const folder = `/var/lib/docker/containers/${id}`;
  const begun = container.lastSandbox.id !== "" || container.startedAt !== null;
  const files = (name: string): string => (begun ? `${folder}/${name}` : "");
  const layer = layerOf(id);
  return {
    Id: id,
    Created: rfc3339(container.created),
    Path: path,
    Args: args,
    State: stateOf(container),
    Image: container.image.id,
    ResolvConfPath: files("resolv.conf"),
    HostnamePath: files("hostname"),
    HostsPath: files("hosts"),
    LogPath: begun && hostConfig.LogConfig.Type === "json-file" ? `${folder}/${id}-json.log` : "",
    Name: `/${container.name}`,
    RestartCount: container.restartCount,
    Driver: "overlay2",
    Platform: "linux",
    MountLabel: "",
    ProcessLabel: "",
    AppArmorProfile: "",
    ExecIDs: container.execs.size === 0 ? null : [...container.execs.keys()],
    HostConfig: { ...hostConfig, Links: linksOf(links.of(container)) },
    GraphDriver: {
      Data: {
        LowerDir: `${layer}-init/diff:/var/lib/docker/overlay2/${container.image.id.slice(7)}/diff`,
        MergedDir: `${layer}/merged`,
        UpperDir: `${layer}/diff`,
        WorkDir: `${layer}/work`,
      },
      Name: "overlay2",
    },
    Mounts: [...container.mounts],
    Config: config,
    NetworkSettings: networkSettings(container),
  };
}

/** How much a container has written, and how much there is of its files. */
export function sizesOf({ image, system }: Container): Required<ContainerSizes> {
  const SizeRw = system?.layer().size ?? 0;
  return { SizeRw, SizeRootFs: image.size + SizeRw };
}

/** The links on docker0 as `/db:/web/database`; those on other networks stand with the endpoint. */
function linksOf(links: ReturnType<LinkIndex["of"]>): string[] | null {
  if (links.length === 0) return null;
  return links.map(({ parent, child, alias }) => `/${child.name}:/${parent.name}/${alias}`);
}

export function summaryOf(container: Container, now: Nanos, { links }: Surroundings): ContainerSummary {
  const { config } = container;
  const mode = container.hostConfig.NetworkMode;
  return {
    Id: container.id,
    Names: links.namesOf(container),
    Image: config.Image,
    ImageID: container.image.id,
    Command: commandText(container.argv),
    Created: unixSeconds(container.created),
    Ports: listedPorts(container),
    Labels: { ...config.Labels },
    State: statusOf(container),
    Status: statusText(container, now),
    HostConfig: { NetworkMode: mode },
    NetworkSettings: { Networks: endpointsOf(container) },
    Mounts: [...container.mounts],
  };
}

/** moby container/view.go: the path and its arguments, those with blanks in quotes. */
function commandText(argv: readonly string[]): string {
  const [path = "", ...args] = argv;
  return [path, ...args.map((word) => (word.includes(" ") ? `'${word}'` : word))].join(" ");
}

function listedPorts(container: Container): ContainerSummary["Ports"] {
  const listed: ContainerSummary["Ports"] = [];
  const ports: PortMap = portsOf(container);
  for (const [key, bindings] of Object.entries(ports)) {
    const [port, type] = key.split("/");
    if (bindings === null) listed.push({ PrivatePort: Number(port), Type: type! });
    else
      for (const { HostIp, HostPort } of bindings)
        listed.push({ IP: HostIp, PrivatePort: Number(port), PublicPort: Number(HostPort), Type: type! });
  }
  return listed;
}
