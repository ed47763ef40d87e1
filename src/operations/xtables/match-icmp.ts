import type { IcmpInfo } from "../../netfilter/match-icmp.ts";
import { unsigned } from "../words.ts";
import type { XtExtension } from "./extension.ts";
import { icmpNames } from "./icmp-names.ts";
import { XtProblem } from "./xt-problem.ts";

/** The names as the help lists them: those of one type and code in one line, those of a code alone indented. */
const LISTED: string = icmpNames
  .map(([name, type, from, to], i) => {
    const before = icmpNames[i - 1];
    if (before?.[1] === type && before[2] === from && before[3] === to) return ` (${name})`;
    return `\n${from === 0 && to === 255 ? "" : "   "}${name}`;
  })
  .join("");

function readType(text: string): Pick<IcmpInfo, "type" | "codes"> {
  const found = icmpNames.filter(([name]) => name.toLowerCase().startsWith(text.toLowerCase()));
  const exact = found.find(([name]) => name.toLowerCase() === text.toLowerCase());
  const [first, second] = found;
  if (exact === undefined && second !== undefined)
    throw new XtProblem(`Ambiguous ICMP type \`${text}': \`${first![0]}' or \`${second[0]}'?`);
  const named = exact ?? first;
  if (named !== undefined && text !== "") return { type: named[1], codes: [named[2], named[3]] };
  const slash = text.indexOf("/");
  const typeText = slash < 0 ? text : text.slice(0, slash);
  const type = unsigned(typeText, 255);
  if (type === null) throw new XtProblem(`Unknown ICMP type \`${text}'`);
  const code = slash < 0 ? 0 : unsigned(text.slice(slash + 1), 255);
  if (code === null) throw new XtProblem(`Unknown ICMP code \`${text}'`);
  return { type, codes: slash < 0 ? [0, 255] : [code, code] };
}

export const icmpMatch: XtExtension<IcmpInfo> = {
  name: "icmp",
  help: `icmp match options:
[!] --icmp-type typename	match icmp type
[!] --icmp-type type[/code]	(or numeric type or type/code)
Valid ICMP Types:${LISTED}
`,
  options: [{ name: "icmp-type", read: readType, not: true, mandatory: true }],
  make(given) {
    const { type, codes } = given.get<Pick<IcmpInfo, "type" | "codes">>("icmp-type")!;
    return { name: "icmp", type, codes, ...(given.not("icmp-type") ? { not: true as const } : {}) };
  },
  save({ type, codes: [from, to], not }) {
    const sign = not ? "! " : "";
    const all = from === 0 && to === 255;
    if (type === 255) return `${sign}--icmp-type any`;
    return `${sign}--icmp-type ${type}${all ? "" : `/${from}`}`;
  },
  list({ type, codes: [from, to], not }, { numeric }) {
    const named = icmpNames.find((n) => n[1] === type && n[2] === from && n[3] === to);
    if (!numeric && named !== undefined) return `icmp ${not ? "!" : ""}${named[0]}`;
    const codes = from === to ? ` code ${from}` : from !== 0 || to !== 255 ? ` codes ${from}-${to}` : "";
    return `icmp${not ? " !" : ""}type ${type}${codes}`;
  },
};
