import type { PortRange, TcpInfo } from "../../netfilter/match-ports.ts";
import { unsigned } from "../words.ts";
import type { XtExtension, XtOption } from "./extension.ts";
import { listedPorts, portsInfo, savedPorts } from "./ports-text.ts";
import { parsePort } from "./read-options.ts";
import { XtProblem } from "./xt-problem.ts";

const FLAGS: readonly (readonly [string, number])[] = [
  ["FIN", 0x01],
  ["SYN", 0x02],
  ["RST", 0x04],
  ["PSH", 0x08],
  ["ACK", 0x10],
  ["URG", 0x20],
  ["ALL", 0x3f],
  ["NONE", 0],
];
/** What `--syn` stands for. */
const SYN = { mask: 0x17, set: 0x02 };
const ONE_OF = "Only one of `--syn' or `--tcp-flags'  allowed";

function readPorts(text: string): PortRange {
  const colon = text.indexOf(":");
  if (colon < 0) {
    const port = parsePort(text, "tcp");
    return [port, port];
  }
  const low = text.slice(0, colon);
  const high = text.slice(colon + 1);
  const range: PortRange = [
    low === "" ? 0 : parsePort(low, "tcp"),
    high === "" ? 65535 : parsePort(high, "tcp"),
  ];
  if (range[0] > range[1]) throw new XtProblem("invalid portrange (min > max)");
  return range;
}

function readFlags(text: string): number {
  let flags = 0;
  for (const name of text.split(",").filter((word) => word !== "")) {
    const found = FLAGS.find(([known]) => known === name.toUpperCase());
    if (found === undefined) throw new XtProblem(`Unknown TCP flag \`${name}'`);
    flags |= found[1];
  }
  return flags;
}

function flagsText(flags: number): string {
  const names = FLAGS.filter(([name, bit]) => name !== "ALL" && (flags & bit) !== 0).map(([name]) => name);
  return names.length === 0 ? "NONE" : names.join(",");
}

function hex(value: number): string {
  return `0x${value.toString(16).toUpperCase().padStart(2, "0")}`;
}

const sport: Omit<XtOption, "name"> = {
  id: "sport",
  read: readPorts,
  not: true,
  twice: "Only one `--source-port' allowed",
};
const dport: Omit<XtOption, "name"> = {
  id: "dport",
  read: readPorts,
  not: true,
  twice: "Only one `--destination-port' allowed",
};

export const tcpMatch: XtExtension<TcpInfo> = {
  name: "tcp",
  help: `tcp match options:
[!] --tcp-flags mask comp	match when TCP flags & mask == comp
				(Flags: SYN ACK FIN RST URG PSH ALL NONE)
[!] --syn			match when only SYN flag set
				(equivalent to --tcp-flags SYN,RST,ACK,FIN SYN)
[!] --source-port port[:port]
 --sport ...
				match source port(s)
[!] --destination-port port[:port]
 --dport ...
				match destination port(s)
[!] --tcp-option number        match if TCP option set
`,
  options: [
    { name: "source-port", ...sport },
    { name: "sport", ...sport },
    { name: "destination-port", ...dport },
    { name: "dport", ...dport },
    { name: "syn", id: "flags", not: true, twice: ONE_OF },
    {
      name: "tcp-flags",
      id: "flags",
      not: true,
      twice: ONE_OF,
      twoArguments: "--tcp-flags requires two args.",
      read(text) {
        const [mask = "", set = ""] = text.split(" ");
        return { mask: readFlags(mask), set: readFlags(set) };
      },
    },
    {
      name: "tcp-option",
      not: true,
      twice: "Only one `--tcp-option' allowed",
      read(text) {
        const kind = unsigned(text, 255);
        if (kind === null || kind < 1) throw new XtProblem(`Bad TCP option "${text}"`);
        return kind;
      },
    },
  ],
  make(given) {
    const said = given.get<true | { mask: number; set: number }>("flags");
    const flags = said === true ? SYN : said;
    const option = given.get<number>("tcp-option");
    return {
      name: "tcp",
      ...portsInfo(given.get("sport"), given.not("sport"), given.get("dport"), given.not("dport")),
      ...(option === undefined ? {} : { option }),
      ...(given.not("tcp-option") ? { notOption: true as const } : {}),
      ...(flags === undefined || (flags.mask === 0 && !given.not("flags")) ? {} : { flags }),
      ...(given.not("flags") ? { notFlags: true as const } : {}),
    };
  },
  save(info) {
    const { flags, notFlags, option, notOption } = info;
    return [
      ...savedPorts(info),
      ...(option === undefined ? [] : [`${notOption ? "! " : ""}--tcp-option ${option}`]),
      ...(flags === undefined
        ? []
        : [`${notFlags ? "! " : ""}--tcp-flags ${flagsText(flags.mask)} ${flagsText(flags.set)}`]),
    ].join(" ");
  },
  list(info, { numeric }) {
    const { flags, notFlags, option, notOption } = info;
    const options = option === undefined ? "" : ` option=${notOption ? "!" : ""}${option}`;
    const text = ({ mask, set }: { mask: number; set: number }): string =>
      numeric ? `${hex(mask)}/${hex(set)}` : `${flagsText(mask)}/${flagsText(set)}`;
    const flag = flags === undefined ? "" : ` flags:${notFlags ? "!" : ""}${text(flags)}`;
    return `tcp${listedPorts(info, "tcp", numeric)}${options}${flag}`;
  },
};
