import { Note } from "../sim/note.ts";
import * as mac from "../wire/mac.ts";
import type { DeviceChange } from "./device-driver.ts";
import type { NetDevice } from "./net-device.ts";

const UP = new Note("up");
const DOWN = new Note("down");
const LOWER_UP = new Note("LOWER_UP");
const NO_CARRIER = new Note("NO-CARRIER");
const NO_MASTER = new Note("nomaster");
const REMOVED = new Note("removed");

/** A change of a device in the words of `ip link`. Most are the same for all devices. */
export function noteOf(device: NetDevice, change: DeviceChange): Note {
  switch (change) {
    case "up":
      return UP;
    case "down":
      return DOWN;
    case "carrier":
      return device.carrier ? LOWER_UP : NO_CARRIER;
    case "address":
      return new Note(new AddressWords(device.macHi, device.macLo));
    case "master":
      return device.master === null ? NO_MASTER : new Note(`master ${device.master.name}`);
    case "mtu":
      return new Note(`mtu ${device.mtu}`);
    case "removed":
      return REMOVED;
    default:
      return new Note(change, device.name);
  }
}

/** The address that a device got: written out when somebody asks. */
class AddressWords {
  readonly #hi: number;
  readonly #lo: number;

  constructor(hi: number, lo: number) {
    this.#hi = hi;
    this.#lo = lo;
  }

  toString(): string {
    return `address ${mac.format(this.#hi, this.#lo)}`;
  }
}
