import { assert } from "../base/assert.ts";
import type { NetDevice } from "../net/net-device.ts";
import type { NetworkNamespace } from "../net/network-namespace.ts";
import { type Hook, hookNames, type XtMatch, XtState, type XtTarget, XtVerdict } from "../net/xtables.ts";
import { type Packet, PacketFlag } from "../sim/packet.ts";
import type { EntryRef } from "../sim/registry.ts";
import { Verdict } from "../sim/verdict.ts";
import * as ipv4 from "../wire/ipv4.ts";
import type { Chain } from "./chain.ts";
import { makeRule, reachable } from "./check-rules.ts";
import { DevicePattern } from "./device-pattern.ts";
import { noteMatch } from "./foreseen-match.ts";
import { parseMasked } from "./masked-address.ts";
import type { Rule } from "./rule.ts";
import { writeTrace } from "./target-trace.ts";

/** What an entry does with a packet that matches. */
const Action = {
  /** Asks a target. */
  target: 0,
  accept: 1,
  drop: 2,
  back: 3,
  jump: 4,
  goto: 5,
  /** Nothing: it counts only. */
  count: 6,
  /** To a program that nobody runs here: the kernel drops what no program listens to. */
  queue: 7,
} as const;

/** Words of an entry's head: addresses with their masks, the protocol, {@link Ask}, the action and where it leads. */
const WORDS = 8;
const SRC = 0;
const SRC_MASK = 1;
const DST = 2;
const DST_MASK = 3;
const PROTOCOL = 4;
const ASKS = 5;
const ACTION = 6;
const ARGUMENT = 7;

/** What an entry asks beyond plain addresses and a plain protocol. */
const Ask = {
  notSrc: 1,
  notDst: 2,
  notProtocol: 4,
  in: 8,
  notIn: 16,
  out: 32,
  notOut: 64,
  fragment: 128,
  notFragment: 256,
};

const NONE: readonly XtMatch[] = [];

/** What a walk needs besides the table; walks nest when a target sends a packet itself. */
class Frame {
  readonly state: XtState = new XtState();
  readonly stack: Int32Array;

  constructor(depth: number) {
    this.stack = new Int32Array(depth);
  }
}

/**
 * The rules of a table in the form in which packets pass them: one entry after the other, each chain ending with its
 * policy or its way back (struct ipt_entry; ipt_do_table). A walk allocates nothing.
 */
export class CompiledTable {
  readonly #ns: NetworkNamespace;
  readonly #table: string;
  /** Where each chain begins, in the order of the entries. */
  readonly #starts: ReadonlyMap<string, number>;
  readonly #head: Int32Array;
  readonly #in: (DevicePattern | null)[] = [];
  readonly #out: (DevicePattern | null)[] = [];
  readonly #matches: (readonly XtMatch[])[] = [];
  readonly #targets: (XtTarget | null)[] = [];
  /** What each entry stands for: a rule, or the policy of a chain. */
  readonly #owners: (Rule | Chain)[] = [];
  /** Packets and bytes of each entry: cells, so that legs can count in them. */
  readonly #counters: Float64Array;
  /** Entries that no leg may pass: what they say or do differs from packet to packet. */
  readonly #varies: Uint8Array;
  /** By hook: where the built-in chain begins, and where its policy stands; -1 when the table has none there. */
  readonly #entry: Int32Array = new Int32Array(5).fill(-1);
  readonly #underflow: Int32Array = new Int32Array(5).fill(-1);
  readonly #frames: Frame[] = [];
  readonly #depth: number;
  #level = 0;
  /** The rule or policy that decided the last walk. */
  decidedBy: EntryRef = 0;

  constructor(
    ns: NetworkNamespace,
    table: string,
    chains: ReadonlyMap<string, Chain>,
    hooks: ReadonlyMap<string, number>,
    masks: ReadonlyMap<string, number>,
  ) {
    this.#ns = ns;
    this.#table = table;
    this.#depth = chains.size + 1;
    const starts = new Map<string, number>();
    this.#starts = starts;
    let length = 0;
    for (const [name, chain] of chains) {
      starts.set(name, length);
      length += chain.rules.length + 1;
    }
    this.#head = new Int32Array(length * WORDS);
    this.#counters = new Float64Array(length * 2);
    this.#varies = new Uint8Array(length);
    for (const [name, chain] of chains) {
      const reached = reachable(chain.rules);
      for (const [i, rule] of chain.rules.entries()) {
        const made = makeRule(rule, ns, table, i < reached ? masks.get(name)! : 0, chains);
        const at = this.#add(rule, made.matches.length === 0 ? NONE : made.matches, made.target);
        const asked = made.target === null ? made.matches : [...made.matches, made.target];
        if (asked.some(({ steady }) => steady !== true)) this.#varies[at] = 1;
        this.#writeHead(at, rule);
        this.#writeAction(at, rule, starts);
      }
      const end = this.#add(chain, NONE, null);
      const action =
        chain.policy === null ? Action.back : chain.policy === "ACCEPT" ? Action.accept : Action.drop;
      this.#head[end * WORDS + ACTION] = action;
      const hook = hooks.get(name);
      if (hook === undefined) continue;
      this.#entry[hook] = starts.get(name)!;
      this.#underflow[hook] = end;
    }
  }

