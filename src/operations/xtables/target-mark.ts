import type { MarkTargetInfo } from "../../netfilter/target-mark.ts";
import type { XtExtension } from "./extension.ts";
import { type MarkMask, markMask, uint } from "./read-options.ts";
import { XtProblem } from "./xt-problem.ts";

const NAMES = ["set-xmark", "set-mark", "and-mark", "or-mark", "xor-mark"];
const others = (name: string): readonly string[] => NAMES.filter((other) => other !== name);
const word = uint(0xffffffff);

function hex(value: number): string {
  return `0x${(value >>> 0).toString(16)}`;
}

export const markTarget: XtExtension<MarkTargetInfo> = {
  name: "MARK",
  options: NAMES.map((name) => ({
    name,
    read: name.startsWith("set-") ? markMask : word,
    excludes: others(name),
  })),
  make(given) {
    const xset = given.get<MarkMask>("set-xmark");
    if (xset !== undefined) return { name: "MARK", ...xset };
    const set = given.get<MarkMask>("set-mark");
    if (set !== undefined) return { name: "MARK", mark: set.mark, mask: (set.mark | set.mask) >>> 0 };
    const and = given.get<number>("and-mark");
    if (and !== undefined) return { name: "MARK", mark: 0, mask: ~and >>> 0 };
    const or = given.get<number>("or-mark");
    if (or !== undefined) return { name: "MARK", mark: or, mask: or };
    const xor = given.get<number>("xor-mark");
    if (xor !== undefined) return { name: "MARK", mark: xor, mask: 0 };
    throw new XtProblem("MARK: One of the --set-xmark, --{and,or,xor,set}-mark options is required");
  },
  save: ({ mark, mask }) => `--set-xmark ${hex(mark)}/${hex(mask)}`,
  list({ mark, mask }) {
    if (mark === 0) return `MARK and ${hex(~mask)}`;
    if (mark === mask) return `MARK or ${hex(mark)}`;
    if (mask === 0) return `MARK xor ${hex(mark)}`;
    if (mask === 0xffffffff) return `MARK set ${hex(mark)}`;
    return `MARK xset ${hex(mark)}/${hex(mask)}`;
  },
};
