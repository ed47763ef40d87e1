import type { AddressRange, IprangeInfo } from "../../netfilter/match-iprange.ts";
import * as ip from "../../wire/ipv4-address.ts";
import { looseAddress } from "../addresses.ts";
import type { ReadOption, XtExtension } from "./extension.ts";
import { XtProblem } from "./xt-problem.ts";

const readRange: ReadOption = (text, _extension, option): AddressRange => {
  const dash = text.indexOf("-");
  const read = (part: string): string => {
    const address = looseAddress(part);
    if (address === null) throw new XtProblem(`iprange: Bad value for "--${option}" option: "${part}"`);
    return ip.format(address);
  };
  return dash < 0 ? [read(text), read(text)] : [read(text.slice(0, dash)), read(text.slice(dash + 1))];
};

function reversed(range: AddressRange | undefined): string {
  if (range === undefined) return "";
  const [from, to] = range;
  if (ip.parse(from)! >>> 0 <= ip.parse(to)! >>> 0) return "";
  return `xt_iprange: range ${from}-${to} is reversed and will never match\n`;
}

export const iprangeMatch: XtExtension<IprangeInfo> = {
  name: "iprange",
  help: `iprange match options:
[!] --src-range ip[-ip]    Match source IP in the specified range
[!] --dst-range ip[-ip]    Match destination IP in the specified range
`,
  options: [
    { name: "src-range", read: readRange, not: true },
    { name: "dst-range", read: readRange, not: true },
  ],
  make(given) {
    if (given.size === 0)
      throw new XtProblem("iprange match: You must specify `--src-range' or `--dst-range'");
    const src = given.get<AddressRange>("src-range");
    const dst = given.get<AddressRange>("dst-range");
    return {
      name: "iprange",
      ...(src === undefined ? {} : { src }),
      ...(given.not("src-range") ? { notSrc: true as const } : {}),
      ...(dst === undefined ? {} : { dst }),
      ...(given.not("dst-range") ? { notDst: true as const } : {}),
    };
  },
  warning: ({ src, dst }) => `${reversed(src)}${reversed(dst)}`,
  save: ({ src, notSrc, dst, notDst }) =>
    [
      ...(src === undefined ? [] : [`${notSrc ? "! " : ""}--src-range ${src.join("-")}`]),
      ...(dst === undefined ? [] : [`${notDst ? "! " : ""}--dst-range ${dst.join("-")}`]),
    ].join(" "),
  list: ({ src, notSrc, dst, notDst }) =>
    [
      ...(src === undefined ? [] : [`source IP range${notSrc ? " !" : ""} ${src.join("-")}`]),
      ...(dst === undefined ? [] : [`destination IP range${notDst ? " !" : ""} ${dst.join("-")}`]),
    ].join(" "),
};
