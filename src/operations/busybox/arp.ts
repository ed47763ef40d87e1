import { errorText, KernelError } from "../../net/kernel-error.ts";
import { Neighbour } from "../../net/neighbour.ts";
import * as ip from "../../wire/ipv4-address.ts";
import * as mac from "../../wire/mac.ts";
import { neighboursOf, SHOWN } from "../neigh-filter.ts";
import type { OperationContext } from "../operation-context.ts";
import { applyOperation } from "../run-tool.ts";
import type { ToolResult } from "../tool.ts";

export const BUSYBOX_ARP_USAGE = `Usage: arp
[-vn]	[-H HWTYPE] [-i IF] -a [HOSTNAME]
[-v]		    [-i IF] -d HOSTNAME [pub]
[-v]	[-H HWTYPE] [-i IF] -s HOSTNAME HWADDR [temp]
[-v]	[-H HWTYPE] [-i IF] -s HOSTNAME HWADDR [netmask MASK] pub
[-v]	[-H HWTYPE] [-i IF] -Ds HOSTNAME IFACE [netmask MASK] pub

Manipulate ARP cache

	-a		Display (all) hosts
	-d		Delete ARP entry
	-s		Set new entry
	-v		Verbose
	-n		Don't resolve names
	-i IF		Network interface
	-D		Read HWADDR from IFACE
	-A,-p AF	Protocol family
	-H HWTYPE	Hardware address type
`;

/** What `busybox arp` was asked for, its words read. */
interface ArpQuestion {
  readonly deletes: boolean;
  readonly sets: boolean;
  readonly device: string | null;
  readonly operands: readonly string[];
}

/** `busybox arp` (1.35), which prints `?` for all names. */
export function busyboxArp(question: ArpQuestion, context: OperationContext): ToolResult {
  const { deletes, sets, device, operands } = question;
  const [host, hardware] = operands;
  if (!deletes && !sets) return { stdout: show(host, device, context), stderr: "", status: 0 };
  const address = host === undefined ? null : ip.parse(host);
  if (address === null) return refused(host === undefined ? "need host name" : `bad address '${host}'`);
  if (sets && hardware === undefined) return refused("need hardware address");
  const dev = device ?? deviceFor(address, deletes, context);
  if (context.outside.unprivileged === true)
    return refused(`${deletes ? "SIOCDARP(priv)" : "SIOCSARP"}: ${errorText.EPERM}`);
  if (dev === null) return refused(`no support for the entry`);
  try {
    if (deletes) applyOperation({ op: "neigh-del", address: ip.format(address), dev }, context);
    else
      applyOperation(
        {
          op: "neigh-set",
          verb: "replace",
          address: ip.format(address),
          lladdr: hardware!,
          dev,
          nud: "permanent",
        },
        context,
      );
    return { stdout: "", stderr: "", status: 0 };
  } catch (error) {
    if (!(error instanceof KernelError)) throw error;
    const what = deletes ? "SIOCDARP(dontpub)" : "SIOCSARP";
    return refused(`${what}: ${errorText[error.errno]}`);
  }
}

function refused(words: string): ToolResult {
  return { stdout: "", stderr: `arp: ${words}\n`, status: 1 };
}

function entries(context: OperationContext): readonly Neighbour[] {
  return neighboursOf({}, SHOWN, context).filter((n): n is Neighbour => n instanceof Neighbour);
}

/** Where the entry is, or where the network of the address lies. */
function deviceFor(address: number, isThere: boolean, context: OperationContext): string | null {
  if (isThere) return entries(context).find((n) => n.address === address)?.device.name ?? null;
  for (const device of context.namespace.devices)
    for (const own of device.ipv4.addresses)
      if (
        !device.loopback &&
        ip.contains(own.address & ip.netmask(own.prefixLength), own.prefixLength, address)
      )
        return device.name;
  return null;
}

function show(host: string | undefined, device: string | null, context: OperationContext): string {
  const wanted = host === undefined ? null : ip.parse(host);
  const all = entries(context);
  const shown = all.filter(
    (n) => (wanted === null || n.address === wanted) && (device === null || n.device.name === device),
  );
  if (host !== undefined && shown.length === 0) return `No match found in ${all.length} entries\n`;
  return shown.map(lineOf).join("");
}

function lineOf(n: Neighbour): string {
  const hardware = n.valid ? mac.format(n.macHi, n.macLo) : "<incomplete>";
  const kind = n.valid ? " [ether]" : "";
  const permanent = n.state === "PERMANENT" ? "PERM" : "";
  return `? (${ip.format(n.address)}) at ${hardware}${kind} ${permanent} on ${n.device.name}\n`;
}
