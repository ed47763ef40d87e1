import { errorText, type KernelError } from "../net/kernel-error.ts";
import { parseIpAddr } from "./ip-addr.ts";
import { parseIpLink } from "./ip-link.ts";
import { parseIpMaddr } from "./ip-maddr.ts";
import { parseIpNeigh } from "./ip-neigh.ts";
import { parseIpNetns } from "./ip-netns.ts";
import { optionWords, readOptions, type ShowOptions } from "./ip-options.ts";
import { parseIpRoute } from "./ip-route.ts";
import { parseIpRule } from "./ip-rule.ts";
import type { Command } from "./operation.ts";
import type { Tool } from "./tool.ts";
import { ToolError } from "./tool-error.ts";
import type { Toolbox } from "./toolbox.ts";
import { abbreviates, matches, Words } from "./words.ts";

const VERSION = "ip utility, iproute2-6.1.0, libbpf 1.1.2\n";

/** What a parser of one object of `ip` knows beside its words. */
interface IpScope {
  readonly show: ShowOptions;
  /** `-all` */
  readonly all: boolean;
  readonly toolbox: Toolbox;
}

type ObjectParser = (words: Words, scope: IpScope) => Command;

const address: ObjectParser = (words, { show }) => parseIpAddr(words, show);
const link: ObjectParser = (words, { show, toolbox }) => parseIpLink(words, show, toolbox);
const neigh: ObjectParser = (words, { show }) => parseIpNeigh(words, show);
const route: ObjectParser = (words, { show }) => parseIpRoute(words, show);
const rule: ObjectParser = (words, { show }) => parseIpRule(words, show);
const maddress: ObjectParser = (words, { show }) => parseIpMaddr(words, show);
const netns: ObjectParser = (words, { show, all }) => parseIpNetns(words, show, all);

/** The objects in the order of the real table, which decides what an abbreviation means; null: known, not simulated. */
const OBJECTS: readonly (readonly [name: string, parse: ObjectParser | null])[] = [
  ["address", address],
  ["addrlabel", null],
  ["maddress", maddress],
  ["route", route],
  ["rule", rule],
  ["neighbor", neigh],
  ["neighbour", neigh],
  ["ntable", null],
  ["ntbl", null],
  ["link", link],
  ["l2tp", null],
  ["fou", null],
  ["ila", null],
  ["macsec", null],
  ["tunnel", null],
  ["tunl", null],
  ["tuntap", null],
  ["tap", null],
  ["token", null],
  ["tcpmetrics", null],
  ["tcp_metrics", null],
  ["monitor", null],
  ["xfrm", null],
  ["mroute", null],
  ["mrule", null],
  ["netns", netns],
  ["netconf", null],
  ["vrf", null],
  ["sr", null],
  ["nexthop", null],
  ["mptcp", null],
  ["ioam", null],
  ["stats", null],
];

/** `ip` of iproute2 6.1. */
export const ip: Tool = {
  name: "ip",
  entersNamespaces: true,
  parse(args, toolbox) {
    const words = new Words(args);
    const { show, netns, batch, force, all, version, help } = readOptions(words);
    if (version) return [{ ask: "text", arguments: ["-V"], text: VERSION }];
    if (batch !== null) {
      const options = [...(netns === undefined ? [] : ["-n", netns]), ...optionWords(show)];
      return [{ batch, tool: "ip", options, force }];
    }
    if (help || words.done) throw usage();
    const word = words.next();
    const object = OBJECTS.find(([name, parse]) =>
      parse === null ? abbreviates(word, name) : matches(word, name),
    );
    if (object === undefined && matches(word, "help")) throw usage();
    if (object === undefined) throw new ToolError(`Object "${word}" is unknown, try "ip help".`, 1);
    const parse = object[1];
    if (parse === null) throw new ToolError(`ip ${object[0]}: not simulated`, 1);
    const command = parse(words, { show, all, toolbox });
    return [netns === undefined || !("op" in command || "ask" in command) ? command : { ...command, netns }];
  },
  refused: rtnetlinkAnswers,
};

/** How iproute2 tells what the kernel refused. */
export function rtnetlinkAnswers(error: KernelError): { readonly stderr: string; readonly status: number } {
  const stderr =
    error.extack === null
      ? `RTNETLINK answers: ${errorText[error.errno]}\n`
      : `Error: ${error.extack}${error.extack.endsWith(".") ? "" : "."}\n`;
  return { stderr, status: 2 };
}

function usage(): ToolError {
  return new ToolError(
    `Usage: ip [ OPTIONS ] OBJECT { COMMAND | help }
       ip [ -force ] -batch filename
where  OBJECT := { address | addrlabel | amt | fou | help | ila | ioam | l2tp |
                   link | macsec | maddress | monitor | mptcp | mroute | mrule |
                   neighbor | neighbour | netconf | netns | nexthop | ntable |
                   ntbl | route | rule | sr | tap | tcpmetrics |
                   token | tunnel | tuntap | vrf | xfrm }
       OPTIONS := { -V[ersion] | -s[tatistics] | -d[etails] | -r[esolve] |
                    -h[uman-readable] | -iec | -j[son] | -p[retty] |
                    -f[amily] { inet | inet6 | mpls | bridge | link } |
                    -4 | -6 | -M | -B | -0 |
                    -l[oops] { maximum-addr-flush-attempts } | -br[ief] |
                    -o[neline] | -t[imestamp] | -ts[hort] | -b[atch] [filename] |
                    -rc[vbuf] [size] | -n[etns] name | -N[umeric] | -a[ll] |
                    -c[olor]}
`,
    255,
  );
}
