import { KernelError } from "../net/kernel-error.ts";
import { Counter, type NetDevice } from "../net/net-device.ts";
import type { NetworkNamespace } from "../net/network-namespace.ts";
import * as mac from "../wire/mac.ts";
import type { MountedTree } from "./files.ts";

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
  multicast: (d) => d.counters[Counter.multicast]!,
  rx_bytes: (d) => d.counters[Counter.rxBytes]!,
  rx_dropped: (d) => d.counters[Counter.rxDropped]!,
  rx_errors: (d) => d.counters[Counter.rxErrors]!,
  rx_packets: (d) => d.counters[Counter.rxPackets]!,
  tx_bytes: (d) => d.counters[Counter.txBytes]!,
  tx_carrier_errors: (d) => d.counters[Counter.carrierErrors]!,
  tx_dropped: (d) => d.counters[Counter.txDropped]!,
  tx_errors: (d) => d.counters[Counter.txErrors]!,
  tx_packets: (d) => d.counters[Counter.txPackets]!,
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
  operstate,
  tx_queue_len: (d) => String(d.txQueueLength),
  type: (d) => (d.loopback ? "772" : "1"),
};

function flagsOf(d: NetDevice): number {
  const kind = d.loopback ? Flag.loopback : Flag.broadcast | Flag.multicast;
  return kind | (d.up ? Flag.up : 0) | (d.noarp && !d.loopback ? Flag.noarp : 0);
}

/** RFC 2863's state; devices without a carrier to sense say `unknown`. */
function operstate(d: NetDevice): string {
  if (!d.up) return "down";
  if (!d.carrier) return d.driver.kind === "veth" || d.driver.kind === "macvlan" ? "lowerlayerdown" : "down";
  return ["loopback", "vxlan", "dummy"].includes(d.driver.kind) ? "unknown" : "up";
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
      if (rest === "") return [...Object.keys(attributes), "statistics"].sort();
      return rest === "statistics" ? Object.keys(statistics) : null;
    },
    read: (path) => {
      const [device, rest] = at(path);
      if (device === null) return null;
      const statistic = rest.startsWith("statistics/")
        ? statistics[rest.slice("statistics/".length)]
        : undefined;
      if (statistic !== undefined) return `${statistic(device)}\n`;
      const attribute = attributes[rest];
      return attribute === undefined ? null : `${attribute(device)}\n`;
    },
    write: (path, text) => {
      const [device, rest] = at(path);
      if (device === null || attributes[rest] === undefined) return "No such file or directory";
      if (rest !== "mtu" && rest !== "tx_queue_len") return "Permission denied";
      const value = Number(text.trim());
      if (!Number.isInteger(value) || value < 0) return "Invalid argument";
      if (rest === "tx_queue_len") {
        device.txQueueLength = value;
        return null;
      }
      try {
        device.setMtu(value);
        return null;
      } catch (error) {
        if (error instanceof KernelError) return "Invalid argument";
        throw error;
      }
    },
  };
}
