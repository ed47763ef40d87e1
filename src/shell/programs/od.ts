import * as utf8 from "../../wire/utf8.ts";
import { COMMAND_TIME } from "../command.ts";
import { FileFailure } from "../file-system.ts";
import type { Run } from "../process-table.ts";
import type { ShellState } from "../shell-state.ts";
import { readAll } from "../stream.ts";
import { gnuOptions } from "./gnu-options.ts";
import { type OdFormat, parseFormats } from "./od-format.ts";
import { open, write } from "./streams.ts";

const OPTIONS = {
  letters: "A:j:N:t:vw::abcdilosx",
  long: {
    "address-radix": "A",
    "skip-bytes": "j",
    "read-bytes": "N",
    format: "t",
    "output-duplicates": "v",
    width: "w",
  },
};
/** The older options, as types of `-t`. */
const OLDER: ReadonlyMap<string, string> = new Map(
  Object.entries({ a: "a", b: "o1", c: "c", d: "u2", i: "dI", l: "dL", o: "o2", s: "d2", x: "x2" }),
);
const MULTIPLES: Readonly<Record<string, number>> = {
  "": 1,
  b: 512,
  k: 1024,
  K: 1024,
  m: 1 << 20,
  M: 1 << 20,
};
const WIDEST = 16;

/** How addresses are written: the least digits, and the base; null: not at all. */
interface Addresses {
  readonly digits: number;
  readonly base: number;
}

const ADDRESSES: ReadonlyMap<string, Addresses | null> = new Map([
  ["d", { digits: 7, base: 10 }],
  ["o", { digits: 7, base: 8 }],
  ["x", { digits: 6, base: 16 }],
  ["n", null],
]);

interface Layout {
  readonly formats: readonly OdFormat[];
  /** Octets of a line. */
  readonly width: number;
  readonly addresses: Addresses | null;
  /** Lines that are like the one before are written too. */
  readonly all: boolean;
}

/** `od [-abcdilosx] [-A RADIX] [-t TYPE] [-j BYTES] [-N BYTES] [-v] [-w[BYTES]] [FILE ...]` (GNU coreutils). */
export function* od(state: ShellState, args: readonly string[]): Run<number> {
  const sorted = gnuOptions(state, "od", args, OPTIONS);
  if (sorted === null) return 1;
  const { options, operands } = sorted;
  const wrong = (message: string): number => {
    state.err(`od: ${message}\n`);
    return 1;
  };
  const addresses = ADDRESSES.get(options.get("A") ?? "o");
  if (addresses === undefined)
    return wrong(`invalid output address radix '${options.get("A")}'; it must be one character from [doxn]`);
  const formats: OdFormat[] = [];
  for (const [letter, value] of sorted.inOrder) {
    const word = letter === "t" ? value : OLDER.get(letter);
    if (word === undefined) continue;
    const parsed = parseFormats(word);
    if (typeof parsed === "string") return wrong(parsed);
    formats.push(...parsed);
  }
  if (formats.length === 0) formats.push(...(parseFormats("o2") as OdFormat[]));
  const skip = sizeOf(options.get("j") ?? "0");
  if (skip === null) return wrong(`invalid -j argument '${options.get("j")}'`);
  const most = sizeOf(options.get("N") ?? `${Number.MAX_SAFE_INTEGER}`);
  if (most === null) return wrong(`invalid -N argument '${options.get("N")}'`);

  const unit = Math.max(...formats.map(({ size }) => size));
  let width = WIDEST;
  if (options.has("w")) {
    const asked = sizeOf(options.get("w") || "32");
    if (asked === null) return wrong(`invalid -w argument '${options.get("w")}'`);
    width = asked;
    if (asked === 0 || asked % unit !== 0) {
      width = unit;
      state.err(`od: warning: invalid width ${asked}; using ${unit} instead\n`);
    }
  }

  const { octets, status } = yield* readFiles(state, operands.length === 0 ? ["-"] : operands);
  if (octets === null) return status;
  if (skip > octets.length) return wrong("cannot skip past end of combined input");
  const wanted = octets.subarray(skip, skip + most);
  yield* write(state, dump(wanted, skip, { formats, width, addresses, all: options.has("v") }));
  yield { on: [], until: state.now + COMMAND_TIME };
  return status;
}

/** All that the files hold, one after the other; null when none could be read. */
function* readFiles(
  state: ShellState,
  names: readonly string[],
): Run<{ octets: Uint8Array | null; status: number }> {
  const parts: number[] = [];
  let status = 0;
  let any = false;
  for (const name of names) {
    try {
      const input = name === "-" || name.startsWith("/dev/") ? open(state, "od", name) : null;
      const content = input === null ? state.files.readBytes(state.path(name)) : yield* readAll(input);
      for (const octet of typeof content === "string" ? utf8.encode(content) : content) parts.push(octet);
      any = true;
    } catch (error) {
      if (!(error instanceof FileFailure)) throw error;
      state.err(`od: ${name}: ${error.message}\n`);
      status = 1;
      // A directory can be opened, and nothing comes of it.
      any ||= error.code === "EISDIR";
    }
  }
  return { octets: any ? Uint8Array.from(parts) : null, status };
}

/** A number as strtoul(3) reads it, with a multiple behind; null for what is none. */
function sizeOf(text: string): number | null {
  const match = /^(0[xX][0-9a-fA-F]+|0[0-7]*|[1-9]\d*)([bkKmM]?)$/.exec(text);
  if (match === null) return null;
  const [, digits, multiple] = match;
  const value = /^0\d/.test(digits!) ? Number.parseInt(digits!, 8) : Number(digits);
  return value * MULTIPLES[multiple!]!;
}

function dump(octets: Uint8Array, from: number, { formats, width, addresses, all }: Layout): string {
  const address = (at: number): string =>
    addresses === null ? "" : at.toString(addresses.base).padStart(addresses.digits, "0");
  // Fields of several types stand below each other: the widest sets the blanks of all.
  const across = Math.max(...formats.map((one) => (one.width + 1) * (width / one.size)));
  const lines: string[] = [];
  let before = "";
  let repeated = false;
  for (let at = 0; at < octets.length; at += width) {
    const some = octets.subarray(at, at + width);
    const same = some.length === width && `${some}` === before;
    before = `${some}`;
    if (same && !all) {
      if (!repeated) lines.push("*");
      repeated = true;
      continue;
    }
    repeated = false;
    const head = address(from + at);
    for (const [i, format] of formats.entries())
      lines.push((i === 0 ? head : " ".repeat(head.length)) + line(some, format, width, across));
  }
  const last = address(from + octets.length);
  if (last !== "") lines.push(last);
  return lines.map((one) => `${one}\n`).join("");
}

/** The fields of one line, whose blanks are spread so that it is `across` characters when it is whole. */
function line(octets: Uint8Array, format: OdFormat, width: number, across: number): string {
  const fields = width / format.size;
  const blanks = across - format.width * fields;
  const upTo = (field: number): number => blanks - Math.floor((blanks * (fields - field)) / fields);
  let text = "";
  for (let i = 0; i * format.size < octets.length; i++) {
    const wide = upTo(i + 1) - upTo(i) + format.width;
    text += format.field(octets, i * format.size).padStart(wide);
  }
  if (!format.shown) return text;
  const shown = [...octets].map((octet) => (octet >= 32 && octet < 127 ? String.fromCharCode(octet) : "."));
  return `${text.padEnd(across)}  >${shown.join("")}<`;
}
