import { ipMaddrHelp } from "./help-texts.ts";
import type { ShowOptions } from "./ip-options.ts";
import type { Command } from "./operation.ts";
import { ToolError } from "./tool-error.ts";
import { garbage, matches, type Words } from "./words.ts";

/** Parses what stands after `ip maddr`. @throws {ToolError} */
export function parseIpMaddr(words: Words, show: ShowOptions): Command {
  const options = Object.keys(show).length === 0 ? {} : { options: show };
  const word = words.done ? "show" : words.next();
  if (matches(word, "add") || matches(word, "delete"))
    throw new ToolError(`ip maddr ${word}: not simulated`, 1);
  if (matches(word, "help")) throw new ToolError(ipMaddrHelp, 255);
  if (!matches(word, "show", "list", "lst"))
    throw new ToolError(`Command "${word}" is unknown, try "ip maddr help".`, 255);
  let dev: string | undefined;
  while (!words.done) {
    words.takes("dev");
    const name = words.next("device");
    if (matches(name, "help")) throw new ToolError(ipMaddrHelp, 255);
    if (dev !== undefined) throw garbage("dev", name);
    dev = name;
  }
  return { ask: "maddr-show", ...(dev === undefined ? {} : { dev }), ...options };
}
