import type { IcmpInfo } from "../../netfilter/match-icmp.ts";
import { unsigned } from "../words.ts";
import type { XtExtension } from "./extension.ts";
import { XtProblem } from "./xt-problem.ts";

/** Names of types and codes: name, type, first code, last code. The first that fits is the one that lists print. */
const NAMES: readonly (readonly [string, number, number, number])[] = [
  ["any", 255, 0, 255],
  ["echo-reply", 0, 0, 255],
  ["pong", 0, 0, 255],
  ["destination-unreachable", 3, 0, 255],
  ["network-unreachable", 3, 0, 0],
  ["host-unreachable", 3, 1, 1],
  ["protocol-unreachable", 3, 2, 2],
  ["port-unreachable", 3, 3, 3],
  ["fragmentation-needed", 3, 4, 4],
  ["source-route-failed", 3, 5, 5],
  ["network-unknown", 3, 6, 6],
  ["host-unknown", 3, 7, 7],
  ["network-prohibited", 3, 9, 9],
  ["host-prohibited", 3, 10, 10],
  ["TOS-network-unreachable", 3, 11, 11],
  ["TOS-host-unreachable", 3, 12, 12],
  ["communication-prohibited", 3, 13, 13],
  ["host-precedence-violation", 3, 14, 14],
  ["precedence-cutoff", 3, 15, 15],
  ["source-quench", 4, 0, 255],
  ["redirect", 5, 0, 255],
  ["network-redirect", 5, 0, 0],
  ["host-redirect", 5, 1, 1],
  ["TOS-network-redirect", 5, 2, 2],
  ["TOS-host-redirect", 5, 3, 3],
  ["echo-request", 8, 0, 255],
  ["ping", 8, 0, 255],
  ["router-advertisement", 9, 0, 255],
  ["router-solicitation", 10, 0, 255],
  ["time-exceeded", 11, 0, 255],
  ["ttl-exceeded", 11, 0, 255],
  ["ttl-zero-during-transit", 11, 0, 0],
  ["ttl-zero-during-reassembly", 11, 1, 1],
  ["parameter-problem", 12, 0, 255],
  ["ip-header-bad", 12, 0, 0],
  ["required-option-missing", 12, 1, 1],
  ["timestamp-request", 13, 0, 255],
  ["timestamp-reply", 14, 0, 255],
  ["address-mask-request", 17, 0, 255],
  ["address-mask-reply", 18, 0, 255],
];

/** The names as the help lists them: those of one type and code in one line, those of a code alone indented. */
const LISTED: string = NAMES.map(([name, type, from, to], i) => {
  const before = NAMES[i - 1];
  if (before?.[1] === type && before[2] === from && before[3] === to) return ` (${name})`;
  return `\n${from === 0 && to === 255 ? "" : "   "}${name}`;
}).join("");

function readType(text: string): Pick<IcmpInfo, "type" | "codes"> {
  const found = NAMES.filter(([name]) => name.toLowerCase().startsWith(text.toLowerCase()));
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
    const named = NAMES.find((n) => n[1] === type && n[2] === from && n[3] === to);
    if (!numeric && named !== undefined) return `icmp ${not ? "!" : ""}${named[0]}`;
    const codes = from === to ? ` code ${from}` : from !== 0 || to !== 255 ? ` codes ${from}-${to}` : "";
    return `icmp${not ? " !" : ""}type ${type}${codes}`;
  },
};
