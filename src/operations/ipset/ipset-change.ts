import { own } from "../../base/own.ts";
import { KernelError } from "../../net/kernel-error.ts";
import type { NetworkNamespace } from "../../net/network-namespace.ts";
import { type Element, IpSet, type SetOptions, type SetType } from "../../netfilter/ip-set.ts";
import { type IpSets, ipSetsOf } from "../../netfilter/ip-sets.ts";
import type { SetInfo } from "../../netfilter/match-set.ts";
import { netfilterOf } from "../../netfilter/netfilter.ts";
import type { InNamespace, OperationRecord } from "../operation.ts";
import { ToolError } from "../tool-error.ts";
import { elementText, failure, misuse, PROGRAM, parseElements, portRange, syntax } from "./ipset-element.ts";

/** `ipset` commands that change something. */
export interface IpsetChange extends InNamespace {
  readonly op: "ipset";
  readonly command: "create" | "add" | "del" | "flush" | "destroy" | "rename" | "swap";
  /** Absent: all sets. */
  readonly set?: string;
  /** The type, the element, or the other name. */
  readonly argument?: string;
  readonly options?: readonly string[];
  /** `-exist`: what is so already is no mistake. */
  readonly exist?: true;
  /** Where it stands in a file of `restore`, from 1. */
  readonly line?: number;
}

/** ipset's bound: their milliseconds fit into 31 bits. */
const MOST_SECONDS = 2147483;

const UNKNOWN_SET = "The set with the given name does not exist";

export const ipsetChange: OperationRecord<IpsetChange> = {
  tool: "ipset",
  words: ({ command, set, argument, options = [], exist }) => [
    ...(exist ? ["-exist"] : []),
    command,
    ...[set, argument].flatMap((word) => (word === undefined ? [] : [word])),
    ...options,
  ],
  apply(operation, context) {
    try {
      change(operation, context.namespace);
    } catch (error) {
      if (operation.line === undefined || !(error instanceof ToolError) || error.status !== 1) throw error;
      throw failure(`Error in line ${operation.line}: ${error.text.slice(`${PROGRAM}: `.length)}`);
    }
  },
};

function change(operation: IpsetChange, ns: NetworkNamespace): void {
  const sets = ipSetsOf(ns);
  const { command, set: name, argument = "" } = operation;
  if (command === "create") {
    create(ns, sets, operation);
    return;
  }
  if (name === undefined) {
    if (command === "destroy") destroyAll(ns, sets);
    else for (const set of sets.all) set.flush();
  } else {
    const set = found(sets, name);
    if (command === "add" || command === "del") changeElements(sets, set, operation);
    else if (command === "flush") set.flush();
    else if (command === "destroy") destroy(ns, sets, set);
    else if (command === "rename") rename(ns, sets, set, argument);
    else swap(sets, set, argument);
  }
  ns.world.generation++;
}

export function found(sets: IpSets, name: string): IpSet {
  const set = sets.get(name);
  if (set === null) throw failure(UNKNOWN_SET);
  return set;
}

const TYPES: readonly string[] = ["hash:ip", "hash:net", "hash:ip,port", "bitmap:port", "list:set"];
/** Their names in ipset 4. */
const OLD_TYPES: Readonly<Record<string, string>> = {
  iphash: "hash:ip",
  nethash: "hash:net",
  ipporthash: "hash:ip,port",
  portmap: "bitmap:port",
  setlist: "list:set",
};
/** Types that the tool knows and nobody simulates. */
const OTHER_TYPES: readonly string[] = [
  ...["bitmap:ip", "bitmap:ip,mac", "hash:mac", "hash:ip,mac", "hash:ip,mark", "hash:ip,port,ip"],
  ...["hash:ip,port,net", "hash:net,net", "hash:net,port", "hash:net,port,net", "hash:net,iface"],
];
/** Most letters of a name. */
const MOST_LETTERS = 31;
/** Most elements that share a place in a hash (AHASH_MAX_SIZE). */
const MOST_BUCKET = 12;

