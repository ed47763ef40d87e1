import type { Packet } from "../sim/packet.ts";
import type { EntryRef } from "../sim/registry.ts";
import type { Hooks } from "./hooks.ts";
import type { NetDevice } from "./net-device.ts";
import type { QdiscStats } from "./qdisc/qdisc-stats.ts";

/** What can change on a device, in the words of the kernel's netdevice notifiers. */
export type DeviceChange =
  | "up"
  | "down"
  | "carrier"
  | "mtu"
  | "address"
  | "name"
  | "moved"
  | "removed"
  | "master";

/** What makes a device a veth, a bridge, a vxlan ...: the kernel's net_device_ops and rtnl_link_ops in one. */
export interface DeviceDriver {
  /** Of a bridge: where bridge netfilter looks at the frames that pass, and whether this bridge wants it whatever the sysctl says. */
  readonly hooks?: Hooks;
  readonly nfCallIptables?: boolean;
  /** The type that `ip link add type` names; for devices that are not made so: `loopback` or `nic`. */
  readonly kind: string;
  /** Sends a frame out. The driver owns the packet from here on, and counts it on `device`. */
  transmit(device: NetDevice, packet: Packet): void;
  /** The device is about to go up (ndo_open). @throws {KernelError} when it cannot: it then stays down. */
  open?(device: NetDevice): void;
  /** The device is about to get another MTU, within its bounds (ndo_change_mtu). @throws {KernelError} to refuse it. */
  checkMtu?(device: NetDevice, mtu: number): void;
  /** The device is about to get another address (ndo_set_mac_address). @throws {KernelError} to refuse it. */
  checkMac?(device: NetDevice, hi: number, lo: number): void;
  /** The device is about to get an IPv4 address (inetaddr_validator_chain). @throws {KernelError} to refuse it. */
  checkAddress?(device: NetDevice, address: number): void;
  /** It tells the leg that is being recorded all that it does to a frame; else the leg ends before it. */
  readonly notesLegs?: boolean;
  /** What comes out at the other end is what went in, however long it took: the flow's next leg may begin there. */
  readonly keepsFrames?: boolean;
  /** True when the device cannot leave its namespace. */
  readonly netnsImmutable?: boolean;
  /** The bounds of its devices' MTU: 68 and 65535 unless said otherwise; 0 is none. */
  readonly minMtu?: number;
  readonly maxMtu?: number;
  /** The device itself changed; called before the other listeners. */
  changed(device: NetDevice, change: DeviceChange): void;
  /**
   * What `@` in a device's name points to (IFLA_LINK): the veth peer, the device below; null when there is none. A
   * tunnel that was moved away from the namespace of its outer packets answers the device itself, printed as `@ifN`.
   */
  link(device: NetDevice): NetDevice | null;
  /** The speed that the device claims, in Mbit/s (ethtool's link settings); absent or null: unknown. */
  speed?(): number | null;
}

/** Takes the frames of a device before the IP stack sees them (rx_handler): a bridge port, a macvlan's lower device. */
export interface RxHandler {
  /** It tells the leg that is being recorded all that it does to a frame; else there is none. */
  readonly notesLegs?: boolean;
  receive(device: NetDevice, packet: Packet): void;
}

/** The VLAN devices on top of a device: they see its tagged frames before its {@link RxHandler} does (struct vlan_group). */
export interface VlanReceiver {
  /** Takes a frame with an 802.1Q tag that is for one of them; false when it is for somebody else (vlan_do_receive). */
  receive(packet: Packet): boolean;
}

/** Wants to know of changes of a device that is not its own: a bridge of its ports, a vxlan of its lower device. */
export interface DeviceListener {
  deviceChanged(device: NetDevice, change: DeviceChange): void;
}

/** A queueing discipline at a device's egress. It passes frames on with `device.send(packet)`. */
export interface Qdisc {
  /** What `tc` calls it: `netem`, `pfifo` ... */
  readonly kind: string;
  /** The upper 16 bits of its handle: `8001:` is 0x8001. */
  readonly handle: number;
  readonly ref: EntryRef;
  readonly stats: QdiscStats;
  /** Frames and bytes that wait in it. */
  readonly length: number;
  readonly bytes: number;
  enqueue(packet: Packet): void;
  /** Drops all that waits: the device goes down. */
  reset(): void;
  /** Drops all that waits, and is no more. */
  destroy(): void;
}
