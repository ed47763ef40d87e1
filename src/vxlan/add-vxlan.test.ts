import { expect, test } from "vitest";
import type { DeviceDriver } from "../net/device-driver.ts";
import { DeviceSpec } from "../net/device-spec.ts";
import { Host } from "../net/host.ts";
import { Kernel } from "../net/kernel.ts";
import { KernelError } from "../net/kernel-error.ts";
import type { NetDevice } from "../net/net-device.ts";
import type { NetworkNamespace } from "../net/network-namespace.ts";
import { UdpSocket } from "../net/udp-socket.ts";
import { Verdict } from "../sim/verdict.ts";
import { World } from "../sim/world.ts";
import * as ip from "../wire/ipv4-address.ts";
import { addVxlan, vxlanOf } from "./add-vxlan.ts";
import { changeVxlan } from "./change-vxlan.ts";

const plain: DeviceDriver = {
  kind: "nic",
  transmit: (device, packet) => device.drop(packet, Verdict.NO_CARRIER),
  changed: () => {},
  link: () => null,
};

const at = (text: string): number => ip.parse(text)!;

function host(): Host {
  return new Host(new World(1), new Kernel(), "h");
}

function lower(ns: NetworkNamespace, mtu: number, name = "eth0"): NetDevice {
  const device = ns.addDevice(name, plain, new DeviceSpec({ mtu, mac: { hi: 0x0200, lo: 1 } }));
  device.setUp(true);
  return device;
}

const refuses = (errno: KernelError["errno"], words: string | null = null): KernelError =>
  new KernelError(errno, words);

test("the kernel's words for what cannot be", () => {
  const ns = host().root;
  expect(() => addVxlan(ns, "v", { vni: 1 << 24 })).toThrow(
    refuses("ERANGE", "VXLAN ID must be lower than 16777216"),
  );
  expect(() => addVxlan(ns, "v", { vni: 1, sourcePortFirst: 10, sourcePortLast: 5 })).toThrow(
    refuses("EINVAL", "Invalid source port range"),
  );
  expect(() => addVxlan(ns, "v", { vni: 1, local: at("239.1.1.1") })).toThrow(
    refuses("EINVAL", "Local address cannot be multicast"),
  );
  expect(() => addVxlan(ns, "v", { vni: 1, remote: at("239.1.1.1") })).toThrow(
    refuses("EINVAL", "Local interface required for multicast remote destination"),
  );
  addVxlan(ns, "v", { vni: 1 });
  expect(() => addVxlan(ns, "w", { vni: 1, dstPort: 8472, remote: at("10.0.0.1") })).toThrow(
    refuses("EEXIST", "A VXLAN device with the specified VNI already exists"),
  );
  expect(ns.device("w")).toBe(null);
  addVxlan(ns, "w", { vni: 1, dstPort: 4789 });
});

test("the MTU leaves room for 50 bytes on the device below", () => {
  const ns = host().root;
  const eth0 = lower(ns, 1500);
  expect(addVxlan(ns, "a", { vni: 1 }).mtu).toBe(1500);
  expect(addVxlan(ns, "b", { vni: 2 }, { mtu: 9000 }).mtu).toBe(9000);
  expect(addVxlan(ns, "c", { vni: 3, lower: eth0 }, { mtu: 9000 }).mtu).toBe(1450);
  const device = addVxlan(ns, "d", { vni: 4, lower: eth0 });
  expect(device.mtu).toBe(1450);
  expect(() => device.setMtu(1451)).toThrow(refuses("EINVAL"));
  expect(device.mtu).toBe(1450);
  device.setMtu(1400);
  expect(addVxlan(ns, "e", { vni: 5, lower: lower(ns, 68, "eth1") }).mtu).toBe(68);
});

test("the default destination is an entry for all unknown addresses, by the device below", () => {
  const ns = host().root;
  const eth0 = lower(ns, 1500);
  const vtep = vxlanOf(addVxlan(ns, "v", { vni: 7, remote: at("239.1.1.1"), lower: eth0, dstPort: 4789 }))!;
  const [entry] = vtep.fdb.entries;
  expect(entry).toMatchObject({ macHi: 0, macLo: 0, srcVni: 7, state: "permanent" });
  expect(entry!.remotes).toMatchObject([
    { address: at("239.1.1.1"), port: 4789, vni: 7, ifindex: eth0.ifindex },
  ]);
});

test("VTEPs of one port share one socket, which is open while one of them is up", () => {
  const ns = host().root;
  const bound = (): number[] => ns.sockets.listUdp().map((socket) => socket.localPort);
  const a = addVxlan(ns, "a", { vni: 1, dstPort: 4789 });
  const b = addVxlan(ns, "b", { vni: 2, dstPort: 4789 });
  expect(bound()).toEqual([]);
  a.setUp(true);
  b.setUp(true);
  expect(bound()).toEqual([4789]);
  a.setUp(false);
  expect(bound()).toEqual([4789]);
  ns.removeDevice(b);
  expect(bound()).toEqual([]);
});

