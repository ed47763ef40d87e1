import type { MarkInfo } from "../../netfilter/match-mark.ts";
import type { XtExtension } from "./extension.ts";
import { type MarkMask, markMask, markText } from "./read-options.ts";

export const markMatch: XtExtension<MarkInfo> = {
  name: "mark",
  help: `mark match options:
[!] --mark value[/mask]    Match nfmark value with optional mask
`,
  options: [{ name: "mark", read: markMask, not: true, mandatory: true }],
  make: (given) => ({
    name: "mark",
    ...given.get<MarkMask>("mark")!,
    ...(given.not("mark") ? { not: true as const } : {}),
  }),
  save: (info) => `${info.not ? "! " : ""}--mark ${markText(info)}`,
  list: (info) => `mark match${info.not ? " !" : ""} ${markText(info)}`,
};
