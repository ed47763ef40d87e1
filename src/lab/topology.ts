import type { ImageSpec } from "../docker/images/image-spec.ts";

/**
 * What a lab is built from, as plain values: which hosts stand on which switches, and the wires between them.
 * Lessons parse into it, library users write it down, and nobody below `lab` knows of it.
 * Addresses are text here, at the rim; the engine turns them into numbers when it builds the world.
 */
export interface Topology {
  /** Hosts in the order in which they were named, then routers: Linux machines on which one can type. */
  readonly hosts: readonly HostSpec[];
  /** Ethernet switches: each is one Linux bridge whose ports are called p0, p1, ... in the order of the NICs below. */
  readonly switches: readonly SwitchSpec[];
  /** Wires between two switches. */
  readonly trunks: readonly TrunkSpec[];
  /** Images of containers on all hosts, besides those that are there anyway; one of the same name takes its place. */
  readonly images?: readonly ImageSpec[];
  /** True where no registry can be reached: an image that is not on a host cannot be pulled. */
  readonly offline?: boolean;
}

/** A Linux machine. */
export interface HostSpec {
  readonly name: string;
  /** A router forwards from the start (`net.ipv4.ip_forward` = 1); a host does not. */
  readonly router: boolean;
  readonly nics: readonly NicSpec[];
  /** The address of the default route's gateway, or null for none. */
  readonly gateway: string | null;
  readonly cpu: CpuSpec;
  /** Its Docker Engine; none unless given. */
  readonly docker?: DaemonOptions;
}

/** What dockerd is told when it starts: its options of `daemon.json`, by their names there. */
export interface DaemonOptions {
  /** Address and prefix length of docker0. */
  readonly bip?: string | undefined;
  readonly "default-address-pools"?: readonly { readonly base: string; readonly size: number }[] | undefined;
  readonly dns?: readonly string[] | undefined;
  readonly "dns-opts"?: readonly string[] | undefined;
  readonly "dns-search"?: readonly string[] | undefined;
  /** The part of docker0's subnet that containers get. */
  readonly "fixed-cidr"?: string | undefined;
  readonly icc?: boolean | undefined;
  readonly "ip-forward"?: boolean | undefined;
  readonly "ip-masq"?: boolean | undefined;
  /** Where ports are published that say no address. */
  readonly ip?: string | undefined;
  readonly iptables?: boolean | undefined;
  readonly mtu?: number | undefined;
  readonly "userland-proxy"?: boolean | undefined;
}

/** How many CPUs work off a host's packets, and what one step costs. */
export interface CpuSpec {
  readonly count: number;
  /** Nanoseconds of virtual time for each step of a packet through the host; 0 means that work takes no time. */
  readonly cost: number;
  /** Which CPU gets a packet: that of its flow, or each in turn. */
  readonly steering?: "flow" | "turn";
}

/** A network card of a host, and the wire from it to its switch. */
export interface NicSpec {
  /** The device's name on the host: eth0, eth1, ... */
  readonly name: string;
  /** `aa:bb:cc:dd:ee:ff`, unicast. */
  readonly mac: string;
  /** IPv4 address with its prefix length, or null for a card that comes up without an address. */
  readonly address: InterfaceAddress | null;
  /** Bytes of payload of one frame. */
  readonly mtu: number;
  /** The name of the switch at the wire's other end. */
  readonly switch: string;
  readonly wire: WireSpec;
}

/** An IPv4 address as `ip addr add` takes it. */
export interface InterfaceAddress {
  /** Dotted quad. */
  readonly address: string;
  /** 1 to 32. */
  readonly prefixLength: number;
}

/** A cable: the same in both directions. */
export interface WireSpec {
  /** Nanoseconds from one end to the other. */
  readonly delay: number;
  /** Bits per second; 0 means without limit. */
  readonly rate: number;
  /** How many frames may wait at an end that is busy sending; more are dropped. */
  readonly queue: number;
}

export interface SwitchSpec {
  readonly name: string;
  /** Bytes of payload of one frame. */
  readonly mtu: number;
}

/** A wire between two switches, by name. */
export interface TrunkSpec {
  readonly from: string;
  readonly to: string;
  readonly wire: WireSpec;
}

/** A wire that does nothing to a frame. */
export const PLAIN_WIRE: WireSpec = { delay: 0, rate: 0, queue: 1000 };

/** One CPU whose work takes no time. */
export const PLAIN_CPU: CpuSpec = { count: 1, cost: 0 };

/**
 * The MAC of a card that was given none: `52:54:00` (the prefix that QEMU gives its machines) and the last three
 * bytes of its IPv4 address, so that a reader of a capture knows whose frame it is.
 */
export function macForAddress(address: string): string {
  const bytes = address.split(".").slice(1);
  return ["52", "54", "00", ...bytes.map((byte) => Number(byte).toString(16).padStart(2, "0"))].join(":");
}
