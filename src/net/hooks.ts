import type { Packet } from "../sim/packet.ts";
import type { World } from "../sim/world.ts";
import { KernelError } from "./kernel-error.ts";
import type { NetDevice } from "./net-device.ts";

/** What a hook function says: let it go on, or it has ended or kept the packet. */
export const HookResult = { accept: 0, stolen: 1 } as const;
export type HookResult = (typeof HookResult)[keyof typeof HookResult];

/** A client of a hook point. It owns the packet when it answers `stolen`. */
export interface HookFunction {
  /** Lower is earlier (NF_IP_PRI_*). */
  readonly priority: number;
  run(packet: Packet, input: NetDevice | null, output: NetDevice | null): HookResult;
}

/** The functions of one hook point in the order of their priority; equal ones in the order of registration. */
export class HookList {
  readonly #world: World;
  #functions: HookFunction[] = [];
  /** True while nobody looks here: the stack then passes by. */
  empty = true;

  constructor(world: World) {
    this.#world = world;
  }

  add(hook: HookFunction): void {
    const at = this.#functions.findIndex((other) => other.priority > hook.priority);
    const functions = [...this.#functions];
    functions.splice(at < 0 ? functions.length : at, 0, hook);
    this.#functions = functions;
    this.empty = false;
    this.#world.generation++;
  }

  remove(hook: HookFunction): void {
    this.#functions = this.#functions.filter((other) => other !== hook);
    this.empty = this.#functions.length === 0;
    this.#world.generation++;
  }

  /** True when the packet may go on; otherwise it is no longer the caller's. */
  run(packet: Packet, input: NetDevice | null, output: NetDevice | null): boolean {
    this.#world.leg = null; // what a hook does is its own affair
    for (const hook of this.#functions)
      if (hook.run(packet, input, output) !== HookResult.accept) return false;
    return true;
  }
}

/**
 * The five places in the IPv4 stack of a namespace where netfilter, connection tracking and IPVS look
 * (include/uapi/linux/netfilter.h).
 */
export class Hooks {
  readonly prerouting: HookList;
  readonly input: HookList;
  readonly forward: HookList;
  readonly output: HookList;
  readonly postrouting: HookList;
  /** A hook dropped what a socket just sent: its sender is told EPERM. */
  refused = false;

  constructor(world: World) {
    this.prerouting = new HookList(world);
    this.input = new HookList(world);
    this.forward = new HookList(world);
    this.output = new HookList(world);
    this.postrouting = new HookList(world);
  }

  /** For a socket after it sent. @throws {KernelError} EPERM */
  tellSender(): void {
    if (!this.refused) return;
    this.refused = false;
    throw new KernelError("EPERM");
  }
}
