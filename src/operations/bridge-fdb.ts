import { readFdbAttributes } from "./fdb-attributes.ts";
import { readFdbFlush } from "./fdb-flush.ts";
import { readFdbGet } from "./fdb-get.ts";
import { readFdbShow } from "./fdb-show.ts";
import { bridgeFdbHelp } from "./help-texts.ts";
import type { ShowOptions } from "./ip-options.ts";
import type { Operation, Question } from "./operation.ts";
import { ToolError } from "./tool-error.ts";
import { matches, type Words } from "./words.ts";

/** Parses what stands after `bridge fdb`. @throws {ToolError} */
export function parseBridgeFdb(words: Words, show: ShowOptions): Operation | Question {
  if (words.done) return readFdbShow(words, show);
  const word = words.next();
  for (const verb of ["add", "append", "replace"] as const)
    if (matches(word, verb)) return { op: "fdb-add", verb, ...readFdbAttributes(words) };
  if (matches(word, "delete")) return { op: "fdb-del", ...readFdbAttributes(words) };
  if (matches(word, "get")) return readFdbGet(words, show);
  if (matches(word, "show", "list", "lst")) return readFdbShow(words, show);
  if (matches(word, "flush")) return readFdbFlush(words);
  if (matches(word, "help")) throw new ToolError(bridgeFdbHelp, 255);
  throw new ToolError(`Command "${word}" is unknown, try "bridge fdb help".`, 255);
}
