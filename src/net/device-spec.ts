import type * as mac from "../wire/mac.ts";

/** What `ip link add` may say of any device. */
export interface DeviceOptions {
  readonly mtu?: number;
  /** A random one unless given. */
  readonly mac?: mac.Mac;
  readonly txQueueLength?: number;
  /** 0 or nothing: the next free one. */
  readonly ifindex?: number;
}

/** How devices of a kind begin. */
interface Beginning {
  readonly loopback: boolean;
  /** They ask for no addresses (IFF_NOARP). */
  readonly noarp: boolean;
  /** Without one they must find it first. */
  readonly carrier: boolean;
}

const PLAIN: Beginning = { loopback: false, noarp: false, carrier: true };
export const LOOPBACK: Beginning = { loopback: true, noarp: true, carrier: true };
export const NOARP: Beginning = { loopback: false, noarp: true, carrier: true };
export const WITHOUT_CARRIER: Beginning = { loopback: false, noarp: false, carrier: false };

/** The beginning of devices that have the carrier of another one. */
export function withCarrierOf(lower: { readonly carrier: boolean }): Beginning {
  return lower.carrier ? PLAIN : WITHOUT_CARRIER;
}

/** The beginning of devices that have the flags of another one too. */
export function likeLower({
  noarp,
  carrier,
}: {
  readonly noarp: boolean;
  readonly carrier: boolean;
}): Beginning {
  return { loopback: false, noarp, carrier };
}

/**
 * What a device is made with: the options of whoever wants it, and how its kind begins. One hidden class for all of them,
 * so that the functions that make devices are not compiled anew for each way of writing options and for each driver.
 */
export class DeviceSpec {
  readonly mtu: number;
  /** Null: a random one, or none for loopback. */
  readonly mac: mac.Mac | null;
  readonly txQueueLength: number;
  /** 0: the next free one. */
  readonly ifindex: number;
  readonly loopback: boolean;
  readonly noarp: boolean;
  readonly carrier: boolean;

  constructor(options: DeviceOptions, beginning: Beginning = PLAIN) {
    this.mtu = options.mtu ?? 1500;
    this.mac = options.mac ?? null;
    this.txQueueLength = options.txQueueLength ?? 1000;
    this.ifindex = options.ifindex ?? 0;
    this.loopback = beginning.loopback;
    this.noarp = beginning.noarp;
    this.carrier = beginning.carrier;
  }
}
