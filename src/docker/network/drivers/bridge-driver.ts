import type { Prng } from "../../../base/prng.ts";
import * as ip from "../../../wire/ipv4-address.ts";
import { DaemonError } from "../../api/daemon-error.ts";
import type { DaemonOptions } from "../daemon-options.ts";
import type { DriverHost } from "../driver-host.ts";
import { checkPool } from "../ipam/null-ipam.ts";
import { addressWords, macFromAddress, randomBridgeMac, vethName } from "../names.ts";
import type {
  DriverEndpoint,
  DriverNetwork,
  JoinInfo,
  NetworkDriver,
  PortRequest,
  PublishedPort,
} from "../network-driver.ts";
import type { PortMapper } from "../ports/port-mapper.ts";
import { type BridgeConfig, bridgeConfig } from "./bridge-config.ts";
import * as rules from "./bridge-rules.ts";

/** IFNAMSIZ without the byte that ends it. */
const LONGEST_NAME = 15;

interface BridgeEndpoint {
  /** The end that stays on the host. */
  readonly outside: string;
  /** The end that goes into the sandbox, by its name on the host. */
  readonly inside: string;
  mappings: ReturnType<PortMapper["publish"]>;
}

interface BridgeNetwork {
  readonly config: BridgeConfig;
  /** The bridge was not there before: it goes with the network. */
  readonly own: boolean;
  readonly endpoints: Map<string, BridgeEndpoint>;
}

/** Networks of one host: a Linux bridge each, kept apart and translated by iptables (libnetwork, drivers/bridge). */
export class BridgeDriver implements NetworkDriver {
  readonly name = "bridge";
  readonly addresses = true;
  readonly #now: () => DaemonOptions;
  readonly #mapper: PortMapper;
  readonly #prng: Prng;
  readonly #networks: Map<string, BridgeNetwork> = new Map();

  constructor(options: () => DaemonOptions, mapper: PortMapper, prng: Prng) {
    this.#now = options;
    this.#mapper = mapper;
    this.#prng = prng;
  }

