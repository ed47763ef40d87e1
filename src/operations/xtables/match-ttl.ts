import type { TtlInfo } from "../../netfilter/match-ttl.ts";
import type { XtExtension } from "./extension.ts";
import { uint } from "./read-options.ts";
import { XtProblem } from "./xt-problem.ts";

const KINDS = ["ttl-lt", "ttl-gt", "ttl-eq"];
const others = (id: string): readonly string[] => KINDS.filter((kind) => kind !== id);
const SIGNS: Readonly<Record<TtlInfo["mode"], string>> = { eq: "==", ne: "!=", lt: "<", gt: ">" };

export const ttlMatch: XtExtension<TtlInfo> = {
  name: "ttl",
  help: `ttl match options:
[!] --ttl-eq value	Match time to live value
  --ttl-lt value	Match TTL < value
  --ttl-gt value	Match TTL > value
`,
  options: [
    { name: "ttl-lt", read: uint(255), excludes: others("ttl-lt") },
    { name: "ttl-gt", read: uint(255), excludes: others("ttl-gt") },
    { name: "ttl-eq", read: uint(255), not: true, excludes: others("ttl-eq") },
    { name: "ttl", id: "ttl-eq", read: uint(255), excludes: others("ttl-eq") },
  ],
  make(given) {
    const kind = KINDS.find((id) => given.has(id));
    if (kind === undefined)
      throw new XtProblem("TTL match: You must specify one of `--ttl-eq', `--ttl-lt', `--ttl-gt");
    const mode = given.not("ttl-eq") ? "ne" : (kind.slice(4) as TtlInfo["mode"]);
    return { name: "ttl", mode, ttl: given.get<number>(kind)! };
  },
  save: ({ mode, ttl }) => (mode === "ne" ? `! --ttl-eq ${ttl}` : `--ttl-${mode} ${ttl}`),
  list: ({ mode, ttl }) => `TTL match TTL ${SIGNS[mode]} ${ttl}`,
};
