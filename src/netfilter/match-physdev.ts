import { KernelError } from "../net/kernel-error.ts";
import type { NetDevice } from "../net/net-device.ts";
import { Hook, NO_PORTS, type XtInfo, type XtMatch, type XtMatchType } from "../net/xtables.ts";
import { type Packet, PacketFlag } from "../sim/packet.ts";
import { DevicePattern } from "./device-pattern.ts";

/** `-m physdev`: the ports of a bridge that a packet came in by and goes out of. */
export interface PhysdevInfo extends XtInfo {
  readonly isIn?: true;
  readonly notIsIn?: true;
  readonly in?: string;
  readonly notIn?: true;
  readonly isOut?: true;
  readonly notIsOut?: true;
  readonly out?: string;
  readonly notOut?: true;
  readonly isBridged?: true;
  readonly notIsBridged?: true;
}

class PhysdevMatch implements XtMatch {
  readonly steady = true;
  readonly ports = NO_PORTS;
  readonly #info: PhysdevInfo;
  readonly #in: DevicePattern | null;
  readonly #out: DevicePattern | null;

  constructor(info: PhysdevInfo) {
    this.#info = info;
    this.#in = info.in === undefined ? null : new DevicePattern(info.in);
    this.#out = info.out === undefined ? null : new DevicePattern(info.out);
  }

  /** physdev_mt */
  matches(packet: Packet): boolean {
    const info = this.#info;
    const bridged = (packet.flags & PacketFlag.bridged) !== 0;
    const input = bridged ? (packet.bridgeInput as NetDevice | null) : null;
    const output = bridged ? (packet.bridgeOutput as NetDevice | null) : null;
    if (!bridged) {
      // A packet that saw no bridge: true if all that is asked is that it did not.
      return (
        (info.isBridged === undefined || info.notIsBridged === true) &&
        (info.isIn === undefined || info.notIsIn === true) &&
        (info.isOut === undefined || info.notIsOut === true) &&
        (this.#in === null || info.notIn === true) &&
        (this.#out === null || info.notOut === true)
      );
    }
    if (info.isBridged && (output !== null) === (info.notIsBridged === true)) return false;
    if (info.isIn && (input !== null) === (info.notIsIn === true)) return false;
    if (info.isOut && (output !== null) === (info.notIsOut === true)) return false;
    if (this.#in !== null && input !== null && this.#in.matches(input) === (info.notIn === true))
      return false;
    return this.#out === null || this.#out.matches(output) !== (info.notOut === true);
  }
}

export const physdevMatch: XtMatchType<PhysdevInfo> = {
  name: "physdev",
  make(info, { hooks }) {
    // What leaves by a bridge is not known yet where it is only being routed there.
    const asksOut = info.isOut === true || info.out !== undefined;
    const bridgedOnly = info.isBridged === true && info.notIsBridged !== true;
    if (asksOut && !bridgedOnly && (hooks & (1 << Hook.output)) !== 0) throw new KernelError("EINVAL");
    return new PhysdevMatch(info);
  },
};