  get #options(): DaemonOptions {
    return this.#now();
  }

  /** What dockerd does once, when it starts. */
  start(host: DriverHost): void {
    const { iptables } = this.#options;
    if (iptables) {
      host.probeIptables();
      rules.setUpChains(host);
    }
    if (!this.#options["ip-forward"] || host.sysctl("net/ipv4/ip_forward") === "1") return;
    host.setSysctl("net/ipv4/ip_forward", "1");
    // Who was no router before and becomes one for Docker's sake shall not be one for everybody.
    if (iptables) host.iptables("-P FORWARD DROP");
  }

  /** What dockerd does when it starts again: what stood in its chains goes, and networks that are there get their rules. */
  startAgain(networks: readonly DriverNetwork[], host: DriverHost): void {
    if (this.#options.iptables) rules.clearChains(host);
    this.start(host);
    if (!this.#options.iptables) return;
    for (const network of networks) {
      const { config } = this.#network(network);
      if (!config.isDefault) this.#addRules(network, config, host);
    }
  }

  createNetwork(network: DriverNetwork, host: DriverHost): void {
    checkPool(network);
    const config = bridgeConfig(network);
    this.#checkConflicts(config, network);
    const { bridge } = config;
    // The kernel refuses such a name in a request already.
    if (bridge.length > LONGEST_NAME)
      throw new DaemonError(500, "failed to check bridge interface existence: numerical result out of range");
    const there = host.namespace.device(bridge);
    if (there !== null && there.driver.kind !== "bridge")
      throw new DaemonError(500, `existing interface ${bridge} is not a bridge`);
    const own = there === null;
    // dev_valid_name
    if (own && (/[\s/:]/.test(bridge) || bridge === "." || bridge === ".."))
      throw new DaemonError(500, "invalid argument");
    this.#networks.set(network.id, { config, own, endpoints: new Map() });
    try {
      this.#makeBridge(network, config, own, host);
      if (!this.#options["userland-proxy"]) host.setSysctl(`net/ipv4/conf/${bridge}/route_localnet`, "1");
      if (this.#options.iptables) this.#addRules(network, config, host);
      host.apply({ op: "link-set", dev: bridge, up: true });
    } catch (error) {
      this.deleteNetwork(network, host);
      throw error;
    }
  }

  #makeBridge(network: DriverNetwork, config: BridgeConfig, own: boolean, host: DriverHost): void {
    const { bridge } = config;
    if (own) {
      host.apply({
        op: "link-add",
        name: bridge,
        address: randomBridgeMac(this.#prng),
        txqueuelen: 0,
        kind: "bridge",
      });
      host.setSysctl(`net/ipv6/conf/${bridge}/accept_ra`, "0");
    }
    if (config.inhibitIpv4) return;
    const { subnet, gateway } = network.subnets[0]!;
    const { addresses } = host.namespace.device(bridge)!.ipv4;
    const has = addresses.some((a) => a.address === gateway);
    if (!has) {
      // A bridge that is there already loses the first address that it has (libnetwork, setupBridgeIPv4).
      const before = addresses[0];
      if (before !== undefined)
        host.apply({
          op: "addr-del",
          dev: bridge,
          ...addressWords({ address: before.address, length: before.prefixLength }),
        });
      const words = addressWords({ address: gateway, length: subnet.length });
      host.apply({ op: "addr-add", dev: bridge, ...words });
    }
  }

  deleteNetwork(network: DriverNetwork, host: DriverHost): void {
    const found = this.#networks.get(network.id);
    if (found === undefined) return;
    const { config, own } = found;
    this.#networks.delete(network.id);
    if (own && !config.isDefault && host.namespace.device(config.bridge) !== null)
      host.attempt({ op: "link-del", dev: config.bridge });
    if (!this.#options.iptables) return;
    if (network.internal) rules.dropInternalRules(host, this.#place(network, config));
    else rules.dropNetworkRules(host, this.#place(network, config));
  }

  createEndpoint(network: DriverNetwork, endpoint: DriverEndpoint, host: DriverHost): void {
    const { config, endpoints } = this.#network(network);
    const outside = this.#freeName(host);
    const inside = this.#freeName(host);
    host.apply({
      op: "link-add",
      name: outside,
      txqueuelen: 0,
      kind: "veth",
      options: { peer: { name: inside, txqueuelen: 0 } },
    });
    endpoints.set(endpoint.id, { outside, inside, mappings: [] });
    try {
      if (config.mtu !== 0)
        for (const dev of [outside, inside]) host.apply({ op: "link-set", dev, mtu: config.mtu });
      if (host.namespace.device(config.bridge) === null)
        throw new DaemonError(
          500,
          `could not find bridge ${config.bridge}: route ip+net: no such network interface`,
        );
      host.apply({ op: "link-set", dev: outside, master: config.bridge });
      if (!this.#options["userland-proxy"])
        host.apply({ op: "port-set", dev: outside, options: { hairpin: true } });
      host.apply({ op: "link-set", dev: outside, up: true });
    } catch (error) {
      this.deleteEndpoint(network, endpoint, host);
      if (!(error instanceof DaemonError)) throw error;
      const words = `adding interface ${outside} to bridge ${config.bridge} failed: ${error.message}`;
      throw new DaemonError(500, words);
    }
  }

  deleteEndpoint(network: DriverNetwork, endpoint: DriverEndpoint, host: DriverHost): void {
    const { endpoints } = this.#network(network);
    const found = endpoints.get(endpoint.id);
    if (found === undefined) return;
    endpoints.delete(endpoint.id);
    if (host.namespace.device(found.outside) !== null) host.attempt({ op: "link-del", dev: found.outside });
  }

  join(network: DriverNetwork, endpoint: DriverEndpoint): JoinInfo {
    const { config, endpoints } = this.#network(network);
    return {
      device: endpoints.get(endpoint.id)!.inside,
      prefix: config.containerPrefix,
      macAddress: endpoint.macAddress ?? macFromAddress(endpoint.address!.address),
      gateway: network.subnets[0]!.gateway,
      routes: [],
    };
  }

  publish(
    network: DriverNetwork,
    endpoint: DriverEndpoint,
    ports: readonly PortRequest[],
    host: DriverHost,
  ): readonly PublishedPort[] {
    const { config, endpoints } = this.#network(network);
    const found = endpoints.get(endpoint.id)!;
    const { address } = endpoint.address!;
    const hairpin = !this.#options["userland-proxy"];
    // No rule leads into an internal network, so that only the proxy does.
    const iptables = this.#options.iptables && !network.internal;
    const target = {
      address,
      rules: (port: PublishedPort) =>
        iptables ? rules.portRules(config.bridge, hairpin, address, port) : [],
    };
    found.mappings = this.#mapper.publish(ports, target, config.bindingAddress, host);
    forgetConnections(address, host);
    if (!config.icc && iptables) {
      // They stay when the container goes: the engine has forgotten by then what it was linked to.
      const linked = endpoint.links.flatMap((link) =>
        link.exposed.flatMap((port) => rules.linkRules(config.bridge, address, link.address, port)),
      );
      for (const rule of linked) host.addRule("-A", "filter", "DOCKER", rule);
    }
    return found.mappings.map(({ published }) => published);
  }

  unpublish(network: DriverNetwork, endpoint: DriverEndpoint, host: DriverHost): void {
    const found = this.#network(network).endpoints.get(endpoint.id);
    if (found === undefined) return;
    this.#mapper.unpublish(found.mappings, host);
    found.mappings = [];
    forgetConnections(endpoint.address!.address, host);
  }

  #addRules(network: DriverNetwork, config: BridgeConfig, host: DriverHost): void {
    const place = this.#place(network, config);
    if (network.internal) rules.addInternalRules(host, place);
    else rules.addNetworkRules(host, place);
  }

  #place(network: DriverNetwork, config: BridgeConfig): Parameters<typeof rules.addNetworkRules>[1] {
    const { address, length } = network.subnets[0]!.subnet;
    return { config, subnet: ip.formatPrefix(address, length), hairpin: !this.#options["userland-proxy"] };
  }

  #network(network: DriverNetwork): BridgeNetwork {
    return this.#networks.get(network.id)!;
  }

  /** @throws {DaemonError} */
  #checkConflicts({ bridge }: BridgeConfig, network: DriverNetwork): void {
    if (network.subnets.length > 1)
      throw new DaemonError(403, "bridge driver doesn't support multiple subnets");
    for (const [id, { config }] of this.#networks)
      if (config.bridge === bridge && !config.isDefault)
        throw new DaemonError(
          403,
          `cannot create network ${network.id} (${bridge}): conflicts with network ${id} (${config.bridge}): networks have same bridge name`,
        );
  }

  #freeName(host: DriverHost): string {
    for (;;) {
      const name = vethName(this.#prng);
      if (host.namespace.device(name) === null) return name;
    }
  }
}

/**
 * An address that somebody else had before must not lead to him by what was remembered of it. The engine deletes every
 * entry whose answers come from the address or go to it, translated or not (vishvananda/netlink's ConntrackNatAnyIP).
 */
function forgetConnections(address: number, host: DriverHost): void {
  const text = ip.format(address);
  for (const filter of [{ replySrc: text }, { replyDst: text }]) {
    const { conntrack } = host.namespace;
    if (conntrack === null || conntrack.count === 0) return;
    host.attempt({ op: "conntrack-del", filter, line: {}, format: "plain" });
  }
}
