import { errorText, KernelError } from "../../net/kernel-error.ts";
import type { NetDevice } from "../../net/net-device.ts";
import * as ip from "../../wire/ipv4-address.ts";
import * as mac from "../../wire/mac.ts";
import { ipv6AddressOf } from "../ipv6-text.ts";
import type { Operation } from "../operation.ts";
import type { OperationContext } from "../operation-context.ts";
import { applyOperation } from "../run-tool.ts";
import type { ToolResult } from "../tool.ts";
import { classLength } from "./route.ts";

export const BUSYBOX_IFCONFIG_USAGE = `Usage: ifconfig [-a] [IFACE] [ADDRESS]

Configure a network interface

	[add ADDRESS[/PREFIXLEN]]
	[del ADDRESS[/PREFIXLEN]]
	[[-]broadcast [ADDRESS]] [[-]pointopoint [ADDRESS]]
	[netmask ADDRESS] [dstaddr ADDRESS]
	[outfill NN] [keepalive NN]
	[hw ether|infiniband ADDRESS] [metric NN] [mtu NN]
	[[-]trailers] [[-]arp] [[-]allmulti]
	[multicast] [[-]promisc] [txqueuelen NN] [[-]dynamic]
	[mem_start NN] [io_addr NN] [irq NN]
	[up|down] ...
`;

/** `busybox ifconfig` (1.35): null when it prints its usage. What it sets are the operations of `ip`. */
export function busyboxIfconfig(args: readonly string[], context: OperationContext): ToolResult | null {
  const all = args[0] === "-a";
  const [name, ...words] = all ? args.slice(1) : args;
  const { devices } = context.namespace;
  if (name === undefined) {
    const shown = devices.filter((device) => all || device.up);
    const sorted = [...shown].sort((a, b) => (a.name < b.name ? -1 : 1));
    return { stdout: sorted.map(deviceText).join(""), stderr: "", status: 0 };
  }
  if (name.startsWith("-")) return null;
  const [base] = name.split(":") as [string];
  const device = context.namespace.device(base);
  if (words.length === 0) {
    if (device === null) return refused(`${name}: error fetching interface information: Device not found`);
    return { stdout: deviceText(device), stderr: "", status: 0 };
  }
  try {
    return configure(base, name, words, context);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return refused(error.message);
  }
}

/** The system call by which the applet does what an operation says. */
function ioctlOf(operation: Operation): string {
  if (operation.op !== "link-set") return "SIOCSIFADDR";
  if (operation.mtu !== undefined) return "SIOCSIFMTU";
  if (operation.txqueuelen !== undefined) return "SIOCSIFTXQLEN";
  return operation.address === undefined ? "SIOCSIFFLAGS" : "SIOCSIFHWADDR";
}

/** A system call that failed, in the applet's words. */
class Refusal extends Error {}

function refused(words: string): ToolResult {
  return { stdout: "", stderr: `ifconfig: ${words}\n`, status: 1 };
}

function configure(
  dev: string,
  label: string,
  words: readonly string[],
  context: OperationContext,
): ToolResult | null {
  const apply = (operation: Operation): void => {
    try {
      applyOperation(operation, context);
    } catch (error) {
      throw error instanceof KernelError
        ? new Refusal(`${ioctlOf(operation)}: ${errorText[error.errno]}`)
        : error;
    }
  };
  const present = (): NetDevice | null => context.namespace.device(dev);
  let address: string | null = null;
  let length: number | null = null;
  let broadcast: string | null = null;
  const changes: Operation[] = [];
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!;
    const value = (): string => words[++i] ?? "";
    if (word === "up" || word === "down") changes.push({ op: "link-set", dev, up: word === "up" });
    else if (word === "mtu") changes.push({ op: "link-set", dev, mtu: Number(value()) });
    else if (word === "txqueuelen") changes.push({ op: "link-set", dev, txqueuelen: Number(value()) });
    else if (word === "promisc" || word === "-promisc")
      changes.push({ op: "link-set", dev, promisc: word === "promisc" });
    else if (word === "arp" || word === "-arp") changes.push({ op: "link-set", dev, arp: word === "arp" });
    else if (word === "hw") {
      if (value() !== "ether") return refused("SIOCSIFHWADDR: Operation not supported");
      changes.push({ op: "link-set", dev, address: value() });
    } else if (word === "netmask") length = ip.prefixLength(ip.parse(value()) ?? 1);
    else if (word === "broadcast") broadcast = value();
    else if (ip.parse(word) !== null) address = word;
    else return refused(`bad address '${word}'`);
  }
  if (present() === null) return refused(`SIOCSIFADDR: ${errorText.ENODEV}`);
  if (address !== null) {
    const bits = length ?? classLength(ip.parse(address)!);
    const old = present()!.ipv4.addresses.filter((each) => each.label === label);
    for (const each of old)
      apply({ op: "addr-del", dev, address: ip.formatPrefix(each.address, each.prefixLength) });
    const to = broadcast ?? ip.format(ip.broadcast(ip.parse(address)!, bits));
    apply({
      op: "addr-add",
      dev,
      address: `${address}/${bits}`,
      broadcast: to,
      ...(label === dev ? {} : { label }),
    });
    apply({ op: "link-set", dev, up: true });
  }
  for (const change of changes) apply(change);
  return { stdout: "", stderr: "", status: 0 };
}

