import type { Prng } from "../../base/prng.ts";
import type { Host } from "../../net/host.ts";
import type { Toolbox } from "../../operations/toolbox.ts";
import * as ip from "../../wire/ipv4-address.ts";
import { DaemonError } from "../api/daemon-error.ts";
import type { Filters } from "../api/docker-api.ts";
import type { NetworkCreateRequest, NetworkResource } from "../api/network-types.ts";
import type { startEmbeddedDns } from "../dns/embedded-resolver.ts";
import { newId } from "../ids.ts";
import { pruneFilter } from "../prune-filters.ts";
import type { EndpointRequest, SandboxRequest } from "./container-networks.ts";
import { type DaemonOptions, daemonOptionsOf } from "./daemon-options.ts";
import { defaultBridgeRequest } from "./default-networks.ts";
import { DriverHost } from "./driver-host.ts";
import { BridgeDriver } from "./drivers/bridge-driver.ts";
import { arrangeUserChain } from "./drivers/bridge-rules.ts";
import { ParentDriver } from "./drivers/parent-driver.ts";
import { hostDriver, nullDriver } from "./drivers/plain-drivers.ts";
import { AddressSpace, LOCAL_POOLS, overlap } from "./ipam/address-space.ts";
import { IpamAllocation, isIpv6 } from "./ipam/ipam-allocation.ts";
import type { IpamDriver, Subnet } from "./ipam/ipam-driver.ts";
import { nullIpam } from "./ipam/null-ipam.ts";
import { Network } from "./network.ts";
import type { NetworkBackend } from "./network-backend.ts";
import { checkRequest, checkStore, withConfiguration } from "./network-configuration.ts";
import type { NetworkDriver } from "./network-driver.ts";
import { checkNetworkFilters, networkMatches } from "./network-filters.ts";
import type { NetworkSandbox } from "./network-sandbox.ts";
import type { HostProcesses } from "./ports/host-processes.ts";
import { PortAllocator } from "./ports/port-allocator.ts";
import { PortMapper } from "./ports/port-mapper.ts";
import type { Sandbox } from "./sandbox.ts";
import { SandboxKeeper } from "./sandbox-keeper.ts";

/** What an engine's networks need of the host that they are on. */
export interface ControllerParts {
  readonly host: Host;
  readonly toolbox: Toolbox;
  readonly processes: HostProcesses;
  /** The host's /etc/resolv.conf now. */
  readonly resolvConf: () => string;
  /** The host's /etc/hosts, which containers with `--network host` share. */
  readonly hostsFile?: () => string;
  /** The embedded name server; Docker's own unless given. */
  readonly startDns?: typeof startEmbeddedDns;
  readonly options?: { readonly [K in keyof DaemonOptions]?: DaemonOptions[K] | undefined };
  /** Drivers of somebody's own, beside bridge, host, null, macvlan and ipvlan. */
  readonly drivers?: readonly (() => NetworkDriver)[];
  /** IPAM drivers of somebody's own, beside `default` and `null`. */
  readonly ipamDrivers?: readonly (() => IpamDriver)[];
}

/** The networks of one host's engine (libnetwork's controller): their drivers, their addresses, their sandboxes. */
export class NetworkController implements NetworkBackend {
  #options: DaemonOptions;
  readonly #host: DriverHost;
  readonly #prng: Prng;
  readonly #space: AddressSpace;
  readonly #allocator: PortAllocator;
  readonly #bridge: BridgeDriver;
  readonly #drivers: Map<string, NetworkDriver> = new Map();
  readonly #ipamDrivers: Map<string, IpamDriver> = new Map();
  /** By id, in the order of making. */
  readonly #networks: Map<string, Network> = new Map();
  readonly #keeper: SandboxKeeper;

