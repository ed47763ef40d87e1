import { bridgeOf, portOf } from "../bridge/add-bridge.ts";
import { portStateNames } from "../bridge/port-state.ts";
import { KernelError } from "../net/kernel-error.ts";
import { atoi, comesBack } from "./fdb-address.ts";
import { bridgeLinkHelp } from "./help-texts.ts";
import type { LinkOptions } from "./link-type.ts";
import type { InNamespace, OperationRecord } from "./operation.ts";
import { setPortOptions } from "./port-options.ts";
import { ToolError } from "./tool-error.ts";
import { same, unsigned, type Words } from "./words.ts";

/** `bridge link set` */
export interface PortSet extends InNamespace {
  readonly op: "port-set";
  readonly dev: string;
  /** The device's own settings are meant, or also; no device here has any. */
  readonly self?: true;
  /** The port's settings in its bridge, which is also meant where neither this nor `self` is said. */
  readonly master?: true;
  /** As in {@link setPortOptions}. */
  readonly options: LinkOptions;
}

const SWITCHES: readonly string[] = [
  "guard",
  "hairpin",
  "fastleave",
  "root_block",
  "learning",
  "learning_sync",
  "flood",
  "mcast_flood",
  "bcast_flood",
  "mcast_to_unicast",
  "neigh_suppress",
  "vlan_tunnel",
  "isolated",
  "locked",
];

export const portSet: OperationRecord<PortSet> = {
  tool: "bridge",
  words({ dev, self, master, options }) {
    const words = ["link", "set", "dev", dev];
    for (const [key, value] of Object.entries(options))
      words.push(key, typeof value === "boolean" ? (value ? "on" : "off") : `${value}`);
    if (self) words.push("self");
    if (master) words.push("master");
    return words;
  },
  /** First the bridge, then the device itself (rtnl_bridge_setlink). */
  apply({ dev, self, master, options }, context) {
    const device = context.namespace.device(dev);
    if (device === null) throw comesBack(`Cannot find bridge device "${dev}"`);
    if (master || !self) {
      if (portOf(device) === null) throw new KernelError("EOPNOTSUPP");
      // The flag that only hardware knows is taken and forgotten.
      const { learning_sync: _, ...known } = options;
      setPortOptions(device, known);
    }
    if (self) throw new KernelError(bridgeOf(device) === null ? "EOPNOTSUPP" : "EINVAL");
  },
};

/** Reads what stands after `bridge link set`. @throws {ToolError} */
export function readPortSet(words: Words): PortSet {
  const options: Record<string, number | boolean> = {};
  let dev: string | undefined;
  let self = false;
  let master = false;
  while (!words.done) {
    const word = words.next();
    if (same(word, "dev")) dev = words.next("device");
    else if (SWITCHES.some((name) => same(word, name))) options[word] = readSwitch(word, words.next());
    else if (same(word, "cost", "priority")) {
      const value = atoi(words.next());
      // The tool keeps what is not sensible to itself.
      if (word === "cost" && value > 0) options["cost"] = value;
      if (word === "priority" && (value << 16) >> 16 >= 0) options["priority"] = value & 0xffff;
    } else if (same(word, "state")) options["state"] = readPortState(words.next());
    else if (same(word, "mcast_router")) options["mcast_router"] = atoi(words.next()) & 0xff;
    else if (same(word, "hwmode")) readHardwareMode(words.next());
    else if (same(word, "backup_port", "nobackup_port"))
      throw new ToolError(`bridge link set: option "${word}" is not simulated`, 1);
    else if (same(word, "self")) self = true;
    else if (same(word, "master")) master = true;
    else throw new ToolError(bridgeLinkHelp, 255);
  }
  if (dev === undefined) throw comesBack("Device is a required argument.");
  return {
    op: "port-set",
    dev,
    ...(self ? { self: true } : {}),
    ...(master ? { master: true } : {}),
    options,
  };
}

function readSwitch(name: string, text: string): boolean {
  if (same(text, "on") || same(text, "off")) return text === "on";
  throw new ToolError(
    `Error: argument of "${name}" must be one of "off", "on", not "${text}"\n`,
    234,
    "",
    true,
  );
}

function readPortState(text: string): number {
  const state = unsigned(text, 255) ?? portStateNames.indexOf(text);
  if (state < 0) throw comesBack("Error: invalid STP port state");
  return state;
}

/** Only hardware has such modes. */
function readHardwareMode(text: string): never {
  if (text !== "vepa" && text !== "veb") throw comesBack('Mode argument must be "vepa" or "veb".');
  throw comesBack("RTNETLINK answers: Operation not supported");
}
