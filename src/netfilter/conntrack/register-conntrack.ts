import type { Kernel } from "../../net/kernel.ts";
import { procFile, procStat } from "./connection-text.ts";
import { connmarkMatch, connmarkTarget } from "./connmark.ts";
import { conntrackOf } from "./conntrack-hooks.ts";
import { conntrackMatch, stateMatch } from "./conntrack-match.ts";
import { conntrackSysctls } from "./conntrack-sysctls.ts";
import { ctTarget } from "./ct-target.ts";

/** Adds connection tracking to a kernel: packets of a namespace pass it once somebody needs it. */
export function registerConntrack(kernel: Kernel): void {
  const { xtables } = kernel;
  xtables.addMatch(conntrackMatch);
  xtables.addMatch(stateMatch);
  xtables.addMatch(connmarkMatch);
  xtables.addTarget(connmarkTarget);
  xtables.addTarget(ctTarget);
  kernel.sysctls.add(...conntrackSysctls());
  kernel.procNet.set("nf_conntrack", (ns) => procFile(conntrackOf(ns)));
  kernel.procNet.set("stat/nf_conntrack", (ns) => procStat(conntrackOf(ns), ns.host.cpus?.length ?? 1));
}
