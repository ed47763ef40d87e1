import type { EntryRef } from "../sim/registry.ts";
import * as ip from "../wire/ipv4-address.ts";
import type { IpvsDestination } from "./destination.ts";
import type { Scheduler, SchedulerFlags } from "./scheduler.ts";
import { Statistics } from "./statistics.ts";

/** Which packets a virtual service takes: a protocol, address and port, or a firewall mark alone. */
export interface ServiceKey {
  /** TCP or UDP; of a mark's service 6, which means nothing. */
  readonly protocol: number;
  readonly address: number;
  readonly port: number;
  /** 0: by address. */
  readonly fwmark: number;
}

/** What `ipvsadm -A` and `-E` say of a service. */
export interface ServiceOptions {
  readonly scheduler: string;
  readonly schedulerFlags: SchedulerFlags;
  /** Seconds of persistence; 0 for none. */
  readonly persistence: number;
  /** How much of the client's address is looked at for persistence. */
  readonly netmask: number;
  readonly onePacket: boolean;
}

/** A virtual service (struct ip_vs_service). */
export class IpvsService implements ServiceKey {
  readonly protocol: number;
  readonly address: number;
  readonly port: number;
  readonly fwmark: number;
  scheduler: Scheduler;
  schedulerFlags: SchedulerFlags = [false, false, false];
  persistence = 0;
  netmask: number = ip.BROADCAST;
  onePacket = false;
  /** Newest first, as the kernel's list has them; that is the order in which schedulers go. */
  destinations: readonly IpvsDestination[] = [];
  readonly statistics: Statistics = new Statistics();
  ref: EntryRef = 0;

  constructor(key: ServiceKey, scheduler: Scheduler) {
    this.protocol = key.protocol;
    this.address = key.address;
    this.port = key.port;
    this.fwmark = key.fwmark;
    this.scheduler = scheduler;
  }

  find(address: number, port: number): IpvsDestination | null {
    return this.destinations.find((d) => d.address === address && d.port === port) ?? null;
  }
}
