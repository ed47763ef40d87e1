import type { Prng } from "../base/prng.ts";
import { type HookFunction, type HookPoint, HookResult } from "../net/hooks.ts";
import { KernelError } from "../net/kernel-error.ts";
import type { NetDevice } from "../net/net-device.ts";
import type { NetworkNamespace } from "../net/network-namespace.ts";
import { Hook, XtVerdict } from "../net/xtables.ts";
import { type Packet, PacketFlag } from "../sim/packet.ts";
import { Verdict } from "../sim/verdict.ts";
import * as ipv4 from "../wire/ipv4.ts";
import { Table } from "./table.ts";

/** Priorities of the hooks (include/uapi/linux/netfilter_ipv4.h). */
export const Priority = {
  raw: -300,
  mangle: -150,
  natDestination: -100,
  filter: 0,
  natSource: 100,
} as const;

interface TableKind {
  readonly hooks: readonly Hook[];
  /** Null: somebody else passes packets to the table (nat, for the first packet of a connection). */
  readonly priority: number | null;
}

const tableKinds: Readonly<Record<string, TableKind>> = {
  raw: { hooks: [Hook.prerouting, Hook.output], priority: Priority.raw },
  mangle: {
    hooks: [Hook.prerouting, Hook.input, Hook.forward, Hook.output, Hook.postrouting],
    priority: Priority.mangle,
  },
  nat: { hooks: [Hook.prerouting, Hook.input, Hook.output, Hook.postrouting], priority: null },
  filter: { hooks: [Hook.input, Hook.forward, Hook.output], priority: Priority.filter },
};

/**
 * The tables of a namespace. A table comes into being when somebody first asks for it, as in the kernel; until then
 * packets pass by.
 */
class Netfilter {
  readonly ns: NetworkNamespace;
  /** The newest first, as in /proc/net/ip_tables_names. */
  readonly tables: Table[] = [];
  /** Chance for rules. */
  readonly prng: Prng;

  constructor(ns: NetworkNamespace) {
    this.ns = ns;
    this.prng = ns.world.prng.fork(`netfilter/${ns.path}`);
  }

  /** The table of that name, made when it is not there yet. @throws {KernelError} ENOENT for names that the kernel does not know */
  table(name: string): Table {
    const found = this.tables.find((table) => table.name === name);
    if (found !== undefined) return found;
    const kind = tableKinds[name];
    if (kind === undefined) throw new KernelError("ENOENT");
    const table = new Table(this.ns, name, kind.hooks);
    this.tables.unshift(table);
    const { priority } = kind;
    if (priority !== null)
      for (const hook of kind.hooks) this.ns.hooks.add(hookPoints[hook], clientOf(table, hook, priority));
    for (const listener of this.ns.host.kernel.xtables.tableMade) listener(this.ns, name);
    this.ns.world.generation++;
    return table;
  }
}

/** The hooks by number. */
export const hookPoints: Readonly<Record<Hook, HookPoint>> = {
  [Hook.prerouting]: "prerouting",
  [Hook.input]: "input",
  [Hook.forward]: "forward",
  [Hook.output]: "output",
  [Hook.postrouting]: "postrouting",
};

const KEY: unique symbol = Symbol("netfilter");

/** The tables of a namespace. */
export function netfilterOf(ns: NetworkNamespace): Netfilter {
  let netfilter = ns.extensions.get(KEY) as Netfilter | undefined;
  if (netfilter === undefined) {
    netfilter = new Netfilter(ns);
    ns.extensions.set(KEY, netfilter);
  }
  return netfilter;
}

function clientOf(table: Table, hook: Hook, priority: number): HookFunction {
  if (table.name === "mangle" && hook === Hook.output) return new MangleOutput(table);
  return new TableHook(table, hook, priority);
}

/** A table where packets pass it. */
class TableHook implements HookFunction {
  readonly priority: number;
  readonly notesLegs = true;
  readonly #table: Table;
  readonly #hook: Hook;

  constructor(table: Table, hook: Hook, priority: number) {
    this.#table = table;
    this.#hook = hook;
    this.priority = priority;
  }

  run(packet: Packet, input: NetDevice | null, output: NetDevice | null): HookResult {
    const table = this.#table;
    const verdict = table.walk(this.#hook, packet, input, output);
    return verdict === XtVerdict.accept ? HookResult.accept : refuse(table, packet, verdict);
  }
}

/** The table mangle at OUTPUT: what it changes may lead elsewhere (ipt_mangle_out). */
class MangleOutput implements HookFunction {
  readonly priority: number = Priority.mangle;
  readonly notesLegs = true;
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
  }

  run(packet: Packet, _input: NetDevice | null, output: NetDevice | null): HookResult {
    const table = this.#table;
    const { view, networkAt, mark } = packet;
    const src = ipv4.src(view, networkAt);
    const dst = ipv4.dst(view, networkAt);
    const tos = ipv4.tos(view, networkAt);
    const verdict = table.walk(Hook.output, packet, null, output);
    if (verdict !== XtVerdict.accept) return refuse(table, packet, verdict);
    const at = packet.networkAt;
    if (
      packet.mark !== mark ||
      ipv4.tos(view, at) !== tos ||
      ipv4.src(view, at) !== src ||
      ipv4.dst(view, at) !== dst
    )
      packet.flags |= PacketFlag.reroute;
    return HookResult.accept;
  }
}

/** Ends a packet that a table does not let go on; it was kept or ended already when the verdict is `stolen`. */
export function refuse(table: Table, packet: Packet, verdict: XtVerdict): HookResult {
  if (verdict === XtVerdict.stolen) return HookResult.stolen;
  table.ns.hooks.refused = packet.id;
  const end = verdict === XtVerdict.undecided ? Verdict.UNDECIDED : Verdict.NETFILTER_DROP;
  table.ns.world.end(packet, end, table.ns.place, table.decidedBy);
  return HookResult.stolen;
}
