import type { PolicyElement, PolicyInfo } from "../../netfilter/match-policy.ts";
import * as ip from "../../wire/ipv4-address.ts";
import type { Mutable } from "../mutable.ts";
import type { GivenOptions, ReadOption, XtExtension } from "./extension.ts";
import { listedProtocol } from "./protocols.ts";
import { type AddressMask, hostMask, maskText, protocol, uint } from "./read-options.ts";
import { XtProblem } from "./xt-problem.ts";

/** Most elements of a policy. */
const MOST = 4;
const WITH_SPI: readonly number[] = [50, 51, 108];

function oneOf(words: readonly string[], complaint: (text: string) => string): ReadOption {
  return (text) => {
    if (!words.includes(text)) throw new XtProblem(complaint(text));
    return text;
  };
}

/** The options that make an element, in the order in which they are printed. */
const PARTS = ["reqid", "spi", "proto", "mode", "tunnel-dst", "tunnel-src"] as const;
type Part = (typeof PARTS)[number];

export const policyMatch: XtExtension<PolicyInfo> = {
  name: "policy",
  help: `policy match options:
  --dir in|out			match policy applied during decapsulation/
				policy to be applied during encapsulation
  --pol none|ipsec		match policy
  --strict 			match entire policy instead of single element
				at any position
These options may be used repeatedly, to describe policy elements:
[!] --reqid reqid		match reqid
[!] --spi spi			match SPI
[!] --proto proto		match protocol (ah/esp/ipcomp)
[!] --mode mode 		match mode (transport/tunnel)
[!] --tunnel-src addr/mask	match tunnel source
[!] --tunnel-dst addr/mask	match tunnel destination
  --next 			begin next element in policy
`,
  options: [
    { name: "dir", read: oneOf(["in", "out"], (text) => `policy_match: invalid dir "${text}"`) },
    { name: "pol", read: oneOf(["none", "ipsec"], (text) => `policy match: invalid policy "${text}"`) },
    { name: "strict" },
    { name: "reqid", read: uint(0xffffffff), multi: true, not: true },
    { name: "spi", read: uint(0xffffffff), multi: true, not: true },
    { name: "tunnel-src", read: hostMask, multi: true, not: true },
    { name: "tunnel-dst", read: hostMask, multi: true, not: true },
    {
      name: "proto",
      multi: true,
      not: true,
      read(text, extension, option) {
        const number = protocol(text, extension, option) as number;
        if (!WITH_SPI.includes(number)) throw new XtProblem("policy match: protocol must be ah/esp/ipcomp");
        return number;
      },
    },
    {
      name: "mode",
      multi: true,
      not: true,
      read: oneOf(["transport", "tunnel"], (text) => `policy match: invalid mode "${text}"`),
    },
    { name: "next", multi: true, also: ["strict"] },
  ],
  make(given) {
    const dir = given.get<PolicyInfo["dir"]>("dir");
    const pol = given.get<PolicyInfo["pol"]>("pol") ?? "ipsec";
    const strict = given.has("strict");
    if (dir === undefined) throw new XtProblem("policy match: neither --dir in nor --dir out specified");
    if (pol === "none" && strict) throw new XtProblem("policy match: policy none but --strict given");
    if (pol === "none" && given.has("next"))
      throw new XtProblem("policy match: policy none but policy given");
    const elements = pol === "none" ? [] : elementsOf(given);
    elements.forEach((element, i) => {
      check(element, strict, i);
    });
    return { name: "policy", dir, pol, ...(strict ? { strict: true as const } : {}), elements };
  },
  save: (info) => {
    const elements = info.elements.map((element) => elementText(element, "--", false));
    return [flagsText(info, "--"), elements.join(" --next ")].filter((text) => text !== "").join(" ");
  },
  list: (info, { numeric }) => {
    const many = info.elements.length > 1;
    const elements = info.elements.map(
      (element, i) => `${many ? `[${i}] ` : ""}${elementText(element, "", numeric)}`,
    );
    return ["policy match", flagsText(info, ""), ...elements].filter((text) => text !== "").join(" ");
  },
};

function elementsOf(given: GivenOptions): PolicyElement[] {
  const elements: Mutable<PolicyElement>[] = [{}];
  for (const { id, name, value, not } of given.inOrder) {
    if (id === "next") {
      if (elements.length === MOST) throw new XtProblem("policy match: maximum policy depth reached");
      elements.push({});
      continue;
    }
    if (!PARTS.includes(id as Part)) continue;
    const element = elements.at(-1)!;
    const key = keyOf(id as Part);
    if (element[key] !== undefined) throw new XtProblem(`policy match: double --${name} option`);
    const text = id.startsWith("tunnel-") ? addressText(value as AddressMask) : value;
    Object.assign(element, { [key]: text });
    if (not) element.not = [...(element.not ?? []), id];
  }
  return elements;
}

function keyOf(part: Part): Exclude<keyof PolicyElement, "not"> {
  return part === "tunnel-dst" ? "tunnelDst" : part === "tunnel-src" ? "tunnelSrc" : part;
}

function addressText({ address, mask }: AddressMask): string {
  return mask === -1 ? ip.format(address) : `${ip.format(address)}/${maskText(mask)}`;
}

function check(element: PolicyElement, strict: boolean, i: number): void {
  if (strict && PARTS.every((part) => element[keyOf(part)] === undefined))
    throw new XtProblem(
      `policy match: empty policy element ${i}. --strict is in effect, but at least one of reqid, spi, tunnel-src, tunnel-dst, proto or mode is required.`,
    );
  const hasTunnel = element.tunnelSrc !== undefined || element.tunnelDst !== undefined;
  const turned = element.not?.includes("mode") === true;
  const inTunnel = element.mode === undefined || (element.mode === "tunnel") !== turned;
  if (hasTunnel && !inTunnel)
    throw new XtProblem("policy match: --tunnel-src/--tunnel-dst is only valid in tunnel mode");
}

function flagsText({ dir, pol, strict }: PolicyInfo, dashes: string): string {
  return `${dashes}dir ${dir} ${dashes}pol ${pol}${strict ? ` ${dashes}strict` : ""}`;
}

function elementText(element: PolicyElement, dashes: string, numeric: boolean): string {
  return PARTS.flatMap((part) => {
    const value = element[keyOf(part)];
    if (value === undefined) return [];
    const text =
      part === "spi"
        ? `0x${(value as number).toString(16)}`
        : part === "proto" && !numeric
          ? (listedProtocol(value as number) ?? `${value}`)
          : `${value}`;
    return [`${element.not?.includes(part) ? "! " : ""}${dashes}${part} ${text}`];
  }).join(" ");
}
