import type { Kernel } from "../../net/kernel.ts";
import { tableMade } from "./nat-hooks.ts";
import { dnatTarget, masqueradeTarget, netmapTarget, redirectTarget, snatTarget } from "./nat-targets.ts";

/** Adds NAT to a kernel: it is in the hooks of a namespace once that has a table `nat`. */
export function registerNat(kernel: Kernel): void {
  const { xtables } = kernel;
  xtables.addTarget(snatTarget);
  xtables.addTarget(dnatTarget);
  xtables.addTarget(masqueradeTarget);
  xtables.addTarget(redirectTarget);
  xtables.addTarget(netmapTarget);
  kernel.xtables.tableMade.push(tableMade);
}
