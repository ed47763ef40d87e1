import type { LengthInfo } from "../../netfilter/match-length.ts";
import type { XtExtension } from "./extension.ts";
import { range } from "./read-options.ts";

export const lengthMatch: XtExtension<LengthInfo> = {
  name: "length",
  help: `length match options:
[!] --length length[:length]    Match packet length against value or range
                                of values (inclusive)
`,
  options: [{ name: "length", read: range(65535), not: true, mandatory: true }],
  make(given) {
    const [min = 0, max = min] = given.get<readonly number[]>("length")!;
    return { name: "length", min, max, ...(given.not("length") ? { not: true as const } : {}) };
  },
  save: (info) => `${info.not ? "! " : ""}--length ${text(info)}`,
  list: (info) => `length ${info.not ? "!" : ""}${text(info)}`,
};

function text({ min, max }: LengthInfo): string {
  return min === max ? `${min}` : `${min}:${max}`;
}
