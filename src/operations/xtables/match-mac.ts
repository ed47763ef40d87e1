import type { MacInfo } from "../../netfilter/match-mac.ts";
import type { XtExtension } from "./extension.ts";
import { ethernetAddress } from "./read-options.ts";

export const macMatch: XtExtension<MacInfo> = {
  name: "mac",
  help: `mac match options:
[!] --mac-source XX:XX:XX:XX:XX:XX
				Match source MAC address
`,
  options: [{ name: "mac-source", read: ethernetAddress, not: true, mandatory: true }],
  make: (given) => ({
    name: "mac",
    source: given.get<string>("mac-source")!,
    ...(given.not("mac-source") ? { not: true as const } : {}),
  }),
  save: ({ source, not }) => `${not ? "! " : ""}--mac-source ${source}`,
  list: ({ source, not }) => `MAC ${not ? "! " : ""}${source}`,
};
