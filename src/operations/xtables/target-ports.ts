import type { PortsInfo } from "../../netfilter/nat/nat-targets.ts";
import type { XtExtension } from "./extension.ts";
import { checkPorts, type PortRange, parsePortRange, portsText, randomFields } from "./nat-ports.ts";
import { XtProblem } from "./xt-problem.ts";

/** MASQUERADE and REDIRECT: the address is found when a packet comes, ports may be said. */
function portsTarget(
  name: "MASQUERADE" | "REDIRECT",
  words: string,
  fully: boolean,
  help: string,
): XtExtension<PortsInfo> {
  return {
    name,
    options: [
      { name: "to-ports", read: parsePortRange },
      { name: "random" },
      ...(fully ? [{ name: "random-fully" }] : []),
    ],
    make(given, rule) {
      const ports = given.get<PortRange>("to-ports");
      if (ports !== undefined) checkPorts(rule);
      if (name === "REDIRECT" && ports?.base !== undefined)
        throw new XtProblem("Shifted portmap ranges not supported with this kernel");
      // MASQUERADE reads which port becomes the first, and does nothing with it.
      const base = ports?.base === undefined ? {} : { basePort: 0 };
      const range = ports === undefined ? {} : { minPort: ports.min, maxPort: ports.max, ...base };
      return { name, ...range, ...randomFields(given) };
    },
    save: (info) =>
      [
        ...(info.minPort === undefined ? [] : [`--to-ports ${portsText(info)}`]),
        ...(info.random ? ["--random"] : []),
        ...(info.randomFully ? ["--random-fully"] : []),
      ].join(" "),
    list(info) {
      const parts = [
        ...(info.minPort === undefined ? [] : [`${words} ${portsText(info)}`]),
        ...(info.random ? ["random"] : []),
        ...(info.randomFully ? ["random-fully"] : []),
      ];
      return parts.length === 0 ? null : parts.join(" ");
    },
    help,
  };
}

export const masqueradeTarget: XtExtension<PortsInfo> = portsTarget(
  "MASQUERADE",
  "masq ports:",
  true,
  `MASQUERADE target options:
 --to-ports <port>[-<port>]
				Port (range) to map to.
 --random
				Randomize source port.
 --random-fully
				Fully randomize source port.
`,
);

export const redirectTarget: XtExtension<PortsInfo> = portsTarget(
  "REDIRECT",
  "redir ports",
  false,
  `REDIRECT target options:
 --to-ports <port>[-<port>]
				Port (range) to map to.
 [--random]
`,
);
