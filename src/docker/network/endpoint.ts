import * as ip from "../../wire/ipv4-address.ts";
import type { EndpointSettings, NetworkContainer } from "../api/network-types.ts";
import type { EndpointRequest } from "./container-networks.ts";
import type { Network } from "./network.ts";
import type { DriverEndpoint, EndpointLink, JoinInfo } from "./network-driver.ts";

/** A container's place on a network (libnetwork's `endpoint`). */
export class Endpoint implements DriverEndpoint {
  readonly id: string;
  readonly network: Network;
  readonly request: EndpointRequest;
  readonly address: ip.Prefix | null;
  links: readonly EndpointLink[] = [];
  /** Null until it has joined a sandbox. */
  join: JoinInfo | null = null;
  /** The container's name, which may change. */
  name: string;
  /** The name is not one that somebody chose: neighbours do not know it. */
  anonymous: boolean;
  /** Its device in the sandbox: `eth0`. */
  device: string | null = null;

  constructor(id: string, network: Network, request: EndpointRequest, address: ip.Prefix | null) {
    this.id = id;
    this.network = network;
    this.request = request;
    this.name = request.containerName;
    this.anonymous = request.anonymous ?? false;
    this.address = address;
  }

  get macAddress(): string | null {
    return this.request.macAddress;
  }

  get exposed(): readonly string[] {
    return this.request.exposed;
  }

  /** Addresses beside its own that somebody asked for, each in a block of link-local size. */
  get linkLocals(): readonly ip.Prefix[] {
    return (this.request.settings.IPAMConfig?.LinkLocalIPs ?? []).flatMap((text) => {
      const address = ip.parse(text);
      return address === null ? [] : [{ address, length: 16 }];
    });
  }

  /** Names by which its neighbours find it, beside the container's own. */
  get aliases(): readonly string[] {
    return this.request.settings.Aliases ?? [];
  }

  /** All names by which its neighbours find it; the first is the one that its address is told to have. */
  get names(): readonly string[] {
    return this.anonymous ? this.aliases : [this.name, ...this.aliases];
  }

  /** Names of its container's own for others: what `--link NAME:ALIAS` gives on a network whose names resolve. */
  get linkAliases(): ReadonlyMap<string, string> {
    const links = (this.request.settings.Links ?? []).map((link): [string, string] => {
      const [name = "", alias = name] = link.split(":");
      return [alias.toLowerCase(), name];
    });
    return new Map(links);
  }

  /** What one needs to know of it who is linked to it. */
  asLink(): EndpointLink[] {
    return this.address === null ? [] : [{ address: this.address.address, exposed: this.exposed }];
  }

  asNetworkSeesIt(): NetworkContainer {
    return {
      Name: this.name,
      EndpointID: this.id,
      MacAddress: this.join?.macAddress ?? "",
      IPv4Address: this.address === null ? "" : ip.formatPrefix(this.address.address, this.address.length),
      IPv6Address: "",
    };
  }

  settings(): EndpointSettings {
    const { settings } = this.request;
    const { address, join } = this;
    return {
      IPAMConfig: settings.IPAMConfig ?? null,
      Links: settings.Links ?? null,
      Aliases: settings.Aliases ?? null,
      NetworkID: this.network.id,
      EndpointID: this.id,
      Gateway: join?.gateway == null ? "" : ip.format(join.gateway),
      IPAddress: address === null ? "" : ip.format(address.address),
      IPPrefixLen: address?.length ?? 0,
      IPv6Gateway: "",
      GlobalIPv6Address: "",
      GlobalIPv6PrefixLen: 0,
      MacAddress: join?.macAddress ?? "",
      DriverOpts: settings.DriverOpts ?? null,
    };
  }
}
