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
  options: [
    {
      name: "reject-with",
      read(text) {
        const word = text.toLowerCase();
        const found = TYPES.find((names) => names.some((name) => name.startsWith(word)));
        if (found === undefined) throw new XtProblem(`unknown reject type "${text}"`);
        return found[0];
      },
    },
  ],
  make: (given) => ({ name: "REJECT", with: given.get<string>("reject-with") ?? "icmp-port-unreachable" }),
  save: (info) => `--reject-with ${info.with}`,
  list: (info) => `reject-with ${info.with}`,
};
