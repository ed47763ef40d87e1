import type { XtInfo } from "../../net/xtables.ts";
import { parseMasked } from "../../netfilter/masked-address.ts";
import type { XtNegation, XtRule } from "../../netfilter/rule.ts";
import * as ip from "../../wire/ipv4-address.ts";
import type { Extensions } from "./extension.ts";
import { listedProtocol, savedProtocol } from "./protocols.ts";
import { maskText } from "./read-options.ts";
import { addressName } from "./rule-addresses.ts";

/** A rule as `iptables-save` prints it, without the chain in front; sources and destinations may be lists. */
export function savedRule(rule: XtRule, extensions: Extensions): string {
  const words: string[] = [];
  const say = (negation: XtNegation, text: string): void => {
    if (rule.not?.includes(negation)) words.push("!");
    words.push(text);
  };
  if (rule.source !== undefined) say("source", `-s ${rule.source}`);
  if (rule.destination !== undefined) say("destination", `-d ${rule.destination}`);
  if (rule.in !== undefined && rule.in !== "+") say("in", `-i ${rule.in}`);
  if (rule.out !== undefined && rule.out !== "+") say("out", `-o ${rule.out}`);
  if (rule.protocol !== undefined) say("protocol", `-p ${savedProtocol(rule.protocol) ?? rule.protocol}`);
  if (rule.fragment === true) say("fragment", "-f");
  for (const info of rule.matches ?? []) words.push(...saved("-m", info, extensions.matches));
  if (rule.target !== undefined) {
    if (rule.goto === true) words.push("-g", rule.target.name);
    else words.push(...saved("-j", rule.target, extensions.targets));
  }
  return words.join(" ");
}

function saved(letter: string, info: XtInfo, kinds: Extensions["matches"]): string[] {
  const extension = kinds.get(info.name);
  if (extension === undefined || !(Object.keys(info).length > 1 || extension.options.length > 0))
    return [letter, info.name];
  const text = extension.save(info);
  const name = extension.savedAs?.(info) ?? info.name;
  return text === "" ? [letter, name] : [letter, name, text];
}

/** How `-L` prints. */
export interface TableStyle {
  readonly numeric: boolean;
  /** `-v`: counters and devices. */
  readonly verbose: boolean;
  /** `-x`: numbers in full. */
  readonly exact: boolean;
  readonly lineNumbers: boolean;
}

/** A counter with K, M, G or T, in the width of a column or none (xtables_print_num). */
export function countText(value: number, width: number): string {
  let number = value;
  if (number <= 99999) return `${`${number}`.padStart(width)} `;
  let letter = "";
  for (letter of "KMGT") {
    number = Math.floor((number + 500) / 1000);
    if (number <= 9999 || letter === "T") break;
  }
  return `${`${number}`.padStart(Math.max(0, width - 1))}${letter} `;
}

export function listHeader(style: TableStyle): string {
  const counts = style.exact ? "    pkts      bytes " : " pkts bytes ";
  return `${style.lineNumbers ? "num  " : ""}${style.verbose ? counts : ""}target     prot opt${
    style.verbose ? " in     out    " : ""
  } source               destination         \n`;
}

/** A line of `-L`. */
export function listedRule(
  rule: XtRule,
  packets: number,
  bytes: number,
  number: number,
  style: TableStyle,
  extensions: Extensions,
): string {
  const { numeric } = style;
  const counts = style.exact
    ? `${`${packets}`.padStart(8)} ${`${bytes}`.padStart(8)} `
    : countText(packets, 5) + countText(bytes, 5);
  const protocol = rule.protocol ?? 0;
  const name = numeric ? `${protocol}` : (listedProtocol(protocol) ?? `${protocol}`);
  const any = numeric ? "*" : "any";
  const device = (negation: XtNegation, device: string | undefined): string =>
    ((rule.not?.includes(negation) ? "!" : "") + (device ?? any)).padEnd(6);
  const head =
    (style.lineNumbers ? `${`${number}`.padEnd(4)} ` : "") +
    (style.verbose ? counts : "") +
    `${(rule.target?.name ?? "").padEnd(9)} ${mark(rule, "protocol", " ")}${name.padEnd(4)} ` +
    `${fragmentText(rule)} ` +
    (style.verbose ? ` ${device("in", rule.in)} ${device("out", rule.out)} ` : "") +
    `${mark(rule, "source", " ")}${addressText(rule.source, numeric).padEnd(19)} ` +
    `${mark(rule, "destination", " ")}${addressText(rule.destination, numeric).padEnd(19)} `;
  return `${head}${extensionTexts(rule, numeric, extensions)}\n`;
}

/** What `-v` prints of a rule that is added, deleted or looked for. */
export function announcedRule(rule: XtRule, extensions: Extensions): string {
  const protocol = rule.protocol ?? 0;
  const name = protocol === 0 ? "all" : (savedProtocol(protocol) ?? `${protocol}`);
  const device = (negation: XtNegation, device: string | undefined): string =>
    (rule.not?.includes(negation) ? "!" : "") + (device ?? "*");
  return (
    `${rule.target?.name ?? ""} ${mark(rule, "protocol", " ")}${name} opt ${fragmentText(rule)} ` +
    `in ${device("in", rule.in)} out ${device("out", rule.out)} ` +
    `${mark(rule, "source", " ")}${addressText(rule.source, true)} ` +
    `${mark(rule, "destination", " ")}-> ${addressText(rule.destination, true)}` +
    `  ${extensionTexts(rule, true, extensions)}\n`
  );
}

function mark(rule: XtRule, negation: XtNegation, otherwise: string): string {
  return rule.not?.includes(negation) ? "!" : otherwise;
}

function fragmentText(rule: XtRule): string {
  return `${mark(rule, "fragment", "-")}${rule.fragment === true ? "f" : "-"}`;
}

function addressText(text: string | undefined, numeric: boolean): string {
  const { address, mask } = parseMasked(text ?? "0.0.0.0/0")!;
  if (mask === 0 && !numeric) return "anywhere";
  const name = numeric ? ip.format(address) : addressName(address);
  return mask === -1 ? name : `${name}/${maskText(mask)}`;
}

function extensionTexts(rule: XtRule, numeric: boolean, extensions: Extensions): string {
  const style = { numeric, protocol: rule.protocol ?? 0 };
  const texts = (rule.matches ?? []).map(
    (info) => extensions.matches.get(info.name)?.list(info, style) ?? null,
  );
  const { target } = rule;
  if (target !== undefined) texts.push(extensions.targets.get(target.name)?.list(target, style) ?? null);
  const goes = rule.goto === true ? "[goto] " : "";
  return goes + texts.flatMap((text) => (text === null ? [] : [` ${text}`])).join("");
}
