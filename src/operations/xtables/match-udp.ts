import type { UdpInfo } from "../../netfilter/match-ports.ts";
import type { XtExtension } from "./extension.ts";
import { listedPorts, portsInfo, savedPorts } from "./ports-text.ts";
import { ports } from "./read-options.ts";

export const udpMatch: XtExtension<UdpInfo> = {
  name: "udp",
  help: `udp match options:
[!] --source-port port[:port]
 --sport ...
				match source port(s)
[!] --destination-port port[:port]
 --dport ...
				match destination port(s)
`,
  options: [
    { name: "source-port", id: "sport", read: ports, not: true },
    { name: "sport", id: "sport", read: ports, not: true },
    { name: "destination-port", id: "dport", read: ports, not: true },
    { name: "dport", id: "dport", read: ports, not: true },
  ],
  make: (given) => ({
    name: "udp",
    ...portsInfo(given.get("sport"), given.not("sport"), given.get("dport"), given.not("dport")),
  }),
  save: (info) => savedPorts(info).join(" "),
  list: (info, { numeric }) => `udp${listedPorts(info, "udp", numeric)}`,
};
