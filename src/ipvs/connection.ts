import type { EntryRef } from "../sim/registry.ts";
import { type Nanos, SECOND } from "../sim/time.ts";
import type { Timer } from "../sim/timer.ts";
import { ConnectionFlag, ForwardMethod } from "./connection-flags.ts";
import type { IpvsDestination } from "./destination.ts";
import { TcpState } from "./tcp-state.ts";

/** Who talks to whom: the client, the virtual address that it asked for, and the real one that answers. */
export interface ConnectionKey {
  readonly protocol: number;
  readonly clientAddress: number;
  readonly clientPort: number;
  readonly virtualAddress: number;
  readonly virtualPort: number;
}

/** A connection, or the template of persistent ones (struct ip_vs_conn). */
export class IpvsConnection implements ConnectionKey {
  readonly protocol: number;
  clientAddress: number;
  clientPort: number;
  virtualAddress: number;
  virtualPort: number;
  readonly address: number;
  port: number;
  readonly method: ForwardMethod;
  flags: number;
  readonly destination: IpvsDestination | null;
  readonly fwmark: number;
  /** A {@link TcpState}; 0 for UDP; of a template 1 once a connection of its was more than a beginning. */
  state: number = TcpState.none;
  /** How long it is kept after each packet. */
  timeout: Nanos = 3 * SECOND;
  expires: Nanos = 0;
  timer: Timer | null = null;
  inPackets = 0;
  /** The template that it was made from, and how many were made from it. */
  control: IpvsConnection | null = null;
  controlled = 0;
  hashed = false;
  next: IpvsConnection | null = null;
  ref: EntryRef = 0;

  constructor(
    key: ConnectionKey,
    address: number,
    port: number,
    method: ForwardMethod,
    flags: number,
    destination: IpvsDestination | null,
    fwmark: number,
  ) {
    this.protocol = key.protocol;
    this.clientAddress = key.clientAddress;
    this.clientPort = key.clientPort;
    this.virtualAddress = key.virtualAddress;
    this.virtualPort = key.virtualPort;
    this.address = address;
    this.port = port;
    this.method = method;
    this.flags = flags;
    this.destination = destination;
    this.fwmark = fwmark;
  }

  get isTemplate(): boolean {
    return (this.flags & ConnectionFlag.template) !== 0;
  }

  /** The address and port that answers to it come from. */
  get answersFrom(): number {
    return this.method === ForwardMethod.masquerade ? this.address : this.virtualAddress;
  }
  get answersFromPort(): number {
    return this.method === ForwardMethod.masquerade ? this.port : this.virtualPort;
  }
}
