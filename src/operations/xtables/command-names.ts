import { VERDICTS } from "../../netfilter/rule-set.ts";
import { unsigned } from "../words.ts";
import { maxName } from "./command-options.ts";
import type { Extensions } from "./extension.ts";
import { XtProblem } from "./xt-problem.ts";

/** @throws {XtProblem} */
export function targetName(name: string): string {
  if (name === "") throw new XtProblem("Invalid target name (too short)");
  if (name.length >= maxName)
    throw new XtProblem(`Invalid target name \`${name}' (${maxName - 1} chars max)`);
  if (/\s/.test(name)) throw new XtProblem(`Invalid target name \`${name}'`);
  return name;
}

/** @throws {XtProblem} */
export function deviceName(name: string): string {
  if (name === "") throw new XtProblem("Empty interface is likely to be undesired");
  if (name.length > 15) throw new XtProblem(`interface name \`${name}' must be shorter than IFNAMSIZ (15)`);
  return name;
}

/** A number from 1. @throws {XtProblem} */
export function ruleNumber(text: string): number {
  const number = unsigned(text, 0x7fffffff);
  if (number === null || number < 1) throw new XtProblem(`Invalid rule number \`${text}'`);
  return number;
}

/** What a new chain may be called (assert_valid_chain_name). @throws {XtProblem} */
export function checkChainName(name: string, extensions: Extensions): void {
  if (name.length >= maxName)
    throw new XtProblem(`chain name \`${name}' too long (must be under ${maxName} chars)`);
  if (name.startsWith("-") || name.startsWith("!"))
    throw new XtProblem(`chain name not allowed to start with \`${name[0]}'`);
  if (extensions.targets.has(name) || VERDICTS.includes(name))
    throw new XtProblem("chain name may not clash with target name");
  if (/\s/.test(name)) throw new XtProblem(`Invalid chain name \`${name}'`);
}
