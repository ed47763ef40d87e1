import type { DeviceChange, DeviceDriver } from "../net/device-driver.ts";
import { type DeviceOptions, DeviceSpec, WITHOUT_CARRIER } from "../net/device-spec.ts";
import { KernelError } from "../net/kernel-error.ts";
import type { NetDevice } from "../net/net-device.ts";
import type { NetworkNamespace } from "../net/network-namespace.ts";
import type { Packet } from "../sim/packet.ts";
import { Verdict } from "../sim/verdict.ts";

/**
 * A pair of devices, each of which receives what the other one sends. The frames cross by {@link NetDevice.peer}
 * without asking this driver.
 *
 * Carrier: both ends have it while both are up. Deleting one end deletes the other, in whatever namespace it is.
 * Linux: drivers/net/veth.c.
 */
class Veth implements DeviceDriver {
  readonly kind = "veth";

  transmit(device: NetDevice, packet: Packet): void {
    device.drop(packet, Verdict.NO_CARRIER); // the other end is gone
  }

  changed(device: NetDevice, change: DeviceChange): void {
    const peer = device.peer;
    if (peer === null) return;
    switch (change) {
      case "up":
        if (!peer.up) return;
        device.setCarrier(true);
        peer.setCarrier(true);
        return;
      case "down":
        device.setCarrier(false);
        peer.setCarrier(false);
        return;
      case "removed":
        device.peer = null;
        peer.peer = null;
        peer.ns.removeDevice(peer);
    }
  }

  /** What veth_get_link_ksettings says. */
  speed(): number {
    return 10_000;
  }

  link(device: NetDevice): NetDevice | null {
    return device.peer;
  }
}

const driver = new Veth();

/**
 * `ip link add NAME type veth peer name PEERNAME`; both ends are down at first. As in the kernel, the peer is made first.
 * @returns the end called `name`; the other one is its `peer`.
 * @throws {KernelError} EEXIST when a name is taken; then nothing was made.
 */
export function addVeth(
  ns: NetworkNamespace,
  name: string,
  options: DeviceOptions,
  peerNs: NetworkNamespace,
  peerName: string,
  peerOptions: DeviceOptions,
): NetDevice {
  if (ns.device(name) !== null || (ns === peerNs && name === peerName)) throw new KernelError("EEXIST");
  const peer = peerNs.addDevice(peerName, driver, new DeviceSpec(peerOptions, WITHOUT_CARRIER));
  let device: NetDevice;
  try {
    device = ns.addDevice(name, driver, new DeviceSpec(options, WITHOUT_CARRIER));
  } catch (error) {
    peerNs.removeDevice(peer);
    throw error;
  }
  device.peer = peer;
  peer.peer = device;
  return device;
}
