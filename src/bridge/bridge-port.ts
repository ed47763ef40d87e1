import type { DeviceChange, DeviceListener, RxHandler } from "../net/device-driver.ts";
import type { NetDevice } from "../net/net-device.ts";
import type { Packet } from "../sim/packet.ts";
import type { EntryRef } from "../sim/registry.ts";
import { Verdict } from "../sim/verdict.ts";
import * as ethernet from "../wire/ethernet.ts";
import type { Bridge } from "./bridge.ts";
import { receive } from "./forwarding.ts";
import { learn } from "./learning.ts";
import { type PortSetting, whoSet } from "./port-memory.ts";
import { PortState } from "./port-state.ts";
import { VlanGroup } from "./vlan-group.ts";

/**
 * A device that is a port of a bridge: its frames go to the bridge before any IP stack sees them.
 *
 * In:  frames of its device.   Out: the bridge.   Linux: net/bridge/br_input.c, br_if.c.
 */
export class BridgePort implements RxHandler, DeviceListener {
  readonly notesLegs = true;
  readonly bridge: Bridge;
  readonly device: NetDevice;
  /** From 1: the lowest that was free. */
  readonly number: number;
  state: PortState = PortState.disabled;
  /** 0 to 63. */
  priority = 32;
  cost: number;
  /** The cost was set by somebody and no longer follows the device. */
  costSet = false;
  learning = true;
  flood = true;
  mcastFlood = true;
  bcastFlood = true;
  hairpin = false;
  isolated = false;
  /** ARP requests that the bridge can answer itself are not flooded here. */
  neighSuppress = false;
  /** The bridge answers ARP requests that come in here; none are flooded out here. */
  proxyArp = false;
  proxyArpWifi = false;
  /** Flags that are kept and shown, and decide nothing here: there is no spanning tree and no IGMP snooping. */
  guard = false;
  rootBlock = false;
  fastLeave = false;
  mcastToUnicast = false;
  vlanTunnel = false;
  locked = false;
  /** 0 to 3: never, as learned, always, for a while (MDB_RTR_TYPE_*). */
  mcastRouter = 1;
  readonly vlans: VlanGroup = new VlanGroup();
  /** Which of 01:80:c2:00:00:0X are forwarded from here: one bit each. */
  groupFwdMask = 0;
  /** Who set what; null while nobody set anything. */
  settings: Map<PortSetting, EntryRef> | null = null;

  constructor(bridge: Bridge, device: NetDevice, number: number, cost: number) {
    this.bridge = bridge;
    this.device = device;
    this.number = number;
    this.cost = cost;
  }

  /** A frame came in by the port's device (br_handle_frame). */
  receive(device: NetDevice, packet: Packet): void {
    const { view, at } = packet;
    if (!ethernet.isSourceValid(view, at)) {
      device.drop(packet, Verdict.MAC_INVALID_SOURCE);
      return;
    }
    if (ethernet.isLinkLocal(view, at) && this.#keepsGroup(packet, ethernet.dstLo(view, at) & 15)) return;
    const state = this.state;
    if (state !== PortState.forwarding && state !== PortState.learning) {
      device.drop(packet, Verdict.BRIDGE_PORT_STATE, this.refuser(Verdict.BRIDGE_PORT_STATE));
      return;
    }
    const { prerouting } = this.bridge.hooks;
    if (prerouting.empty || prerouting.run(packet, device, null)) receive(this.bridge, this, packet);
  }

  /** Why the port may not have a frame that came in by `from` (null: from the bridge's own device), or null. */
  refuses(from: BridgePort | null, vid: number): Verdict | null {
    if (from === this && !this.hairpin) return Verdict.BRIDGE_SAME_PORT;
    if (this.state !== PortState.forwarding) return Verdict.BRIDGE_PORT_STATE;
    if (this.bridge.vlanFiltering && !this.vlans.has(vid)) return Verdict.BRIDGE_VLAN;
    if (this.isolated && from?.isolated) return Verdict.BRIDGE_ISOLATED;
    return null;
  }

  /** The entry behind a refusal: what somebody set of the port or, while nobody did, the device that it follows from. */
  refuser(refusal: Verdict): EntryRef {
    const { device, bridge } = this;
    switch (refusal) {
      case Verdict.BRIDGE_SAME_PORT:
        return whoSet(this, "hairpin", device.ref);
      case Verdict.BRIDGE_PORT_STATE:
        return whoSet(this, "state", bridge.device.up ? device.ref : bridge.device.ref);
      case Verdict.BRIDGE_VLAN:
        return this.vlans.ref || bridge.device.ref;
      default:
        return whoSet(this, "isolated", device.ref);
    }
  }

  /** Sends a frame out of the port that came in by `from`, or that the stack made (__br_forward). */
  send(packet: Packet, from: BridgePort | null, vid: number): void {
    const { device, bridge } = this;
    if (bridge.vlanFiltering) this.vlans.egress(packet, vid);
    const hooks = bridge.hooks;
    if (from !== null) {
      if (!hooks.forward.empty && !hooks.forward.run(packet, from.device, device)) return;
    } else if (!hooks.output.empty && !hooks.output.run(packet, null, device)) return;
    if (!hooks.postrouting.empty && !hooks.postrouting.run(packet, null, device)) return;
    this.push(packet);
  }

  /** The last step out, after all hooks (br_dev_queue_push_xmit). */
  push(packet: Packet): void {
    const { device } = this;
    const longest = device.mtu + ethernet.HEADER_LEN + ethernet.TAG_LEN;
    if (packet.length > longest) {
      device.drop(packet, Verdict.PKT_TOO_BIG);
      return;
    }
    const leg = device.world.leg;
    if (leg !== null) leg.allows(packet, longest);
    device.transmit(packet);
  }

  deviceChanged(_device: NetDevice, change: DeviceChange): void {
    this.bridge.portChanged(this, change);
  }

  /**
   * Frames to 01:80:c2:00:00:0X are for the neighbour on the wire and not forwarded, unless the masks say so; those
   * of spanning tree (0) are while the bridge takes no part in it. True when the frame was kept.
   */
  #keepsGroup(packet: Packet, group: number): boolean {
    const bridge = this.bridge;
    const bit = 1 << group;
    if (group === 0) {
      if (!bridge.stp || (this.groupFwdMask & bit) !== 0) return false;
    } else if (group === 1) {
      this.device.drop(packet, Verdict.LINK_LOCAL_GROUP, this.device.ref);
      return true;
    } else if (((this.groupFwdMask | bridge.groupFwdMask) & bit) !== 0) return false;
    const { view, at } = packet;
    const learns = this.state === PortState.forwarding || this.state === PortState.learning;
    if (this.learning && learns && !bridge.noLinkLocalLearn) {
      const vid = bridge.vlanFiltering ? this.vlans.ingress(packet) : 0;
      if (vid >= 0) learn(bridge, this, packet, ethernet.srcHi(view, at), ethernet.srcLo(view, at), vid);
    }
    const { input } = bridge.hooks;
    if (input.empty || input.run(packet, this.device, null)) this.device.ns.receive(this.device, packet);
    return true;
  }
}
