import { SIGTERM } from "../../../sim/process.ts";
import { DaemonError } from "../../api/daemon-error.ts";
import type { DriverHost } from "../driver-host.ts";
import type { PortRequest, PublishedPort } from "../network-driver.ts";
import { openPort, type PortSocket, proxyWords } from "./docker-proxy.ts";
import type { HostProcess, HostProcesses } from "./host-processes.ts";
import type { PortAllocator } from "./port-allocator.ts";

type Rules = readonly (readonly [table: string, chain: string, rule: string])[];

/** A container whose ports are mapped. */
interface PortTarget {
  /** Int32. */
  readonly address: number;
  /** The rules of one published port. */
  rules(published: PublishedPort): Rules;
}

interface Mapping {
  readonly published: PublishedPort;
  readonly rules: Rules;
  readonly socket: PortSocket;
  readonly process: HostProcess | null;
}

/** How often another port is tried when one of any is not to be had. */
const ATTEMPTS = 10;

/**
 * Publishes ports: allocates them, programs their rules, and has a proxy listen on them, or at least holds their sockets
 * so that nobody else takes them (libnetwork's portmapper).
 */
export class PortMapper {
  readonly #allocator: PortAllocator;
  readonly #processes: HostProcesses;
  readonly #userlandProxy: () => boolean;

  /** @param userlandProxy whether a port that is published from now on gets one */
  constructor(allocator: PortAllocator, processes: HostProcesses, userlandProxy: () => boolean) {
    this.#allocator = allocator;
    this.#processes = processes;
    this.#userlandProxy = userlandProxy;
  }

  /**
   * Publishes all of them or none; without a host address on IPv4 and IPv6 both.
   * @param binding where ports go that say no address. @throws {DaemonError}
   */
  publish(
    requests: readonly PortRequest[],
    target: PortTarget,
    binding: string,
    host: DriverHost,
  ): Mapping[] {
    const done: Mapping[] = [];
    try {
      for (const request of requests)
        for (const address of this.#addresses(request, binding))
          done.push(this.#map(request, address, target, host));
    } catch (error) {
      this.unpublish(done, host);
      throw error;
    }
    return done;
  }

  unpublish(mappings: readonly Mapping[], host: DriverHost): void {
    for (const { published, rules, socket, process } of mappings) {
      process?.kill(SIGTERM);
      socket.close();
      for (const [table, chain, rule] of rules) host.dropRule(table, chain, rule);
      this.#allocator.release(published.hostAddress, published.protocol, published.hostPort);
    }
  }

  /** Without a proxy nothing passes from IPv6 to a container that has none. */
  #addresses({ hostAddress }: PortRequest, binding: string): string[] {
    if (hostAddress !== "") return hostAddress.includes(":") && !this.#userlandProxy() ? [] : [hostAddress];
    return binding === "0.0.0.0" && this.#userlandProxy() ? [binding, "::"] : [binding];
  }

  #map(request: PortRequest, address: string, target: PortTarget, host: DriverHost): Mapping {
    for (let attempt = 1; ; attempt++) {
      try {
        return this.#tryToMap(request, address, target, host);
      } catch (error) {
        if (!(error instanceof DaemonError) || request.hostPort !== 0 || attempt === ATTEMPTS) throw error;
      }
    }
  }

  #tryToMap(request: PortRequest, address: string, target: PortTarget, host: DriverHost): Mapping {
    const { protocol, port } = request;
    const hostPort = this.#allocator.request(address, protocol, request.hostPort, request.hostPortEnd);
    const published: PublishedPort = { protocol, port, hostAddress: address, hostPort };
    const isIpv6 = address.includes(":");
    const rules = isIpv6 ? [] : target.rules(published);
    for (const [table, chain, rule] of rules) host.iptables(`-t ${table} -A ${chain} ${rule}`);
    try {
      return { published, rules, ...this.#serve(published, target, host) };
    } catch (error) {
      for (const [table, chain, rule] of rules) host.dropRule(table, chain, rule);
      this.#allocator.release(address, protocol, hostPort);
      throw error;
    }
  }

  #serve(
    published: PublishedPort,
    { address }: PortTarget,
    { namespace }: DriverHost,
  ): Pick<Mapping, "socket" | "process"> {
    const socket = this.#open(published, namespace);
    if (!this.#userlandProxy()) return { socket, process: null };
    const process = this.#processes.start(proxyWords(published, address), namespace, () =>
      socket.program(address, published.port),
    );
    return { socket, process };
  }

  #open(published: PublishedPort, namespace: DriverHost["namespace"]): PortSocket {
    try {
      return openPort(namespace, published);
    } catch (error) {
      if (!this.#userlandProxy() || !(error instanceof DaemonError)) throw error;
      throw new DaemonError(500, `Error starting userland proxy: ${error.message}`);
    }
  }
}
