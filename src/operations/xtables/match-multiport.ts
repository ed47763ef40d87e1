import type { MultiportInfo } from "../../netfilter/match-multiport.ts";
import type { PortRange } from "../../netfilter/match-ports.ts";
import type { RuleContext, XtExtension, XtOption } from "./extension.ts";
import { parsePort } from "./read-options.ts";
import { type ServiceProtocol, serviceOfPort } from "./services.ts";
import { XtProblem } from "./xt-problem.ts";

const MOST = 15;
const WITH_PORTS: readonly number[] = [6, 17, 132, 136, 33];
const KINDS = ["sports", "dports", "ports"];

function checkProtocol({ protocol, notProtocol }: RuleContext): void {
  if (!notProtocol && WITH_PORTS.includes(protocol)) return;
  throw new XtProblem(
    protocol === 0 && !notProtocol
      ? "multiport needs `-p tcp', `-p udp', `-p udplite', `-p sctp' or `-p dccp'"
      : "multiport only works with TCP, UDP, UDPLITE, SCTP and DCCP",
  );
}

function service({ protocol }: RuleContext): ServiceProtocol {
  return protocol === 17 ? "udp" : "tcp";
}

/** A range takes the place of two ports. */
function readPorts(text: string, protocol: ServiceProtocol): PortRange[] {
  const ranges: PortRange[] = [];
  let count = 0;
  for (const part of text.split(",")) {
    if (count >= MOST) throw new XtProblem("too many ports specified");
    const [low = "", high] = part.split(":");
    if (high !== undefined && count === MOST - 1) throw new XtProblem("too many ports specified");
    const from = parsePort(low, protocol);
    const to = high === undefined ? from : parsePort(high, protocol);
    if (high !== undefined && from >= to) throw new XtProblem("invalid portrange specified");
    ranges.push([from, to]);
    count += high === undefined ? 1 : 2;
  }
  return ranges;
}

function option(name: string, id: string): XtOption {
  return { name, id, read: (text) => text, not: true, excludes: KINDS.filter((kind) => kind !== id) };
}

const which: Readonly<Record<string, MultiportInfo["which"]>> = {
  sports: "source",
  dports: "destination",
  ports: "either",
};
const names: Readonly<Record<MultiportInfo["which"], string>> = {
  source: "sports",
  destination: "dports",
  either: "ports",
};

export const multiportMatch: XtExtension<MultiportInfo> = {
  name: "multiport",
  help: `multiport match options:
[!] --source-ports port[,port:port,port...]
 --sports ...
				match source port(s)
[!] --destination-ports port[,port:port,port...]
 --dports ...
				match destination port(s)
[!] --ports port[,port:port,port]
				match both source and destination port(s)
`,
  options: [
    option("source-ports", "sports"),
    option("sports", "sports"),
    option("destination-ports", "dports"),
    option("dports", "dports"),
    option("ports", "ports"),
  ],
  make(given, rule) {
    const kind = KINDS.find((id) => given.has(id));
    if (kind === undefined) throw new XtProblem("multiport expection an option");
    checkProtocol(rule);
    return {
      name: "multiport",
      which: which[kind]!,
      ports: readPorts(given.get<string>(kind)!, service(rule)),
      ...(given.not(kind) ? { not: true as const } : {}),
    };
  },
  save: (info) => `${info.not ? "! " : ""}--${names[info.which]} ${portsText(info, String)}`,
  list(info, { numeric, protocol }) {
    const of = protocol === 17 ? "udp" : protocol === 6 ? "tcp" : null;
    const port = (value: number): string =>
      (numeric || of === null ? null : serviceOfPort(value, of)) ?? `${value}`;
    return `multiport ${names[info.which]} ${info.not ? " !" : ""}${portsText(info, port)}`;
  },
};

function portsText({ ports }: MultiportInfo, port: (value: number) => string): string {
  return ports.map(([low, high]) => (low === high ? port(low) : `${port(low)}:${port(high)}`)).join(",");
}
