import type { TtlTargetInfo } from "../../netfilter/target-ttl.ts";
import type { XtExtension } from "./extension.ts";
import { uint } from "./read-options.ts";
import { XtProblem } from "./xt-problem.ts";

const KINDS = ["ttl-set", "ttl-dec", "ttl-inc"];
const others = (id: string): readonly string[] => KINDS.filter((kind) => kind !== id);
const WORDS: Readonly<Record<TtlTargetInfo["mode"], string>> = {
  set: "set to",
  dec: "decrement by",
  inc: "increment by",
};

export const ttlTarget: XtExtension<TtlTargetInfo> = {
  name: "TTL",
  help: `TTL target options
  --ttl-set value		Set TTL to <value 0-255>
  --ttl-dec value		Decrement TTL by <value 1-255>
  --ttl-inc value		Increment TTL by <value 1-255>
`,
  options: [
    { name: "ttl-set", read: uint(255), excludes: others("ttl-set") },
    { name: "ttl-dec", read: uint(255, 1), excludes: others("ttl-dec") },
    { name: "ttl-inc", read: uint(255, 1), excludes: others("ttl-inc") },
  ],
  make(given) {
    const kind = KINDS.find((id) => given.has(id));
    if (kind === undefined) throw new XtProblem("TTL: You must specify an action");
    return { name: "TTL", mode: kind.slice(4) as TtlTargetInfo["mode"], ttl: given.get<number>(kind)! };
  },
  save: ({ mode, ttl }) => `--ttl-${mode} ${ttl}`,
  list: ({ mode, ttl }) => `TTL ${WORDS[mode]} ${ttl}`,
};
