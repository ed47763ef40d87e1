import {
  type ConntrackInfo,
  type ConntrackNegation,
  CtState,
  CtStatus,
  type StateInfo,
} from "../../netfilter/conntrack/conntrack-match.ts";
import * as ip from "../../wire/ipv4-address.ts";
import type { GivenOptions, ReadOption, XtExtension } from "./extension.ts";
import { type AddressMask, hostMask, maskText, ports, protocol, range } from "./read-options.ts";
import { XtProblem } from "./xt-problem.ts";

/** States in the order in which they are printed. */
const STATES = ["INVALID", "NEW", "RELATED", "ESTABLISHED", "UNTRACKED", "SNAT", "DNAT"] as const;
const STATUSES = ["EXPECTED", "SEEN_REPLY", "ASSURED", "CONFIRMED"] as const;

/** States in the order in which the tool compares a beginning with them (conntrack_ps_state, state_parse_state). */
const COMPARED = ["INVALID", "NEW", "ESTABLISHED", "RELATED", "UNTRACKED", "SNAT", "DNAT"] as const;

/**
 * Reads names with commas between; each may be shortened and of any case, and is the first of `bits` that begins so.
 * @throws {XtProblem}
 */
function names(bits: Readonly<Record<string, number>>, what: string): ReadOption {
  return (text) => {
    let mask = 0;
    let rest = text;
    for (const name of text.split(",")) {
      const full =
        name === "" ? undefined : Object.keys(bits).find((one) => one.startsWith(name.toUpperCase()));
      if (full === undefined) throw new XtProblem(`Bad ${what} "${rest}"`);
      mask |= bits[full]!;
      rest = rest.slice(name.length + 1);
    }
    return mask;
  };
}

function statesText(mask: number): string {
  return STATES.filter((name) => (mask & CtState[name]) !== 0).join(",");
}

function statusText(mask: number): string {
  return mask === 0 ? "NONE" : STATUSES.filter((name) => (mask & CtStatus[name]) !== 0).join(",");
}

/** `10.0.0.0/8`, and nothing behind a single address. */
function addressText(text: string): string {
  return text.replace(/\/32$/, "");
}

function rangeText([min, max]: readonly [number, number]): string {
  return min === max ? `${min}` : `${min}:${max}`;
}

/** One or two numbers; a single one stands for itself. */
const times: ReadOption = (text, extension, option) => {
  const values = range(0xffffffff)(text, extension, option) as number[];
  return [values[0]!, values[1] ?? values[0]!];
};

const direction: ReadOption = (text) => {
  const upper = text.toUpperCase();
  if (upper !== "ORIGINAL" && upper !== "REPLY")
    throw new XtProblem(`conntrack: Bad value for "--ctdir" option: "${text}"`);
  return upper;
};

type Field = Exclude<keyof ConntrackInfo, "name" | "not" | "direction"> & ConntrackNegation;

/** [option, field, how it is read], in the order of printing. */
const FIELDS: readonly (readonly [string, Field, ReadOption])[] = [
  ["ctstate", "state", names(only(CtState, COMPARED), "ctstate")],
  ["ctproto", "protocol", protocol],
  ["ctorigsrc", "origSrc", hostMask],
  ["ctorigdst", "origDst", hostMask],
  ["ctreplsrc", "replSrc", hostMask],
  ["ctrepldst", "replDst", hostMask],
  ["ctorigsrcport", "origSrcPort", ports],
  ["ctorigdstport", "origDstPort", ports],
  ["ctreplsrcport", "replSrcPort", ports],
  ["ctrepldstport", "replDstPort", ports],
  ["ctstatus", "status", names(CtStatus, "ctstatus")],
  ["ctexpire", "expire", times],
];

function only(
  bits: Readonly<Record<string, number>>,
  list: readonly string[],
): Readonly<Record<string, number>> {
  return Object.fromEntries(list.map((name) => [name, bits[name]!]));
}

function givenValue(given: GivenOptions, option: string): unknown {
  const value = given.get<unknown>(option);
  if (!option.endsWith("src") && !option.endsWith("dst")) return value;
  const { address, mask } = value as AddressMask;
  return `${ip.format(address)}/${maskText(mask)}`;
}

function fieldText(field: Field, value: unknown): string {
  if (field === "state") return statesText(value as number);
  if (field === "status") return statusText(value as number);
  if (field === "protocol") return `${value as number}`;
  return typeof value === "string" ? addressText(value) : rangeText(value as [number, number]);
}

function parts(info: ConntrackInfo, dashes: string): string {
  const texts = FIELDS.filter(([, field]) => info[field] !== undefined).map(([option, field]) => {
    const not = info.not?.includes(field) ? "! " : "";
    return `${not}${dashes}${option} ${fieldText(field, info[field])}`;
  });
  if (info.direction !== undefined) texts.push(`${dashes}ctdir ${info.direction}`);
  return texts.join(" ");
}

export const conntrackMatch: XtExtension<ConntrackInfo> = {
  name: "conntrack",
  options: [
    ...FIELDS.map(([name, , read]) => ({ name, read, not: true as const })),
    { name: "ctdir", read: direction },
  ],
  make(given) {
    if (given.size === 0) throw new XtProblem("conntrack: At least one option is required");
    const fields = FIELDS.filter(([option]) => given.has(option));
    const not = fields.filter(([option]) => given.not(option)).map(([, field]) => field);
    const dir = given.get<"ORIGINAL" | "REPLY">("ctdir");
    return {
      name: "conntrack",
      ...Object.fromEntries(fields.map(([option, field]) => [field, givenValue(given, option)])),
      ...(dir === undefined ? {} : { direction: dir }),
      ...(not.length === 0 ? {} : { not }),
    };
  },
  save: (info) => parts(info, "--"),
  list: (info) => parts(info, ""),
  help: `conntrack match options:
[!] --ctstate {INVALID|ESTABLISHED|NEW|RELATED|UNTRACKED|SNAT|DNAT}[,...]
                               State(s) to match
[!] --ctproto proto            Protocol to match; by number or name, e.g. "tcp"
[!] --ctorigsrc address[/mask]
[!] --ctorigdst address[/mask]
[!] --ctreplsrc address[/mask]
[!] --ctrepldst address[/mask]
                               Original/Reply source/destination address
[!] --ctorigsrcport port
[!] --ctorigdstport port
[!] --ctreplsrcport port
[!] --ctrepldstport port
                               TCP/UDP/SCTP orig./reply source/destination port
[!] --ctstatus {NONE|EXPECTED|SEEN_REPLY|ASSURED|CONFIRMED}[,...]
                               Status(es) to match
[!] --ctexpire time[:time]     Match remaining lifetime in seconds against
                               value or range of values (inclusive)
    --ctdir {ORIGINAL|REPLY}   Flow direction of packet
`,
};

export const stateMatch: XtExtension<StateInfo> = {
  name: "state",
  options: [
    { name: "state", read: names(only(CtState, COMPARED.slice(0, 5)), "state"), not: true, mandatory: true },
  ],
  make: (given) => ({
    name: "state",
    state: given.get<number>("state")!,
    ...(given.not("state") ? { not: true as const } : {}),
  }),
  save: ({ state, not }) => `${not ? "! " : ""}--state ${statesText(state)}`,
  list: ({ state, not }) => `${not ? "! " : ""}state ${statesText(state)}`,
  help: `state match options:
 [!] --state [INVALID|ESTABLISHED|NEW|RELATED|UNTRACKED][,...]
				State(s) to match
`,
};
