import { own } from "../base/own.ts";
import { bridgeOf, portOf } from "../bridge/add-bridge.ts";
import { bridgeFiles, portFiles, type SysfsFile } from "../bridge/sysfs.ts";
import { KernelError } from "../net/kernel-error.ts";
import type { NetDevice } from "../net/net-device.ts";
import type { NetworkNamespace } from "../net/network-namespace.ts";
import { operstate } from "../operations/device-state.ts";
import * as mac from "../wire/mac.ts";
import type { MountedTree } from "./host-files.ts";

/** IFF_* of include/uapi/linux/if.h, as far as devices here have them. */
const Flag = {
  up: 0x1,
  broadcast: 0x2,
  loopback: 0x8,
  noarp: 0x80,
  promisc: 0x100,
  allmulti: 0x200,
  multicast: 0x1000,
};

const statistics: Readonly<Record<string, (d: NetDevice) => number>> = {
  collisions: () => 0,
  multicast: (d) => d.counters.multicast,
  rx_bytes: (d) => d.counters.rxBytes,
  rx_dropped: (d) => d.counters.rxDropped,
  rx_errors: (d) => d.counters.rxErrors,
  rx_packets: (d) => d.counters.rxPackets,
  tx_bytes: (d) => d.counters.txBytes,
  tx_carrier_errors: (d) => d.counters.carrierErrors,
  tx_dropped: (d) => d.counters.txDropped,
  tx_errors: (d) => d.counters.txErrors,
  tx_packets: (d) => d.counters.txPackets,
};

/** The attributes of a device, one file each (Documentation/ABI/testing/sysfs-class-net). */
const attributes: Readonly<Record<string, (d: NetDevice) => string>> = {
  address: (d) => mac.format(d.macHi, d.macLo),
  addr_len: () => "6",
  broadcast: (d) => (d.loopback ? "00:00:00:00:00:00" : "ff:ff:ff:ff:ff:ff"),
  carrier: (d) => (d.carrier ? "1" : "0"),
  flags: (d) => `0x${flagsOf(d).toString(16)}`,
  ifindex: (d) => String(d.ifindex),
  iflink: (d) => String((d.driver.link(d) ?? d).ifindex),
  mtu: (d) => String(d.mtu),
  operstate: (d) => operstate(d).toLowerCase(),
  tx_queue_len: (d) => String(d.txQueueLength),
  type: (d) => (d.loopback ? "772" : "1"),
};

function flagsOf(d: NetDevice): number {
  const kind = d.loopback ? Flag.loopback : Flag.broadcast | Flag.multicast;
  return kind | (d.up ? Flag.up : 0) | (d.noarp && !d.loopback ? Flag.noarp : 0);
}

/** A file of a directory that only bridges (`bridge`, `brif/PORT`) or their ports (`brport`) have. */
function bridgeFile(device: NetDevice, path: string): SysfsFile | null {
  const parts = path.split("/");
  if (parts[0] === "brif" && parts.length === 3) {
    const port = portsOf(device)?.find(({ name }) => name === parts[1]);
    return port === undefined ? null : bridgeFile(port, `brport/${parts[2]}`);
  }
  const [folder, name] = parts;
  return bridgeFolder(device, folder!)?.find((file) => file.name === name) ?? null;
}

/** The ports of a bridge, by name; null for another device. */
function portsOf(device: NetDevice): readonly NetDevice[] | null {
  const bridge = bridgeOf(device);
  if (bridge === null) return null;
  return bridge.ports.map((port) => port.device).sort((a, b) => (a.name < b.name ? -1 : 1));
}

function bridgeFolder(device: NetDevice, folder: string): readonly SysfsFile[] | null {
  const bridge = folder === "bridge" ? bridgeOf(device) : null;
  if (bridge !== null) return bridgeFiles(bridge);
  const port = folder === "brport" ? portOf(device) : null;
  return port === null ? null : portFiles(port);
}

/** /sys/class/net as a process in that namespace sees it. */
export function sysClassNet(ns: NetworkNamespace): MountedTree {
  const at = (path: string): [NetDevice | null, string] => {
    const [name, ...rest] = path.split("/");
    return [ns.device(name!), rest.join("/")];
  };
  return {
    list: (path) => {
      if (path === "") return ns.devices.map((d) => d.name).sort();
      const [device, rest] = at(path);
      if (device === null) return null;
      if (rest === "statistics") return Object.keys(statistics);
      if (rest === "brif") return portsOf(device)?.map((port) => port.name) ?? null;
      if (rest.startsWith("brif/")) {
        const port = portsOf(device)?.find(({ name }) => name === rest.slice("brif/".length));
        return port === undefined ? null : bridgeFolder(port, "brport")!.map((file) => file.name);
      }
      if (rest !== "") return bridgeFolder(device, rest)?.map((file) => file.name) ?? null;
      const folders = ["statistics", "bridge", "brport", "brif"].filter((folder) =>
        folder === "brif"
          ? portsOf(device) !== null
          : folder === "statistics" || bridgeFolder(device, folder) !== null,
      );
      return [...Object.keys(attributes), ...folders].sort();
    },
    read: (path) => {
      const [device, rest] = at(path);
      if (device === null) return null;
      const file = bridgeFile(device, rest);
      if (file !== null) {
        const value = file.read?.() ?? "";
        return value === "" ? "" : `${value}\n`;
      }
      const statistic = rest.startsWith("statistics/")
        ? statistics[rest.slice("statistics/".length)]
        : undefined;
      if (statistic !== undefined) return `${statistic(device)}\n`;
      const attribute = own(attributes, rest);
      return attribute === undefined ? null : `${attribute(device)}\n`;
    },
    write: (path, text) => {
      const [device, rest] = at(path);
      if (device === null) return "No such file or directory";
      try {
        return write(device, rest, text);
      } catch (error) {
        if (error instanceof KernelError) return error.message;
        throw error;
      }
    },
  };
}

/** Null when it worked, else the words of the error. @throws {KernelError} */
function write(device: NetDevice, name: string, text: string): string | null {
  const file = bridgeFile(device, name);
  if (file !== null) {
    if (file.write === null) return "Permission denied";
    file.write(text);
    return null;
  }
  if (own(attributes, name) === undefined) return "No such file or directory";
  const value = Number(text.trim());
  if (name !== "mtu" && name !== "tx_queue_len") return "Permission denied";
  if (!Number.isInteger(value) || value < 0) return "Invalid argument";
  if (name === "mtu") device.setMtu(value);
  else device.txQueueLength = value;
  return null;
}
