import type { ConnmarkInfo, ConnmarkTargetInfo } from "../../netfilter/conntrack/connmark.ts";
import { unsigned } from "../words.ts";
import type { ReadOption, XtExtension } from "./extension.ts";
import { hexadecimal, MARK_OPTIONS, markSetting, markSettingText } from "./mark-setting.ts";
import { type MarkMask, markMask, markText, uint } from "./read-options.ts";
import { XtProblem } from "./xt-problem.ts";

/** `VALUE` or `VALUE/MASK`. @throws {XtProblem} */
const matchedMark: ReadOption = (text, extension, option): MarkMask => {
  const [value, mask, ...more] = text.split("/");
  const numbers = [unsigned(value!), mask === undefined ? 0xffffffff : unsigned(mask)] as const;
  if (numbers[0] === null || numbers[1] === null || more.length > 0)
    throw new XtProblem(`${extension}: bad integer value for option "--${option}", or out of range.\n`);
  return { mark: numbers[0], mask: numbers[1] };
};

export const connmarkMatch: XtExtension<ConnmarkInfo> = {
  name: "connmark",
  options: [{ name: "mark", read: matchedMark, not: true, mandatory: true }],
  make: (given) => ({
    name: "connmark",
    ...given.get<MarkMask>("mark")!,
    ...(given.not("mark") ? { not: true as const } : {}),
  }),
  save: (info) => `${info.not ? "! " : ""}--mark ${markText(info)}`,
  list: (info) => `connmark match ${info.not ? "!" : ""} ${markText(info)}`,
  help: `connmark match options:
[!] --mark value[/mask]    Match ctmark value with optional mask
`,
};

const ALL = 0xffffffff;
const OPERATIONS = [...MARK_OPTIONS, "save-mark", "restore-mark"] as const;
const word = uint(ALL);

function others(name: string): readonly string[] {
  return OPERATIONS.filter((other) => other !== name);
}

function shiftWords({ left, right }: ConnmarkTargetInfo, dashes: string): string {
  if (left !== undefined) return ` ${dashes}left-shift-mark ${left}`;
  return right === undefined ? "" : ` ${dashes}right-shift-mark ${right}`;
}

function listed({ mode, mark, mask, packetMask }: ConnmarkTargetInfo): string {
  if (mode === "set") return markSettingText({ mark, mask });
  if (mask === ALL && packetMask === ALL) return mode;
  if (mask === packetMask) return `${mode} mask ${hexadecimal(mask)}`;
  return mode === "save"
    ? `save nfmask ${hexadecimal(packetMask)} ctmask ~${hexadecimal(mask)}`
    : `restore ctmask ${hexadecimal(mask)} nfmask ~${hexadecimal(packetMask)}`;
}

export const connmarkTarget: XtExtension<ConnmarkTargetInfo> = {
  name: "CONNMARK",
  options: [
    ...OPERATIONS.map((name) => ({
      name,
      ...(name.startsWith("set-") ? { read: markMask } : {}),
      ...(/^(and|or|xor)/.test(name) ? { read: word } : {}),
      excludes: others(name),
    })),
    { name: "left-shift-mark", read: uint(32), excludes: ["right-shift-mark"] },
    { name: "right-shift-mark", read: uint(32), excludes: ["left-shift-mark"] },
    { name: "ctmask", read: word, excludes: ["mask"] },
    { name: "nfmask", read: word, excludes: ["mask"] },
    { name: "mask", read: word, excludes: ["ctmask", "nfmask"] },
  ],
  make(given) {
    const set = markSetting(given);
    const both = given.get<number>("mask");
    const left = given.get<number>("left-shift-mark");
    const right = given.get<number>("right-shift-mark");
    const shift = { ...(left === undefined ? {} : { left }), ...(right === undefined ? {} : { right }) };
    if (set !== null)
      return {
        name: "CONNMARK",
        mode: "set",
        mark: set.mark,
        mask: both ?? set.mask,
        packetMask: ALL,
        ...shift,
      };
    const mode = given.has("save-mark") ? "save" : given.has("restore-mark") ? "restore" : null;
    if (mode === null) throw new XtProblem("CONNMARK target: No operation specified");
    const mask = both ?? given.get<number>("ctmask") ?? ALL;
    const packetMask = both ?? given.get<number>("nfmask") ?? ALL;
    return { name: "CONNMARK", mode, mark: 0, mask, packetMask, ...shift };
  },
  save(info) {
    const { mode, mark, mask, packetMask } = info;
    const said =
      mode === "set"
        ? `--set-xmark ${hexadecimal(mark)}/${hexadecimal(mask)}`
        : `--${mode}-mark --nfmask ${hexadecimal(packetMask)} --ctmask ${hexadecimal(mask)}`;
    return said + shiftWords(info, "--");
  },
  list: (info) => `CONNMARK ${listed(info)}${shiftWords(info, "")}`,
  help: `CONNMARK target options:
  --set-xmark value[/ctmask]    Zero mask bits and XOR ctmark with value
  --save-mark [--ctmask mask] [--nfmask mask]
                                Copy ctmark to nfmark using masks
  --restore-mark [--ctmask mask] [--nfmask mask]
                                Copy nfmark to ctmark using masks
  --set-mark value[/mask]       Set conntrack mark value
  --save-mark [--mask mask]     Save the packet nfmark in the connection
  --restore-mark [--mask mask]  Restore saved nfmark value
  --and-mark value              Binary AND the ctmark with bits
  --or-mark value               Binary OR  the ctmark with bits
  --xor-mark value              Binary XOR the ctmark with bits
  --left-shift-mark value       Left shift the ctmark with bits
  --right-shift-mark value      Right shift the ctmark with bits
`,
};
