import type { NetDevice } from "./net-device.ts";

/** More devices than this are kept in a list that is searched by halves, and by name in a map. */
const FEW = 16;

/** The devices of a namespace by index and by name: no two have the same of either. */
export class DeviceList {
  /** While there are few: the one with the lowest index; the others follow it as `nextDevice`. */
  #first: NetDevice | null = null;
  #size = 0;
  #many: ManyDevices | null = null;

  /** By ascending index; a list of its own, so that devices may come and go while it is walked. */
  get all(): readonly NetDevice[] {
    if (this.#many !== null) return this.#many.list.slice();
    const all: NetDevice[] = [];
    for (let device = this.#first; device !== null; device = device.nextDevice) all.push(device);
    return all;
  }

  at(ifindex: number): NetDevice | null {
    if (this.#many !== null) return this.#many.at(ifindex);
    let device = this.#first;
    while (device !== null && device.ifindex !== ifindex) device = device.nextDevice;
    return device;
  }

  named(name: string): NetDevice | null {
    if (this.#many !== null) return this.#many.byName.get(name) ?? null;
    let device = this.#first;
    while (device !== null && device.name !== name) device = device.nextDevice;
    return device;
  }

  add(device: NetDevice): void {
    if (this.#many !== null) this.#many.add(device);
    else if (this.#size === FEW) {
      this.#many = new ManyDevices(this.all);
      this.#first = null;
      this.#many.add(device);
    } else this.#link(device);
    this.#size++;
  }

  /** Takes out a device that still has the index and the name that it had. */
  remove(device: NetDevice): void {
    if (this.at(device.ifindex) !== device) return;
    this.#size--;
    if (this.#many !== null) this.#many.remove(device);
    else if (this.#first === device) this.#first = device.nextDevice;
    else {
      let before = this.#first!;
      while (before.nextDevice !== device) before = before.nextDevice!;
      before.nextDevice = device.nextDevice;
    }
    device.nextDevice = null;
  }

  #link(device: NetDevice): void {
    let before: NetDevice | null = null;
    let after = this.#first;
    while (after !== null && after.ifindex < device.ifindex) {
      before = after;
      after = after.nextDevice;
    }
    device.nextDevice = after;
    if (before === null) this.#first = device;
    else before.nextDevice = device;
  }
}

class ManyDevices {
  /** By ascending index. */
  readonly list: NetDevice[];
  readonly byName: Map<string, NetDevice> = new Map();

  constructor(devices: readonly NetDevice[]) {
    this.list = [...devices];
    for (const device of devices) {
      device.nextDevice = null;
      this.byName.set(device.name, device);
    }
  }

  at(ifindex: number): NetDevice | null {
    const device = this.list[this.#place(ifindex)];
    return device?.ifindex === ifindex ? device : null;
  }

  add(device: NetDevice): void {
    this.list.splice(this.#place(device.ifindex), 0, device);
    this.byName.set(device.name, device);
  }

  remove(device: NetDevice): void {
    this.list.splice(this.#place(device.ifindex), 1);
    this.byName.delete(device.name);
  }

  /** Where a device with that index stands, or would stand. */
  #place(ifindex: number): number {
    let from = 0;
    let to = this.list.length;
    while (from < to) {
      const middle = (from + to) >>> 1;
      if (this.list[middle]!.ifindex < ifindex) from = middle + 1;
      else to = middle;
    }
    return from;
  }
}
