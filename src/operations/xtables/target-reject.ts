import type { RejectInfo } from "../../netfilter/target-reject.ts";
import type { XtExtension } from "./extension.ts";
import { XtProblem } from "./xt-problem.ts";

/** Names and their short forms; the first that begins so is meant. */
const TYPES: readonly (readonly [string, string])[] = [
  ["icmp-net-unreachable", "net-unreach"],
  ["icmp-host-unreachable", "host-unreach"],
  ["icmp-proto-unreachable", "proto-unreach"],
  ["icmp-port-unreachable", "port-unreach"],
  ["icmp-net-prohibited", "net-prohib"],
  ["icmp-host-prohibited", "host-prohib"],
  ["tcp-reset", "tcp-rst"],
  ["icmp-admin-prohibited", "admin-prohib"],
];

export const rejectTarget: XtExtension<RejectInfo> = {
  name: "REJECT",
  help: `REJECT target options:
--reject-with type              drop input packet and send back
                                a reply packet according to type:
Valid reject types:
    icmp-net-unreachable     	ICMP network unreachable
    net-unreach              	alias
    icmp-host-unreachable    	ICMP host unreachable
    host-unreach             	alias
    icmp-proto-unreachable   	ICMP protocol unreachable
    proto-unreach            	alias
    icmp-port-unreachable    	ICMP port unreachable (default)
    port-unreach             	alias
    icmp-net-prohibited      	ICMP network prohibited
    net-prohib               	alias
    icmp-host-prohibited     	ICMP host prohibited
    host-prohib              	alias
    tcp-reset                	TCP RST packet
    tcp-rst                  	alias
    icmp-admin-prohibited    	ICMP administratively prohibited (*)
    admin-prohib             	alias

(*) See man page or read the INCOMPATIBILITES file for compatibility issues.
`,
  options: [
    {
      name: "reject-with",
      read(text) {
        const word = text.toLowerCase();
        const found = TYPES.find((names) => names.some((name) => name.startsWith(word)));
        if (found !== undefined) return found[0];
        const unknown = new XtProblem(`unknown reject type "${text}"`);
        if (/^echo-?reply$/i.test(text)) unknown.before = "--reject-with echo-reply no longer supported\n";
        throw unknown;
      },
    },
  ],
  make: (given) => ({ name: "REJECT", with: given.get<string>("reject-with") ?? "icmp-port-unreachable" }),
  save: (info) => `--reject-with ${info.with}`,
  list: (info) => `reject-with ${info.with}`,
};
