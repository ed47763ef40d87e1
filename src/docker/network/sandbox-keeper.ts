import type { Prng } from "../../base/prng.ts";
import { remembered } from "../../base/remembered.ts";
import type { Upstream } from "../../programs/resolver/ask-server.ts";
import { type Nanos, SECOND } from "../../sim/time.ts";
import * as ip from "../../wire/ipv4-address.ts";
import { DaemonError } from "../api/daemon-error.ts";
import { startEmbeddedDns } from "../dns/embedded-resolver.ts";
import { newId, shortId } from "../ids.ts";
import type { EndpointRequest, SandboxRequest } from "./container-networks.ts";
import type { DaemonOptions } from "./daemon-options.ts";
import type { DriverHost } from "./driver-host.ts";
import { programDns } from "./embedded-dns-rules.ts";
import { Endpoint } from "./endpoint.ts";
import { HostsFile } from "./files/hosts-file.ts";
import {
  buildResolvConf,
  embeddedResolvConf,
  filterResolvConf,
  nameservers,
  resolverOptions,
  searchDomains,
} from "./files/resolv-conf.ts";
import type { Network } from "./network.ts";
import { NetworkSandbox } from "./network-sandbox.ts";
import { portMap, portRequests } from "./ports/port-map.ts";
import { NamesOfSandbox } from "./sandbox-names.ts";

interface KeeperParts {
  readonly resolvConf: () => string;
  readonly hostsFile?: () => string;
  readonly startDns?: typeof startEmbeddedDns;
}

/** How long it is from one round to the next. */
const ROUND = 60 * SECOND;

/** `--add-host NAME:host-gateway`: where containers reach their host. */
const HOST_GATEWAY = "host-gateway";

/** Makes sandboxes, joins them to networks and takes them away again (libnetwork's sandbox and endpoint). */
export class SandboxKeeper {
  readonly #parts: KeeperParts;
  readonly #now: () => DaemonOptions;
  readonly #host: DriverHost;
  readonly #prng: Prng;
  /** When the first sandbox was made: from then on the engine looks each minute for files of sandboxes that are gone. */
  #firstMade: Nanos | null = null;
  /** What containers have of the host's /etc/resolv.conf, which seldom changes. */
  readonly #resolvConfOf = remembered(filterResolvConf);

  constructor(parts: KeeperParts, options: () => DaemonOptions, host: DriverHost, prng: Prng) {
    this.#parts = parts;
    this.#now = options;
    this.#host = host;
    this.#prng = prng;
  }

