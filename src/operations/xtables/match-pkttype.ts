import type { PacketType, PkttypeInfo } from "../../netfilter/match-pkttype.ts";
import type { XtExtension } from "./extension.ts";
import { XtProblem } from "./xt-problem.ts";

const TYPES: Readonly<Record<string, PacketType>> = {
  unicast: "unicast",
  broadcast: "broadcast",
  multicast: "multicast",
  otherhost: "otherhost",
  bcast: "broadcast",
  mcast: "multicast",
  host: "unicast",
};

export const pkttypeMatch: XtExtension<PkttypeInfo> = {
  name: "pkttype",
  help: `pkttype match options:
[!] --pkt-type packettype    match packet type
Valid packet types:
	unicast       		to us
	broadcast     		to all
	multicast     		to group
	otherhost     		to someone else

`,
  options: [
    {
      name: "pkt-type",
      not: true,
      mandatory: true,
      read(text) {
        const type = TYPES[text.toLowerCase()];
        if (type === undefined) throw new XtProblem(`Bad packet type '${text}'`);
        return type;
      },
    },
  ],
  make: (given) => ({
    name: "pkttype",
    type: given.get<PacketType>("pkt-type")!,
    ...(given.not("pkt-type") ? { not: true as const } : {}),
  }),
  save: ({ type, not }) => `${not ? "! " : ""}--pkt-type ${type}`,
  list: ({ type, not }) => `PKTTYPE ${not ? "!" : ""}= ${type}`,
};
