import { KernelError } from "../../net/kernel-error.ts";
import type { Chain } from "../../netfilter/chain.ts";
import type { XtRule } from "../../netfilter/rule.ts";
import type { RuleSet } from "../../netfilter/rule-set.ts";
import type { InNamespace, QuestionRecord } from "../operation.ts";
import { ToolError } from "../tool-error.ts";
import type { CommandLine } from "./command-line.ts";
import type { Extensions } from "./extension.ts";
import { rulesText, TableEditor, tableOf } from "./iptables-change.ts";
import { problem, refused } from "./iptables-errors.ts";
import { announcedRule, countText, listedRule, listHeader, savedRule, type TableStyle } from "./rule-text.ts";
import { splitLine } from "./tokens.ts";
import { XtProblem } from "./xt-problem.ts";

/** `iptables -L` and `iptables -S`. */
export interface IptablesList extends InNamespace {
  readonly ask: "iptables-list";
  /** `-S`: as commands. */
  readonly asCommands?: true;
  readonly table?: string;
  readonly chain?: string;
  readonly position?: number;
  readonly numeric?: true;
  readonly exact?: true;
  readonly lineNumbers?: true;
  readonly verbose?: true;
}

/** `iptables -C`. */
export interface IptablesCheck extends InNamespace {
  readonly ask: "iptables-check";
  readonly table?: string;
  readonly chain: string;
  readonly rules: readonly XtRule[];
  readonly verbose?: true;
}

export function listOf(line: CommandLine): IptablesList {
  return {
    ask: "iptables-list",
    ...(line.command.startsWith("S") ? { asCommands: true as const } : {}),
    ...(line.table === "filter" ? {} : { table: line.table }),
    ...(line.chain === null ? {} : { chain: line.chain }),
    ...(line.position === null ? {} : { position: line.position }),
    ...(line.numeric ? { numeric: true as const } : {}),
    ...(line.exact ? { exact: true as const } : {}),
    ...(line.lineNumbers ? { lineNumbers: true as const } : {}),
    ...(line.verbose > 0 ? { verbose: true as const } : {}),
  };
}

export function checkOf(line: CommandLine): IptablesCheck {
  return {
    ask: "iptables-check",
    ...(line.table === "filter" ? {} : { table: line.table }),
    chain: line.chain!,
    rules: line.rules,
    ...(line.verbose > 0 ? { verbose: true as const } : {}),
  };
}

export const iptablesList: QuestionRecord<IptablesList> = {
  tool: "iptables",
  words: ({ asCommands, table, chain, position, numeric, exact, lineNumbers, verbose }) => [
    ...(table === undefined ? [] : ["-t", table]),
    asCommands ? "-S" : "-L",
    ...[chain, position].flatMap((word) => (word === undefined ? [] : [`${word}`])),
    ...(numeric ? ["-n"] : []),
    ...(exact ? ["-x"] : []),
    ...(lineNumbers ? ["--line-numbers"] : []),
    ...(verbose ? ["-v"] : []),
  ],
  answer(question, context) {
    const draft = tableOf(context.namespace, question.table ?? "filter", "iptables").edit();
    const text = listText(question, draft, context.toolbox.xtables);
    if (text === null) throw refused("L", "ENOENT");
    return text;
  },
};

/** What a table's rules look like; null for a chain that is not there. */
export function listText(question: IptablesList, draft: RuleSet, extensions: Extensions): string | null {
  const names = draft.names.filter((name) => question.chain === undefined || name === question.chain);
  if (names.length === 0) return null;
  return (question.asCommands ? commands : lists)(question, draft, names, extensions);
}

export const iptablesCheck: QuestionRecord<IptablesCheck> = {
  tool: "iptables",
  words: ({ table, chain, rules, verbose }, toolbox) => [
    ...(table === undefined ? [] : ["-t", table]),
    "-C",
    chain,
    ...splitLine(rulesText(rules, toolbox.xtables)),
    ...(verbose ? ["-v"] : []),
  ],
  answer({ table = "filter", chain, rules, verbose }, context) {
    const { xtables } = context.toolbox;
    const found = tableOf(context.namespace, table, "iptables");
    const draft = found.edit();
    const editor = new TableEditor(found, draft, xtables);
    const said = verbose ? rules.map((rule) => announcedRule(rule, xtables)).join("") : "";
    try {
      for (const rule of rules) editor.find(chain, editor.withTarget(rule));
    } catch (error) {
      if (error instanceof XtProblem) throw problem("iptables", error);
      if (!(error instanceof KernelError)) throw error;
      const { text, status } = refused(editor.lookedUp ? "" : "C", error.errno);
      throw new ToolError(text, status, said, true);
    }
    return said;
  },
};

function commands(
  question: IptablesList,
  draft: RuleSet,
  names: readonly string[],
  extensions: Extensions,
): string {
  const { position, verbose } = question;
  const counts = (packets: number, bytes: number): string => (verbose ? ` -c ${packets} ${bytes}` : "");
  const heads = names.map((name) => {
    const { policy, packets, bytes } = draft.chain(name);
    return policy === null ? `-N ${name}\n` : `-P ${name} ${policy}${counts(packets, bytes)}\n`;
  });
  const rules = names.flatMap((name) =>
    draft.chain(name).rules.flatMap(({ value, packets, bytes }, i) => {
      if (position !== undefined && position !== i + 1) return [];
      return [`${savedWithCounts(name, value, counts(packets, bytes), extensions)}\n`];
    }),
  );
  return [...(position === undefined ? heads : []), ...rules].join("");
}

/** The counters stand between the matches and the target. */
function savedWithCounts(chain: string, value: XtRule, counts: string, extensions: Extensions): string {
  const { target, goto: goes, ...matches } = value;
  const rest = target === undefined ? {} : { target, ...(goes === undefined ? {} : { goto: goes }) };
  const join = (text: string): string => (text === "" ? "" : ` ${text}`);
  return `-A ${chain}${join(savedRule(matches, extensions))}${counts}${join(savedRule(rest, extensions))}`;
}

function lists(
  question: IptablesList,
  draft: RuleSet,
  names: readonly string[],
  extensions: Extensions,
): string {
  const { position } = question;
  const style: TableStyle = {
    numeric: question.numeric === true,
    verbose: question.verbose === true,
    exact: question.exact === true,
    lineNumbers: question.lineNumbers === true,
  };
  return names
    .map((name) => {
      const chain = draft.chain(name);
      const rows = chain.rules.flatMap((rule, i) =>
        position === undefined || position === i + 1
          ? [listedRule(rule.value, rule.packets, rule.bytes, i + 1, style, extensions)]
          : [],
      );
      const head = position === undefined ? chainHead(chain, draft, style) + listHeader(style) : "";
      return head + rows.join("");
    })
    .join("\n");
}

function chainHead(chain: Chain, draft: RuleSet, style: TableStyle): string {
  if (chain.policy === null) return `Chain ${chain.name} (${draft.references(chain.name)} references)\n`;
  const count = (value: number): string => (style.exact ? `${value} ` : countText(value, 0));
  const counts = style.verbose ? ` ${count(chain.packets)}packets, ${count(chain.bytes)}bytes` : "";
  return `Chain ${chain.name} (policy ${chain.policy}${counts})\n`;
}
