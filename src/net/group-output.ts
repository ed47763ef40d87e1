import { type Packet, PacketFlag, type Receiver } from "../sim/packet.ts";
import { Verdict } from "../sim/verdict.ts";
import * as ipv4 from "../wire/ipv4.ts";
import * as ipInput from "./ip-input.ts";
import type { NetDevice } from "./net-device.ts";
import type { NetworkNamespace } from "./network-namespace.ts";
import type { Route } from "./route.ts";

/** Where a host's own copy of a broadcast or group packet comes in: by the device that it left (dev_loopback_xmit). */
export class OwnCopies implements Receiver {
  readonly #device: NetDevice;

  constructor(device: NetDevice) {
    this.#device = device;
  }

  receive(packet: Packet): void {
    const device = this.#device;
    if (device.removed || !device.up) {
      device.drop(packet, Verdict.DEV_READY);
      return;
    }
    packet.device = device;
    packet.flags = PacketFlag.toGroup;
    const prerouting = device.ns.hooks.prerouting;
    if (!prerouting.empty && !prerouting.run(packet, device, null)) return;
    ipInput.local(device.ns, device, packet);
  }
}

/**
 * Gives this host its own copy of what it sends to all, or to a group that it has joined on that device; the copy comes
 * in a moment later (ip_mc_output). False when the packet itself must not leave, and is gone.
 */
export function loop(
  ns: NetworkNamespace,
  packet: Packet,
  way: Route,
  device: NetDevice,
  dst: number,
): boolean {
  if (device.loopback) return true;
  const group = way.type === "multicast";
  const wanted = group
    ? (packet.flags & PacketFlag.notLooped) === 0 && device.ipv4.groups.has(dst)
    : (packet.flags & PacketFlag.forwarded) === 0;
  if (wanted) {
    const copy = ns.world.pool.copy(packet);
    const postrouting = ns.hooks.postrouting;
    if (postrouting.empty || postrouting.run(copy, null, device)) {
      ns.note(copy, Verdict.local, way.ref);
      device.backlog(copy, device.ipv4.ownCopies);
    }
  }
  if (group && ipv4.ttl(packet.view, packet.at) === 0) {
    ns.drop(packet, Verdict.TTL_EXCEEDED);
    return false;
  }
  return true;
}
