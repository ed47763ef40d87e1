import type * as mac from "../wire/mac.ts";
import { ToolError } from "./tool-error.ts";

/**
 * Reads an address as `bridge fdb` does: six hexadecimal numbers between colons, of which the last byte counts; what
 * follows is not looked at. @throws {ToolError}
 */
export function readFdbAddress(text: string): mac.Mac {
  const match = /^\s*([0-9a-f]+):([0-9a-f]+):([0-9a-f]+):([0-9a-f]+):([0-9a-f]+):([0-9a-f]+)/i.exec(text);
  if (match === null) throw comesBack(`Invalid mac address ${text}`);
  const byte = (group: number): number => Number.parseInt(match[group]!.slice(-2), 16);
  return {
    hi: (byte(1) << 8) | byte(2),
    lo: (byte(3) << 24) | (byte(4) << 16) | (byte(5) << 8) | byte(6),
  };
}

/** A failure of `bridge` after which a batch may go on. */
export function comesBack(text: string): ToolError {
  return new ToolError(text, 255, "", true);
}

/** `Cannot find device "NAME"` */
export function noDevice(name: string): ToolError {
  return comesBack(`Cannot find device "${name}"`);
}

/** C's atoi: the number at the beginning, or 0. */
export function atoi(text: string): number {
  return Number(/^\s*([+-]?[0-9]+)/.exec(text)?.[1] ?? 0);
}
