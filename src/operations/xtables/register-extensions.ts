import type { Toolbox } from "../toolbox.ts";
import { addrtypeMatch } from "./match-addrtype.ts";
import { commentMatch } from "./match-comment.ts";
import { icmpMatch } from "./match-icmp.ts";
import { markMatch } from "./match-mark.ts";
import { tcpMatch } from "./match-tcp.ts";
import { udpMatch } from "./match-udp.ts";
import { markTarget } from "./target-mark.ts";

/** The matches and targets that `iptables` knows. */
export function registerExtensions(toolbox: Toolbox): void {
  toolbox.addXtMatch(tcpMatch);
  toolbox.addXtMatch(udpMatch);
  toolbox.addXtMatch(icmpMatch);
  toolbox.addXtMatch(markMatch);
  toolbox.addXtMatch(commentMatch);
  toolbox.addXtMatch(addrtypeMatch);
  toolbox.addXtTarget(markTarget);
}
