import { MICROSECOND, type Nanos, SECOND } from "../sim/time.ts";
import { ctime } from "./ctime.ts";
import type { InNamespace, QuestionRecord } from "./operation.ts";
import type { Tool } from "./tool.ts";
import { ToolError } from "./tool-error.ts";

/** `dmesg`: what the host's kernel wrote. */
export interface Dmesg extends InNamespace {
  readonly ask: "dmesg";
  /** `-t`: without the time; `-T`: as the time of day. */
  readonly time?: "none" | "ctime";
  /** `-c`, `-C`: the ring is empty afterwards; `-C` prints nothing. */
  readonly clear?: "after" | "only";
}

export const dmesg: QuestionRecord<Dmesg> = {
  tool: "dmesg",
  words: ({ time, clear }) => [
    ...(time === undefined ? [] : [time === "none" ? "-t" : "-T"]),
    ...(clear === undefined ? [] : [clear === "only" ? "-C" : "-c"]),
  ],
  answer({ time, clear }, context) {
    const { log } = context.host;
    const lines = clear === "only" ? [] : log.lines;
    if (clear !== undefined) log.clear();
    return lines
      .map(({ at, text }) => {
        if (time === "none") return `${text}\n`;
        return time === "ctime" ? `[${ctime(at)}] ${text}\n` : `[${sinceStart(at)}] ${text}\n`;
      })
      .join("");
  },
};

/** `   12.345678`: seconds since the host started. */
function sinceStart(at: Nanos): string {
  const micros = `${Math.floor((at % SECOND) / MICROSECOND)}`.padStart(6, "0");
  return `${`${Math.floor(at / SECOND)}`.padStart(5)}.${micros}`;
}

const LONG: Readonly<Record<string, string>> = {
  "--clear": "C",
  "--ctime": "T",
  "--kernel": "k",
  "--notime": "t",
  "--nopager": "P",
  "--read-clear": "c",
};
/** Options of the real tool that show something else, or wait. */
const NOT_SIMULATED = "DEFfHJLlnprSsuwWxde";

/** dmesg of util-linux 2.38. */
export const dmesgTool: Tool = {
  name: "dmesg",
  entersNamespaces: false,
  parse(args) {
    let time: Dmesg["time"];
    let clear: Dmesg["clear"];
    for (const arg of args) {
      if (!arg.startsWith("-") || arg === "-") throw misuse("bad usage");
      const letters = arg.startsWith("--") ? LONG[arg] : arg.slice(1);
      if (letters === undefined) throw misuse(`unrecognized option '${arg}'`);
      for (const letter of letters) {
        if (letter === "t") time = "none";
        else if (letter === "T") time ??= "ctime";
        else if (letter === "c") clear = "after";
        else if (letter === "C") clear = "only";
        else if (NOT_SIMULATED.includes(letter)) throw new ToolError(`dmesg: -${letter} is not simulated`, 1);
        // All that is there is the kernel's, and nothing is paged.
        else if (letter !== "k" && letter !== "P") throw misuse(`invalid option -- '${letter}'`);
      }
    }
    return [
      {
        ask: "dmesg",
        ...(time === undefined ? {} : { time }),
        ...(clear === undefined ? {} : { clear }),
      },
    ];
  },
  refused: (error) => ({ stderr: `dmesg: ${error.message}\n`, status: 1 }),
};

function misuse(what: string): ToolError {
  return new ToolError(`dmesg: ${what}\nTry 'dmesg --help' for more information.`, 1);
}
