import { type Nanos, SECOND } from "../../sim/time.ts";
import { appletHelp, appletMistake, appletNumber } from "../busybox/usage.ts";
import { getopt } from "../getopt.ts";

const USAGE = `Usage: wget [-cqS] [--spider] [-O FILE] [-o LOGFILE] [--header STR]
	[--post-data STR | --post-file FILE] [-Y on/off]
	[--no-check-certificate] [-P DIR] [-U AGENT] URL...

Retrieve files via HTTP or FTP

	--spider	Only check URL existence: $? is 0 if exists
	--header STR	Add STR (of form 'header: value') to headers
	--post-data STR	Send STR using POST method
	--post-file FILE	Send FILE using POST method
	--no-check-certificate	Don't validate the server's certificate
	-c		Continue retrieval of aborted transfer
	-q		Quiet
	-P DIR		Save to DIR (default .)
	-S    		Show server response
	-O FILE		Save to FILE ('-' for stdout)
	-o LOGFILE	Log messages to FILE
	-U STR		Use STR for User-Agent header
	-Y on/off	Use proxy
`;

/** What a command line of busybox's wget asks for. */
export interface WgetOptions {
  continues: boolean;
  quiet: boolean;
  spider: boolean;
  showsResponse: boolean;
  output: string | null;
  log: string | null;
  directory: string | null;
  agent: string;
  headers: string[];
  postData: string | null;
  postFile: string | null;
  /** How long to wait for the network, each time. */
  patience: Nanos;
  urls: readonly string[];
}

/** Long options: which letter each has for getopt, with a colon if a value follows. */
const LONG: readonly (readonly [string, string])[] = [
  ["continue", "c"],
  ["quiet", "q"],
  ["server-response", "S"],
  ["output-document", "O:"],
  ["output-file", "o:"],
  ["directory-prefix", "P:"],
  ["user-agent", "U:"],
  ["proxy", "Y:"],
  ["timeout", "T:"],
  ["tries", "t:"],
  ["spider", "1"],
  ["header", "2:"],
  ["post-data", "3:"],
  ["post-file", "4:"],
  ["no-check-certificate", "5"],
];

/** @throws {ProgramExit} in busybox's own words */
export function wgetOptions(args: readonly string[]): WgetOptions {
  if (args.includes("--help")) throw appletHelp(USAGE);
  const { options, operands } = getopt(args.flatMap(shortened), "cqSO:o:P:Y:U:T:t:12:3:4:5");
  const o: WgetOptions = {
    continues: false,
    quiet: false,
    spider: false,
    showsResponse: false,
    output: null,
    log: null,
    directory: null,
    agent: "Wget",
    headers: [],
    postData: null,
    postFile: null,
    patience: 900 * SECOND,
    urls: operands,
  };
  for (const { name, value, message } of options) {
    switch (name) {
      case "?":
        throw appletMistake("wget", message, USAGE);
      case "c":
        o.continues = true;
        break;
      case "q":
        o.quiet = true;
        break;
      case "S":
        o.showsResponse = true;
        break;
      case "1":
        o.spider = true;
        break;
      case "O":
        o.output = value;
        break;
      case "o":
        o.log = value;
        break;
      case "P":
        o.directory = value;
        break;
      case "U":
        o.agent = value;
        break;
      case "2":
        o.headers.push(value);
        break;
      case "3":
        o.postData = value;
        break;
      case "4":
        o.postFile = value;
        break;
      case "T":
        o.patience = appletNumber("wget", value) * SECOND;
        break;
      // -Y, -t, --no-check-certificate: there is neither a proxy nor TLS, and nothing is tried twice.
      default:
        break;
    }
  }
  if (operands.length === 0) throw appletMistake("wget", "", USAGE);
  return o;
}

/** A long option as its letter; a shortened name is as good as a whole one. */
function shortened(word: string): readonly string[] {
  const found = /^--([a-z-]+)(=.*)?$/s.exec(word);
  if (found === null) return [word];
  const candidates = LONG.filter(([name]) => name.startsWith(found[1]!));
  const exact = candidates.find(([name]) => name === found[1]);
  const chosen = exact ?? (candidates.length === 1 ? candidates[0] : undefined);
  if (chosen === undefined) return [word];
  const letter = chosen[1][0]!;
  return found[2] === undefined ? [`-${letter}`] : [`-${letter}${found[2].slice(1)}`];
}