function create(
  ns: NetworkNamespace,
  sets: IpSets,
  { set: name = "", argument = "", options = [], exist }: IpsetChange,
): void {
  if (name.length > MOST_LETTERS) throw syntax(`setname '${name}' is longer than ${MOST_LETTERS} characters`);
  const typeName = own(OLD_TYPES, argument) ?? argument;
  if (OTHER_TYPES.includes(typeName))
    throw failure(`overmesh: sets of the type ${typeName} are not simulated`);
  if (!TYPES.includes(typeName)) throw syntax(`typename '${argument}' is unknown`);
  const type = typeName as SetType;
  const settings = readOptions(type, options, () => ns.world.prng.fork(`ipset/${ns.path}/${name}`).next());
  const there = sets.get(name);
  if (there !== null) {
    if (exist && there.type === type && there.options.timeout === settings.timeout) return;
    throw failure("Set cannot be created: set with the same name already exists");
  }
  const set = new IpSet(ns.world, name, type, settings);
  set.ref = ns.world.registry.made("iptables", ns.path, `ipset ${name} ${type}`);
  sets.add(set);
}

function readOptions(type: SetType, words: readonly string[], initval: () => number): SetOptions {
  let hashsize = 1024;
  let maxelem = 65536;
  let size = 8;
  let timeout: number | null = null;
  let range: readonly [number, number] | null = null;
  let bucketsize = MOST_BUCKET;
  let start: number | null = null;
  let family = false;
  const hash = type.startsWith("hash:");
  for (let i = 0; i < words.length; i += 2) {
    const name = words[i]!;
    const value = words[i + 1];
    if (hash && (name === "-4" || name === "-6" || name === "family")) {
      if (family) throw syntax("family already specified");
      family = true;
      if (name === "-6" || value === "inet6") throw failure("overmesh: sets of IPv6 are not simulated");
      if (name === "family" && value !== "inet") throw syntax(`unknown inet family ${value ?? ""}`);
      if (name !== "family") i--;
      continue;
    }
    const number = (): number => {
      if (value === undefined) throw misuse(`Missing mandatory argument of option \`${name}'`);
      if (!/^(0x[\da-f]+|\d+)$/i.test(value)) throw syntax(`'${value}' is invalid as number`);
      return Number(value);
    };
    if (hash && name === "hashsize") hashsize = 2 ** Math.ceil(Math.log2(Math.max(64, number())));
    else if (hash && name === "maxelem") maxelem = number();
    else if (hash && name === "bucketsize")
      bucketsize = Math.min(MOST_BUCKET, 2 * Math.ceil(Math.max(2, number()) / 2));
    else if (hash && name === "initval") start = number() >>> 0;
    else if (type === "list:set" && name === "size") size = Math.max(4, number());
    else if (type === "bitmap:port" && name === "range") range = portRange(value ?? "");
    else if (name === "timeout") timeout = timeoutOf(value);
    else if (["counters", "comment", "skbinfo", "forceadd", "netmask", "bitmask"].includes(name))
      throw failure(`overmesh: the option ${name} of sets is not simulated`);
    else throw misuse(`Unknown argument: \`${name}'`);
  }
  if (type === "bitmap:port" && range === null) throw misuse("Mandatory option `range' is missing");
  return {
    ...{ hashsize, maxelem, size, timeout, range: range ?? [0, 0], bucketsize },
    initval: hash ? (start ?? initval()) : 0,
  };
}

/** Seconds, as many as the kernel's milliseconds hold. */
function timeoutOf(text: string | undefined): number {
  if (text === undefined) throw misuse("Missing mandatory argument of option `timeout'");
  if (!/^-?\d+$/.test(text)) throw syntax(`'${text}' is invalid as number`);
  const seconds = Number(text);
  if (seconds < 0 || seconds > MOST_SECONDS) throw syntax(`'${text}' is out of range 0-${MOST_SECONDS}`);
  return seconds;
}

interface ElementOptions {
  readonly nomatch: boolean;
  /** Null: what the set says. */
  readonly timeout: number | null;
  /** Of lists: next to which element. */
  readonly beside: Beside | null;
}

interface Beside {
  readonly other: string;
  readonly before: boolean;
}

export function readElementOptions(set: IpSet, adds: boolean, words: readonly string[]): ElementOptions {
  let nomatch = false;
  let timeout: number | null = null;
  let beside: Beside | null = null;
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!;
    if (word === "nomatch" && set.type === "hash:net") nomatch = true;
    else if (word === "timeout" && adds) {
      const seconds = timeoutOf(words[++i]);
      if (timeout !== null) throw syntax("timeout already specified");
      timeout = seconds;
    } else if ((word === "before" || word === "after") && set.type === "list:set") {
      const other = words[++i];
      if (other === undefined) throw misuse(`Missing mandatory argument of option \`${word}'`);
      if (beside !== null) throw syntax(`${word} already specified`);
      beside = { other, before: word === "before" };
    } else throw misuse(`Unknown argument: \`${word}'`);
  }
  if (timeout !== null && set.options.timeout === null)
    throw failure("Timeout cannot be used: set was created without timeout support");
  return { nomatch, timeout, beside };
}

