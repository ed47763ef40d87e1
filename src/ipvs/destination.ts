import { Way } from "../net/way.ts";
import type { EntryRef } from "../sim/registry.ts";
import { ForwardMethod } from "./connection-flags.ts";
import type { IpvsService } from "./service.ts";
import { Statistics } from "./statistics.ts";

/** What `ipvsadm -a` and `-e` say of a destination. */
export interface DestinationOptions {
  readonly method: ForwardMethod;
  readonly weight: number;
  /** Connections above which it gets no new ones, and below which it does again; 0 for none. */
  readonly upperThreshold: number;
  readonly lowerThreshold: number;
}

/** A real server of a virtual service (struct ip_vs_dest). */
export class IpvsDestination {
  readonly address: number;
  /** 0: the port that the client asked for. */
  readonly port: number;
  /** Whose it is, or was. */
  service: IpvsService;
  method: ForwardMethod = ForwardMethod.route;
  weight = 0;
  /** The last weight that was not 0: who is quiescent keeps his place in some schedulers' tables. */
  lastWeight = 0;
  upperThreshold = 0;
  lowerThreshold = 0;
  activeConnections = 0;
  inactiveConnections = 0;
  persistentConnections = 0;
  /** It belongs to its service; connections may outlive that. */
  available = false;
  overloaded = false;
  readonly statistics: Statistics = new Statistics();
  readonly way: Way = new Way();
  ref: EntryRef = 0;

  constructor(service: IpvsService, address: number, port: number) {
    this.service = service;
    this.address = address;
    this.port = port;
  }

  get connections(): number {
    return this.activeConnections + this.inactiveConnections;
  }

  /** One more connection: too many are an overload (ip_vs_bind_dest). */
  checkUpper(): void {
    if (this.upperThreshold !== 0 && this.connections >= this.upperThreshold) this.overloaded = true;
  }

  /** One less: without a lower threshold three quarters of the upper one end the overload (ip_vs_unbind_dest). */
  checkLower(): void {
    if (this.lowerThreshold !== 0) {
      if (this.connections < this.lowerThreshold) this.overloaded = false;
    } else if (this.upperThreshold !== 0) {
      if (this.connections * 4 < this.upperThreshold * 3) this.overloaded = false;
    } else this.overloaded = false;
  }
}