  /**
   * Passes a packet through the chain of a hook (ipt_do_table); `networkAt` is at its IP header. The answer is
   * `accept`, `drop`, `stolen` or `undecided`, and {@link decidedBy} who gave it.
   */
  walk(hook: Hook, packet: Packet, input: NetDevice | null, output: NetDevice | null): XtVerdict {
    const level = this.#level++;
    if (level === this.#frames.length) this.#frames.push(new Frame(this.#depth));
    const verdict = this.#walk(this.#frames[level]!, hook, packet, input, output);
    this.#level = level;
    return verdict;
  }

  #walk(
    frame: Frame,
    hook: Hook,
    packet: Packet,
    input: NetDevice | null,
    output: NetDevice | null,
  ): XtVerdict {
    const { state, stack } = frame;
    const { world } = this.#ns;
    const head = this.#head;
    const counters = this.#counters;
    let { leg } = world;
    const isOfClass = leg?.isOfClass === true;
    const { view, networkAt } = packet;
    state.hook = hook;
    state.input = input;
    state.output = output;
    state.fragmentOffset = ipv4.fragmentOffset(view, networkAt);
    state.transportAt = networkAt + ipv4.headerLength(view, networkAt);
    state.hotdrop = false;
    state.undecided = false;
    const src = ipv4.src(view, networkAt);
    const dst = ipv4.dst(view, networkAt);
    const protocol = ipv4.protocol(view, networkAt);
    let depth = 0;
    let i = this.#entry[hook]!;
    assert(i >= 0, "the table has a chain for this hook");
    for (;;) {
      const h = i * WORDS;
      const asks = head[h + ASKS]!;
      if (asks === 0) {
        const asked = head[h + PROTOCOL]!;
        if (
          (((src ^ head[h + SRC]!) & head[h + SRC_MASK]!) |
            ((dst ^ head[h + DST]!) & head[h + DST_MASK]!)) !==
            0 ||
          (asked !== 0 && asked !== protocol)
        ) {
          i++;
          continue;
        }
      } else if (!this.#headMatches(i, asks, src, dst, protocol, state)) {
        i++;
        continue;
      }
      if (leg !== null && !isOfClass && this.#varies[i] !== 0) {
        leg = null;
        world.leg = null;
      }
      const matches = this.#matches[i]!;
      let all = true;
      for (let m = 0; m < matches.length; m++) {
        all = matches[m]!.matches(packet, state);
        if (isOfClass) leg = noteMatch(world, matches[m]!, all);
        if (!all) break;
      }
      if (!all) {
        if (state.hotdrop) return this.#decide(i, packet, XtVerdict.drop);
        // Another match says no for certain: what is not simulated does not matter.
        state.undecided = false;
        i++;
        continue;
      }
      if (state.undecided) return this.#decide(i, packet, XtVerdict.undecided);
      counters[i * 2]!++;
      counters[i * 2 + 1]! += packet.length;
      if (leg !== null) leg.counts(counters, i * 2, packet.length);
      if ((packet.flags & PacketFlag.traced) !== 0) this.#trace(i, packet, state);
      switch (head[h + ACTION]) {
        case Action.accept:
          return this.#decide(i, packet, XtVerdict.accept);
        case Action.drop:
        case Action.queue:
          return this.#decide(i, packet, XtVerdict.drop);
        case Action.jump:
          stack[depth++] = i + 1;
          i = head[h + ARGUMENT]!;
          continue;
        case Action.goto:
          i = head[h + ARGUMENT]!;
          continue;
        case Action.count:
          i++;
          continue;
        case Action.back:
          i = depth === 0 ? this.#underflow[hook]! : stack[--depth]!;
          continue;
      }
      const target = this.#targets[i]!;
      if (isOfClass && target.steady !== true && target.steadyForClass !== true) {
        leg = null;
        world.leg = null;
      }
      const verdict = target.apply(packet, state);
      if (verdict === XtVerdict.goOn) {
        this.#note(i, packet);
        i++;
      } else if (verdict === XtVerdict.back) i = depth === 0 ? this.#underflow[hook]! : stack[--depth]!;
      else return this.#decide(i, packet, verdict);
    }
  }

