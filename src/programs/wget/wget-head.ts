import type { Wait } from "../../sim/process.ts";
import { parseField } from "../../wire/http.ts";
import { ProgramExit } from "../program-exit.ts";
import type { WgetReader } from "./wget-reader.ts";

/** What the head of an answer says. */
export interface WgetHead {
  /** Octets of the body, or null if it ends with the connection. */
  readonly length: number | null;
  readonly chunked: boolean;
  /** Where to go on instead. */
  readonly location: string | null;
  /** It is the rest of a file that was asked for. */
  readonly isPart: boolean;
}

/** Reads a head. `show` gets each line. @throws {ProgramExit} for an answer that is none, or an error */
export function* readHead(
  reader: WgetReader,
  show: (line: string) => void,
  asksForPart: boolean,
): Generator<Wait, WgetHead, void> {
  let first = yield* reader.line();
  let status = statusOf(first);
  show(first);
  while (status === 0 || status === 100) {
    let line: string;
    do {
      line = yield* reader.line();
    } while (line !== "");
    first = yield* reader.line();
    status = statusOf(first);
    show(first);
  }
  const isPart = status === 206 && asksForPart;
  const isRedirection = [300, 301, 302, 303, 307, 308].includes(status);
  if (!(status >= 200 && status <= 205) && !isPart && !isRedirection)
    throw new ProgramExit(1, `wget: server returned error: ${first}\n`);
  // A 204 has no body, whether it says so or not.
  let length: number | null = status === 204 ? 0 : null;
  let chunked = false;
  for (;;) {
    const line = yield* reader.line();
    show(line);
    if (line === "") return { length, chunked, location: null, isPart };
    const field = parseField(line);
    const name = field?.name.toLowerCase();
    if (field === null) continue;
    if (name === "content-length") {
      if (!/^\d+$/.test(field.value))
        throw new ProgramExit(1, `wget: content-length ${field.value} is garbage\n`);
      length = Number(field.value);
    } else if (name === "transfer-encoding") {
      if (field.value.toLowerCase() !== "chunked")
        throw new ProgramExit(1, `wget: transfer encoding '${field.value}' is not supported\n`);
      chunked = true;
    } else if (name === "location" && isRedirection) {
      return { length, chunked, location: field.value, isPart };
    }
  }
}

/** The number behind the first blank; 0 if there is none. */
function statusOf(line: string): number {
  return Number(/^\S+\s+(\d+)/.exec(line)?.[1] ?? 0);
}
