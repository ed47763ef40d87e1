import { describe, expect, test } from "vitest";
import { addBridge } from "../src/bridge/add-bridge.ts";
import {
  setGroupFwdMask,
  setPortCost,
  setPortFlag,
  setPortPriority,
  setPortState,
} from "../src/bridge/settings.ts";
import { bridgeFiles, portFiles } from "../src/bridge/sysfs.ts";
import { addVlan, deleteVlan, setDefaultPvid, setVlanFiltering } from "../src/bridge/vlan-commands.ts";
import { addMacvlan } from "../src/link/macvlan.ts";
import { addVeth } from "../src/link/veth.ts";
import { KernelError } from "../src/net/kernel-error.ts";
import * as mac from "../src/wire/mac.ts";
import { type Lan, lan } from "./helpers/lan.ts";
import { macNumbered, sendFrame, Watch } from "./helpers/stations.ts";

// Each expectation was seen on Linux 6.18 or, for VLANs, on 6.1 (user mode) with the same commands.

/** Sends from one station and says at which stations (from 1) the frame came in. */
function reaches(
  { world, ends }: Lan,
  from: number,
  dst: mac.Mac,
  src: mac.Mac = macNumbered(from),
): number[] {
  const watches = ends.map((end) => new Watch(end));
  sendFrame(ends[from - 1]!, dst, src, 1);
  world.settle();
  expect(world.pool.inUse).toBe(0);
  return watches.flatMap((watch, i) => (watch.arrived().length > 0 ? [i + 1] : []));
}

/** Every station has sent something. */
function learned(): Lan {
  const net = lan(3);
  for (const n of [1, 2, 3]) reaches(net, n, mac.BROADCAST);
  return net;
}

describe("enslaving", () => {
  test("what cannot be a port is refused in the kernel's words", () => {
    const { bridge, sw } = lan(1);
    const other = addBridge(sw, "br1");
    expect(() => bridge.addPort(other.device)).toThrow(
      new KernelError("ELOOP", "Can not enslave a bridge to a bridge"),
    );
    expect(() => bridge.addPort(sw.loopback)).toThrow(new KernelError("EINVAL"));
    expect(() => other.addPort(sw.device("p1")!)).toThrow(new KernelError("EBUSY"));
    const lower = addVeth(sw, "v0", {}, sw, "v1", {});
    addMacvlan(sw, "m0", lower, "bridge");
    expect(() => bridge.addPort(lower)).toThrow(new KernelError("EBUSY"));
    expect(() => addMacvlan(sw, "m1", sw.device("p1")!, "bridge")).toThrow(new KernelError("EBUSY"));
    expect(lower.master).toBe(null);
  });

  test("A1 a bridge has 1023 ports; the next one is refused with EXFULL", () => {
    const { bridge, sw } = lan(0);
    for (let i = 1; i <= 1023; i++) bridge.addPort(addVeth(sw, `a${i}`, {}, sw, `b${i}`, {}));
    const last = addVeth(sw, "a1024", {}, sw, "b1024", {});
    expect(() => bridge.addPort(last)).toThrow(new KernelError("EXFULL"));
    expect([last.master, last.rxHandler, last.promiscuity]).toEqual([null, null, 0]);
    bridge.removePort(bridge.port("a5")!);
    expect(bridge.addPort(last).number).toBe(5);
  });

  test("a port that leaves by whatever way is a port no more", () => {
    const { bridge, sw, host } = lan(3);
    const p1 = sw.device("p1")!;
    const p2 = sw.device("p2")!;
    bridge.removePort(bridge.port("p1")!);
    sw.moveDevice(p2, host.root);
    host.removeNamespace("c3");
    expect(bridge.ports).toEqual([]);
    for (const device of [p1, p2])
      expect([device.master, device.rxHandler, device.promiscuity, device.allmulti]).toEqual([
        null,
        null,
        0,
        0,
      ]);
    sw.removeDevice(bridge.device);
    expect(bridge.fdb.size).toBe(0);
  });
});

