import { Macvlan } from "../link/macvlan.ts";
import { MacvlanPort } from "../link/macvlan-port.ts";
import { KernelError } from "../net/kernel-error.ts";
import type { NetDevice } from "../net/net-device.ts";
import * as mac from "../wire/mac.ts";
import { kernelGroups } from "./card-addresses.ts";
import { notesOf } from "./device-notes.ts";

/**
 * Which addresses besides its own a card lets in (struct net_device, uc and mc): first unicast ones, then groups. A card
 * here lets everything in, so that the lists decide nothing; `bridge fdb` and `ip maddr` show them.
 */
export function hardwareAddresses(device: NetDevice): readonly string[] {
  const { unicast, multicast, taken } = notesOf(device);
  const left = (addresses: readonly string[]): readonly string[] =>
    addresses.filter((a) => !taken.includes(a));
  return [
    ...new Set([...unicast, ...left(macvlanAddresses(device)), ...left(kernelGroups(device)), ...multicast]),
  ];
}

/** The addresses of the macvlans above that are up, and what VLANs above hand on of theirs (dev_uc_sync). */
function macvlanAddresses(device: NetDevice): readonly string[] {
  const vlans = device.ns.devices.filter(
    (above) => above.up && above.driver.kind === "vlan" && above.driver.link(above) === device,
  );
  return [...ownMacvlans(device), ...vlans.flatMap(macvlanAddresses)];
}

function ownMacvlans(device: NetDevice): readonly string[] {
  const port = device.rxHandler;
  if (!(port instanceof MacvlanPort) || port.isPassthru) return [];
  const up = port.macvlans.map((macvlan) => macvlan.device).filter((above) => above.up);
  return up.map((above) => mac.format(above.macHi, above.macLo));
}

/** Adds one by hand (ndo_dflt_fdb_add). @throws {KernelError} EEXIST; EOPNOTSUPP on a macvlan */
export function addHardwareAddress(device: NetDevice, address: mac.Mac, exclusive: boolean): void {
  const { driver } = device;
  if (driver instanceof Macvlan && driver.mode !== "passthru") throw new KernelError("EOPNOTSUPP");
  const text = mac.format(address.hi, address.lo);
  if (hardwareAddresses(device).includes(text)) {
    if (exclusive) throw new KernelError("EEXIST");
    return;
  }
  const notes = notesOf(device);
  const unicast = !mac.isMulticast(address.hi) || mac.isLinkLocal(address.hi, address.lo);
  (unicast ? notes.unicast : notes.multicast).push(text);
  device.world.generation++;
}

/** Takes one away, one of the kernel's own too. @throws {KernelError} ENOENT; EOPNOTSUPP on a macvlan */
export function deleteHardwareAddress(device: NetDevice, address: mac.Mac): void {
  const { driver } = device;
  if (driver instanceof Macvlan && driver.mode !== "passthru") throw new KernelError("EOPNOTSUPP");
  const text = mac.format(address.hi, address.lo);
  if (!hardwareAddresses(device).includes(text)) throw new KernelError("ENOENT");
  const notes = notesOf(device);
  if (notes.unicast.includes(text)) notes.unicast = notes.unicast.filter((other) => other !== text);
  else if (notes.multicast.includes(text))
    notes.multicast = notes.multicast.filter((other) => other !== text);
  else notes.taken.push(text);
  device.world.generation++;
}
