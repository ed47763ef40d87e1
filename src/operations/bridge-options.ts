import { bridgeHelp } from "./help-texts.ts";
import type { ShowOptions } from "./ip-options.ts";
import type { Mutable } from "./mutable.ts";
import { ToolError } from "./tool-error.ts";
import { matches, same, type Words, wrong } from "./words.ts";

const VERSION = "bridge utility, 6.1.0\n";

/** What stands in front of the object of `bridge`. */
interface BridgeOptions {
  readonly show: ShowOptions;
  readonly netns: string | undefined;
  readonly batch: string | null;
  readonly force: boolean;
}

/** Reads the options of `bridge` in the order of its own comparisons. @throws {ToolError} */
export function readBridgeOptions(words: Words): BridgeOptions {
  const show: Mutable<ShowOptions> = {};
  let netns: string | undefined;
  let batch: string | null = null;
  let force = false;
  while (words.peek.startsWith("-")) {
    let option = words.next();
    if (option === "--") break;
    if (option.startsWith("--")) option = option.slice(1);
    const is = (...full: readonly string[]): boolean => matches(option, ...full);
    if (is("-help")) throw new ToolError(bridgeHelp, 255);
    else if (is("-Version")) throw new ToolError("", 0, VERSION);
    else if (is("-stats", "-statistics")) show.statistics = (show.statistics ?? 0) + 1;
    else if (is("-details")) show.details = true;
    else if (is("-oneline")) show.oneline = true;
    else if (is("-timestamp")) continue;
    else if (is("-family")) {
      if (words.done) throw new ToolError(bridgeHelp, 255);
      const family = words.next();
      if (family === "help") throw new ToolError(bridgeHelp, 255);
      if (family !== "inet" && family !== "inet6") throw wrong(family, "invalid protocol family");
    } else if (same(option, "-4", "-6")) continue;
    else if (is("-netns")) {
      if (words.done)
        throw new ToolError('Cannot open network namespace "(null)": No such file or directory', 255);
      netns = words.nextNetns();
    } else if (/^-c(o|ol|olo|olor)?(=(always|auto|never))?$/.test(option)) continue;
    else if (is("-compressvlans")) show.compressvlans = true;
    else if (is("-force")) force = true;
    else if (is("-json")) show.json = true;
    else if (is("-pretty")) show.pretty = true;
    else if (is("-batch")) {
      if (words.done) throw new ToolError(bridgeHelp, 255);
      batch = words.next("file");
    } else throw new ToolError(`Option "${option}" is unknown, try "bridge help".`, 255);
  }
  return { show, netns, batch, force };
}
