import type { Kernel } from "../net/kernel.ts";
import { registerConntrack } from "./conntrack/register-conntrack.ts";
import { addrtypeMatch } from "./match-addrtype.ts";
import { commentMatch } from "./match-comment.ts";
import { icmpMatch } from "./match-icmp.ts";
import { markMatch } from "./match-mark.ts";
import { tcpMatch, udpMatch } from "./match-ports.ts";
import { registerNat } from "./nat/register-nat.ts";
import { markTarget } from "./target-mark.ts";

/** Adds what netfilter brings to a kernel. */
export function registerNetfilter(kernel: Kernel): void {
  const { xtables } = kernel;
  xtables.addMatch(tcpMatch);
  xtables.addMatch(udpMatch);
  xtables.addMatch(icmpMatch);
  xtables.addMatch(markMatch);
  xtables.addMatch(commentMatch);
  xtables.addMatch(addrtypeMatch);
  xtables.addTarget(markTarget);
  registerConntrack(kernel);
  registerNat(kernel);
}