describe("the bridge's own device", () => {
  test("its address is the lowest of its ports', zero without ports, or what somebody chose", () => {
    const { sw } = lan(0);
    const bridge = addBridge(sw, "br1");
    const text = (): string => mac.format(bridge.device.macHi, bridge.device.macLo);
    const first = text();
    expect(first).toMatch(/^.[26ae]:/);
    const high = addVeth(sw, "h0", { mac: macNumbered(0x50) }, sw, "h1", {});
    const low = addVeth(sw, "l0", { mac: macNumbered(0x40) }, sw, "l1", {});
    bridge.addPort(high);
    expect(text()).toBe("02:00:00:00:00:50");
    bridge.addPort(low);
    expect(text()).toBe("02:00:00:00:00:40");
    low.setMac(0x0200, 0x60);
    expect(text()).toBe("02:00:00:00:00:50");
    sw.removeDevice(high);
    sw.removeDevice(low);
    expect(text()).toBe("00:00:00:00:00:00");
    bridge.device.setMac(0x0200, 0x99);
    bridge.addPort(addVeth(sw, "m0", { mac: macNumbered(0x10) }, sw, "m1", {}));
    expect(text()).toBe("02:00:00:00:00:99");
  });

  test("its local entries are the addresses of its ports and its own, also in VLAN 1", () => {
    const locals = (vlanFiltering: boolean): string[] => {
      const { bridge } = lan(1, { vlanFiltering });
      return bridge.fdb.rows().map((row) => bridge.fdb.text(row));
    };
    expect(locals(false)).toEqual([
      "02:00:00:00:01:01 dev p1 master br0 permanent",
      "02:00:00:00:00:fe dev br0 master br0 permanent",
    ]);
    expect(locals(true)).toEqual([
      "02:00:00:00:01:01 dev p1 vlan 1 master br0 permanent",
      "02:00:00:00:01:01 dev p1 master br0 permanent",
      "02:00:00:00:00:fe dev br0 vlan 1 master br0 permanent",
      "02:00:00:00:00:fe dev br0 master br0 permanent",
    ]);
  });

  test("its MTU follows the smallest port unless somebody set it", () => {
    const { sw } = lan(0);
    const bridge = addBridge(sw, "br1", { mtu: 1400 });
    expect(bridge.device.mtu).toBe(1400);
    const port = addVeth(sw, "a0", { mtu: 9000 }, sw, "a1", {});
    bridge.addPort(port);
    expect(bridge.device.mtu).toBe(9000);
    port.setMtu(1300);
    expect(bridge.device.mtu).toBe(1300);
    bridge.removePort(bridge.port("a0")!);
    expect(bridge.device.mtu).toBe(1500);
    bridge.device.setMtu(1450);
    bridge.addPort(port);
    expect(bridge.device.mtu).toBe(1450);
  });

  test("it has a carrier while a port forwards; a fresh one without ports has one, too", () => {
    const { sw } = lan(0);
    const bridge = addBridge(sw, "br1");
    bridge.device.setUp(true);
    expect(bridge.device.carrier).toBe(true);
    const port = addVeth(sw, "a0", {}, sw, "a1", {});
    bridge.addPort(port);
    expect(bridge.device.carrier).toBe(false);
    port.setUp(true);
    port.peer!.setUp(true);
    expect(bridge.device.carrier).toBe(true);
    port.peer!.setUp(false);
    expect(bridge.device.carrier).toBe(false);
    const chosen = addBridge(sw, "br2", { mac: macNumbered(0x77) });
    chosen.device.setUp(true);
    expect(chosen.device.carrier).toBe(false);
  });

  test("it receives without the Ethernet header in its count and sends with it", () => {
    const { bridge, ends, world } = lan(1);
    sendFrame(ends[0]!, { hi: 0x0200, lo: 0xfe }, macNumbered(1), 0, 98);
    sendFrame(bridge.device, macNumbered(1), macNumbered(0xfe), 0, 98);
    world.settle();
    expect(bridge.device.counters).toMatchObject({ rxPackets: 1, rxBytes: 84, txPackets: 1, txBytes: 98 });
  });

  test("a capture on it sees forwarded frames, after the copies to the ports", () => {
    const net = learned();
    const order: string[] = [];
    const { bridge, world, ends } = net;
    const named = (name: string) => ({ record: () => order.push(name) });
    bridge.device.addTap(named("br0"));
    bridge.port("p2")!.device.addTap(named("p2"));
    sendFrame(ends[0]!, macNumbered(2), macNumbered(1));
    world.settle();
    expect(order).toEqual(["p2"]);
    bridge.device.promiscuity++;
    order.length = 0;
    sendFrame(ends[0]!, macNumbered(2), macNumbered(1));
    world.settle();
    expect(order).toEqual(["p2", "br0"]);
    expect(world.pool.inUse).toBe(0);
  });
});

