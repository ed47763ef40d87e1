import type { FifoSettings } from "../net/qdisc/fifo.ts";
import type { TbfSettings } from "../net/qdisc/tbf.ts";
import { parseRate, parseSize, parseTime, rateWord, timeWord } from "./tc-units.ts";
import { ToolError } from "./tool-error.ts";
import { same, type Words } from "./words.ts";

/** `pfifo [limit PACKETS]`, `bfifo [limit BYTES]` */
export interface FifoOptions {
  readonly kind: "pfifo" | "bfifo";
  readonly limit?: number;
}

/** `tbf rate R burst B {latency T | limit BYTES}`; bytes a second, bytes, microseconds. */
export interface TbfOptions {
  readonly kind: "tbf";
  readonly rate: number;
  readonly burst: number;
  readonly latency?: number;
  readonly limit?: number;
}

const FIFO_USAGE = "Usage: ... <[p|b]fifo | pfifo_head_drop> [ limit NUMBER ]\n";
const TBF_USAGE = `Usage: ... tbf limit BYTES burst BYTES[/BYTES] rate KBPS [ mtu BYTES[/BYTES] ]
	[ peakrate KBPS ] [ latency TIME ] [ overhead BYTES ] [ linklayer TYPE ]
`;

/** @throws {ToolError} */
export function parseFifo(kind: "pfifo" | "bfifo", words: Words): FifoOptions {
  let options: FifoOptions = { kind };
  while (!words.done) {
    const word = words.next();
    if (same(word, "help")) throw new ToolError(FIFO_USAGE, 1);
    if (word !== "limit") throw new ToolError(`${kind}: unknown parameter "${word}"\n${FIFO_USAGE}`, 1);
    const text = words.next();
    const limit = parseSize(text);
    if (limit === null) throw new ToolError(`${kind}: Illegal value for "limit": "${text}"`, 1);
    options = { kind, limit };
  }
  return options;
}

export function fifoWords(options: FifoOptions): string[] {
  return options.limit === undefined ? [] : ["limit", `${options.limit}`];
}

export function fifoSettings(options: FifoOptions): FifoSettings {
  return { kind: options.kind, limit: options.limit ?? null };
}

/** Reads what follows `tbf` (tbf_parse_opt). @throws {ToolError} */
export function parseTbf(words: Words): TbfOptions {
  let rate = 0;
  let burst = 0;
  let latency = 0;
  let limit = 0;
  const value = (key: string, read: (text: string) => number | null, before: number): number => {
    const text = words.next();
    if (before !== 0) throw new ToolError(`tbf: duplicate "${key}" specification`, 1);
    const number = read(text);
    if (number === null) throw new ToolError(`tbf: illegal value for "${key}": "${text}"`, 1);
    return number;
  };
  const both = (): void => {
    if (latency !== 0 && limit !== 0)
      throw new ToolError('tbf: specifying both "latency" and "limit" is not allowed', 1);
  };
  while (!words.done) {
    const word = words.next();
    if (same(word, "limit")) limit = value("limit", parseSize, limit);
    else if (same(word, "latency")) latency = value("latency", parseTime, latency);
    else if (same(word, "burst", "buffer", "maxburst")) burst = value(word, parseSize, burst);
    else if (same(word, "rate")) rate = value("rate", parseRate, rate);
    else if (["mtu", "minburst", "mpu", "peakrate", "overhead", "linklayer"].includes(word))
      throw new ToolError(`tbf: "${word}" is not simulated`, 1);
    else if (same(word, "help")) throw new ToolError(TBF_USAGE, 1);
    else throw new ToolError(`tbf: unknown parameter "${word}"\n${TBF_USAGE}`, 1);
    both();
  }
  const missing = [
    rate === 0 ? 'tbf: the "rate" parameter is mandatory.\n' : "",
    burst === 0 ? 'tbf: the "burst" parameter is mandatory.\n' : "",
    latency === 0 && limit === 0 ? 'tbf: either "limit" or "latency" is required.\n' : "",
  ].join("");
  if (missing !== "") throw new ToolError(missing + TBF_USAGE, 1);
  return { kind: "tbf", rate, burst, ...(latency === 0 ? { limit } : { latency }) };
}

export function tbfWords(options: TbfOptions): string[] {
  const { rate, burst, latency, limit } = options;
  const wait = latency === undefined ? ["limit", `${limit}`] : ["latency", timeWord(latency)];
  return ["rate", rateWord(rate), "burst", `${burst}`, ...wait];
}

export function tbfSettings(options: TbfOptions): TbfSettings {
  const { rate, burst } = options;
  const limit = options.limit ?? Math.floor((rate * (options.latency ?? 0)) / 1_000_000 + burst);
  return { kind: "tbf", rate, burst, limit };
}
