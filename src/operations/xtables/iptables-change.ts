import { KernelError } from "../../net/kernel-error.ts";
import type { NetworkNamespace } from "../../net/network-namespace.ts";
import type { Policy } from "../../netfilter/chain.ts";
import { netfilterOf } from "../../netfilter/netfilter.ts";
import { Rule, type XtRule } from "../../netfilter/rule.ts";
import { type RuleSet, VERDICTS } from "../../netfilter/rule-set.ts";
import type { Table } from "../../netfilter/table.ts";
import type { InNamespace, OperationRecord } from "../operation.ts";
import type { CommandLine } from "./command-line.ts";
import type { Extensions } from "./extension.ts";
import { problem, refused } from "./iptables-errors.ts";
import { announcedRule, savedRule } from "./rule-text.ts";
import { splitLine } from "./tokens.ts";
import { XtProblem, XtStatus } from "./xt-problem.ts";

type IptablesCommand =
  | "append"
  | "insert"
  | "replace"
  | "delete"
  | "flush"
  | "zero"
  | "new-chain"
  | "delete-chain"
  | "rename-chain"
  | "policy";

/** `iptables ...` that changes something. */
export interface IptablesChange extends InNamespace {
  readonly op: "iptables";
  readonly command: IptablesCommand;
  /** Absent: filter. */
  readonly table?: string;
  readonly chain?: string;
  /** From 1. */
  readonly position?: number;
  /** One for each pair of a source and a destination that were named. */
  readonly rules?: readonly XtRule[];
  readonly newName?: string;
  readonly policy?: string;
  readonly counters?: readonly [number, number];
  /** How often `-v` was said. */
  readonly verbose?: number;
}

const LETTERS: Readonly<Record<IptablesCommand, string>> = {
  append: "A",
  insert: "I",
  replace: "R",
  delete: "D",
  flush: "F",
  zero: "Z",
  "new-chain": "N",
  "delete-chain": "X",
  "rename-chain": "E",
  policy: "P",
};

/** The operation that a command line means. */
export function changeOf(line: CommandLine): IptablesChange {
  const command = Object.entries(LETTERS).find(
    ([, letter]) => letter === line.command,
  )![0] as IptablesCommand;
  const hasRules =
    ["append", "insert", "replace"].includes(command) || (command === "delete" && line.position === null);
  return {
    op: "iptables",
    command,
    ...(line.table === "filter" ? {} : { table: line.table }),
    ...(line.chain === null ? {} : { chain: line.chain }),
    ...(line.position === null ? {} : { position: line.position }),
    ...(hasRules ? { rules: line.rules } : {}),
    ...(command === "rename-chain" ? { newName: line.newName } : {}),
    ...(command === "policy" ? { policy: line.policy } : {}),
    ...(line.counters === null ? {} : { counters: line.counters }),
    ...(line.verbose === 0 ? {} : { verbose: line.verbose }),
  };
}

/** The words of one command for several rules that differ in source and destination only. */
export function rulesText(rules: readonly XtRule[], extensions: Extensions): string {
  const [first = {}] = rules;
  const list = (key: "source" | "destination"): XtRule => {
    const all = [...new Set(rules.map((rule) => rule[key] ?? "0.0.0.0/0"))];
    return rules.length > 1 && (all.length > 1 || first[key] !== undefined) ? { [key]: all.join(",") } : {};
  };
  return savedRule({ ...first, ...list("source"), ...list("destination") }, extensions);
}

export const iptablesChange: OperationRecord<IptablesChange> = {
  tool: "iptables",
  words(operation, toolbox) {
    const { command, table, chain, position, rules, newName, policy, counters, verbose = 0 } = operation;
    return [
      ...(table === undefined ? [] : ["-t", table]),
      `-${LETTERS[command]}`,
      ...[chain, position, newName, policy].flatMap((word) => (word === undefined ? [] : [`${word}`])),
      ...(rules === undefined ? [] : splitLine(rulesText(rules, toolbox.xtables))),
      ...(counters === undefined ? [] : ["-c", ...counters.map(String)]),
      ...Array.from({ length: verbose }, () => "-v"),
    ];
  },
  apply(operation, context) {
    const table = tableOf(context.namespace, operation.table ?? "filter", "iptables");
    const draft = table.edit();
    const editor = new TableEditor(table, draft, context.toolbox.xtables);
    const letter = LETTERS[operation.command];
    const numbered = operation.position !== undefined && operation.rules === undefined;
    try {
      const said = editor.apply(operation);
      table.commit(draft);
      if (operation.command === "zero") table.zero(operation.chain ?? null, operation.position ?? null);
      return said;
    } catch (error) {
      if (error instanceof XtProblem) throw problem("iptables", error);
      // What the kernel itself refuses is told without the command's own words.
      if (error instanceof KernelError)
        throw refused(
          editor.done || editor.lookedUp ? "" : `${letter}${numbered ? "#" : ""}`,
          error.errno,
          editor.said,
        );
      throw error;
    }
  },
  warning(operation, context) {
    const { table = "filter", rules = [] } = operation;
    const name = rules[0]?.target?.name;
    if (name === undefined || !context.toolbox.xtables.targets.has(name)) return "";
    const chains = netfilterOf(context.enter(operation.netns).namespace).tables.find(
      (t) => t.name === table,
    )?.chains;
    return chains?.has(name) === true ? `Warning: using chain ${name}, not extension\n` : "";
  },
};

/** The table of that name; the program ends where the kernel has none. @throws {ToolError} */
export function tableOf(ns: NetworkNamespace, name: string, program: string): Table {
  try {
    return netfilterOf(ns).table(name);
  } catch (error) {
    if (!(error instanceof KernelError)) throw error;
    const text = `can't initialize iptables table \`${name}': Table does not exist (do you need to insmod?)`;
    throw problem(program, new XtProblem(text, XtStatus.version));
  }
}

