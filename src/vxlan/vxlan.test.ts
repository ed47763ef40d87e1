import { expect, test } from "vitest";
import type { DeviceDriver } from "../net/device-driver.ts";
import { Host } from "../net/host.ts";
import * as inetAddress from "../net/inet-address.ts";
import { Kernel } from "../net/kernel.ts";
import { Counter, type NetDevice } from "../net/net-device.ts";
import type { NetworkNamespace } from "../net/network-namespace.ts";
import { UdpSocket } from "../net/udp-socket.ts";
import { World } from "../sim/world.ts";
import * as ip from "../wire/ipv4-address.ts";
import { addVxlan, vxlanOf } from "./add-vxlan.ts";

const nicDriver: DeviceDriver = {
  kind: "nic",
  transmit: (device, packet) => device.drop(packet, 206),
  changed: () => {},
  link: () => null,
};

const at = (text: string): number => ip.parse(text)!;

function address(device: NetDevice, text: string): void {
  const { address, length } = ip.parsePrefix(text)!;
  const broadcast = ip.broadcast(address, length);
  inetAddress.add(device, {
    address,
    peer: address,
    prefixLength: length,
    broadcast,
    scope: 0,
    label: device.name,
    noprefixroute: false,
  });
}

function nic(ns: NetworkNamespace, prefix: string): NetDevice {
  const device = ns.addDevice("eth0", nicDriver, {
    mac: { hi: 0x5254, lo: ip.parsePrefix(prefix)!.address },
  });
  device.setUp(true);
  address(device, prefix);
  return device;
}

/** Two hosts on one wire. */
function pair(): { world: World; a: NetworkNamespace; b: NetworkNamespace } {
  const world = new World(1);
  const kernel = new Kernel();
  const a = new Host(world, kernel, "a").root;
  const b = new Host(world, kernel, "b").root;
  const left = nic(a, "172.10.0.15/24");
  const right = nic(b, "172.10.0.17/24");
  left.peer = right;
  right.peer = left;
  return { world, a, b };
}

test("D6 a datagram crosses the tunnel between two VTEPs that know each other", () => {
  const { world, a, b } = pair();
  const vxa = addVxlan(a, "vx", { vni: 42, remote: at("172.10.0.17"), dstPort: 4789 });
  const vxb = addVxlan(b, "vx", { vni: 42, remote: at("172.10.0.15"), dstPort: 4789 });
  for (const [device, text] of [
    [vxa, "10.0.0.1/24"],
    [vxb, "10.0.0.2/24"],
  ] as const) {
    device.setUp(true);
    address(device, text);
  }
  const server = new UdpSocket(b);
  server.bind(0, 7);
  const client = new UdpSocket(a);
  client.sendTo(at("10.0.0.2"), 7, new Uint8Array([1, 2, 3]));
  world.settle();
  expect(server.receive()?.payload).toEqual(new Uint8Array([1, 2, 3]));
  expect(vxa.counters[Counter.txPackets]).toBe(2); // the ARP request and the datagram
  expect(vxa.counters[Counter.txBytes]).toBe(28 + 31);
  expect(vxb.counters[Counter.rxBytes]).toBe(28 + 31);
  const learned = vxlanOf(vxb)!.fdb.find(vxa.macHi, vxa.macLo, 42)!;
  expect(learned.state).toBe("reachable");
  expect(learned.remotes[0]!.address).toBe(at("172.10.0.15"));
  expect(world.pool.inUse).toBe(0);
});