describe("ports", () => {
  test("flooding: all but where it came from; flags take a port out", () => {
    const net = lan(3);
    const p3 = net.bridge.port("p3")!;
    const group = { hi: 0x0100, lo: 0x5e0000fb };
    for (const dst of [mac.BROADCAST, group, macNumbered(99)]) expect(reaches(net, 1, dst)).toEqual([2, 3]);
    setPortFlag(p3, "flood", false);
    expect(reaches(net, 1, macNumbered(99))).toEqual([2]);
    expect(reaches(net, 1, mac.BROADCAST)).toEqual([2, 3]);
    setPortFlag(p3, "bcastFlood", false);
    expect(reaches(net, 1, mac.BROADCAST)).toEqual([2]);
    expect(reaches(net, 1, group)).toEqual([2, 3]);
    setPortFlag(p3, "mcastFlood", false);
    expect(reaches(net, 1, group)).toEqual([2]);
    const watch = new Watch(net.ends[2]!);
    sendFrame(net.bridge.device, mac.BROADCAST, macNumbered(0xfe), 5);
    net.world.settle();
    expect(watch.arrived()).toEqual([5]); // what the host itself sends is for all
  });

  test("hairpin sends a frame back, isolation keeps isolated ports apart", () => {
    const net = learned();
    const [p1, p2] = [net.bridge.port("p1")!, net.bridge.port("p2")!];
    reaches(net, 1, mac.BROADCAST, macNumbered(0x31));
    expect(reaches(net, 1, macNumbered(0x31))).toEqual([]);
    setPortFlag(p1, "hairpin", true);
    expect(reaches(net, 1, macNumbered(0x31))).toEqual([1]);
    setPortFlag(p1, "hairpin", false);
    setPortFlag(p1, "isolated", true);
    expect(reaches(net, 1, macNumbered(2))).toEqual([2]);
    setPortFlag(p2, "isolated", true);
    expect(reaches(net, 1, macNumbered(2))).toEqual([]);
    expect(reaches(net, 1, mac.BROADCAST)).toEqual([3]);
  });

  test("without learning a port's stations stay unknown", () => {
    const net = lan(3);
    setPortFlag(net.bridge.port("p1")!, "learning", false);
    reaches(net, 1, mac.BROADCAST);
    expect(reaches(net, 2, macNumbered(1))).toEqual([1, 3]);
  });

  test("a port set to disabled by hand passes nothing; it and its settings have bounds", () => {
    const net = learned();
    const p2 = net.bridge.port("p2")!;
    setPortState(p2, 0);
    expect(reaches(net, 1, macNumbered(2))).toEqual([]);
    expect(reaches(net, 2, macNumbered(1))).toEqual([]);
    setPortState(p2, 3);
    expect(reaches(net, 1, macNumbered(2))).toEqual([2]);
    expect(() => setPortState(p2, 9)).toThrow(new KernelError("EINVAL"));
    expect(() => setPortCost(p2, 70000)).toThrow(new KernelError("ERANGE"));
    expect(() => setPortPriority(p2, 64)).toThrow(new KernelError("ERANGE"));
    net.ends[1]!.setUp(false);
    expect(() => setPortState(p2, 3)).toThrow(new KernelError("ENETDOWN"));
  });

  test("link-local groups are not forwarded, but for spanning tree's while it is off and those in the mask", () => {
    const net = lan(3);
    const group = (n: number): mac.Mac => ({ hi: 0x0180, lo: (0xc2000000 + n) | 0 });
    const forwarded = (): number[] =>
      Array.from({ length: 16 }, (_, n) => n).filter((n) => reaches(net, 1, group(n)).length > 0);
    expect(forwarded()).toEqual([0]);
    setGroupFwdMask(net.bridge, 1 << 14);
    expect(forwarded()).toEqual([0, 14]);
    expect(() => setGroupFwdMask(net.bridge, 1)).toThrow(new KernelError("EINVAL"));
    net.bridge.stp = true;
    expect(forwarded()).toEqual([14]);
  });

  test("frames with an impossible source end there", () => {
    const net = lan(2);
    expect(reaches(net, 1, mac.BROADCAST, mac.ZERO)).toEqual([]);
    expect(reaches(net, 1, mac.BROADCAST, mac.BROADCAST)).toEqual([]);
  });
});

