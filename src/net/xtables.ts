import type { PortPlace } from "../sim/flow-class.ts";
import type { Packet } from "../sim/packet.ts";
import type { NetDevice } from "./net-device.ts";
import type { NetworkNamespace } from "./network-namespace.ts";

/**
 * What matches and targets of iptables rules are for the kernel, whoever brings them (net/netfilter/x_tables.c). Rooms
 * register their kinds in `Kernel.xtables`, so that `-m ipvs` needs nothing of `ipvs` here.
 */

/** The hooks by number (enum nf_inet_hooks); masks of hooks have one bit each. */
export const Hook = { prerouting: 0, input: 1, forward: 2, output: 3, postrouting: 4 } as const;
export type Hook = (typeof Hook)[keyof typeof Hook];

/** The built-in chains by the number of their hook. */
export const hookNames: readonly string[] = ["PREROUTING", "INPUT", "FORWARD", "OUTPUT", "POSTROUTING"];

/** What a target says. `goOn` (XT_CONTINUE): the next rule is asked. */
export const XtVerdict = {
  goOn: 0,
  accept: 1,
  drop: 2,
  /** The target has ended or kept the packet. */
  stolen: 3,
  /** Nobody can say: something in the rule is not simulated. */
  undecided: 4,
  /** Back to the chain that called this one. */
  back: 5,
} as const;
export type XtVerdict = (typeof XtVerdict)[keyof typeof XtVerdict];

/**
 * The options of a match or target in a rule: a plain value that JSON keeps whole. Each kind adds fields of its own;
 * what was not said is absent.
 */
export interface XtInfo {
  readonly name: string;
}

/** What a rule is asked about besides the packet (struct xt_action_param): filled once for each walk. */
export class XtState {
  hook: Hook = Hook.prerouting;
  input: NetDevice | null = null;
  output: NetDevice | null = null;
  /** Bytes; 0 for whole packets and first fragments. */
  fragmentOffset = 0;
  /** Where the transport header begins. */
  transportAt = 0;
  /** A match sets this: the packet is broken, and is dropped at once. */
  hotdrop = false;
  /** A match sets this and says yes: what it asks is not simulated. */
  undecided = false;
}

/** A match of one rule, ready to be asked. */
export interface XtMatch {
  /**
   * It has no state, and asks about what all UDP packets of a flow have in common while no table changes (their addresses,
   * ports, TTL, mark, devices, sender ...), so that a leg may repeat what it said.
   */
  readonly steady?: true;
  /** The ports that a steady match may look at; absent: both. A leg of a class of flows asks no port that is open. */
  readonly ports?: readonly PortPlace[];
  /** It has a state, and this is what it will say to the next packet that asks; {@link matches} then says so. */
  foresee?(): boolean;
  matches(packet: Packet, state: XtState): boolean;
}

/** A target of one rule, ready to act. The packet is its own only when it answers `stolen`. */
export interface XtTarget {
  /** The same of what it does: at most, it changes the packet's mark. */
  readonly steady?: true;
  /** It decides what a new connection becomes: the same for all flows of a class, as long as their port stays free. */
  readonly steadyForClass?: true;
  apply(packet: Packet, state: XtState): XtVerdict;
}

/** Where a rule stands. */
export interface XtPlace {
  readonly ns: NetworkNamespace;
  readonly table: string;
  /** The hooks from which the rule can be reached, as a mask. */
  readonly hooks: number;
  /** The protocol that the rule asks for, 0 for any; -1 when it asks for any but one. */
  readonly protocol: number;
  /** The rule's matches: some targets are particular about them. */
  readonly matches: readonly XtInfo[];
}

/** A kind of match. */
export interface XtMatchType<I extends XtInfo = XtInfo> {
  readonly name: string;
  /** The protocol that the rule must ask for; absent: any. */
  readonly protocol?: number;
  /** Makes one rule's match (checkentry); its state is new. @throws {KernelError} what the kernel does not take. */
  make(info: I, place: XtPlace): XtMatch;
}

/** A kind of target. */
export interface XtTargetType<I extends XtInfo = XtInfo> {
  readonly name: string;
  /** The tables where it may stand; absent: anywhere. */
  readonly tables?: readonly string[];
  /** The hooks where it may be reached, as a mask; absent: anywhere. */
  readonly hooks?: number;
  make(info: I, place: XtPlace): XtTarget;
}

/** All kinds of matches and targets that a kernel has. */
export class Xtables {
  readonly matches: Map<string, XtMatchType> = new Map();
  readonly targets: Map<string, XtTargetType> = new Map();
  /** Called when a table comes into being in a namespace, with its name: NAT waits for its own. */
  readonly tableMade: ((ns: NetworkNamespace, name: string) => void)[] = [];

  addMatch<I extends XtInfo>(type: XtMatchType<I>): void {
    this.matches.set(type.name, type as XtMatchType<never> as XtMatchType);
  }

  addTarget<I extends XtInfo>(type: XtTargetType<I>): void {
    this.targets.set(type.name, type as XtTargetType<never> as XtTargetType);
  }
}

/** The mask of some hooks. */
export function hookMask(...hooks: readonly Hook[]): number {
  return hooks.reduce<number>((mask, hook) => mask | (1 << hook), 0);
}

/** What most matches look at: none. */
export const NO_PORTS: readonly PortPlace[] = [];
