import type { Mutable } from "./mutable.ts";
import { ToolError } from "./tool-error.ts";
import { matches, same, type Words, wrong } from "./words.ts";

/** How an iproute2 tool shows what it shows: the options in front of the object. Absent means no. */
export interface ShowOptions {
  readonly json?: true;
  readonly pretty?: true;
  readonly details?: true;
  /** How often `-s` stands there. */
  readonly statistics?: number;
  readonly brief?: true;
  readonly oneline?: true;
  readonly numeric?: true;
  readonly human?: true;
  /** `bridge -compressvlans` */
  readonly compressvlans?: true;
  readonly family?: Family;
}
export type Family = "inet" | "inet6" | "link" | "bridge" | "mpls";

const FAMILY_OPTION: Readonly<Record<Family, string>> = {
  inet: "-4",
  inet6: "-6",
  link: "-0",
  bridge: "-B",
  mpls: "-M",
};

/** The words of these options, as {@link readOptions} reads them. */
export function optionWords(options: ShowOptions): string[] {
  const words: string[] = [];
  if (options.json) words.push("-j");
  if (options.pretty) words.push("-p");
  if (options.details) words.push("-d");
  for (let i = 0; i < (options.statistics ?? 0); i++) words.push("-s");
  if (options.brief) words.push("-br");
  if (options.oneline) words.push("-o");
  if (options.numeric) words.push("-N");
  if (options.human) words.push("-h");
  if (options.compressvlans) words.push("-compressvlans");
  if (options.family !== undefined) words.push(FAMILY_OPTION[options.family]);
  return words;
}

/** What stands in front of the object. */
interface LeadingOptions {
  readonly show: ShowOptions;
  readonly netns: string | undefined;
  readonly batch: string | null;
  readonly force: boolean;
  readonly all: boolean;
  readonly version: boolean;
  readonly help: boolean;
}

/** Reads the options of `ip` (the order of its own comparisons decides abbreviations). @throws {ToolError} */
export function readOptions(words: Words): LeadingOptions {
  const show: Mutable<ShowOptions> = {};
  let netns: string | undefined;
  let batch: string | null = null;
  let force = false;
  let all = false;
  const result = (version: boolean, help: boolean): LeadingOptions => ({
    show,
    netns,
    batch,
    force,
    all,
    version,
    help,
  });
  while (!words.done) {
    let option = words.peek;
    if (option === "--") {
      words.next();
      break;
    }
    if (!option.startsWith("-")) break;
    words.next();
    if (option.startsWith("--")) option = option.slice(1);
    const is = (full: string): boolean => matches(option, full);
    if (is("-loops")) words.next();
    else if (is("-family")) {
      if (words.done) throw wrongUsage();
      const family = words.next();
      if (family === "help") throw wrongUsage();
      if (!["inet", "inet6", "link", "bridge", "mpls"].includes(family))
        throw wrong(family, "invalid protocol family");
      show.family = family as Family;
    } else if (same(option, "-4")) show.family = "inet";
    else if (same(option, "-6")) show.family = "inet6";
    else if (same(option, "-0")) show.family = "link";
    else if (same(option, "-M")) show.family = "mpls";
    else if (same(option, "-B")) show.family = "bridge";
    else if (is("-human") || is("-human-readable")) show.human = true;
    else if (is("-iec")) show.human = true;
    else if (is("-stats") || is("-statistics")) show.statistics = (show.statistics ?? 0) + 1;
    else if (is("-details")) show.details = true;
    else if (is("-resolve") || is("-timestamp") || is("-tshort")) continue;
    else if (is("-oneline")) show.oneline = true;
    else if (is("-Version")) return result(true, false);
    else if (is("-force")) force = true;
    else if (is("-batch")) {
      if (words.done) throw wrongUsage();
      batch = words.next("file");
    } else if (is("-brief")) show.brief = true;
    else if (is("-json")) show.json = true;
    else if (is("-pretty")) show.pretty = true;
    else if (is("-rcvbuf")) words.next();
    else if (/^-c(o|ol|olo|olor)?(=(always|auto|never))?$/.test(option)) continue;
    else if (is("-help")) return result(false, true);
    else if (is("-netns")) {
      if (words.done)
        throw new ToolError('Cannot open network namespace "(null)": No such file or directory', 255);
      netns = words.nextNetns();
    } else if (is("-Numeric")) show.numeric = true;
    else if (is("-all")) all = true;
    else throw new ToolError(`Option "${option}" is unknown, try "ip -help".`, 255);
  }
  return result(false, false);
}

function wrongUsage(): ToolError {
  return new ToolError("", 255);
}
