import type { Packet } from "../sim/packet.ts";
import type { IcmpReport } from "./icmp-input.ts";
import type { NetDevice } from "./net-device.ts";
import type { NetworkNamespace } from "./network-namespace.ts";
import { SysctlDefinitions } from "./sysctl-definitions.ts";
import { Xtables } from "./xtables.ts";

/** Takes packets of one IP protocol that are for a namespace; it owns them. */
type ProtocolHandler = (ns: NetworkNamespace, device: NetDevice, packet: Packet) => void;

/** Hears of an ICMP error about a packet of its protocol, quoted at `quoted` (err_handler). The packet stays the caller's. */
type IcmpErrorHandler = (
  ns: NetworkNamespace,
  device: NetDevice,
  packet: Packet,
  quoted: number,
  report: IcmpReport,
) => void;

/**
 * The code that is loaded: every room above adds what it brings. One for all hosts of a lab; it holds definitions
 * only, never state of a namespace.
 */
export class Kernel {
  /**
   * CONFIG_BRIDGE_VLAN_FILTERING, as distributions build it: each bridge and port is in VLAN 1 from the start, which
   * shows in `bridge fdb show`. A kernel without it refuses `vlan_filtering 1`.
   */
  bridgeVlanFiltering = true;
  readonly sysctls: SysctlDefinitions = new SysctlDefinitions();
  /** IP protocols beyond ICMP, IGMP, TCP and UDP, by number (inet_add_protocol). */
  readonly protocols: Map<number, ProtocolHandler> = new Map();
  /** Who hears of ICMP errors about packets of those protocols. */
  readonly icmpErrors: Map<number, IcmpErrorHandler> = new Map();
  /** Files of /proc/net that other rooms bring: their text, or null where a namespace has no such file. */
  readonly procNet: Map<string, (ns: NetworkNamespace) => string | null> = new Map();
  /** The kinds of matches and targets that iptables rules may have. */
  readonly xtables: Xtables = new Xtables();
  /** Called for the device of each new bridge. */
  readonly bridgeHooks: ((device: NetDevice) => void)[] = [];
}
