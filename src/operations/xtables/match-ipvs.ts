import type { IpvsInfo } from "../../ipvs/match-ipvs.ts";
import { parseMasked } from "../../netfilter/masked-address.ts";
import * as ip from "../../wire/ipv4-address.ts";
import type { ReadOption, XtExtension } from "./extension.ts";
import { parseProtocol } from "./protocols.ts";
import { anyPort } from "./read-options.ts";
import { XtProblem } from "./xt-problem.ts";

type Option = "vproto" | "vaddr" | "vport" | "vdir" | "vmethod" | "vportctl";

/** One of some words. */
function oneOf(...words: readonly string[]): ReadOption {
  return (text, extension, option) => {
    const found = words.find((word) => word.toUpperCase() === text.toUpperCase());
    if (found === undefined)
      throw new XtProblem(`${extension}: Bad value for "--${option}" option: "${text}"`);
    return found;
  };
}

/** XTTYPE_PORT. */
const readPort: ReadOption = (text) => {
  const port = anyPort(text);
  if (port === null) throw new XtProblem(`Port "${text}" does not resolve to anything.\n`);
  return port;
};

const readAddress: ReadOption = (text) => {
  const masked = parseMasked(text);
  if (masked === null) throw new XtProblem(`host/network \`${text}' not found`);
  return masked;
};

export const ipvsMatch: XtExtension<IpvsInfo> = {
  name: "ipvs",
  options: [
    { name: "ipvs", not: true },
    { name: "vproto", read: parseProtocol, not: true },
    { name: "vaddr", read: readAddress, not: true },
    { name: "vport", read: readPort, not: true },
    { name: "vdir", read: oneOf("ORIGINAL", "REPLY") },
    { name: "vmethod", read: oneOf("GATE", "IPIP", "MASQ"), not: true },
    { name: "vportctl", read: readPort, not: true },
  ],
  make(given) {
    if (given.size === 0) throw new XtProblem("IPVS: At least one option is required");
    const vaddr = given.get<{ readonly address: number; readonly mask: number }>("vaddr");
    const others = ["vproto", "vport", "vdir", "vmethod", "vportctl"].filter((name) => given.has(name));
    const isAlone = others.length === 0 && vaddr === undefined;
    const not = [...(isAlone ? ["ipvs"] : []), "vproto", "vaddr", "vport", "vmethod", "vportctl"].filter(
      (name) => given.not(name),
    );
    return {
      name: "ipvs",
      ...(isAlone ? { ipvs: true as const } : {}),
      ...(vaddr === undefined ? {} : { vaddr: vaddr.address & vaddr.mask, vmask: vaddr.mask }),
      ...Object.fromEntries(others.map((name) => [name, given.get(name)])),
      ...(not.length === 0 ? {} : { not: not as NonNullable<IpvsInfo["not"]> }),
    };
  },
  save: (info) => words(info, "--"),
  list: (info) => words(info, ""),
  help: `IPVS match options:
[!] --ipvs                      packet belongs to an IPVS connection

Any of the following options implies --ipvs (even negated)
[!] --vproto protocol           VIP protocol to match; by number or name,
                                e.g. "tcp"
[!] --vaddr address[/mask]      VIP address to match
[!] --vport port                VIP port to match; by number or name,
                                e.g. "http"
    --vdir {ORIGINAL|REPLY}     flow direction of packet
[!] --vmethod {GATE|IPIP|MASQ}  IPVS forwarding method used
[!] --vportctl port             VIP port of the controlling connection to
                                match, e.g. 21 for FTP
`,
};

const ORDER: readonly Option[] = ["vproto", "vaddr", "vport", "vdir", "vmethod", "vportctl"];

function words(info: IpvsInfo, prefix: string): string {
  const sign = (name: string): string =>
    (info.not as readonly string[] | undefined)?.includes(name) ? "! " : "";
  if (info.ipvs) return `${sign("ipvs")}${prefix}ipvs`;
  return ORDER.filter((name) => info[name] !== undefined)
    .map((name) => `${sign(name)}${prefix}${name} ${name === "vaddr" ? addressText(info) : info[name]}`)
    .join(" ");
}

function addressText({ vaddr = 0, vmask = ip.BROADCAST }: IpvsInfo): string {
  if (vmask === ip.BROADCAST) return ip.format(vaddr);
  const length = ip.prefixLength(vmask);
  return `${ip.format(vaddr)}/${length === null ? ip.format(vmask) : length}`;
}
