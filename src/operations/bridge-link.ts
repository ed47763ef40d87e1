import { bridgeLinkHelp } from "./help-texts.ts";
import type { ShowOptions } from "./ip-options.ts";
import type { Operation, Question } from "./operation.ts";
import { readPortSet } from "./port-set.ts";
import type { PortShow } from "./port-show.ts";
import { ToolError } from "./tool-error.ts";
import { duplicate, matches, same, type Words } from "./words.ts";

/** Parses what stands after `bridge link`. @throws {ToolError} */
export function parseBridgeLink(words: Words, show: ShowOptions): Operation | Question {
  if (words.done) return portShow(words, show);
  const word = words.next();
  const is = (...full: readonly string[]): boolean => matches(word, ...full);
  if (is("set", "change")) return readPortSet(words);
  if (is("show", "list", "lst")) return portShow(words, show);
  if (is("help")) throw new ToolError(bridgeLinkHelp, 255);
  throw new ToolError(`Command "${word}" is unknown, try "bridge link help".`, 255);
}

/** Only `dev` means something here; other words are passed over, as by the real tool. */
function portShow(words: Words, show: ShowOptions): PortShow {
  let dev: string | undefined;
  while (!words.done) {
    if (!same(words.next(), "dev")) continue;
    const name = words.next("device");
    if (dev !== undefined) throw duplicate("dev", name);
    dev = name;
  }
  return {
    ask: "port-show",
    ...(dev === undefined ? {} : { dev }),
    ...(Object.keys(show).length === 0 ? {} : { options: show }),
  };
}