test("a port that somebody else has keeps the device down", () => {
  const ns = host().root;
  const socket = new UdpSocket(ns);
  socket.bind(0, 4789);
  const device = addVxlan(ns, "v", { vni: 1, dstPort: 4789 });
  expect(() => device.setUp(true)).toThrow(refuses("EADDRINUSE"));
  expect(device.up).toBe(false);
  socket.close();
  device.setUp(true);
  expect(device.up).toBe(true);
});

test("learned entries go when the device goes down, the others stay", () => {
  const ns = host().root;
  const device = addVxlan(ns, "v", { vni: 1, remote: at("10.0.0.1") });
  device.setUp(true);
  const vtep = vxlanOf(device)!;
  vtep.fdb.learn(0x0200, 5, 1, at("10.0.0.9"), 8472, 1);
  expect(vtep.fdb.entries.length).toBe(2);
  device.setUp(false);
  expect(vtep.fdb.entries.map((entry) => entry.macLo)).toEqual([0]);
});

test("a moved device keeps its socket where it was made, and ends with that namespace", () => {
  const machine = host();
  const made = machine.addNamespace("made");
  const moved = machine.addNamespace("moved");
  const device = addVxlan(made, "v", { vni: 1, dstPort: 4789 });
  expect(device.driver.link(device)).toBe(null);
  made.moveDevice(device, moved);
  device.setUp(true);
  expect(device.driver.link(device)).toBe(device); // printed as v@ifN
  expect(made.sockets.listUdp().length).toBe(1);
  expect(moved.sockets.listUdp().length).toBe(0);
  addVxlan(moved, "w", { vni: 1, dstPort: 4789 }).setUp(true);
  machine.removeNamespace("made");
  expect(device.removed).toBe(true);
  expect(moved.devices.map((each) => each.name)).toEqual(["lo", "w"]);
});

test("a tunnel ends with the device below, removed or moved away", () => {
  const machine = host();
  for (const fate of ["removed", "moved"]) {
    const eth0 = lower(machine.root, 1500);
    const device = addVxlan(machine.root, "v", { vni: 1, lower: eth0 });
    device.setUp(true);
    if (fate === "removed") machine.root.removeDevice(eth0);
    else machine.root.moveDevice(eth0, machine.addNamespace("away"));
    expect(device.removed).toBe(true);
    expect(machine.root.device("v")).toBe(null);
  }
});

test("what ip link set may change, and what not", () => {
  const ns = host().root;
  const eth0 = lower(ns, 1500);
  const eth1 = lower(ns, 1200, "eth1");
  const device = addVxlan(ns, "v", { vni: 3, dstPort: 4789, lower: eth0, remote: at("172.10.0.2") });
  const vtep = vxlanOf(device)!;
  const remotes = (): string[] =>
    vtep.fdb.entries.flatMap((e) =>
      e.remotes.map((r) => `${ip.format(r.address)} via ${ns.deviceByIndex(r.ifindex)?.name}`),
    );
  const cannot = [
    [{ vni: 4 }, "Cannot change VNI"],
    [{ dstPort: 4789 }, "Cannot change port"],
    [{ sourcePortFirst: 5, sourcePortLast: 9, dstPort: 4789 }, "Cannot change port range"],
    [{ proxy: false }, "vxlan: cannot change PROXY flag"],
    [{ rsc: true }, "vxlan: cannot change RSC flag"],
    [{ l2miss: true }, "vxlan: cannot change L2MISS flag"],
    [{ l3miss: true }, "vxlan: cannot change L3MISS flag"],
    [{ ttlInherit: true }, "vxlan: cannot change TTL_INHERIT flag"],
    [{ maxAddress: 3 }, "Cannot change limit"],
    [{ udpCsum: false }, "Cannot change UDP_CSUM flag"],
  ] as const;
  for (const [change, words] of cannot)
    expect(() => changeVxlan(vtep, change)).toThrow(refuses("EOPNOTSUPP", words));
  changeVxlan(vtep, { vni: 3, lower: eth1 });
  expect([device.mtu, remotes()]).toEqual([1150, ["172.10.0.2 via eth0"]]);
  // As in the kernel an entry made for another device below is not found again.
  changeVxlan(vtep, { remote: at("172.10.0.3") });
  expect(remotes()).toEqual(["172.10.0.2 via eth0", "172.10.0.3 via eth1"]);
  changeVxlan(vtep, { lower: eth0, remote: at("172.10.0.4") });
  expect(remotes()).toEqual(["172.10.0.2 via eth0", "172.10.0.4 via eth0"]);
  changeVxlan(vtep, { remote: 0, ageing: 0, learning: false, tos: 4, ttl: 9, df: "set" });
  expect(remotes()).toEqual(["172.10.0.2 via eth0"]);
  expect(vtep.config).toMatchObject({ ageing: 300, learning: false, tos: 4, ttl: 9, df: "set", lower: eth0 });
  ns.removeDevice(eth1);
  expect(device.removed).toBe(false);
});
