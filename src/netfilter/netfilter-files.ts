import type { Kernel } from "../net/kernel.ts";
import * as sysctl from "../net/sysctl-value.ts";
import { netfilterOf } from "./netfilter.ts";
import { logSettings } from "./target-log.ts";

/** Adds /proc/net/ip_tables_* and the sysctl of logging to a kernel. */
export function registerNetfilterFiles(kernel: Kernel): void {
  const lines = (names: Iterable<string>): string => [...names].map((name) => `${name}\n`).join("");
  const { xtables } = kernel;
  kernel.procNet.set("ip_tables_names", (ns) => lines(netfilterOf(ns).tables.map((table) => table.name)));
  kernel.procNet.set("ip_tables_matches", () => lines(xtables.matches.keys()));
  kernel.procNet.set("ip_tables_targets", () => lines(xtables.targets.keys()));
  kernel.sysctls.add(
    sysctl.number(
      "net/netfilter/nf_log_all_netns",
      0,
      1,
      (ns) => (logSettings(ns).allNamespaces ? 1 : 0),
      (ns, value) => {
        logSettings(ns).allNamespaces = value === 1;
      },
    ),
  );
}
