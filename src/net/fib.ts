import { Absences } from "../sim/absences.ts";
import type { EntryRef } from "../sim/registry.ts";
import * as ip from "../wire/ipv4-address.ts";
import type { Errno } from "./kernel-error.ts";
import type { NetDevice } from "./net-device.ts";
import type { NetworkNamespace } from "./network-namespace.ts";
import { Route, type RouteSpec } from "./route.ts";
import { type RouteKind, RouteTable } from "./route-kind.ts";
import { tableName } from "./route-text.ts";
import { RoutingTable } from "./routing-table.ts";

/** A policy rule (struct fib_rule). 0 and empty mean: not asked. */
export interface RuleSpec {
  readonly priority: number;
  readonly not: boolean;
  readonly src: number;
  readonly srcLength: number;
  readonly dst: number;
  readonly dstLength: number;
  readonly tos: number;
  readonly fwmark: number;
  readonly fwmask: number;
  readonly iif: string;
  readonly oif: string;
  readonly action: "lookup" | "blackhole" | "unreachable" | "prohibit" | "nop" | "goto";
  /** The priority at which `goto` goes on. */
  readonly target: number;
  readonly table: number;
  /** A route whose prefix is not longer than this does not count; -1: all count. */
  readonly suppressPrefixLength: number;
  readonly protocol: string;
}
export interface Rule extends RuleSpec {
  readonly ref: EntryRef;
}

/** What a look-up asks (struct flowi4). There is one object, filled anew for each question: nothing is allocated. */
interface FlowKey {
  dst: number;
  src: number;
  /** Device that the packet came in by, as index, or 0: from here. */
  iif: number;
  oif: number;
  mark: number;
  tos: number;
}

/** No entry has this number: a look-up ended without any route that fits. */
const NOTHING_FITTED: EntryRef = -1;
const QUESTION: FlowKey = { dst: 0, src: 0, iif: 0, oif: 0, mark: 0, tos: 0 };
/** The tables of the three rules that every namespace is born with. */
const PLAIN_TABLES: readonly number[] = [RouteTable.local, RouteTable.main, RouteTable.default];
/** The rules that every namespace is born with, as `ip rule` has them. */
const PLAIN_RULES: readonly string[] = [
  "0: from all lookup local",
  "32766: from all lookup main",
  "32767: from all lookup default",
];
const CACHE_SIZE = 64;
const CACHE_SHIFT = 26;

/** What {@link Fib} has of look-ups until the first one: shared by all, and never written. */
const NOTHING_CACHED: (Route | null)[] = new Array<Route | null>(CACHE_SIZE).fill(null);
const NO_DESTINATIONS = new Int32Array(CACHE_SIZE);

const plainRule = (priority: number, table: number, ref: EntryRef): Rule => ({
  priority,
  not: false,
  src: 0,
  srcLength: 0,
  dst: 0,
  dstLength: 0,
  tos: 0,
  fwmark: 0,
  fwmask: 0,
  iif: "",
  oif: "",
  action: "lookup",
  target: 0,
  table,
  suppressPrefixLength: -1,
  protocol: "kernel",
  ref,
});

/** The forwarding information base of a namespace: its policy rules and routing tables. Linux: net/ipv4/fib_rules.c. */
export class Fib {
  readonly #ns: NetworkNamespace;
  readonly #local: RoutingTable = new RoutingTable(RouteTable.local);
  readonly #main: RoutingTable = new RoutingTable(RouteTable.main);
  /** Those that somebody used besides. */
  #others: Map<number, RoutingTable> | null = null;
  /** Null while they are the three that every namespace is born with: few ask for those. */
  #rules: readonly Rule[] | null = null;
  readonly #firstRule: EntryRef;
  /** True while the rules are the three that every namespace is born with: then no rule needs to be read. */
  #plain = true;
  /** Routes of type local that an administrator made. */
  #customLocal = 0;
  /** Whether any route asks for a ToS: then the destination alone does not decide. */
  #byTos = false;
  /** The last answers by destination, for look-ups that ask nothing else; emptied by every change. */
  #cachedDst: Int32Array = NO_DESTINATIONS;
  #cached: (Route | null)[] = NOTHING_CACHED;
  readonly #key: FlowKey = QUESTION;
  /** Why the last look-up gave null. */
  error: Errno = "ENETUNREACH";
  /** The rule that decided the last look-up; 0 while the rules are plain. */
  decidedBy: EntryRef = 0;
  /** The route that {@link decidedBy} led to. */
  decidedFor: Route | null = null;
  /** The route or rule that refused the last look-up; 0 for none, {@link NOTHING_FITTED}. */
  #refusedBy: EntryRef = 0;
  /** Destinations without a route; null until somebody observes one. */
  #absences: Absences | null = null;

  constructor(ns: NetworkNamespace) {
    this.#ns = ns;
    const { registry } = ns.world;
    this.#firstRule = registry.next;
    for (let i = 0; i < PLAIN_RULES.length; i++) registry.made("rule", ns.path, PLAIN_RULES[i]!);
  }

