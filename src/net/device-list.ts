import { NOTHING, withOne, withOneAt, withoutOneAt } from "../base/short-list.ts";
import type { NetDevice } from "./net-device.ts";

/** In more devices than this one is looked up by its name in a map. */
const FEW = 16;

/** The devices of a namespace by index and by name: no two have the same of either. */
export class DeviceList {
  /** By ascending index. */
  #list: NetDevice[] = NOTHING;
  /** Null while there are few. */
  #byName: Map<string, NetDevice> | null = null;

  /** By ascending index; a list of its own, so that devices may come and go while it is walked. */
  get all(): readonly NetDevice[] {
    return this.#list.slice();
  }

  at(ifindex: number): NetDevice | null {
    const device = this.#list[this.#place(ifindex)];
    return device?.ifindex === ifindex ? device : null;
  }

  named(name: string): NetDevice | null {
    if (this.#byName !== null) return this.#byName.get(name) ?? null;
    for (const device of this.#list) if (device.name === name) return device;
    return null;
  }

  add(device: NetDevice): void {
    const at = this.#place(device.ifindex);
    this.#list = at === this.#list.length ? withOne(this.#list, device) : withOneAt(this.#list, at, device);
    if (this.#byName !== null) this.#byName.set(device.name, device);
    else if (this.#list.length > FEW) this.#byName = new Map(this.#list.map((one) => [one.name, one]));
  }

  /** Takes out a device that still has the index and the name that it had. */
  remove(device: NetDevice): void {
    const at = this.#place(device.ifindex);
    if (this.#list[at] !== device) return;
    this.#list = withoutOneAt(this.#list, at);
    this.#byName?.delete(device.name);
  }

  /** Where a device with that index stands, or would stand. */
  #place(ifindex: number): number {
    let from = 0;
    let to = this.#list.length;
    while (from < to) {
      const middle = (from + to) >>> 1;
      if (this.#list[middle]!.ifindex < ifindex) from = middle + 1;
      else to = middle;
    }
    return from;
  }
}