function changeElements(
  sets: IpSets,
  set: IpSet,
  { command, argument = "", options = [], exist }: IpsetChange,
): void {
  const adds = command === "add";
  const { nomatch, timeout, beside } = readElementOptions(set, adds, options);
  for (const element of parseElements(set, argument, nomatch, adds ? "add" : "del")) {
    checkElement(sets, set, element, adds, beside);
    try {
      const done = adds ? set.add(element) : set.delete(element);
      if (adds && done && beside !== null) set.moveBeside(element, beside.other, beside.before);
      // One that is there already begins anew.
      if (adds && (done || exist) && set.options.timeout !== null)
        set.setTimeout(element, timeout ?? set.options.timeout);
      if (done || exist) continue;
    } catch (error) {
      if (!(error instanceof KernelError)) throw error;
      throw failure("Hash is full, cannot add more elements");
    }
    throw failure(
      adds
        ? "Element cannot be added to the set: it's already added"
        : "Element cannot be deleted from the set: it's not added",
    );
  }
}

/** What the kernel takes for no element of that set. @throws {ToolError} */
function checkElement(
  sets: IpSets,
  set: IpSet,
  element: Element,
  adds: boolean,
  beside: Beside | null,
): void {
  if (set.type === "hash:ip" && element.kind === "net" && element.address === 0)
    throw failure("Null-valued element, cannot be stored in a hash type of set");
  if (element.kind === "ip-port" && element.address === 0)
    throw failure("Kernel error received: Invalid argument");
  if (element.kind !== "set") return;
  const member = sets.get(element.set);
  if (member === null) throw failure("Set to be added/deleted/tested as element does not exist.");
  if (adds && member.type === "list:set")
    throw failure("Sets with list:set type cannot be added to the set.");
  if (beside === null) return;
  const referred = "The set to which you referred with 'before' or 'after'";
  if (sets.get(beside.other) === null) throw failure(`${referred} does not exist.`);
  const isNew = adds && !set.has(element);
  if (
    (isNew && !set.has({ kind: "set", set: beside.other })) ||
    (!adds && !set.stands(element, beside.other, beside.before))
  )
    throw failure(`${referred} is not added to the set.`);
}

/** How many rules and lists name a set. */
export function references(ns: NetworkNamespace, name: string): number {
  let count = 0;
  for (const table of netfilterOf(ns).tables)
    for (const chain of table.chains.values())
      for (const { value } of chain.rules)
        for (const info of value.matches ?? [])
          if (info.name === "set" && (info as SetInfo).set === name) count++;
  for (const set of ipSetsOf(ns).all)
    if (set.type === "list:set")
      count += set.elements.filter((element) => elementText(element) === name).length;
  return count;
}

function destroy(ns: NetworkNamespace, sets: IpSets, set: IpSet): void {
  if (references(ns, set.name) > 0)
    throw failure("Set cannot be destroyed: it is in use by a kernel component");
  remove(ns, sets, set);
}

function remove(ns: NetworkNamespace, sets: IpSets, set: IpSet): void {
  set.flush();
  sets.remove(set);
  ns.world.registry.gone(set.ref);
}

/** Lists do not keep their members when all go. */
function destroyAll(ns: NetworkNamespace, sets: IpSets): void {
  const used = sets.all.some((set) => usedByRules(ns, sets, set));
  if (used) throw failure("Set cannot be destroyed: it is in use by a kernel component");
  for (const set of sets.all) remove(ns, sets, set);
}

function usedByRules(ns: NetworkNamespace, sets: IpSets, set: IpSet): boolean {
  const lists = sets.all.filter((one) => one.type === "list:set");
  const inLists = lists.reduce(
    (sum, list) => sum + list.elements.filter((element) => elementText(element) === set.name).length,
    0,
  );
  return references(ns, set.name) > inLists;
}

function rename(ns: NetworkNamespace, sets: IpSets, set: IpSet, name: string): void {
  if (sets.get(name) !== null) throw failure("Set cannot be renamed: a set with the new name already exists");
  if (references(ns, set.name) > 0) throw failure("Set cannot be renamed: it is in use by another system");
  sets.rename(set, name);
}

function swap(sets: IpSets, set: IpSet, name: string): void {
  const other = sets.get(name);
  if (other === null) throw failure("Sets cannot be swapped: the second set does not exist");
  if (other.type !== set.type) throw failure("The sets cannot be swapped: their type does not match");
  sets.swap(set, other);
}
