import type { PhysdevInfo } from "../../netfilter/match-physdev.ts";
import { deviceName } from "./command-names.ts";
import type { GivenOptions, ReadOption, XtExtension } from "./extension.ts";
import { XtProblem } from "./xt-problem.ts";

/** A bridge port's name; an empty one asks nothing. */
const portName: ReadOption = (text) => (text === "" ? "" : deviceName(text));

export const physdevMatch: XtExtension<PhysdevInfo> = {
  name: "physdev",
  help: `physdev match options:
 [!] --physdev-in inputname[+]		bridge port name ([+] for wildcard)
 [!] --physdev-out outputname[+]	bridge port name ([+] for wildcard)
 [!] --physdev-is-in			arrived on a bridge device
 [!] --physdev-is-out			will leave on a bridge device
 [!] --physdev-is-bridged		it's a bridged packet
`,
  options: [
    { name: "physdev-in", read: portName, not: true },
    { name: "physdev-out", read: portName, not: true },
    { name: "physdev-is-in", not: true },
    { name: "physdev-is-out", not: true },
    { name: "physdev-is-bridged", not: true },
  ],
  make(given) {
    if (given.size === 0) throw new XtProblem("PHYSDEV: no physdev option specified");
    return {
      name: "physdev",
      ...(given.has("physdev-is-in") ? { isIn: true as const } : {}),
      ...not(given, "physdev-is-in", { notIsIn: true as const }),
      ...(given.has("physdev-in") ? { in: given.get<string>("physdev-in")! } : {}),
      ...not(given, "physdev-in", { notIn: true as const }),
      ...(given.has("physdev-is-out") ? { isOut: true as const } : {}),
      ...not(given, "physdev-is-out", { notIsOut: true as const }),
      ...(given.has("physdev-out") ? { out: given.get<string>("physdev-out")! } : {}),
      ...not(given, "physdev-out", { notOut: true as const }),
      ...(given.has("physdev-is-bridged") ? { isBridged: true as const } : {}),
      ...not(given, "physdev-is-bridged", { notIsBridged: true as const }),
    };
  },
  save: text,
  list: (info) => `PHYSDEV match ${text(info)}`,
};

function not<T>(given: GivenOptions, option: string, yes: T): T | object {
  return given.not(option) ? yes : {};
}

function text(info: PhysdevInfo): string {
  const part = (is: boolean, negated: true | undefined, words: string): string[] =>
    is ? [`${negated ? "! " : ""}${words}`] : [];
  return [
    ...part(info.isIn === true, info.notIsIn, "--physdev-is-in"),
    ...part(info.in !== undefined, info.notIn, `--physdev-in ${info.in}`),
    ...part(info.isOut === true, info.notIsOut, "--physdev-is-out"),
    ...part(info.out !== undefined, info.notOut, `--physdev-out ${info.out}`),
    ...part(info.isBridged === true, info.notIsBridged, "--physdev-is-bridged"),
  ].join(" ");
}
