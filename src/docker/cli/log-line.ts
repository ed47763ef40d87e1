import { EPOCH_SECONDS, SECOND } from "../../sim/time.ts";
import { goQuote } from "../templates/go-quote.ts";
import type { ClientContext } from "./client-context.ts";
import { rfc3339 } from "./timestamps.ts";

/** A line of the client's own log: coloured for a person, with a time for a file. */
export function logLine(context: ClientContext, level: "error" | "warning", message: string): string {
  if (context.tty.output) {
    const [colour, word] = level === "error" ? [31, "ERRO"] : [33, "WARN"];
    return `\x1b[${colour}m${word}\x1b[0m[0000] ${message.padEnd(44)} \n`;
  }
  const time = rfc3339(EPOCH_SECONDS + context.now() / SECOND);
  return `time="${time}" level=${level} msg=${goQuote(message)}\n`;
}