  get #options(): DaemonOptions {
    return this.#now();
  }

  /** The name servers (int32) that the host itself asks. */
  hostServers(): readonly number[] {
    return nameservers(this.#parts.resolvConf()).flatMap((text) => ip.parse(text) ?? []);
  }

  create(request: SandboxRequest): NetworkSandbox {
    const id = newId(this.#prng);
    const own = request.mode !== "host";
    const key = `/var/run/docker/netns/${own ? shortId(id) : "default"}`;
    const { host } = this.#host;
    this.#firstMade ??= host.world.now;
    if (own) this.#host.apply({ op: "netns-bind", file: key, label: request.containerName });
    else host.leaveFile(key, Number.POSITIVE_INFINITY);
    const namespace = own ? this.#host.host.boundNamespace(key)! : this.#host.namespace;
    const sandbox = new NetworkSandbox(
      id,
      key,
      request,
      this.#host.within(namespace),
      this.#hostsFile(request),
      this.#resolvConf(request),
    );
    if (own) sandbox.begin();
    return sandbox;
  }

  remove(sandbox: NetworkSandbox): void {
    for (const endpoint of [...sandbox.joined.values()]) this.disconnect(sandbox, endpoint.network);
    sandbox.dns?.stop();
    sandbox.dns = null;
    if (sandbox.request.mode !== "host" && this.#host.host.boundNamespace(sandbox.key) !== null)
      this.#unbind(sandbox.key);
  }

  /** The file itself goes with the next of the engine's rounds (libnetwork's removeUnusedPaths). */
  #unbind(file: string): void {
    this.#host.apply({ op: "netns-unbind", file });
    const { host } = this.#host;
    const since = host.world.now - this.#firstMade!;
    host.leaveFile(file, this.#firstMade! + (Math.floor(since / ROUND) + 1) * ROUND);
  }

  /** The container that starts has joined all its networks. */
  populate(sandbox: NetworkSandbox): void {
    sandbox.populate(this.#host);
  }

  connect(sandbox: NetworkSandbox, network: Network, request: EndpointRequest): void {
    if (network.endpoints.has(request.containerId)) {
      const words = `endpoint with name ${request.containerName} already exists in network ${network.name}`;
      throw new DaemonError(403, words);
    }
    const endpoint = this.#createEndpoint(network, request);
    try {
      this.#join(sandbox, endpoint);
    } catch (error) {
      this.disconnect(sandbox, network);
      throw error;
    }
  }

  #createEndpoint(network: Network, request: EndpointRequest): Endpoint {
    const { allocation, driver } = network;
    const wanted = request.settings.IPAMConfig?.IPv4Address ?? "";
    const address = driver.addresses
      ? allocation.take(wanted === "" ? null : ip.parse(wanted), network)
      : null;
    const endpoint = new Endpoint(newId(this.#prng), network, request, address);
    endpoint.links = (request.linked ?? []).flatMap((id) => network.endpoints.get(id)?.asLink() ?? []);
    try {
      driver.createEndpoint(network, endpoint, this.#host);
    } catch (error) {
      if (address !== null) allocation.release(address.address);
      if (!(error instanceof DaemonError)) throw error;
      const words = `failed to create endpoint ${endpoint.name} on network ${network.name}`;
      throw new DaemonError(error.status, `${words}: ${error.message}`);
    }
    network.endpoints.set(request.containerId, endpoint);
    return endpoint;
  }

  #join(sandbox: NetworkSandbox, endpoint: Endpoint): void {
    const { network } = endpoint;
    const before = sandbox.bestExit();
    sandbox.joined.set(network.name, endpoint);
    endpoint.join = network.driver.join(network, endpoint, this.#host);
    if (endpoint.address !== null) sandbox.hosts.add(ownRecord(sandbox.request, endpoint.address.address));
    if (network.resolvesNames) this.#startDns(sandbox);
    sandbox.takeIn(endpoint, this.#host);
    const exit = sandbox.bestExit();
    if (exit === endpoint) sandbox.setExit(endpoint);
    if (exit === before) return;
    this.#unpublish(sandbox, before);
    if (!network.internal) this.#publish(sandbox, exit!);
  }

  disconnect(sandbox: NetworkSandbox, network: Network): void {
    const endpoint = sandbox.joined.get(network.name);
    if (endpoint === undefined) {
      const { containerId } = sandbox.request;
      throw new DaemonError(403, `container ${containerId} is not connected to network ${network.name}`);
    }
    const wasExit = sandbox.exit === endpoint;
    if (wasExit) this.#unpublish(sandbox, endpoint);
    sandbox.joined.delete(network.name);
    if (endpoint.address !== null) sandbox.hosts.remove(namesOn(network, endpoint));
    sandbox.removeInterface(endpoint);
    if (wasExit) {
      // The route went with its device.
      sandbox.exit = null;
      const exit = sandbox.bestExit();
      sandbox.setExit(exit);
      // Also on an internal network: who leaves is not asked for that, unlike who joins (sbLeave).
      if (exit !== null) this.#publish(sandbox, exit);
    }
    network.endpoints.delete(endpoint.request.containerId);
    network.driver.deleteEndpoint(network, endpoint, this.#host);
    if (endpoint.address !== null) network.allocation.release(endpoint.address.address);
  }

  /** The ports of a container go wherever it has its way out. @throws {DaemonError} */
  #publish(sandbox: NetworkSandbox, endpoint: Endpoint): void {
    const { network, request } = endpoint;
    if (network.driver.publish === undefined) return;
    const ports = portRequests(request.bindings, request.exposed, request.publishAll);
    try {
      const published = network.driver.publish(network, endpoint, ports, this.#host);
      sandbox.ports = portMap(request.exposed, published);
    } catch (error) {
      if (!(error instanceof DaemonError)) throw error;
      const words = `driver failed programming external connectivity on endpoint ${endpoint.name} (${endpoint.id})`;
      throw new DaemonError(500, `${words}: ${error.message}`);
    }
  }

  /** Until another network publishes them, a container has no ports (getPortMapInfo, asked again after each leave). */
  #unpublish(sandbox: NetworkSandbox, endpoint: Endpoint | null): void {
    if (endpoint === null) return;
    const { network } = endpoint;
    network.driver.unpublish?.(network, endpoint, this.#host);
    sandbox.ports = {};
  }

  /** The embedded name server begins with the first network whose names resolve, and stays as long as the sandbox. */
  #startDns(sandbox: NetworkSandbox): void {
    const { startDns = startEmbeddedDns } = this.#parts;
    if (sandbox.dns !== null || sandbox.request.mode === "host") return;
    sandbox.upstream = this.#upstream(sandbox);
    sandbox.ndotsSet = resolverOptions(sandbox.resolv).some((option) => /^ndots:[1-9]/.test(option));
    sandbox.resolv = embeddedResolvConf(sandbox.resolv);
    sandbox.dns = startDns(sandbox.namespace, new NamesOfSandbox(sandbox));
    programDns(sandbox.inside, sandbox.dns);
  }

  /** A server on the host's own loopback address is asked from there; else what the container's file names. */
  #upstream(sandbox: NetworkSandbox): Upstream[] {
    const { dns } = sandbox.request;
    const own = dns.length > 0 || this.#options.dns.length > 0;
    const text = own ? sandbox.resolv : this.#parts.resolvConf();
    const addresses = nameservers(text).flatMap((server) => ip.parse(server) ?? []);
    const servers = addresses.length > 0 ? addresses : nameservers(sandbox.resolv).map((s) => ip.parse(s)!);
    return servers.map((address) => ({
      address,
      from: !own && ip.isLoopback(address) ? this.#host.namespace : sandbox.namespace,
    }));
  }

  #hostsFile({ mode, extraHosts }: SandboxRequest): HostsFile {
    const extra = extraHosts.map((entry) => {
      const colon = entry.indexOf(":");
      const address = entry.slice(colon + 1);
      return {
        names: entry.slice(0, colon),
        address: address === HOST_GATEWAY ? this.#hostGateway() : address,
      };
    });
    const { hostsFile } = this.#parts;
    // Who shares the host's network has the host's own file, unless it asks for names of its own.
    const borrows = mode === "host" && extra.length === 0 && hostsFile !== undefined;
    return new HostsFile(extra, borrows ? hostsFile() : undefined);
  }

  /** The address of docker0. @throws {DaemonError} when there is none */
  #hostGateway(): string {
    const [own] = this.#host.namespace.device("docker0")?.ipv4.addresses ?? [];
    if (own === undefined) throw new DaemonError(500, `unable to derive the IP value for ${HOST_GATEWAY}`);
    return ip.format(own.address);
  }

  /** The host's file, with what `--dns`, `--dns-search` and `--dns-opt` put in its place (setupDNS). */
  #resolvConf({ mode, dns, dnsSearch, dnsOptions }: SandboxRequest): string {
    const text = this.#parts.resolvConf();
    const servers = dns.length > 0 ? dns : this.#options.dns;
    const search = dnsSearch.length > 0 ? dnsSearch : this.#options["dns-search"];
    const options = dnsOptions.length > 0 ? dnsOptions : this.#options["dns-opts"];
    if (servers.length + search.length + options.length > 0)
      return buildResolvConf(
        servers.length > 0 ? servers : nameservers(text),
        search.length > 0 ? search : searchDomains(text),
        options.length > 0 ? options : resolverOptions(text),
      );
    return mode === "host" ? text : this.#resolvConfOf(text);
  }
}

/** The container's own line: the whole name, and its first part where it has several. */
function ownRecord(
  { hostname, domainname }: SandboxRequest,
  address: number,
): { readonly address: string; readonly names: string } {
  const whole = domainname === "" ? hostname : `${hostname}.${domainname}`;
  const dot = whole.indexOf(".");
  return { address: ip.format(address), names: dot < 0 ? whole : `${whole} ${whole.slice(0, dot)}` };
}

/** All names that somebody has on a network, save the container's own: its aliases are among them. */
function* namesOn(network: Network, own: Endpoint): Generator<string, void, void> {
  for (const endpoint of network.endpoints.values()) {
    for (const name of endpoint.names) if (name.split(".")[0] !== own.name) yield name;
  }
}