  /** Does what dockerd does when it starts: chains and rules, and the networks none, host and bridge. */
  constructor(parts: ControllerParts) {
    this.#options = daemonOptionsOf(parts.options ?? {});
    const options = (): DaemonOptions => this.#options;
    const { host } = parts;
    this.#host = new DriverHost(parts.toolbox, host.root);
    this.#prng = host.world.prng.fork(`docker/networks/${host.name}`);
    this.#space = new AddressSpace(this.options["default-address-pools"] ?? LOCAL_POOLS);
    this.#allocator = new PortAllocator(() => this.#ephemeralPorts());
    const mapper = new PortMapper(this.#allocator, parts.processes, () => this.options["userland-proxy"]);
    this.#bridge = new BridgeDriver(options, mapper, host.world.prng.fork(`docker/bridge/${host.name}`));
    this.#keeper = new SandboxKeeper(parts, options, this.#host, this.#prng);
    const random = (name: string): Prng => host.world.prng.fork(`docker/${name}/${host.name}`);
    const drivers: readonly NetworkDriver[] = [
      this.#bridge,
      hostDriver(),
      nullDriver(),
      new ParentDriver("macvlan", random("macvlan")),
      new ParentDriver("ipvlan", random("ipvlan")),
      ...(parts.drivers ?? []).map((make) => make()),
    ];
    for (const driver of drivers) this.#drivers.set(driver.name, driver);
    const ipam = [this.#space, nullIpam, ...(parts.ipamDrivers ?? []).map((make) => make())];
    for (const driver of ipam) this.#ipamDrivers.set(driver.name, driver);
    this.#start();
  }

  get options(): DaemonOptions {
    return this.#options;
  }

  configure(file: Readonly<Record<string, unknown>>): void {
    this.#options = daemonOptionsOf(file);
    this.#space.cutFrom(this.#options["default-address-pools"] ?? LOCAL_POOLS);
  }

  /** How many host ports are given out. */
  get publishedPorts(): number {
    return this.#allocator.size;
  }

  #start(): void {
    this.#bridge.start(this.#host);
    this.#create(defaultRequest("none", "null"), true);
    this.#create(defaultRequest("host", "host"), true);
    this.#createDefaultBridge();
  }

  #createDefaultBridge(): void {
    const request = defaultBridgeRequest(this.options, this.#host, this.#space, (s) => this.#isFree(s));
    if (request !== null) this.#create(request, true);
  }

  /** Networks of one's own are there still; the default bridge is another network on the same device. */
  restart(): void {
    // The engine finds them in its data base, where they stand by id.
    const known = [...this.#networks.values()].filter(
      (one) => one.driver === this.#bridge && !one.configOnly,
    );
    this.#bridge.startAgain(
      known.sort((a, b) => (a.id < b.id ? -1 : 1)),
      this.#host,
    );
    const before = this.#named("bridge");
    if (before !== null) this.#remove(before);
    this.#createDefaultBridge();
  }

