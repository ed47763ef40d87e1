import type { Kernel } from "../net/kernel.ts";
import { ipvsSysctls } from "./ipvs-sysctls.ts";
import { ipvsMatch } from "./match-ipvs.ts";
import * as proc from "./proc-ip-vs.ts";

/** Adds what a kernel with ip_vs shows to a kernel: its sysctls and its files in /proc/net. */
export function registerIpvs(kernel: Kernel): void {
  kernel.xtables.addMatch(ipvsMatch);
  kernel.sysctls.add(...ipvsSysctls());
  for (const [name, file] of Object.entries(proc.files)) kernel.procNet.set(name, file);
}
