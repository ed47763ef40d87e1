import type { NatInfo } from "../../netfilter/nat/nat-targets.ts";
import * as ip from "../../wire/ipv4-address.ts";
import type { XtExtension } from "./extension.ts";
import { checkPorts, parsePortRange, portsText, randomFields } from "./nat-ports.ts";
import { XtProblem } from "./xt-problem.ts";

/** Reads `[ADDRESS[-ADDRESS]][:PORT[-PORT[/PORT]]]`. @throws {XtProblem} */
function parseTo(text: string): Omit<NatInfo, "name"> {
  if (text.startsWith("[")) throw new XtProblem("Invalid address format");
  const colon = text.indexOf(":");
  if (text === "" || (colon >= 0 && text.includes(":", colon + 1))) throw noAddress(text);
  const ports = colon < 0 ? null : parsePortRange(text.slice(colon + 1));
  const addresses = colon < 0 ? text : text.slice(0, colon);
  const [min = "", max] = addresses === "" ? [] : split(addresses);
  return {
    ...(addresses === "" ? {} : { minAddress: read(min) }),
    ...(max === undefined || read(max) === read(min) ? {} : { maxAddress: read(max) }),
    ...(ports === null ? {} : { minPort: ports.min, maxPort: ports.max }),
    ...(ports?.base === undefined ? {} : { basePort: ports.base }),
  };
}

function split(text: string): readonly string[] {
  const dash = text.indexOf("-");
  return dash < 0 ? [text] : [text.slice(0, dash), text.slice(dash + 1)];
}

function noAddress(text: string): XtProblem {
  return new XtProblem(`Bad IP address "${text}"`);
}

function read(text: string): string {
  const address = ip.parse(text);
  if (address === null) throw noAddress(text);
  return ip.format(address);
}

function toText(info: NatInfo): string {
  const { minAddress = "", maxAddress, minPort } = info;
  const ports = minPort === undefined ? "" : `:${portsText(info)}`;
  return `${minAddress}${maxAddress === undefined ? "" : `-${maxAddress}`}${ports}`;
}

function flagsOf({ random, randomFully, persistent }: NatInfo): string[] {
  return [
    ...(random ? ["random"] : []),
    ...(randomFully ? ["random-fully"] : []),
    ...(persistent ? ["persistent"] : []),
  ];
}

function natTarget(
  name: "SNAT" | "DNAT",
  option: string,
  fully: boolean,
  help: string,
): XtExtension<NatInfo> {
  return {
    name,
    options: [
      { name: option, read: parseTo, mandatory: true },
      { name: "random" },
      ...(fully ? [{ name: "random-fully" }] : []),
      { name: "persistent" },
    ],
    make(given, rule) {
      const to = given.get<Omit<NatInfo, "name">>(option)!;
      if (to.minPort !== undefined) checkPorts(rule);
      // SNAT reads which port becomes the first, and does nothing with it.
      const base = name === "SNAT" && to.basePort !== undefined ? { basePort: 0 } : {};
      const persistent = given.has("persistent") ? { persistent: true as const } : {};
      return { name, ...to, ...base, ...randomFields(given), ...persistent };
    },
    save: (info) => [`--${option} ${toText(info)}`, ...flagsOf(info).map((flag) => `--${flag}`)].join(" "),
    list: (info) => [`to:${toText(info)}`, ...flagsOf(info)].join(" "),
    help,
  };
}

export const snatTarget: XtExtension<NatInfo> = natTarget(
  "SNAT",
  "to-source",
  true,
  `SNAT target options:
 --to-source [<ipaddr>[-<ipaddr>]][:port[-port]]
				Address to map source to.
[--random] [--random-fully] [--persistent]
`,
);

export const dnatTarget: XtExtension<NatInfo> = natTarget(
  "DNAT",
  "to-destination",
  false,
  `DNAT target options:
 --to-destination [<ipaddr>[-<ipaddr>]][:port[-port[/port]]]
				Address to map destination to.
[--random] [--persistent]
`,
);
