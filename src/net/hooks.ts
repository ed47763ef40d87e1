import { NOTHING, withOneAt } from "../base/short-list.ts";
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
class HookList {
  /** True while nobody looks here: the stack then passes by. */
  readonly empty: boolean;
  readonly #world: World | null;
  readonly #functions: readonly HookFunction[];
  /** Somebody here does not note what it does. */
  readonly #endsLegs: boolean;

  /** @param world may be missing where there is no function. */
  constructor(world: World | null, functions: readonly HookFunction[]) {
    this.#world = world;
    this.#functions = functions;
    this.#endsLegs = functions.some((hook) => hook.notesLegs !== true);
    this.empty = functions.length === 0;
  }

  with(world: World, hook: HookFunction): HookList {
    const at = this.#functions.findIndex((other) => other.priority > hook.priority);
    return new HookList(world, withOneAt(this.#functions, at < 0 ? this.#functions.length : at, hook));
  }

  without(hook: HookFunction): HookList {
    return new HookList(
      this.#world,
      this.#functions.filter((other) => other !== hook),
    );
  }

  /** True when the packet may go on; otherwise it is no longer the caller's. */
  run(packet: Packet, input: NetDevice | null, output: NetDevice | null): boolean {
    if (this.#endsLegs) this.#world!.leg = null;
    const functions = this.#functions;
    for (let i = 0; i < functions.length; i++)
      if (functions[i]!.run(packet, input, output) !== HookResult.accept) return false;
    return true;
  }
}

/** Where nobody looks. */
const NOBODY: HookList = new HookList(null, NOTHING);

/** The places where somebody may look, by the kernel's names (NF_INET_* or NF_BR_*). */
export type HookPoint = "prerouting" | "input" | "forward" | "output" | "postrouting";

/**
 * The five places in the IPv4 stack of a namespace where netfilter, connection tracking and IPVS look
 * (include/uapi/linux/netfilter.h). Lists are replaced, never changed.
 */
export class Hooks {
  readonly #world: World;
  prerouting: HookList = NOBODY;
  input: HookList = NOBODY;
  forward: HookList = NOBODY;
  output: HookList = NOBODY;
  postrouting: HookList = NOBODY;
  #watchers: readonly (() => void)[] = NOTHING;
  /** The packet that a hook dropped last: if it came from here, its sender is told EPERM. */
  refused: FrameId = 0;

  constructor(world: World) {
    this.#world = world;
  }

  add(point: HookPoint, hook: HookFunction): void {
    this.#set(point, this[point].with(this.#world, hook));
  }

  remove(point: HookPoint, hook: HookFunction): void {
    this.#set(point, this[point].without(hook));
  }

  /** Calls back when a function came or went. */
  watch(watcher: () => void): void {
    this.#watchers = [...this.#watchers, watcher];
  }

  /** Tells those who watch that something here is different. */
  changed(): void {
    for (const watcher of this.#watchers) watcher();
  }

  #set(point: HookPoint, list: HookList): void {
    this[point] = list;
    this.#world.generation++;
    this.changed();
  }
}
