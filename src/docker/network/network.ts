import * as ip from "../../wire/ipv4-address.ts";
import type { Ipam, NetworkCreateRequest, NetworkResource } from "../api/network-types.ts";
import { inKeyOrder } from "../key-order.ts";
import { rfc3339 } from "../timestamps.ts";
import type { Endpoint } from "./endpoint.ts";
import { type IpamAllocation, isIpv6 } from "./ipam/ipam-allocation.ts";
import type { DriverNetwork, NetworkDriver } from "./network-driver.ts";

/** A network of one host (libnetwork's `network`). */
export class Network implements DriverNetwork {
  readonly id: string;
  readonly name: string;
  readonly driver: NetworkDriver;
  readonly request: NetworkCreateRequest;
  /** What the engine itself made when it started: cannot be removed. */
  readonly predefined: boolean;
  readonly allocation: IpamAllocation;
  /** By the id of the container, in the order of joining. */
  readonly endpoints: Map<string, Endpoint> = new Map();
  readonly createdAt: number;
  readonly #ipam: Ipam;

  constructor(
    id: string,
    request: NetworkCreateRequest,
    driver: NetworkDriver,
    allocation: IpamAllocation,
    createdAt: number,
    predefined: boolean,
  ) {
    this.id = id;
    this.name = request.Name;
    this.driver = driver;
    this.request = request;
    this.allocation = allocation;
    this.predefined = predefined;
    this.createdAt = createdAt;
    this.#ipam = this.#ipamShown();
  }

  get internal(): boolean {
    return this.request.Internal;
  }

  /** It only lends its settings to others. */
  get configOnly(): boolean {
    return this.request.ConfigOnly === true;
  }

  get options(): Readonly<Record<string, string>> {
    return this.request.Options;
  }

  get subnets(): DriverNetwork["subnets"] {
    return this.allocation.subnets;
  }

  /** Names of containers resolve here: everywhere but on the networks that the engine made itself. */
  get resolvesNames(): boolean {
    return !this.predefined;
  }

  /** The subnets that were asked for, in the words in which they were; else those that were given. */
  #ipamShown(): Ipam {
    const { Driver, Options, Config } = this.request.IPAM;
    const asked = Config.filter((pool) => !isIpv6(pool) && pool.Subnet !== undefined && pool.Subnet !== "");
    const given = this.allocation.subnets.map(({ subnet, gateway }) => ({
      Subnet: ip.formatPrefix(subnet.address, subnet.length),
      Gateway: ip.format(gateway),
    }));
    return {
      Driver: Driver === "" ? "default" : Driver,
      Options,
      Config: [...(asked.length > 0 ? asked : given), ...Config.filter(isIpv6)].map((pool) => ({ ...pool })),
    };
  }

  resource(): NetworkResource {
    const { request } = this;
    const containers = Object.fromEntries(
      [...this.endpoints].map(([id, endpoint]) => [id, endpoint.asNetworkSeesIt()]),
    );
    return {
      Name: this.name,
      Id: this.id,
      Created: rfc3339(this.createdAt),
      Scope: "local",
      Driver: this.driver.name,
      EnableIPv6: request.EnableIPv6,
      IPAM: { ...this.#ipam, Config: this.#ipam.Config.map((pool) => ({ ...pool })) },
      Internal: request.Internal,
      Attachable: request.Attachable,
      Ingress: false,
      ConfigFrom: { Network: request.ConfigFrom?.Network ?? "" },
      ConfigOnly: this.configOnly,
      Containers: inKeyOrder(containers),
      Options: inKeyOrder(request.Options),
      Labels: inKeyOrder(request.Labels),
    };
  }
}
