import * as ip from "../wire/ipv4-address.ts";
import type { ProgramContext } from "./program-context.ts";

/** What a name is looked up in. */
type Files = Pick<ProgramContext, "files">;

const PART = /^(0[xX][0-9a-fA-F]+|\d+)$/;

/** Reads an address as inet_aton(3) does: `10.1` is 10.0.0.1, parts may be octal or hexadecimal; null for a name. */
export function parseAddress(text: string): number | null {
  const parts = text.split(".");
  if (parts.length > 4) return null;
  const values: number[] = [];
  for (const part of parts) {
    if (!PART.test(part)) return null;
    const octal = /^0\d+$/.test(part);
    if (octal && /[89]/.test(part)) return null;
    values.push(octal ? Number.parseInt(part, 8) : Number(part));
  }
  const last = values.pop()!;
  if (values.some((value) => value > 255) || last >= 2 ** (8 * (4 - values.length))) return null;
  return values.reduce((sum, value, i) => sum + value * 2 ** (24 - 8 * i), last) | 0;
}

/** Lines of /etc/hosts: addresses and names. */
function hosts(context: Files): readonly (readonly [number, readonly string[]])[] {
  let text: string;
  try {
    text = context.files.read("/etc/hosts");
  } catch {
    return []; // a host without the file knows no names
  }
  const lines: (readonly [number, readonly string[]])[] = [];
  for (const line of text.split("\n")) {
    const [address, ...names] = line.replace(/#.*/, "").trim().split(/\s+/);
    const parsed = ip.parse(address ?? "");
    if (parsed !== null) lines.push([parsed, names]);
  }
  return lines;
}

/** Address and canonical name of a host by /etc/hosts, or null: there is no DNS. `localhost` is always known. */
export function resolveName(
  context: Files,
  name: string,
): { readonly address: number; readonly canonical: string } | null {
  const address = parseAddress(name);
  if (address !== null) return { address, canonical: name };
  const wanted = name.toLowerCase();
  for (const [found, names] of hosts(context)) {
    if (names.some((other) => other.toLowerCase() === wanted))
      return { address: found, canonical: names[0]! };
  }
  return wanted === "localhost" ? { address: ip.LOOPBACK, canonical: "localhost" } : null;
}

/** The name of an address by /etc/hosts, or null. */
export function nameOf(context: Files, address: number): string | null {
  const found = hosts(context).find(([known]) => known === address);
  if (found?.[1][0] !== undefined) return found[1][0];
  return address === ip.LOOPBACK ? "localhost" : null;
}

/** All names that /etc/hosts knows. */
export function knownNames(context: Files): readonly string[] {
  return hosts(context).flatMap(([, names]) => names);
}
