import type { NetDevice } from "../net/net-device.ts";

/** A device's name in a rule: a `+` at the end stands for any ending. Where there is no device, its name is empty. */
export class DevicePattern {
  readonly #name: string;
  readonly #any: boolean;

  constructor(pattern: string) {
    this.#any = pattern.endsWith("+");
    this.#name = this.#any ? pattern.slice(0, -1) : pattern;
  }

  matches(device: NetDevice | null): boolean {
    const name = device === null ? "" : device.name;
    return this.#any ? name.startsWith(this.#name) : name === this.#name;
  }
}