/** Changes a draft of a table as `iptables` does. */
export class TableEditor {
  readonly #table: Table;
  readonly #draft: RuleSet;
  readonly #extensions: Extensions;
  /** What the command has printed; it stays printed when the rest fails. */
  said = "";
  /** The command was carried out on the draft: what comes now is the kernel's word. */
  done = false;
  /** A rule was not found whose target is no verdict: libiptc has looked that target up by then, and tells of that. */
  lookedUp = false;

  constructor(table: Table, draft: RuleSet, extensions: Extensions) {
    this.#table = table;
    this.#draft = draft;
    this.#extensions = extensions;
  }

  /** Gives what the command prints. @throws {XtProblem} @throws {KernelError} */
  apply(operation: IptablesChange): string {
    const { command, chain = "", position, counters, verbose } = operation;
    const draft = this.#draft;
    const rules = (operation.rules ?? []).map((rule) => this.withTarget(rule));
    const made = (): Rule[] => rules.map((value) => this.rule(chain, value, counters));
    this.said =
      verbose === undefined ? "" : rules.map((rule) => announcedRule(rule, this.#extensions)).join("");
    this.done = false;
    switch (command) {
      case "append":
        for (const rule of made()) draft.append(chain, rule);
        break;
      case "insert":
        for (const rule of made()) draft.insert(chain, position!, rule);
        break;
      case "replace":
        draft.replace(chain, position!, made()[0]!);
        break;
      case "delete":
        if (position !== undefined) draft.deleteAt(chain, position);
        else for (const rule of rules) draft.deleteAt(chain, this.find(chain, rule));
        break;
      case "new-chain":
        draft.addChain(chain);
        break;
      case "rename-chain":
        draft.rename(chain, operation.newName!, (name, value) => this.text(name, value));
        break;
      case "policy":
        this.#setPolicy(chain, operation.policy!, counters);
        break;
      case "zero":
        this.#zero(operation);
        break;
      case "flush":
      case "delete-chain":
        this.#each(command, operation.chain, verbose !== undefined);
    }
    this.done = true;
    return this.said;
  }

  /** Where the first rule stands that is the same, from 1. @throws {KernelError} ENOENT */
  find(chain: string, value: XtRule): number {
    const wanted = savedRule(value, this.#extensions);
    const { rules } = this.#draft.chain(chain);
    const at = rules.findIndex((rule) => savedRule(rule.value, this.#extensions) === wanted);
    if (at < 0) {
      this.lookedUp = value.target !== undefined && !VERDICTS.includes(value.target.name);
      throw new KernelError("ENOENT");
    }
    return at + 1;
  }

  rule(chain: string, value: XtRule, counters: readonly [number, number] = [0, 0]): Rule {
    return new Rule(value, this.text(chain, value), ...counters);
  }

  text(chain: string, value: XtRule): string {
    return `-t ${this.#table.name} -A ${chain} ${savedRule(value, this.#extensions)}`.trimEnd();
  }

  /** A target's name may be a chain's; a chain goes before a target of its name. @throws {XtProblem} for neither */
  withTarget(rule: XtRule): XtRule {
    for (const info of rule.matches ?? [])
      this.#extensions.matches.get(info.name)?.verify?.(info, this.#table.ns);
    return checkTarget(rule, this.#draft, this.#extensions);
  }

  #setPolicy(chain: string, policy: string, counters: readonly [number, number] | undefined): void {
    if (this.#draft.chain(chain).policy === null) throw new KernelError("ENOENT");
    if (policy !== "ACCEPT" && policy !== "DROP") throw new KernelError("EINVAL");
    this.setPolicy(chain, policy, counters);
  }

  setPolicy(chain: string, policy: Policy, counters: readonly [number, number] | undefined): void {
    this.#draft.setPolicy(chain, policy);
    if (counters !== undefined) this.#draft.policyCounters.set(chain, counters);
  }

  #zero({ chain, position, verbose }: IptablesChange): void {
    if (position !== undefined) {
      if (position > this.#draft.chain(chain!).rules.length) throw new KernelError("E2BIG");
      return;
    }
    this.#each("zero", chain, verbose !== undefined);
  }

  #each(command: "flush" | "delete-chain" | "zero", chain: string | undefined, verbose: boolean): void {
    const verb = command === "flush" ? "Flushing" : command === "zero" ? "Zeroing" : "Deleting";
    const draft = this.#draft;
    const names =
      chain !== undefined
        ? [chain]
        : draft.names.filter((name) => command !== "delete-chain" || draft.chain(name).policy === null);
    for (const name of names) {
      if (verbose) this.said += `${verb} chain \`${name}'\n`;
      if (command === "flush") draft.flush(name);
      else if (command === "delete-chain") draft.deleteChain(name);
      else draft.chain(name);
    }
  }
}

/** @throws {XtProblem} when a rule leads to what is neither a verdict, a chain nor a target; {KernelError} EINVAL for built-in chains */
function checkTarget(rule: XtRule, draft: RuleSet, extensions: Extensions): XtRule {
  const { target } = rule;
  if (target === undefined) return rule;
  const { name } = target;
  if (draft.has(name) && !VERDICTS.includes(name)) {
    if (draft.chain(name).policy !== null) throw new KernelError("EINVAL");
    return { ...rule, target: { name } };
  }
  if (rule.goto === true) throw new XtProblem(`goto '${name}' is not a chain`);
  if (!VERDICTS.includes(name) && !extensions.targets.has(name))
    throw new XtProblem(`Couldn't load target \`${name}':No such file or directory\n`);
  return rule;
}