  get rules(): readonly Rule[] {
    this.#rules ??= [
      plainRule(0, RouteTable.local, this.#firstRule),
      plainRule(32766, RouteTable.main, this.#firstRule + 1),
      plainRule(32767, RouteTable.default, this.#firstRule + 2),
    ];
    return this.#rules;
  }

  /** The tables that rules send look-ups to, in the order of the rules. */
  get tablesOfRules(): readonly number[] {
    if (this.#plain) return PLAIN_TABLES;
    return this.rules.filter((rule) => rule.action === "lookup").map((rule) => rule.table);
  }

  /** Somebody changed the rules or made local routes: then an address alone does not say that a source is this host. */
  get custom(): boolean {
    return !this.#plain || this.#customLocal > 0;
  }

  /** The table of that number; made when it is not there. */
  table(id: number): RoutingTable {
    const there = this.tableAt(id);
    if (there !== null) return there;
    const table = new RoutingTable(id);
    this.#others ??= new Map();
    this.#others.set(id, table);
    return table;
  }

  /** The table of that number, or null. */
  tableAt(id: number): RoutingTable | null {
    if (id === RouteTable.local) return this.#local;
    if (id === RouteTable.main) return this.#main;
    return this.#others?.get(id) ?? null;
  }

  /** All tables, in the order of their making. */
  get tables(): readonly RoutingTable[] {
    return [this.#local, this.#main, ...(this.#others?.values() ?? [])];
  }

  /**
   * Finds the route to `dst`; null with {@link error} set. `iif`: the device that the packet came in by, as index, or
   * loopback: from here; `src`, `oif`: 0 for any.
   */
  lookup(dst: number, src: number, iif: number, oif: number, mark: number, tos: number): Route | null {
    const key = this.#key;
    key.dst = dst;
    key.src = src;
    key.iif = iif;
    key.oif = oif;
    key.mark = mark;
    key.tos = tos;
    if (!this.#plain) return this.#lookupByRules();
    if (oif !== 0 || this.#byTos) return this.#lookupPlain();
    const slot = Math.imul(dst, 0x9e3779b1) >>> CACHE_SHIFT;
    const cached = this.#cached[slot]!;
    if (cached !== null && this.#cachedDst[slot] === dst) return cached;
    const route = this.#lookupPlain();
    if (this.#cached === NOTHING_CACHED) {
      this.#cached = NOTHING_CACHED.slice();
      this.#cachedDst = new Int32Array(CACHE_SIZE);
    }
    this.#cachedDst[slot] = dst;
    this.#cached[slot] = route;
    return route;
  }

  /** With the rules that every namespace is born with: local, main, default. */
  #lookupPlain(): Route | null {
    const key = this.#key;
    this.#refusedBy = NOTHING_FITTED;
    for (const id of PLAIN_TABLES) {
      const route = this.tableAt(id)?.lookup(key.dst, key.oif, key.tos) ?? null;
      if (route === null) continue;
      if (route.type !== "throw") return this.#resolve(route);
      this.#refusedBy = route.ref;
    }
    this.error = "ENETUNREACH";
    return null;
  }

  /** Types that say no: the look-up ends with an error. */
  #resolve(route: Route): Route | null {
    if (route.error === null) return route;
    this.error = route.error;
    this.#refusedBy = route.ref;
    return null;
  }

  #lookupByRules(): Route | null {
    const key = this.#key;
    this.error = "ENETUNREACH";
    this.decidedBy = 0;
    this.#refusedBy = NOTHING_FITTED;
    for (let i = 0; i < this.rules.length; i++) {
      const rule = this.rules[i]!;
      if (this.#matches(rule) === rule.not) continue;
      this.decidedBy = rule.ref;
      if (rule.action === "nop") continue;
      if (rule.action === "goto") {
        i = this.#ruleAt(rule.target, i) - 1;
        continue;
      }
      if (rule.action !== "lookup") {
        this.#refusedBy = rule.ref;
        this.error =
          rule.action === "blackhole" ? "EINVAL" : rule.action === "prohibit" ? "EACCES" : "ENETUNREACH";
        return null;
      }
      const route = this.tableAt(rule.table)?.lookup(key.dst, key.oif, key.tos) ?? null;
      if (route === null) continue;
      if (route.type === "throw") {
        this.#refusedBy = route.ref;
        continue;
      }
      const found = this.#resolve(route);
      if (found !== null && route.prefixLength <= rule.suppressPrefixLength) continue;
      this.decidedFor = found;
      return found;
    }
    return null;
  }

  /** Where the first rule of that priority stands behind `at`; the next one when there is none. */
  #ruleAt(priority: number, at: number): number {
    for (let i = at + 1; i < this.rules.length; i++) if (this.rules[i]!.priority === priority) return i;
    return at + 1;
  }

  #matches(rule: Rule): boolean {
    const key = this.#key;
    if (rule.srcLength > 0 && ((key.src ^ rule.src) & (-1 << (32 - rule.srcLength))) !== 0) return false;
    if (rule.dstLength > 0 && ((key.dst ^ rule.dst) & (-1 << (32 - rule.dstLength))) !== 0) return false;
    if (rule.tos !== 0 && rule.tos !== key.tos) return false;
    if (((key.mark ^ rule.fwmark) & rule.fwmask) !== 0) return false;
    if (rule.iif !== "" && !this.#named(rule.iif, key.iif)) return false;
    return rule.oif === "" || this.#named(rule.oif, key.oif);
  }

  #named(name: string, ifindex: number): boolean {
    // What is sent from here matches `iif lo`.
    return (this.#ns.device(name)?.ifindex ?? -1) === (ifindex === 0 ? this.#ns.loopback.ifindex : ifindex);
  }

  /** No table is asked: what was asked for makes no sense. */
  refuse(error: Errno): void {
    this.error = error;
    this.#refusedBy = 0;
  }

  /**
   * What said no to the last look-up: a route or a rule or, while somebody observes, that there was no route. 0: no
   * table was asked, or nobody observes.
   */
  get refusedBy(): EntryRef {
    if (this.#refusedBy !== NOTHING_FITTED) return this.#refusedBy;
    const ns = this.#ns;
    if (ns.world.tap === null) return 0;
    this.#absences ??= new Absences(ns.world.registry, "route", () => ns.path);
    const { dst } = this.#key;
    const tables = this.#tablesAsked().map(tableName).join(", ");
    const text = `no route to ${ip.format(dst)} in table ${tables}`;
    return this.#absences.of(text, (route) => covers(route, dst), "nobody made one");
  }

  /** The tables in which the last look-up found nothing; those of the host itself only when there are no others. */
  #tablesAsked(): readonly number[] {
    const asked: number[] = [];
    for (let i = 0; i < this.rules.length; i++) {
      const rule = this.rules[i]!;
      if (this.#matches(rule) === rule.not) continue;
      if (rule.action === "goto") i = this.#ruleAt(rule.target, i) - 1;
      else if (rule.action === "lookup") asked.push(rule.table);
    }
    const telling = asked.filter((table) => table !== RouteTable.local && table !== RouteTable.default);
    return telling.length > 0 ? telling : asked;
  }

  /** The rule by which a look-up just found that route; 0 while the rules are plain, and for ways that stand in no table. */
  ruleOf(route: Route): EntryRef {
    return this.decidedFor === route ? this.decidedBy : 0;
  }

  /** Adds a route. `before` puts it in front of an equal one (replace, prepend). */
  add(spec: RouteSpec, before = false): void {
    this.#insert(Route.of(spec, this.#ns.world.registry.next), before);
  }

  /** Adds a route of the kernel's own, straight out of a device. */
  addMade(kind: RouteKind, dst: number, prefixLength: number, device: NetDevice, prefSource: number): void {
    this.#insert(
      new Route(this.#ns.world.registry.next, kind, dst, prefixLength, device, 0, prefSource),
      false,
    );
  }

  #insert(route: Route, before: boolean): void {
    const ns = this.#ns;
    ns.world.registry.made("route", ns.path, route);
    this.table(route.table).add(route, before);
    if (route.tos !== 0) this.#byTos = true;
    if (isCustomLocal(route)) this.#customLocal++;
    this.#changed();
  }

  remove(route: Route): void {
    this.table(route.table).remove(route);
    if (isCustomLocal(route)) this.#customLocal--;
    this.#ns.world.registry.gone(route.ref);
    this.#ns.exceptions.routeGone(route);
    this.#changed();
  }

  /** Takes away all routes that a predicate finds. */
  flush(which: (route: Route) => boolean): void {
    for (const table of this.tables) for (const route of table.list()) if (which(route)) this.remove(route);
  }

  setRules(rules: readonly Rule[]): void {
    this.#rules = rules;
    this.decidedBy = 0;
    this.#plain =
      rules.length === 3 &&
      rules.every(
        (r, i) =>
          r.table === PLAIN_TABLES[i] &&
          r.action === "lookup" &&
          !r.not &&
          r.srcLength + r.dstLength + r.tos + r.fwmask === 0 &&
          r.iif + r.oif === "" &&
          r.suppressPrefixLength < 0,
      );
    this.#changed();
  }

  #changed(): void {
    this.#absences?.end();
    if (this.#cached !== NOTHING_CACHED) this.#cached.fill(null);
    this.#ns.world.generation++;
  }
}

function isCustomLocal(route: Route): boolean {
  return route.type === "local" && route.protocol !== "kernel";
}

/** Whether a route's text names a prefix with that address in it. */
function covers(route: string, address: number): boolean {
  const [first = "", second = ""] = route.split(" ");
  if (first === "default") return true;
  const prefix = ip.parsePrefix(first) ?? ip.parsePrefix(second);
  return prefix !== null && ip.contains(prefix.address, prefix.length, address);
}
