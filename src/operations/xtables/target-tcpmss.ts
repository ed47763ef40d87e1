import type { TcpmssInfo } from "../../netfilter/target-tcpmss.ts";
import type { XtExtension } from "./extension.ts";
import { uint } from "./read-options.ts";
import { XtProblem } from "./xt-problem.ts";

export const tcpmssTarget: XtExtension<TcpmssInfo> = {
  name: "TCPMSS",
  help: `TCPMSS target mutually-exclusive options:
  --set-mss value               explicitly set MSS option to specified value
  --clamp-mss-to-pmtu           automatically clamp MSS value to (path_MTU - 20)
`,
  options: [{ name: "set-mss", read: uint(65515) }, { name: "clamp-mss-to-pmtu" }],
  make(given) {
    if (given.size === 0) throw new XtProblem("TCPMSS target: At least one parameter is required");
    const last = given.inOrder.at(-1)!;
    return { name: "TCPMSS", mss: last.id === "set-mss" ? (last.value as number) : "clamp" };
  },
  save: ({ mss }) => (mss === "clamp" ? "--clamp-mss-to-pmtu" : `--set-mss ${mss}`),
  list: ({ mss }) => (mss === "clamp" ? "TCPMSS clamp to PMTU" : `TCPMSS set ${mss}`),
};
