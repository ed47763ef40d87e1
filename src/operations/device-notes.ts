import type { NetDevice } from "../net/net-device.ts";

/** What somebody set on a device that has no effect here, and yet is shown again. */
interface DeviceNotes {
  addrgenmode: string;
  broadcast: string;
  /** Somebody chose its address. */
  addressSet: boolean;
  /** Further addresses that `bridge fdb add MAC dev DEV self` and `ip maddr add` gave to the card itself. */
  unicast: string[];
  multicast: string[];
  /** Addresses of the kernel's own that somebody took away from the card. */
  taken: string[];
}

const notes: WeakMap<NetDevice, DeviceNotes> = new WeakMap();

/** The notes of a device, to be read and written. */
export function notesOf(device: NetDevice): DeviceNotes {
  let note = notes.get(device);
  if (note === undefined) {
    note = {
      addrgenmode: "eui64",
      broadcast: device.loopback ? "00:00:00:00:00:00" : "ff:ff:ff:ff:ff:ff",
      addressSet: false,
      unicast: [],
      multicast: [],
      taken: [],
    };
    notes.set(device, note);
  }
  return note;
}
