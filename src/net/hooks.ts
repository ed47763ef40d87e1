import type { FrameId, Packet } from "../sim/packet.ts";
import type { World } from "../sim/world.ts";
import type { NetDevice } from "./net-device.ts";

/** What a hook function says: let it go on, or it has ended or kept the packet. */
export const HookResult = { accept: 0, stolen: 1 } as const;
export type HookResult = (typeof HookResult)[keyof typeof HookResult];

/** A client of a hook point. It owns the packet when it answers `stolen`. */
export interface HookFunction {
  /** Lower is earlier (NF_IP_PRI_*). */
  readonly priority: number;
  /** It tells the leg that is being recorded what it does, or calls it off ({@link World.leg}); absent: no leg passes it. */
  readonly notesLegs?: true;
  run(packet: Packet, input: NetDevice | null, output: NetDevice | null): HookResult;
}

/** The functions of one hook point in the order of their priority; equal ones in the order of registration. */
export class HookList {
  readonly #world: World;
  readonly #hooks: Hooks;
  #functions: readonly HookFunction[] = [];
  /** Somebody here does not note what it does. */
  #endsLegs = false;
  /** True while nobody looks here: the stack then passes by. */
  empty = true;

  constructor(world: World, hooks: Hooks) {
    this.#world = world;
    this.#hooks = hooks;
  }

  add(hook: HookFunction): void {
    const at = this.#functions.findIndex((other) => other.priority > hook.priority);
    const functions = [...this.#functions];
    functions.splice(at < 0 ? functions.length : at, 0, hook);
    this.#set(functions);
  }

  remove(hook: HookFunction): void {
    this.#set(this.#functions.filter((other) => other !== hook));
  }

  #set(functions: readonly HookFunction[]): void {
    this.#functions = functions;
    this.#endsLegs = functions.some((hook) => hook.notesLegs !== true);
    this.empty = functions.length === 0;
    this.#world.generation++;
    this.#hooks.changed?.();
  }

  /** True when the packet may go on; otherwise it is no longer the caller's. */
  run(packet: Packet, input: NetDevice | null, output: NetDevice | null): boolean {
    if (this.#endsLegs) this.#world.leg = null;
    const functions = this.#functions;
    for (let i = 0; i < functions.length; i++)
      if (functions[i]!.run(packet, input, output) !== HookResult.accept) return false;
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
  /** Called when a function came or went. */
  changed: (() => void) | null = null;
  /** The packet of a socket that a hook dropped last: its sender is told EPERM. */
  refused: FrameId = 0;

  constructor(world: World) {
    this.prerouting = new HookList(world, this);
    this.input = new HookList(world, this);
    this.forward = new HookList(world, this);
    this.output = new HookList(world, this);
    this.postrouting = new HookList(world, this);
  }
}
