import { MICROSECOND, SECOND } from "../sim/time.ts";
import type { InNamespace, QuestionRecord } from "./operation.ts";
import type { Tool } from "./tool.ts";
import { ToolError } from "./tool-error.ts";

/** `dmesg`: what the host's kernel wrote. */
export interface Dmesg extends InNamespace {
  readonly ask: "dmesg";
  /** `-t`: without the time. */
  readonly timeless?: true;
  /** `-c`, `-C`: the ring is empty afterwards; `-C` prints nothing. */
  readonly clear?: "after" | "only";
}

export const dmesg: QuestionRecord<Dmesg> = {
  tool: "dmesg",
  words: ({ timeless, clear }) => [
    ...(timeless ? ["-t"] : []),
    ...(clear === undefined ? [] : [clear === "only" ? "-C" : "-c"]),
  ],
  answer({ timeless, clear }, context) {
    const { log } = context.host;
    const lines = clear === "only" ? [] : log.lines;
    if (clear !== undefined) log.clear();
    return lines
      .map(({ at, text }) => {
        const seconds = `${Math.floor(at / SECOND)}`.padStart(5);
        const micros = `${Math.floor((at % SECOND) / MICROSECOND)}`.padStart(6, "0");
        return timeless ? `${text}\n` : `[${seconds}.${micros}] ${text}\n`;
      })
      .join("");
  },
};

export const dmesgTool: Tool = {
  name: "dmesg",
  entersNamespaces: false,
  parse(args) {
    let timeless = false;
    let clear: Dmesg["clear"];
    for (const arg of args) {
      if (arg === "-t" || arg === "--notime") timeless = true;
      else if (arg === "-c" || arg === "--read-clear") clear = "after";
      else if (arg === "-C" || arg === "--clear") clear = "only";
      else {
        const what = arg.startsWith("--")
          ? `unrecognized option '${arg}'`
          : arg.startsWith("-")
            ? `invalid option -- '${arg[1]}'`
            : "bad usage";
        throw new ToolError(`dmesg: ${what}\nTry 'dmesg --help' for more information.`, 1);
      }
    }
    return [
      {
        ask: "dmesg",
        ...(timeless ? { timeless: true as const } : {}),
        ...(clear === undefined ? {} : { clear }),
      },
    ];
  },
  refused: (error) => ({ stderr: `dmesg: ${error.message}\n`, status: 1 }),
};