  /** Adds what was counted since the last time to the rules and policies themselves. */
  sync(): void {
    this.#ns.world.ledger.settle();
    this.#owners.forEach((owner, i) => {
      owner.packets += this.#counters[i * 2]!;
      owner.bytes += this.#counters[i * 2 + 1]!;
    });
    this.#counters.fill(0);
  }

  #decide(i: number, packet: Packet, verdict: XtVerdict): XtVerdict {
    this.decidedBy = this.#owners[i]!.ref;
    if (verdict === XtVerdict.accept) this.#note(i, packet);
    return verdict;
  }

  /** Whoever observes is told of rules that accept or change a packet; a policy that lets it go on is no news. */
  #note(i: number, packet: Packet): void {
    if (this.#ns.world.tap === null || "policy" in this.#owners[i]!) return;
    this.#ns.note(packet, Verdict.matched, this.#owners[i]!.ref);
  }

  /** A traced packet matched an entry (trace_packet). */
  #trace(i: number, packet: Packet, state: XtState): void {
    const [chain, start] = [...this.#starts].filter(([, from]) => from <= i).at(-1)!;
    const owner = this.#owners[i]!;
    const action = this.#head[i * WORDS + ACTION]!;
    // A rule that asks nothing and decides by itself looks to the kernel like the end of a chain.
    const ends =
      "policy" in owner ||
      (Object.keys(owner.value).every((key) => key === "target") &&
        (action === Action.accept || action === Action.drop || action === Action.back));
    const comment = !ends ? "rule" : hookNames[state.hook] === chain ? "policy" : "return";
    writeTrace(this.#ns, packet, state, `${this.#table}:${chain}:${comment}:${i - start + 1}`);
  }

  /** ip_packet_match */
  #headMatches(i: number, asks: number, src: number, dst: number, protocol: number, state: XtState): boolean {
    const head = this.#head;
    const h = i * WORDS;
    const otherSrc = ((src ^ head[h + SRC]!) & head[h + SRC_MASK]!) !== 0;
    if (otherSrc !== ((asks & Ask.notSrc) !== 0)) return false;
    const otherDst = ((dst ^ head[h + DST]!) & head[h + DST_MASK]!) !== 0;
    if (otherDst !== ((asks & Ask.notDst) !== 0)) return false;
    if ((asks & Ask.in) !== 0 && this.#in[i]!.matches(state.input) === ((asks & Ask.notIn) !== 0))
      return false;
    if ((asks & Ask.out) !== 0 && this.#out[i]!.matches(state.output) === ((asks & Ask.notOut) !== 0))
      return false;
    const asked = head[h + PROTOCOL]!;
    if (asked !== 0 && (asked !== protocol) !== ((asks & Ask.notProtocol) !== 0)) return false;
    if ((asks & Ask.fragment) === 0) return true;
    return (state.fragmentOffset !== 0) !== ((asks & Ask.notFragment) !== 0);
  }

  #add(owner: Rule | Chain, matches: readonly XtMatch[], target: XtTarget | null): number {
    this.#matches.push(matches);
    this.#targets.push(target);
    this.#in.push(null);
    this.#out.push(null);
    return this.#owners.push(owner) - 1;
  }

  #writeHead(at: number, { value }: Rule): void {
    const head = this.#head;
    const h = at * WORDS;
    const not = new Set(value.not);
    let asks = 0;
    const source = parseMasked(value.source ?? "0.0.0.0/0")!;
    const destination = parseMasked(value.destination ?? "0.0.0.0/0")!;
    head[h + SRC] = source.address;
    head[h + SRC_MASK] = source.mask;
    head[h + DST] = destination.address;
    head[h + DST_MASK] = destination.mask;
    head[h + PROTOCOL] = value.protocol ?? 0;
    if (not.has("source")) asks |= Ask.notSrc;
    if (not.has("destination")) asks |= Ask.notDst;
    if (not.has("protocol")) asks |= Ask.notProtocol;
    if (value.in !== undefined) {
      this.#in[at] = new DevicePattern(value.in);
      asks |= not.has("in") ? Ask.in | Ask.notIn : Ask.in;
    }
    if (value.out !== undefined) {
      this.#out[at] = new DevicePattern(value.out);
      asks |= not.has("out") ? Ask.out | Ask.notOut : Ask.out;
    }
    if (value.fragment === true) asks |= not.has("fragment") ? Ask.fragment | Ask.notFragment : Ask.fragment;
    head[h + ASKS] = asks;
  }

  #writeAction(at: number, { value }: Rule, starts: ReadonlyMap<string, number>): void {
    const h = at * WORDS;
    const name = value.target?.name;
    this.#head[h + ACTION] = actionOf(name, value.goto === true, starts);
    if (name !== undefined) this.#head[h + ARGUMENT] = starts.get(name) ?? -1;
  }
}

function actionOf(name: string | undefined, goes: boolean, starts: ReadonlyMap<string, number>): number {
  switch (name) {
    case undefined:
      return Action.count;
    case "ACCEPT":
      return Action.accept;
    case "DROP":
      return Action.drop;
    case "RETURN":
      return Action.back;
    case "QUEUE":
      return Action.queue;
    default:
      return starts.has(name) ? (goes ? Action.goto : Action.jump) : Action.target;
  }
}
