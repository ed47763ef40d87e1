import type { Toolbox } from "../toolbox.ts";
import { connmarkMatch, connmarkTarget } from "./connmark.ts";
import { addrtypeMatch } from "./match-addrtype.ts";
import { commentMatch } from "./match-comment.ts";
import { conntrackMatch, stateMatch } from "./match-conntrack.ts";
import { icmpMatch } from "./match-icmp.ts";
import { markMatch } from "./match-mark.ts";
import { tcpMatch } from "./match-tcp.ts";
import { udpMatch } from "./match-udp.ts";
import { ctTarget, notrackTarget } from "./target-ct.ts";
import { markTarget } from "./target-mark.ts";
import { dnatTarget, snatTarget } from "./target-nat.ts";
import { netmapTarget } from "./target-netmap.ts";
import { masqueradeTarget, redirectTarget } from "./target-ports.ts";

/** The matches and targets that `iptables` knows. */
export function registerExtensions(toolbox: Toolbox): void {
  toolbox.addXtMatch(tcpMatch);
  toolbox.addXtMatch(udpMatch);
  toolbox.addXtMatch(icmpMatch);
  toolbox.addXtMatch(markMatch);
  toolbox.addXtMatch(commentMatch);
  toolbox.addXtMatch(addrtypeMatch);
  toolbox.addXtTarget(markTarget);
  toolbox.addXtMatch(conntrackMatch);
  toolbox.addXtMatch(stateMatch);
  toolbox.addXtMatch(connmarkMatch);
  toolbox.addXtTarget(connmarkTarget);
  toolbox.addXtTarget(ctTarget);
  toolbox.addXtTarget(notrackTarget);
  toolbox.addXtTarget(snatTarget);
  toolbox.addXtTarget(dnatTarget);
  toolbox.addXtTarget(masqueradeTarget);
  toolbox.addXtTarget(redirectTarget);
  toolbox.addXtTarget(netmapTarget);
}
