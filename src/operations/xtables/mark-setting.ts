import type { GivenOptions } from "./extension.ts";
import type { MarkMask } from "./read-options.ts";

/** The options of MARK and CONNMARK that change a mark: what is under the mask goes, then `mark` is turned over in the rest. */
export const MARK_OPTIONS = ["set-xmark", "set-mark", "and-mark", "or-mark", "xor-mark"] as const;

/** What one of {@link MARK_OPTIONS} makes of a mark (libxt_MARK); null where none was given. */
export function markSetting(given: GivenOptions): MarkMask | null {
  const xset = given.get<MarkMask>("set-xmark");
  if (xset !== undefined) return xset;
  const set = given.get<MarkMask>("set-mark");
  if (set !== undefined) return { mark: set.mark, mask: (set.mark | set.mask) >>> 0 };
  const and = given.get<number>("and-mark");
  if (and !== undefined) return { mark: 0, mask: ~and >>> 0 };
  const or = given.get<number>("or-mark");
  if (or !== undefined) return { mark: or, mask: or };
  const xor = given.get<number>("xor-mark");
  return xor === undefined ? null : { mark: xor, mask: 0 };
}

/** `or 0x1`, `set 0x5`, `xset 0x5/0xff`: as lists show it. */
export function markSettingText({ mark, mask }: MarkMask): string {
  if (mark === 0) return `and ${hexadecimal(~mask)}`;
  if (mark === mask) return `or ${hexadecimal(mark)}`;
  if (mask === 0) return `xor ${hexadecimal(mark)}`;
  if (mask === 0xffffffff) return `set ${hexadecimal(mark)}`;
  return `xset ${hexadecimal(mark)}/${hexadecimal(mask)}`;
}

/** A mark as the tool prints it. */
export function hexadecimal(mark: number): string {
  return `0x${(mark >>> 0).toString(16)}`;
}
