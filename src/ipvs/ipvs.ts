import type { Prng } from "../base/prng.ts";
import type { ConntrackAccess } from "../net/conntrack-access.ts";
import type { NetworkNamespace } from "../net/network-namespace.ts";
import { Way } from "../net/way.ts";
import { type Nanos, SECOND } from "../sim/time.ts";
import type { Timer } from "../sim/timer.ts";
import * as ipv4 from "../wire/ipv4.ts";
import { ConnectionTable } from "./connection-table.ts";
import type { IpvsDestination } from "./destination.ts";
import { IpvsHooks } from "./ipvs-hooks.ts";
import { IpvsSettings } from "./ipvs-settings.ts";
import type { IpvsService } from "./service.ts";
import { ESTIMATE_PERIOD, Statistics } from "./statistics.ts";
import { TCP_TIMEOUTS } from "./tcp-state.ts";

/** Where FTP is asked for, and from where its data comes. */
export const FTP_PORT = 21;
export const FTP_DATA_PORT = 20;

/** IP Virtual Server of one namespace (struct netns_ipvs): services, connections, settings, numbers. */
export class Ipvs {
  readonly ns: NetworkNamespace;
  readonly settings: IpvsSettings = new IpvsSettings();
  readonly connections: ConnectionTable = new ConnectionTable();
  readonly statistics: Statistics = new Statistics();
  /** How long a connection is kept after a packet: by TCP state, and of UDP. */
  readonly tcpTimeouts: Nanos[] = TCP_TIMEOUTS.map((seconds) => seconds * SECOND);
  udpTimeout: Nanos = 300 * SECOND;
  /** One in so many new connections is dropped while it is not 0 (net.ipv4.vs.drop_packet). */
  dropRate = 0;
  /** `secure_tcp` is at work. */
  secureTcp = false;
  /** The way of packets that pass by all destinations (cache_bypass). */
  readonly bypassWay: Way = new Way();
  /** What `drop_entry` works with while it is on. */
  dropTimer: Timer | null = null;
  dropPrng: Prng | null = null;
  readonly dropWaits: number[] = [];
  /** Destinations that were taken out while they had connections. */
  trash: IpvsDestination[] = [];
  #services: readonly IpvsService[] = [];
  readonly #hooks: IpvsHooks;
  #nextEstimate: Nanos;

  constructor(ns: NetworkNamespace) {
    this.ns = ns;
    this.#hooks = new IpvsHooks(this);
    this.#nextEstimate = ns.world.now - (ns.world.now % ESTIMATE_PERIOD) + ESTIMATE_PERIOD;
  }

  get conntrack(): ConntrackAccess | null {
    return this.ns.conntrack;
  }

  /** In the order of their making. */
  get services(): readonly IpvsService[] {
    return this.#services;
  }

  /** The hooks are taken with the first service and left with the last. */
  set services(services: readonly IpvsService[]) {
    if (this.#services.length === 0 && services.length > 0) this.#hooks.register();
    if (this.#services.length > 0 && services.length === 0) this.#hooks.unregister();
    this.#services = services;
    this.ns.world.generation++;
  }

  /** The service with just this key, or null. */
  exact(protocol: number, address: number, port: number, fwmark: number): IpvsService | null {
    for (const s of this.#services)
      if (
        s.fwmark === fwmark &&
        (fwmark !== 0 || (s.protocol === protocol && s.address === address && s.port === port))
      )
        return s;
    return null;
  }

  /** The service that takes a packet: by its mark, its destination, as FTP's data, at any port (ip_vs_service_find). */
  serviceFor(fwmark: number, protocol: number, address: number, port: number): IpvsService | null {
    const service =
      (fwmark !== 0 ? this.exact(0, 0, 0, fwmark) : null) ?? this.exact(protocol, address, port, 0);
    if (service !== null) return service;
    if (protocol === ipv4.PROTO_TCP && (port === FTP_DATA_PORT || port >= 1024)) {
      const ftp = this.exact(protocol, address, FTP_PORT, 0);
      if (ftp !== null) return ftp;
    }
    return this.exact(protocol, address, 0, 0);
  }

  /** Brings the rates up to now; numbers may change only after that. */
  estimate(): void {
    const { now } = this.ns.world;
    if (now < this.#nextEstimate) return;
    if (this.settings.run_estimation === 0) {
      this.#nextEstimate = now - (now % ESTIMATE_PERIOD) + ESTIMATE_PERIOD;
      return;
    }
    // After some minutes without packets all averages are what they stay.
    if (now - this.#nextEstimate > 200 * ESTIMATE_PERIOD)
      this.#nextEstimate += Math.floor((now - this.#nextEstimate) / ESTIMATE_PERIOD - 200) * ESTIMATE_PERIOD;
    for (; this.#nextEstimate <= now; this.#nextEstimate += ESTIMATE_PERIOD) {
      this.statistics.estimate();
      for (const service of this.#services) {
        service.statistics.estimate();
        for (const destination of service.destinations) destination.statistics.estimate();
      }
    }
  }
}

const KEY = "ipvs";

/** The virtual server of a namespace; it is there, empty, from the first time that somebody asks. */
export function ipvsOf(ns: NetworkNamespace): Ipvs {
  const known = ns.extensions.get(KEY) as Ipvs | undefined;
  if (known !== undefined) return known;
  const ipvs = new Ipvs(ns);
  ns.extensions.set(KEY, ipvs);
  return ipvs;
}
