/** The text of TCP options, well formed or not. */
import { hex, type Printer } from "./printer.ts";

const NAMES: Readonly<Record<number, string>> = {
  0: "eol",
  1: "nop",
  2: "mss",
  3: "wscale",
  4: "sackOK",
  5: "sack",
  6: "echo",
  7: "echoreply",
  8: "TS",
  11: "cc",
  12: "ccnew",
  13: "",
  19: "md5",
  20: "scps",
  28: "uto",
  29: "tcp-ao",
  30: "mptcp",
  34: "tfo",
  254: "exp",
};

/** An option whose size does not fit what stands in it. */
class BadOption extends Error {}

/** One option's value of which `room` bytes are left. */
class Value {
  readonly p: Printer;
  readonly at: number;
  readonly room: number;

  constructor(p: Printer, at: number, room: number) {
    this.p = p;
    this.at = at;
    this.room = room;
  }

  check(length: number): void {
    if (length > this.room) throw new BadOption();
    if (!this.p.has(this.at, length)) throw new TruncatedOption();
  }

  /** Prints byte by byte, so that those before a truncation show. */
  printHex(from: number, length: number): void {
    for (let i = from; i < from + length; i++) {
      this.check(i + 1);
      this.p.print(hex(this.p.u8(this.at + i), 2));
    }
  }
}

/** The captured bytes end inside the options. */
class TruncatedOption extends Error {}

function printSack(v: Value, size: number, base: number): void {
  if (size % 8 !== 0) {
    v.p.print(" invalid sack");
    return;
  }
  v.p.print(` ${size / 8} `);
  for (let i = 0; i < size; i += 8) {
    v.check(i + 4);
    const left = (v.p.u32(v.at + i) - base) >>> 0;
    v.check(i + 8);
    const right = (v.p.u32(v.at + i + 4) - base) >>> 0;
    v.p.print(`{${left}:${right}}`);
  }
}

function printAuthentication(v: Value, size: number): void {
  if (size < 2) {
    v.p.invalid();
    return;
  }
  v.check(1);
  v.p.print(` keyid ${v.p.u8(v.at)}`);
  v.check(2);
  v.p.print(` rnextkeyid ${v.p.u8(v.at + 1)}`);
  if (size > 2) {
    v.p.print(" mac 0x");
    v.printHex(2, size - 2);
  }
}

function printFastOpen(v: Value, from: number, size: number): void {
  if (size === 0) v.p.print(" cookiereq");
  else if (size % 2 !== 0 || size < 4 || size > 16) v.p.invalid();
  else {
    v.p.print(" cookie ");
    v.printHex(from, size);
  }
}

function printTimeout(v: Value): void {
  v.check(2);
  const value = v.p.u16(v.at);
  v.p.print(` 0x${value.toString(16)} ${(value & 1) !== 0 ? (value >>> 1) * 60 : value >>> 1}`);
}

/** Prints the value of an option that states `size` bytes of it; returns how many it understood. */
function printValue(v: Value, option: number, size: number, sackBase: number): number {
  const { p, at } = v;
  switch (option) {
    case 0:
    case 1:
    case 4:
      return 0;
    case 2:
      v.check(2);
      p.print(` ${p.u16(at)}`);
      return 2;
    case 3:
      v.check(1);
      p.print(` ${p.u8(at)}`);
      return 1;
    case 5:
      printSack(v, size, sackBase);
      return size;
    case 6:
    case 7:
    case 11:
    case 12:
    case 13:
      v.check(4);
      p.print(` ${p.u32(at)}`);
      return 4;
    case 8:
      v.check(8);
      p.print(` val ${p.u32(at)} ecr ${p.u32(at + 4)}`);
      return 8;
    case 19:
      v.check(16);
      p.print(" shared secret not supplied with -M, can't check - ");
      v.printHex(0, 16);
      return 16;
    case 20:
      v.check(2);
      p.print(` cap ${hex(p.u8(at), 2)} id ${p.u8(at + 1)}`);
      return 2;
    case 28:
      printTimeout(v);
      return 2;
    case 29:
      printAuthentication(v, size);
      return size;
    case 34:
      v.check(size);
      p.print(" ");
      printFastOpen(v, 0, size);
      return size;
    case 254:
      v.check(size);
      if (size < 2) throw new BadOption();
      p.print("-");
      if (p.u16(at) === 0xf989) {
        p.print("tfo");
        printFastOpen(v, 2, size - 2);
      } else p.print(hex(p.u16(at), 4));
      return size;
    default:
      if (size > 0) p.print(" 0x");
      v.printHex(0, size);
      return size;
  }
}

/** `sackBase` is what the other direction's numbers count from; false when the options end the description. */
export function printTcpOptions(p: Printer, at: number, length: number, sackBase: number): boolean {
  let separator = "";
  p.print(", options [");
  try {
    while (length > 0) {
      p.print(separator);
      const option = p.u8(at);
      at++;
      let size = 1;
      const hasSize = option > 1;
      if (hasSize) {
        size = p.u8(at);
        at++;
        if (size < 2 || size > length) throw new BadOption();
        length--;
      }
      length--;
      p.print(NAMES[option] ?? `unknown-${option}`);
      const used = printValue(new Value(p, at, length), option, hasSize ? size - 2 : 0, sackBase);
      at += used;
      length -= used;
      if (used + (hasSize ? 2 : 1) !== size) p.print(`[len ${size}]`);
      separator = ",";
      if (option === 0) break;
    }
  } catch (error) {
    if (error instanceof BadOption) {
      p.print(`[bad opt]${separator === "" ? "" : "]"}`);
      return false;
    }
    if (error instanceof TruncatedOption) {
      p.truncated();
      p.print(separator === "" ? "" : ">");
      return false;
    }
    throw error;
  }
  p.print("]");
  return true;
}
