import { addBridge } from "../src/bridge/add-bridge.ts";
import { addDummy } from "../src/link/dummy.ts";
import { addIpvlan } from "../src/link/ipvlan.ts";
import { addMacvlan, type MacvlanMode } from "../src/link/macvlan.ts";
import { addVeth } from "../src/link/veth.ts";
import { addVlan } from "../src/link/vlan.ts";
import { type CpuOptions, Host } from "../src/net/host.ts";
import { Kernel } from "../src/net/kernel.ts";
import type { NetDevice } from "../src/net/net-device.ts";
import type { NetworkNamespace } from "../src/net/network-namespace.ts";
import { World } from "../src/sim/world.ts";
import { type DeviceRig, netDeviceContract } from "./contracts/net-device.ts";
import { macNumbered } from "./helpers/stations.ts";

function newHost(cpu?: CpuOptions): Host {
  return new Host(new World(1), new Kernel(), "h", cpu);
}

/** A veth pair, both ends up; the end in `ns` has the MAC of that number. */
function wire(
  ns: NetworkNamespace,
  name: string,
  peerNs: NetworkNamespace,
  peerName: string,
  n: number,
): NetDevice {
  const device = addVeth(ns, name, { mac: macNumbered(n) }, peerNs, peerName, { mac: macNumbered(n + 1) });
  device.setUp(true);
  device.peer!.setUp(true);
  return device;
}

netDeviceContract("lo", () => {
  const host = newHost();
  const device = host.root.loopback;
  device.setUp(true);
  return { host, device, station: device, stationMac: macNumbered(0), movable: false, uncounted: 14 };
});

netDeviceContract("veth", () => {
  const host = newHost();
  const device = wire(host.addNamespace("a"), "v0", host.addNamespace("b"), "v1", 1);
  return { host, device, station: device.peer, stationMac: macNumbered(2), movable: true };
});

netDeviceContract("veth between slow processors", () => {
  const host = newHost({ count: 2, cost: 500 });
  const device = wire(host.addNamespace("a"), "v0", host.addNamespace("b"), "v1", 1);
  const delay = 1_000_000;
  return { host, device, station: device.peer, stationMac: macNumbered(2), movable: true, delay };
});

netDeviceContract("dummy", () => {
  const host = newHost();
  const device = addDummy(host.addNamespace("a"), "d0");
  device.setUp(true);
  return { host, device, station: null, stationMac: macNumbered(2), movable: true };
});

/** A bridge with two stations; the device on trial is the bridge's own, or a port's. */
function bridged(which: "bridge" | "port"): DeviceRig {
  const host = newHost();
  const sw = host.addNamespace("sw");
  const bridge = addBridge(sw, "br0");
  const ends = [1, 2].map((i) => wire(host.addNamespace(`c${i}`), "eth0", sw, `p${i}`, i * 16));
  for (const end of ends) bridge.addPort(end.peer!);
  bridge.device.setUp(true);
  const station = ends[1]!;
  const device = which === "bridge" ? bridge.device : ends[0]!;
  const stationMac = macNumbered(32);
  return { host, device, station, stationMac, movable: which === "port" };
}

netDeviceContract("bridge", () => bridged("bridge"));
netDeviceContract("veth whose other end is a bridge's port", () => bridged("port"));

function macvlanRig(mode: MacvlanMode): DeviceRig {
  const host = newHost();
  const ns = host.addNamespace("a");
  const lower = wire(ns, "eth0", host.addNamespace("out"), "w0", 1);
  const device = addMacvlan(host.addNamespace("m"), "mv0", lower, mode, { mac: macNumbered(50) });
  if (mode !== "passthru") addMacvlan(ns, "mv1", lower, mode, { mac: macNumbered(51) }).setUp(true);
  device.setUp(true);
  return { host, device, station: lower.peer, stationMac: macNumbered(2), movable: true };
}

for (const mode of ["bridge", "private", "vepa", "passthru"] as const)
  netDeviceContract(`macvlan in ${mode} mode`, () => macvlanRig(mode));

netDeviceContract("macvlan that sends to another macvlan", () => {
  const rig = macvlanRig("bridge");
  return { ...rig, station: rig.host.namespaces.get("a")!.device("mv1"), stationMac: macNumbered(51) };
});

netDeviceContract("vlan", () => {
  const host = newHost();
  const lower = wire(host.addNamespace("a"), "eth0", host.addNamespace("out"), "w0", 1);
  const device = addVlan(host.addNamespace("m"), "eth0.10", lower, 10);
  device.setUp(true);
  return { host, device, station: null, stationMac: macNumbered(2), movable: true };
});

function ipvlanRig(): DeviceRig {
  const host = newHost();
  const ns = host.addNamespace("a");
  const lower = wire(ns, "eth0", host.addNamespace("out"), "w0", 1);
  const device = addIpvlan(host.addNamespace("m"), "iv0", lower, { mode: "l2" });
  addIpvlan(ns, "iv1", lower, { mode: "l2" }).setUp(true);
  device.setUp(true);
  return { host, device, station: lower.peer, stationMac: macNumbered(2), movable: true };
}

netDeviceContract("ipvlan", ipvlanRig);
