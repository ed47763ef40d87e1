import type { NetDevice } from "../net/net-device.ts";
import type { ProgramContext } from "./program-context.ts";

/** What `-k` lists and `-K` may name. Frames are never merged or cut here, and sums are right whoever computes them. */
const FEATURES: Readonly<Record<string, string>> = {
  rx: "rx-checksumming",
  tx: "tx-checksumming",
  sg: "scatter-gather",
  tso: "tcp-segmentation-offload",
  gso: "generic-segmentation-offload",
  gro: "generic-receive-offload",
  lro: "large-receive-offload",
  rxvlan: "rx-vlan-offload",
  txvlan: "tx-vlan-offload",
  ntuple: "ntuple-filters",
  rxhash: "receive-hashing",
};

const USAGE = "ethtool: bad command line argument(s)\nFor more information run ethtool -h\n";
const NO_DEVICE = "netlink error: no device matches name (offset 24)\nnetlink error: No such device\n";

/** Version and firmware lines of `-i` for the drivers of Linux. */
const DRIVERS: Readonly<Record<string, readonly [string, string, string]>> = {
  veth: ["1.0", "", ""],
  bridge: ["2.3", "N/A", "N/A"],
  vxlan: ["0.1", "", ""],
};

/**
 * `ethtool DEVICE`, `-i DEVICE`, `-k DEVICE`, and `-K DEVICE FEATURE on|off ...`, which is accepted and changes
 * nothing.
 */
export function ethtool(context: ProgramContext): number {
  const [first = "", ...rest] = context.args;
  const asks = first.startsWith("-");
  const name = asks ? rest[0] : first;
  if (name === undefined || name === "") return refuse(context, USAGE, 1);
  const device = context.namespace.device(name);
  switch (asks ? first : "") {
    case "":
      return settings(context, name, device);
    case "-K":
    case "--features":
    case "--offload":
      return change(context, device, rest.slice(1));
    case "-k":
    case "--show-features":
    case "--show-offload":
      if (device === null) return refuse(context, NO_DEVICE, 1);
      context.out(
        `Features for ${name}:\n${Object.values(FEATURES)
          .map((feature) => `${feature}: off\n`)
          .join("")}`,
      );
      return 0;
    case "-i":
    case "--driver":
      return driver(context, device);
    default:
      return refuse(context, USAGE, 1);
  }
}

function refuse(context: ProgramContext, text: string, status: number): number {
  context.err(text);
  return status;
}

function change(context: ProgramContext, device: NetDevice | null, words: readonly string[]): number {
  for (let i = 0; i < words.length; i += 2) {
    const value = words[i + 1];
    if (value !== "on" && value !== "off")
      return refuse(
        context,
        `ethtool (-K): flag '${value ?? ""}' for parameter '(null)' is not followed by 'on' or 'off'\n`,
        1,
      );
  }
  if (device === null) return refuse(context, NO_DEVICE, 92);
  if (words.length === 0) return refuse(context, "Could not change any device features\n", 1);
  const known = new Set([...Object.keys(FEATURES), ...Object.values(FEATURES)]);
  for (let i = 0; i < words.length; i += 2)
    if (!known.has(words[i]!) && !/^(tx|rx)-/.test(words[i]!))
      return refuse(
        context,
        "netlink error: bit name not found (offset 52)\nnetlink error: Operation not supported\n",
        92,
      );
  return 0;
}

function driver(context: ProgramContext, device: NetDevice | null): number {
  const what = "Cannot get driver information";
  if (device === null) return refuse(context, `${what}: No such device\n`, 71);
  const kind = device.driver.kind;
  const [version, firmware, bus] = DRIVERS[kind] ?? ["", "", ""];
  if (device.loopback) return refuse(context, `${what}: Operation not supported\n`, 71);
  const line = (label: string, text: string): string => `${label}: ${text}\n`;
  context.out(
    line("driver", kind) +
      line("version", version) +
      line("firmware-version", firmware) +
      line("expansion-rom-version", "") +
      line("bus-info", bus) +
      line("supports-statistics", kind === "veth" ? "yes" : "no") +
      line("supports-test", "no") +
      line("supports-eeprom-access", "no") +
      line("supports-register-dump", "no") +
      line("supports-priv-flags", "no"),
  );
  return 0;
}

function settings(context: ProgramContext, name: string, device: NetDevice | null): number {
  if (device === null) return refuse(context, `${NO_DEVICE.repeat(5)}No data available\n`, 75);
  const link = `\tLink detected: ${device.running ? "yes" : "no"}\n`;
  if (device.loopback) {
    context.out(`Settings for ${name}:\n${link}`);
    return 0;
  }
  const kind = device.driver.kind;
  const wired = kind === "veth" || kind === "nic";
  context.out(
    `Settings for ${name}:
	Supported ports: [  ]
	Supported link modes:   Not reported
	Supported pause frame use: No
	Supports auto-negotiation: No
	Supported FEC modes: Not reported
	Advertised link modes:  Not reported
	Advertised pause frame use: No
	Advertised auto-negotiation: No
	Advertised FEC modes: Not reported
	Speed: ${wired ? "10000Mb/s" : "Unknown!"}
	Duplex: ${wired ? "Full" : "Unknown! (255)"}
	Auto-negotiation: off
	Port: ${wired ? "Twisted Pair" : "Other"}
	PHYAD: 0
	Transceiver: internal
${wired ? "\tMDI-X: Unknown\n" : ""}${link}`,
  );
  return 0;
}
