import { own } from "../../base/own.ts";
import * as ip from "../../wire/ipv4-address.ts";
import { looseAddress } from "../addresses.ts";
import { unsigned } from "../words.ts";
import { maskText } from "./read-options.ts";
import { XtProblem } from "./xt-problem.ts";

/** Networks by name, as /etc/networks of Debian has them, and the one host of /etc/hosts. */
const NETWORKS: Readonly<Record<string, string>> = {
  default: "0.0.0.0",
  loopback: "127.0.0.0",
  "link-local": "169.254.0.0",
};

/** The addresses of `-s` or `-d`: a list with commas, each with a length or mask, host bits cleared. @throws {XtProblem} */
export function parseAddresses(text: string): string[] {
  return text.split(",").map((part) => {
    const word = part.trimStart();
    const slash = word.lastIndexOf("/");
    const mask = slash < 0 ? -1 : parseMask(word.slice(slash + 1));
    const name = slash < 0 ? word : word.slice(0, slash);
    const address = mask === 0 ? 0 : parseAddress(name);
    return `${ip.format(address & mask)}/${maskText(mask)}`;
  });
}

function parseMask(text: string): number {
  const dotted = text.includes(".") ? looseAddress(text) : null;
  if (dotted !== null) return dotted;
  const bits = unsigned(text, 32);
  if (bits === null) throw new XtProblem(`invalid mask \`${text}' specified`);
  return ip.netmask(bits);
}

function parseAddress(text: string): number {
  const address = looseAddress(text);
  if (address !== null) return address;
  const known = own(NETWORKS, text) ?? (text === "localhost" ? "127.0.0.1" : undefined);
  if (known === undefined) throw new XtProblem(`host/network \`${text}' not found`);
  return ip.parse(known)!;
}

/** An address as lists print it without `-n`. */
export function addressName(address: number): string {
  if (address === ip.LOOPBACK) return "localhost";
  const text = ip.format(address);
  return Object.entries(NETWORKS).find(([, known]) => known === text)?.[0] ?? text;
}