  networkList(filters: Filters = {}): NetworkResource[] {
    checkNetworkFilters(filters);
    const all = [...this.#networks.values()];
    return all.filter((network) => networkMatches(network, filters)).map((network) => network.resource());
  }

  identify(ref: string): { readonly Id: string; readonly Name: string; readonly Driver: string } {
    const { id, name, driver } = this.find(ref);
    return { Id: id, Name: name, Driver: driver.name };
  }

  networkInspect(ref: string): NetworkResource {
    return this.find(ref).resource();
  }

  networkCreate(request: NetworkCreateRequest): { Id: string; Warning: string } {
    const { Name } = request;
    if (["bridge", "host", "none", "default"].includes(Name))
      throw new DaemonError(403, `operation is not permitted on predefined ${Name} network`);
    if (Name === "" || this.#named(Name) !== null)
      throw new DaemonError(409, `network with name ${Name} already exists`);
    return { Id: this.#create(request, false).id, Warning: "" };
  }

  networkRemove(ref: string): void {
    const network = this.find(ref);
    if (network.predefined)
      throw new DaemonError(403, `${network.name} is a pre-defined network and cannot be removed`);
    if (this.#borrowers(network) > 0)
      throw new DaemonError(
        403,
        `error while removing network: configuration network ${JSON.stringify(network.name)} is in use`,
      );
    if (network.endpoints.size > 0)
      throw new DaemonError(
        403,
        `error while removing network: network ${network.name} id ${network.id} has active endpoints`,
      );
    this.#remove(network);
  }

  networkPrune(filters: Filters = {}): { NetworksDeleted: string[] } {
    const passes = pruneFilter(filters, this.#host.host.world.now);
    const unused = [...this.#networks.values()].filter(
      (one) =>
        !one.predefined &&
        !one.configOnly &&
        one.endpoints.size === 0 &&
        passes({ labels: one.request.Labels, createdAt: one.createdAt }),
    );
    for (const network of unused) this.#remove(network);
    return { NetworksDeleted: unused.map(({ name }) => name) };
  }

  /** The network of that name, id or beginning of an id. @throws {DaemonError} */
  find(ref: string): Network {
    const exact = this.#networks.get(ref) ?? this.#named(ref === "default" ? "bridge" : ref);
    if (exact !== null) return exact;
    const begun = [...this.#networks.values()].filter(({ id }) => ref !== "" && id.startsWith(ref));
    if (begun.length > 1)
      throw new DaemonError(400, `network ${ref} is ambiguous (${begun.length} matches found on ID prefix)`);
    if (begun[0] === undefined) throw new DaemonError(404, `network ${ref} not found`);
    return begun[0];
  }

  createSandbox(request: SandboxRequest): Sandbox {
    return this.#keeper.create(request);
  }

  connect(sandbox: Sandbox, network: string, request: EndpointRequest): void {
    const found = this.find(network);
    if (found.configOnly) throw new DaemonError(403, "cannot create endpoint on configuration-only network");
    checkWishes(found, request);
    this.#keeper.connect(sandbox as NetworkSandbox, found, request);
  }

  populate(sandbox: Sandbox): void {
    this.#keeper.populate(sandbox as NetworkSandbox);
  }

  disconnect(sandbox: Sandbox, network: string): void {
    this.#keeper.disconnect(sandbox as NetworkSandbox, this.find(network));
  }

  rename(sandbox: Sandbox, containerName: string): void {
    for (const endpoint of (sandbox as NetworkSandbox).joined.values()) {
      endpoint.name = containerName;
      endpoint.anonymous = false;
    }
  }

  setSysctls(sandbox: Sandbox, sysctls: Readonly<Record<string, string>>): string | null {
    return (sandbox as NetworkSandbox).setSysctls(sysctls);
  }

  moveName(sandbox: Sandbox, name: string, address: string): void {
    (sandbox as NetworkSandbox).hosts.move(name, address);
  }

  deleteSandbox(sandbox: Sandbox): void {
    this.#keeper.remove(sandbox as NetworkSandbox);
  }

  #create(asked: NetworkCreateRequest, predefined: boolean): Network {
    checkRequest(asked);
    const request = this.#configured(asked);
    if (request.ConfigOnly === true) return this.#keep(request, this.#drivers.get("null")!);
    const driver = driverNamed(this.#drivers, request.Driver === "" ? "bridge" : request.Driver);
    const { IPAM } = request;
    const ipam = driverNamed(this.#ipamDrivers, IPAM.Driver === "" ? "default" : IPAM.Driver);
    const id = newId(this.#prng);
    const allocation = driver.addresses
      ? IpamAllocation.of(IPAM, request.Name, ipam, (subnet) => this.#isFree(subnet))
      : IpamAllocation.NONE;
    if (request.EnableIPv6) {
      allocation.end();
      throw IPAM.Config.some(isIpv6)
        ? new DaemonError(500, "networks with IPv6 are not simulated")
        : noIpv6Pool();
    }
    const network = new Network(id, request, driver, allocation, this.#host.host.world.now, predefined);
    try {
      driver.createNetwork(network, this.#host);
      try {
        checkStore(request);
      } catch (error) {
        driver.deleteNetwork(network, this.#host);
        throw error;
      }
      if (this.options.iptables) arrangeUserChain(this.#host);
    } catch (error) {
      allocation.end();
      throw error;
    }
    this.#networks.set(id, network);
    return network;
  }

  /** A network that only lends its settings: nothing is made for it. */
  #keep(request: NetworkCreateRequest, driver: NetworkDriver): Network {
    const id = newId(this.#prng);
    const network = new Network(id, request, driver, IpamAllocation.NONE, this.#host.host.world.now, false);
    this.#networks.set(id, network);
    return network;
  }

  /** The request with what it borrows. @throws {DaemonError} */
  #configured(request: NetworkCreateRequest): NetworkCreateRequest {
    const name = request.ConfigFrom?.Network;
    if (name === undefined) return request;
    const lender = this.#named(name);
    if (lender === null || !lender.configOnly)
      throw new DaemonError(404, `configuration network ${JSON.stringify(name)} does not exist`);
    return withConfiguration(request, lender.request);
  }

  #borrowers({ name, configOnly }: Network): number {
    if (!configOnly) return 0;
    return [...this.#networks.values()].filter((other) => other.request.ConfigFrom?.Network === name).length;
  }

  #remove(network: Network): void {
    if (!network.configOnly) network.driver.deleteNetwork(network, this.#host);
    network.allocation.end();
    this.#networks.delete(network.id);
  }

  #named(name: string): Network | null {
    for (const network of this.#networks.values()) if (network.name === name) return network;
    return null;
  }

  /** Whether no route of the host leads into a subnet, and none of its name servers lies there. */
  #isFree(subnet: Subnet): boolean {
    const routes = this.#host.ask({ ask: "route-show" }) ?? "";
    for (const line of routes.split("\n")) {
      const route = ip.parsePrefix(line.split(" ")[0]!);
      if (route !== null && overlap(route, subnet)) return false;
    }
    return !this.#keeper.hostServers().some((server) => ip.contains(subnet.address, subnet.length, server));
  }

  #ephemeralPorts(): readonly [first: number, last: number] {
    const text = this.#host.sysctl("net/ipv4/ip_local_port_range") ?? "";
    const [first = 49153, last = 65535] = (text.match(/\d+/g) ?? []).map(Number);
    return [first, last];
  }
}

/** @throws {DaemonError} where the engine would look for a plugin of that name */
function driverNamed<T>(drivers: ReadonlyMap<string, T>, name: string): T {
  const driver = drivers.get(name);
  if (driver === undefined) throw new DaemonError(404, `plugin "${name}" not found`);
  return driver;
}

function defaultRequest(name: string, driver: string): NetworkCreateRequest {
  return {
    Name: name,
    CheckDuplicate: false,
    Driver: driver,
    Internal: false,
    Attachable: false,
    Ingress: false,
    EnableIPv6: false,
    IPAM: { Driver: "default", Options: null, Config: [] },
    Options: {},
    Labels: {},
  };
}

/** What only networks of one's own give. @throws {DaemonError} */
function checkWishes(network: Network, { settings }: EndpointRequest): void {
  const wanted = settings.IPAMConfig?.IPv4Address ?? "";
  const wanted6 = settings.IPAMConfig?.IPv6Address ?? "";
  if (network.predefined && (wanted !== "" || wanted6 !== ""))
    throw new DaemonError(400, "user specified IP address is supported on user defined networks only");
  if (network.predefined && (settings.Aliases?.length ?? 0) > 0)
    throw new DaemonError(
      400,
      "network-scoped alias is supported only for containers in user defined networks",
    );
  const subnets = network.request.IPAM.Config.flatMap(({ Subnet = "" }) => (Subnet === "" ? [] : [Subnet]));
  const lacks = (address: string, isOfKind: (subnet: string) => boolean): boolean =>
    address !== "" && !subnets.some(isOfKind);
  if (lacks(wanted, (subnet) => !subnet.includes(":")) || lacks(wanted6, (subnet) => subnet.includes(":")))
    throw new DaemonError(
      400,
      "user specified IP address is supported only when connecting to networks with user configured subnets",
    );
  if (wanted !== "" && ip.parse(wanted) === null)
    throw new DaemonError(500, `Invalid IPv4 address: ${wanted})`);
  const linkLocals = settings.IPAMConfig?.LinkLocalIPs ?? [];
  if (linkLocals.some((text) => text !== "" && ip.parse(text) === null && !text.includes(":")))
    throw new DaemonError(500, `Invalid link-local IP address: [${linkLocals.join(" ")}]`);
}

/** The engine has no pools of IPv6 unless its options name some. */
function noIpv6Pool(): DaemonError {
  return new DaemonError(
    404,
    "could not find an available, non-overlapping IPv6 address pool among the defaults to assign to the network",
  );
}