describe("VLAN filtering", () => {
  test("stations see only their own VLAN, and a trunk sees tags", () => {
    const net = lan(4);
    const { bridge, ends, world } = net;
    const port = (n: number) => bridge.port(`p${n}`)!;
    setVlanFiltering(bridge, true);
    expect(reaches(net, 1, mac.BROADCAST)).toEqual([2, 3, 4]);
    for (const n of [2, 3]) {
      addVlan(bridge, port(n), 10, true, true);
      deleteVlan(bridge, port(n), 1);
    }
    addVlan(bridge, port(4), 10, false, false);
    expect(reaches(net, 1, mac.BROADCAST)).toEqual([4]);
    const trunk = new Watch(ends[3]!);
    sendFrame(ends[1]!, mac.BROADCAST, macNumbered(2), 7);
    world.settle();
    const [seen] = trunk.seen;
    expect([seen!.length, [...seen!.bytes.slice(12, 18)]]).toEqual([68, [0x81, 0, 0, 10, 0x88, 0xb5]]);
    expect(reaches(net, 2, mac.BROADCAST)).toEqual([3, 4]);
    expect(bridge.fdb.find(0x0200, 2, 10)).toBeGreaterThanOrEqual(0);
    expect(bridge.fdb.find(0x0200, 2, 1)).toBe(-1);
    deleteVlan(bridge, port(1), 1);
    expect(reaches(net, 1, mac.BROADCAST)).toEqual([]);
  });

  test("the default PVID replaces itself where nobody changed it", () => {
    const { bridge } = lan(2);
    const shown = (): string[] =>
      [bridge, ...[...bridge.ports].reverse()].map(({ device, vlans }) =>
        [
          device.name,
          ...vlans.memberships.map(
            (v) => `${v.vid}${v.pvid ? " PVID" : ""}${v.untagged ? " Egress Untagged" : ""}`,
          ),
        ].join(" / "),
      );
    addVlan(bridge, null, 10, false, false);
    addVlan(bridge, bridge.port("p1")!, 10, true, true);
    deleteVlan(bridge, bridge.port("p1")!, 1);
    addVlan(bridge, bridge.port("p2")!, 7, false, false);
    deleteVlan(bridge, bridge.port("p2")!, 99);
    expect(() => addVlan(bridge, null, 4095, false, false)).toThrow(
      new KernelError("EINVAL", "bridge: Vlan id is invalid"),
    );
    setDefaultPvid(bridge, 5);
    expect(shown()).toEqual([
      "br0 / 5 PVID Egress Untagged / 10",
      "p1 / 10 PVID Egress Untagged",
      "p2 / 5 PVID Egress Untagged / 7",
    ]);
    setDefaultPvid(bridge, 0);
    expect(shown()).toEqual(["br0 / 10", "p1 / 10 PVID Egress Untagged", "p2 / 7"]);
    setDefaultPvid(bridge, 1);
    expect(shown()).toEqual([
      "br0 / 1 PVID Egress Untagged / 10",
      "p1 / 1 PVID Egress Untagged / 10 Egress Untagged",
      "p2 / 1 PVID Egress Untagged / 7",
    ]);
  });

  test("a kernel without VLAN filtering refuses it", () => {
    const { bridge } = lan(1, { vlanFiltering: false });
    expect(() => setVlanFiltering(bridge, true)).toThrow(new KernelError("EOPNOTSUPP"));
    expect(bridgeFiles(bridge).map((file) => file.name)).not.toContain("vlan_filtering");
  });
});

test("the files in /sys say what a fresh bridge and its port are", () => {
  const { bridge } = lan(1);
  bridge.device.setMac(0x0200, 0x101);
  const read = (files: ReturnType<typeof bridgeFiles>) =>
    Object.fromEntries(files.map((file) => [file.name, file.read?.() ?? null]));
  expect(read(bridgeFiles(bridge))).toMatchObject({
    ageing_time: "30000",
    bridge_id: "8000.020000000101",
    default_pvid: "1",
    flush: null,
    forward_delay: "1500",
    group_addr: "01:80:c2:00:00:00",
    group_fwd_mask: "0x0",
    stp_state: "0",
    vlan_filtering: "0",
    vlan_protocol: "0x8100",
  });
  expect(read(portFiles(bridge.port("p1")!))).toMatchObject({
    designated_port: "32769",
    designated_root: "8000.020000000101",
    learning: "1",
    path_cost: "2",
    port_id: "0x8001",
    port_no: "0x1",
    priority: "32",
    state: "3",
    unicast_flood: "1",
  });
  const learning = portFiles(bridge.port("p1")!).find((file) => file.name === "learning")!;
  expect(() => learning.write!("abc\n")).toThrow(new KernelError("EINVAL"));
  learning.write!("0\n");
  expect(bridge.port("p1")!.learning).toBe(false);
  // With VLAN filtering on the default VLAN stays, but first it must be one.
  setVlanFiltering(bridge, true);
  const pvid = bridgeFiles(bridge).find((file) => file.name === "default_pvid")!;
  expect(() => pvid.write!("4095\n")).toThrow(new KernelError("EINVAL"));
  expect(() => pvid.write!("3\n")).toThrow(new KernelError("EPERM"));
  pvid.write!("1\n");
});
