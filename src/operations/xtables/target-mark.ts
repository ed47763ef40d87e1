import type { MarkTargetInfo } from "../../netfilter/target-mark.ts";
import type { XtExtension } from "./extension.ts";
import { hexadecimal, MARK_OPTIONS, markSetting, markSettingText } from "./mark-setting.ts";
import { markMask, uint } from "./read-options.ts";
import { XtProblem } from "./xt-problem.ts";

const word = uint(0xffffffff);

export const markTarget: XtExtension<MarkTargetInfo> = {
  name: "MARK",
  help: `MARK target options:
  --set-xmark value[/mask]  Clear bits in mask and XOR value into nfmark
  --set-mark value[/mask]   Clear bits in mask and OR value into nfmark
  --and-mark bits           Binary AND the nfmark with bits
  --or-mark bits            Binary OR the nfmark with bits
  --xor-mark bits           Binary XOR the nfmark with bits
`,
  options: MARK_OPTIONS.map((name) => ({
    name,
    read: name.startsWith("set-") ? markMask : word,
    excludes: MARK_OPTIONS.filter((other) => other !== name),
  })),
  make(given) {
    const setting = markSetting(given);
    if (setting === null)
      throw new XtProblem("MARK: One of the --set-xmark, --{and,or,xor,set}-mark options is required");
    return { name: "MARK", ...setting };
  },
  save: ({ mark, mask }) => `--set-xmark ${hexadecimal(mark)}/${hexadecimal(mask)}`,
  list: (info) => `MARK ${markSettingText(info)}`,
};
