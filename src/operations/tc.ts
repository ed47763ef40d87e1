import { rtnetlinkAnswers } from "./ip.ts";
import { optionWords, type ShowOptions } from "./ip-options.ts";
import type { Mutable } from "./mutable.ts";
import { parseTcQdisc } from "./tc-qdisc.ts";
import type { Tool } from "./tool.ts";
import { ToolError } from "./tool-error.ts";
import { abbreviates, matches, Words } from "./words.ts";

const VERSION = "tc utility, iproute2-6.1.0, libbpf 1.1.2\n";
const USAGE = `Usage:	tc [ OPTIONS ] OBJECT { COMMAND | help }
	tc [-force] -batch filename
where  OBJECT := { qdisc | class | filter | chain |
		    action | monitor | exec }
       OPTIONS := { -V[ersion] | -s[tatistics] | -d[etails] | -r[aw] |
		    -o[neline] | -j[son] | -p[retty] | -c[olor]
		    -b[atch] [filename] | -n[etns] name | -N[umeric] |
		     -nm | -nam[es] | { -cf | -conf } path
		     -br[ief] }
`;

/** What stands in front of the object. */
interface Leading {
  readonly show: ShowOptions;
  readonly netns: string | undefined;
  readonly batch: string | null;
  readonly force: boolean;
}

/** Reads the options in the order of `tc`'s own comparisons. @throws {ToolError} */
function readOptions(words: Words): Leading {
  const show: Mutable<ShowOptions> = {};
  let netns: string | undefined;
  let batch: string | null = null;
  let force = false;
  while (words.peek.startsWith("-")) {
    const option = words.next();
    const is = (...full: readonly string[]): boolean => matches(option, ...full);
    if (is("-stats", "-statistics")) show.statistics = (show.statistics ?? 0) + 1;
    else if (is("-details")) show.details = true;
    else if (is("-raw", "-graph", "-timestamp", "-tshort", "-iec")) continue;
    else if (is("-pretty")) show.pretty = true;
    else if (is("-Version")) throw new ToolError("", 0, VERSION);
    else if (is("-help")) throw new ToolError(USAGE, 0);
    else if (is("-force")) force = true;
    else if (is("-batch")) {
      if (words.done) throw new ToolError(USAGE, 255);
      batch = words.next("file");
    } else if (is("-netns")) netns = words.nextNetns();
    else if (is("-Numeric")) show.numeric = true;
    else if (is("-names", "-nm")) continue;
    else if (is("-cf", "-conf")) words.next();
    else if (/^-c(o|ol|olo|olor)?(=(always|auto|never))?$/.test(option)) continue;
    else if (is("-json")) show.json = true;
    else if (is("-oneline")) show.oneline = true;
    else if (is("-brief")) show.brief = true;
    else throw new ToolError(`Option "${option}" is unknown, try "tc -help".`, 255);
  }
  return { show, netns, batch, force };
}

/** `tc` of iproute2 6.1: its queueing disciplines. */
export const tc: Tool = {
  name: "tc",
  entersNamespaces: true,
  parse(args) {
    const words = new Words(args);
    const { show, netns, batch, force } = readOptions(words);
    if (batch !== null) {
      const options = [...(netns === undefined ? [] : ["-n", netns]), ...optionWords(show)];
      return [{ batch, tool: "tc", options, force }];
    }
    if (words.done) throw new ToolError(USAGE, 0);
    const word = words.next();
    if (matches(word, "qdisc")) {
      const command = parseTcQdisc(words, show);
      return [netns === undefined ? command : { ...command, netns }];
    }
    for (const object of ["class", "filter", "chain", "actions", "monitor", "exec"])
      if (abbreviates(word, object)) throw new ToolError(`tc ${object}: not simulated`, 1);
    if (matches(word, "help")) throw new ToolError(USAGE, 0);
    throw new ToolError(`Object "${word}" is unknown, try "tc help".`, 255);
  },
  refused: rtnetlinkAnswers,
};
