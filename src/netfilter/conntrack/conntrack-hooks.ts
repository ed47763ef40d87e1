import { type HookFunction, HookResult } from "../../net/hooks.ts";
import * as ipInput from "../../net/ip-input.ts";
import * as ipOutput from "../../net/ip-output.ts";
import type { NetDevice } from "../../net/net-device.ts";
import type { NetworkNamespace } from "../../net/network-namespace.ts";
import { DefragUser } from "../../net/reassembly.ts";
import type { Packet } from "../../sim/packet.ts";
import { Verdict } from "../../sim/verdict.ts";
import * as ipv4 from "../../wire/ipv4.ts";
import { Conntrack } from "./conntrack.ts";
import { ConntrackDoor } from "./conntrack-access.ts";

/** NF_IP_PRI_CONNTRACK_DEFRAG, NF_IP_PRI_CONNTRACK, NF_IP_PRI_CONNTRACK_CONFIRM (= LAST). */
const DEFRAGMENT = -400;
const TRACK = -200;
const CONFIRM = 2147483647;

/** Fragments are put together before anybody looks at ports (nf_defrag_ipv4). */
class DefragmentInput implements HookFunction {
  readonly priority = DEFRAGMENT;
  readonly notesLegs = true;
  readonly #ns: NetworkNamespace;

  constructor(ns: NetworkNamespace) {
    this.#ns = ns;
  }

  run(packet: Packet, input: NetDevice | null): HookResult {
    if (!ipv4.isFragment(packet.view, packet.networkAt)) return HookResult.accept;
    const ns = this.#ns;
    ns.world.leg = null;
    const whole = ns.reassembly.add(packet, DefragUser.conntrack);
    // The whole datagram passes the hooks in the place of its last fragment.
    if (whole !== null && ns.hooks.prerouting.run(whole, input, null)) ipInput.route(ns, input!, whole);
    return HookResult.stolen;
  }
}

/** Only a program that writes its own IP headers sends fragments. */
class DefragmentOutput implements HookFunction {
  readonly priority = DEFRAGMENT;
  readonly notesLegs = true;
  readonly #ns: NetworkNamespace;

  constructor(ns: NetworkNamespace) {
    this.#ns = ns;
  }

  run(packet: Packet): HookResult {
    if (!ipv4.isFragment(packet.view, packet.networkAt)) return HookResult.accept;
    const ns = this.#ns;
    ns.world.leg = null;
    const whole = ns.reassembly.add(packet, DefragUser.conntrack);
    if (whole === null) return HookResult.stolen;
    const { view, networkAt } = whole;
    const dst = ipv4.dst(view, networkAt);
    const way = ipOutput.route(ns, dst, 0, 0, whole.mark, ipv4.tos(view, networkAt) & 0xfc);
    if (way === null) ns.drop(whole, Verdict.IP_OUTNOROUTES, ns.fib.refusedBy);
    else ipOutput.sendHeaded(ns, whole, way, dst);
    return HookResult.stolen;
  }
}

class Track implements HookFunction {
  readonly priority = TRACK;
  readonly notesLegs = true;
  readonly #conntrack: Conntrack;
  readonly #prerouting: boolean;

  constructor(conntrack: Conntrack, prerouting: boolean) {
    this.#conntrack = conntrack;
    this.#prerouting = prerouting;
  }

  run(packet: Packet): HookResult {
    return this.#conntrack.track(packet, this.#prerouting);
  }
}

class Confirm implements HookFunction {
  readonly priority = CONFIRM;
  readonly notesLegs = true;
  readonly #conntrack: Conntrack;

  constructor(conntrack: Conntrack) {
    this.#conntrack = conntrack;
  }

  run(packet: Packet): HookResult {
    return this.#conntrack.confirm(packet);
  }
}

const KEY: unique symbol = Symbol("conntrack");

interface Tracked {
  readonly conntrack: Conntrack;
  users: number;
}

function trackedOf(ns: NetworkNamespace): Tracked {
  let found = ns.extensions.get(KEY) as Tracked | undefined;
  if (found === undefined) {
    const conntrack = new Conntrack(ns);
    found = { conntrack, users: 0 };
    ns.extensions.set(KEY, found);
    ns.watch({ ended: () => conntrack.close() });
  }
  return found;
}

/** The connections of a namespace. Packets pass by until somebody calls {@link useConntrack}. */
export function conntrackOf(ns: NetworkNamespace): Conntrack {
  return trackedOf(ns).conntrack;
}

/** True when packets of the namespace are tracked. */
export function isTracking(ns: NetworkNamespace): boolean {
  return trackedOf(ns).users > 0;
}

/**
 * Somebody needs connections: a rule that asks for them or translates, IPVS (nf_ct_netns_get). The first one puts
 * connection tracking into the hooks of the namespace.
 */
export function useConntrack(ns: NetworkNamespace): Conntrack {
  const tracked = trackedOf(ns);
  const { conntrack } = tracked;
  if (tracked.users++ > 0) return conntrack;
  const { hooks } = ns;
  hooks.add("prerouting", new DefragmentInput(ns));
  hooks.add("output", new DefragmentOutput(ns));
  hooks.add("prerouting", new Track(conntrack, true));
  hooks.add("output", new Track(conntrack, false));
  hooks.add("input", new Confirm(conntrack));
  hooks.add("postrouting", new Confirm(conntrack));
  ns.conntrack = new ConntrackDoor(conntrack);
  ns.world.generation++;
  return conntrack;
}
