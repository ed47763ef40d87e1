import { appletHelp, appletMistake } from "../busybox/usage.ts";
import { getopt } from "../getopt.ts";
import { ProgramExit } from "../program-exit.ts";

const USAGE = `Usage: httpd [-ifv[v]] [-c CONFFILE] [-p [IP:]PORT] [-u USER[:GRP]] [-r REALM] [-h HOME]
or httpd -d/-e/-m STRING

Listen for incoming HTTP requests

	-i		Inetd mode
	-f		Run in foreground
	-v[v]		Verbose
	-p [IP:]PORT	Bind to IP:PORT (default *:80)
	-u USER[:GRP]	Set uid/gid after binding to port
	-r REALM	Authentication Realm for Basic Authentication
	-h HOME		Home directory (default .)
	-c FILE		Configuration file (default {/etc,HOME}/httpd.conf)
	-m STRING	MD5 crypt STRING
	-e STRING	HTML encode STRING
	-d STRING	URL decode STRING
`;

/** What a command line of busybox's httpd asks for. */
export interface HttpdOptions {
  foreground: boolean;
  verbosity: 0 | 1 | 2;
  /** `[ADDRESS:]PORT`. */
  place: string;
  home: string;
  /** Print this and end (`-d`, `-e`). */
  text: string | null;
}

/** @throws {ProgramExit} in busybox's own words */
export function httpdOptions(args: readonly string[]): HttpdOptions {
  if (args.includes("--help")) throw appletHelp(USAGE);
  const o: HttpdOptions = { foreground: false, verbosity: 0, place: "80", home: ".", text: null };
  for (const { name, value, message } of getopt(args, "c:d:h:e:r:m:u:p:ifv").options) {
    switch (name) {
      case "?":
        throw appletMistake("httpd", message, USAGE);
      case "f":
        o.foreground = true;
        break;
      case "v":
        o.verbosity = o.verbosity === 0 ? 1 : 2;
        break;
      case "p":
        o.place = value;
        break;
      case "h":
        o.home = value;
        break;
      case "d":
        o.text = urlDecoded(value);
        break;
      case "e":
        o.text = htmlEncoded(value);
        break;
      case "c":
      case "i":
      case "m":
        throw new ProgramExit(1, `httpd: -${name} is not simulated\n`);
      // -u: everybody is root. -r: the realm counts only with a configuration file.
      default:
        break;
    }
  }
  return o;
}

function urlDecoded(text: string): string {
  return text
    .replaceAll("+", " ")
    .replace(/%([0-9a-fA-F]{2})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)));
}

function htmlEncoded(text: string): string {
  return text.replace(/[^A-Za-z0-9]/g, (c) => `&#${c.charCodeAt(0)};`);
}