/** A device, and behind it its further addresses that have a label of their own. */
function deviceText(device: NetDevice): string {
  const [main] = device.ipv4.addresses.filter(({ label }) => label === device.name);
  const labelled = device.ipv4.addresses.filter(({ label }) => label !== device.name);
  const lines = [headOf(device, device.name)];
  if (main !== undefined) lines.push(addressOf(device, main));
  const six = ipv6AddressOf(device);
  if (six !== null) lines.push(`inet6 addr: ${six}/${device.loopback ? "128 Scope:Host" : "64 Scope:Link"}`);
  const c = device.counters;
  lines.push(
    `${flagsOf(device)}  MTU:${device.mtu}  Metric:1`,
    `RX packets:${c.rxPackets} errors:${c.rxErrors} dropped:${c.rxDropped} overruns:0 frame:0`,
    `TX packets:${c.txPackets} errors:${c.txErrors} dropped:${c.txDropped} overruns:0 carrier:${c.carrierErrors}`,
    `collisions:0 ${device.txQueueLength > 0 ? `txqueuelen:${device.txQueueLength} ` : "txqueuelen:0 "}`,
    `RX bytes:${c.rxBytes} (${sizeText(c.rxBytes)})  TX bytes:${c.txBytes} (${sizeText(c.txBytes)})`,
  );
  const further = labelled.map((address) =>
    [
      headOf(device, address.label),
      addressOf(device, address),
      `${flagsOf(device)}  MTU:${device.mtu}  Metric:1`,
    ].join("\n          "),
  );
  return [lines.join("\n          "), ...further].map((text) => `${text}\n\n`).join("");
}

function headOf(device: NetDevice, label: string): string {
  const type = device.loopback ? "Local Loopback" : "Ethernet";
  const address = device.loopback ? "" : `HWaddr ${mac.format(device.macHi, device.macLo).toUpperCase()}  `;
  return `${label.padEnd(9)} Link encap:${type}  ${address}`;
}

function addressOf(
  device: NetDevice,
  { address, broadcast, prefixLength }: NetDevice["ipv4"]["addresses"][number],
): string {
  const to = device.loopback ? "" : `  Bcast:${ip.format(broadcast)}`;
  return `inet addr:${ip.format(address)}${to}  Mask:${ip.format(ip.netmask(prefixLength))}`;
}

function flagsOf(device: NetDevice): string {
  const flags: readonly (readonly [boolean, string])[] = [
    [device.up, "UP"],
    [!device.loopback, "BROADCAST"],
    [device.loopback, "LOOPBACK"],
    [device.up && device.carrier, "RUNNING"],
    [device.noarp && !device.loopback, "NOARP"],
    [device.promisc, "PROMISC"],
    [device.allmulticast, "ALLMULTI"],
    [device.multicast && !device.loopback, "MULTICAST"],
  ];
  return flags
    .filter(([has]) => has)
    .map(([, name]) => name)
    .join(" ");
}

function sizeText(bytes: number): string {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let unit = 0;
  let size = bytes;
  while (size >= 1024 && unit < units.length - 1) {
    size /= 1024;
    unit++;
  }
  return `${(Math.floor(size * 10) / 10).toFixed(1)} ${units[unit]}`;
}
