/** TCP options: MSS (RFC 9293), window scale and timestamps (RFC 7323), SACK (RFC 2018). */

export const END = 0;
export const NOP = 1;
export const MSS = 2;
export const WINDOW_SCALE = 3;
export const SACK_PERMITTED = 4;
export const SACK = 5;
export const TIMESTAMPS = 8;

/** A range of received bytes: from `left` up to, not including, `right`; uint32. */
interface SackBlock {
  readonly left: number;
  readonly right: number;
}

/** One option. Timestamps are uint32. */
export type TcpOption =
  | { readonly kind: "nop" }
  | { readonly kind: "mss"; readonly value: number }
  | { readonly kind: "window-scale"; readonly shift: number }
  | { readonly kind: "sack-permitted" }
  | { readonly kind: "sack"; readonly blocks: readonly SackBlock[] }
  | { readonly kind: "timestamps"; readonly value: number; readonly echo: number }
  | { readonly kind: "other"; readonly number: number; readonly bytes: readonly number[] };

function parseOne(view: DataView, at: number, number: number, size: number): TcpOption {
  if (number === MSS && size === 4) return { kind: "mss", value: view.getUint16(at + 2) };
  if (number === WINDOW_SCALE && size === 3) return { kind: "window-scale", shift: view.getUint8(at + 2) };
  if (number === SACK_PERMITTED && size === 2) return { kind: "sack-permitted" };
  if (number === TIMESTAMPS && size === 10) {
    return { kind: "timestamps", value: view.getUint32(at + 2), echo: view.getUint32(at + 6) };
  }
  if (number === SACK && size > 2 && (size - 2) % 8 === 0) {
    const blocks: SackBlock[] = [];
    for (let next = at + 2; next < at + size; next += 8) {
      blocks.push({ left: view.getUint32(next), right: view.getUint32(next + 4) });
    }
    return { kind: "sack", blocks };
  }
  const bytes: number[] = [];
  for (let i = 2; i < size; i++) bytes.push(view.getUint8(at + i));
  return { kind: "other", number, bytes };
}

/** Reads the options in `length` bytes, up to the end-of-list; null when a size is impossible. */
export function parse(view: DataView, at: number, length: number): readonly TcpOption[] | null {
  const options: TcpOption[] = [];
  const end = at + length;
  while (at < end) {
    const number = view.getUint8(at);
    if (number === END) break;
    if (number === NOP) {
      options.push({ kind: "nop" });
      at++;
      continue;
    }
    if (at + 2 > end) return null;
    const size = view.getUint8(at + 1);
    if (size < 2 || at + size > end) return null;
    options.push(parseOne(view, at, number, size));
    at += size;
  }
  return options;
}

/** Bytes of the options without padding. */
function sizeOf(option: TcpOption): number {
  switch (option.kind) {
    case "nop":
      return 1;
    case "mss":
      return 4;
    case "window-scale":
      return 3;
    case "sack-permitted":
      return 2;
    case "sack":
      return 2 + 8 * option.blocks.length;
    case "timestamps":
      return 10;
    case "other":
      return 2 + option.bytes.length;
  }
}

/** Bytes that {@link emit} will write: padded to a multiple of four. At most 40 fit into a header. */
export function lengthOf(options: readonly TcpOption[]): number {
  let length = 0;
  for (const option of options) length += sizeOf(option);
  return (length + 3) & ~3;
}

function emitOne(option: TcpOption, view: DataView, at: number): void {
  if (option.kind === "nop") {
    view.setUint8(at, NOP);
    return;
  }
  view.setUint8(at + 1, sizeOf(option));
  switch (option.kind) {
    case "mss":
      view.setUint8(at, MSS);
      view.setUint16(at + 2, option.value);
      break;
    case "window-scale":
      view.setUint8(at, WINDOW_SCALE);
      view.setUint8(at + 2, option.shift);
      break;
    case "sack-permitted":
      view.setUint8(at, SACK_PERMITTED);
      break;
    case "sack":
      view.setUint8(at, SACK);
      for (let i = 0; i < option.blocks.length; i++) {
        view.setUint32(at + 2 + 8 * i, option.blocks[i]!.left);
        view.setUint32(at + 6 + 8 * i, option.blocks[i]!.right);
      }
      break;
    case "timestamps":
      view.setUint8(at, TIMESTAMPS);
      view.setUint32(at + 2, option.value);
      view.setUint32(at + 6, option.echo);
      break;
    case "other":
      view.setUint8(at, option.number);
      for (let i = 0; i < option.bytes.length; i++) view.setUint8(at + 2 + i, option.bytes[i]!);
      break;
  }
}

/** Writes the options and pads with end-of-list to a multiple of four; returns the bytes written. */
export function emit(options: readonly TcpOption[], view: DataView, at: number): number {
  let next = at;
  for (const option of options) {
    emitOne(option, view, next);
    next += sizeOf(option);
  }
  for (; ((next - at) & 3) !== 0; next++) view.setUint8(next, END);
  return next - at;
}
