import { type AddrtypeInfo, addressTypes } from "../../netfilter/match-addrtype.ts";
import type { XtExtension } from "./extension.ts";
import { XtProblem } from "./xt-problem.ts";

function readTypes(text: string): number {
  let mask = 0;
  let rest = text;
  for (const part of text.split(",")) {
    const bit = part === "" ? -1 : addressTypes.findIndex((name) => name.startsWith(part.toUpperCase()));
    const last = !rest.includes(",");
    if (bit < 0) throw new XtProblem(last ? `addrtype: bad type "${rest}"` : `addrtype: bad type \`${rest}'`);
    mask |= 1 << bit;
    rest = rest.slice(part.length + 1);
  }
  return mask;
}

function typesText(mask: number): string {
  return addressTypes.filter((_, bit) => (mask & (1 << bit)) !== 0).join(",");
}

export const addrtypeMatch: XtExtension<AddrtypeInfo> = {
  name: "addrtype",
  help: `Address type match options:
 [!] --src-type type[,...]      Match source address type
 [!] --dst-type type[,...]      Match destination address type
     --limit-iface-in           Match only on the packet's incoming device
     --limit-iface-out          Match only on the packet's outgoing device

Valid types:           
                                UNSPEC
                                UNICAST
                                LOCAL
                                BROADCAST
                                ANYCAST
                                MULTICAST
                                BLACKHOLE
                                UNREACHABLE
                                PROHIBIT
                                THROW
                                NAT
                                XRESOLVE
`,
  options: [
    { name: "src-type", read: readTypes, not: true },
    { name: "dst-type", read: readTypes, not: true },
    { name: "limit-iface-in", excludes: ["limit-iface-out"] },
    { name: "limit-iface-out", excludes: ["limit-iface-in"] },
  ],
  make(given) {
    const srcType = given.get<number>("src-type");
    const dstType = given.get<number>("dst-type");
    if (srcType === undefined && dstType === undefined)
      throw new XtProblem("addrtype: you must specify --src-type or --dst-type");
    return {
      name: "addrtype",
      ...(srcType === undefined ? {} : { srcType }),
      ...(given.not("src-type") ? { notSrcType: true as const } : {}),
      ...(dstType === undefined ? {} : { dstType }),
      ...(given.not("dst-type") ? { notDstType: true as const } : {}),
      ...(given.has("limit-iface-in") ? { limitIn: true as const } : {}),
      ...(given.has("limit-iface-out") ? { limitOut: true as const } : {}),
    };
  },
  save: ({ srcType, notSrcType, dstType, notDstType, limitIn, limitOut }) =>
    [
      ...(srcType === undefined ? [] : [`${notSrcType ? "! " : ""}--src-type ${typesText(srcType)}`]),
      ...(dstType === undefined ? [] : [`${notDstType ? "! " : ""}--dst-type ${typesText(dstType)}`]),
      ...(limitIn ? ["--limit-iface-in"] : []),
      ...(limitOut ? ["--limit-iface-out"] : []),
    ].join(" "),
  list: ({ srcType, notSrcType, dstType, notDstType, limitIn, limitOut }) =>
    [
      "ADDRTYPE match",
      ...(srcType === undefined ? [] : [`src-type ${notSrcType ? "!" : ""}${typesText(srcType)}`]),
      ...(dstType === undefined ? [] : [`dst-type ${notDstType ? "!" : ""}${typesText(dstType)}`]),
      ...(limitIn ? ["limit-in"] : []),
      ...(limitOut ? ["limit-out"] : []),
    ].join(" "),
};
