import fc from "fast-check";
import { expect, test } from "vitest";
import { balance } from "../src/capture/conservation.ts";
import * as ipOutput from "../src/net/ip-output.ts";
import type { NetDevice } from "../src/net/net-device.ts";
import { SECOND } from "../src/sim/time.ts";
import { Verdict } from "../src/sim/verdict.ts";
import { World } from "../src/sim/world.ts";
import { addVxlan, vxlanOf } from "../src/vxlan/add-vxlan.ts";
import { changeVxlan } from "../src/vxlan/change-vxlan.ts";
import type { VxlanEvent } from "../src/vxlan/vxlan.ts";
import { netDeviceContract } from "./contracts/net-device.ts";
import { frameLine } from "./helpers/frame-line.ts";
import {
  addAddress,
  book,
  fdb,
  fdbLines,
  ipOf,
  macOf,
  OverlayHost,
  ping,
  underlay,
} from "./helpers/overlay.ts";
import { macNumbered, sendFrame, Watch } from "./helpers/stations.ts";

const ZERO = "00:00:00:00:00:00";
const A = "52:54:00:0a:00:0f";
const B = "52:54:00:0a:00:11";
const CA = "02:42:0a:03:00:02";
const CB = "02:42:0a:03:00:05";

/** What passed a device since the last call, as the recordings write it. */
function lines(watch: Watch): string[] {
  return watch.seen.splice(0).map((frame) => frameLine(frame.bytes));
}

test("D6 the recorded static tunnel: packets, tables, learning on and off, another VNI", () => {
  const { world, hosts, containers } = book({ A: [15, 2], B: [17, 5] });
  const [a, b] = hosts as [OverlayHost, OverlayHost];
  const vtepA = a.addVtep("vx100", { vni: 100, dstPort: 4789, local: ipOf("172.10.0.15"), lower: a.eth0 });
  const vtepB = b.addVtep("vx100", { vni: 100, dstPort: 4789, local: ipOf("172.10.0.17"), lower: b.eth0 });
  fdb(vtepA, "append", ZERO, "172.10.0.17");
  fdb(vtepB, "append", ZERO, "172.10.0.15");
  expect(vtepA.device.mtu).toBe(1450);
  const wire = new Watch(a.eth0);
  const [ca] = containers;
  const exchange = (tos: string, inner: string, size: number, request: string): string[] => [
    `${A} > ${B} len ${size + 92}: 172.10.0.15 > 172.10.0.17 ttl 64${tos} udp hash>4789 len ${size + 58} vxlan vni 100 flags 0x08 { ${CA} > ${CB} len ${size + 42}: 10.3.0.2 > 10.3.0.5 ${request} }`,
    `${B} > ${A} len ${size + 92}: 172.10.0.17 > 172.10.0.15 ttl 64${tos} udp hash>4789 len ${size + 58} vxlan vni 100 flags 0x08 { ${CB} > ${CA} len ${size + 42}: 10.3.0.5 > 10.3.0.2 ttl 64${inner} }`,
  ];

  ping(ca!, "10.3.0.5");
  world.settle();
  expect(lines(wire)).toEqual([
    `${A} > ff:ff:ff:ff:ff:ff len 42: arp who-has 172.10.0.17 tell 172.10.0.15`,
    `${B} > ${A} len 42: arp reply 172.10.0.17 is-at ${B}`,
    `${A} > ${B} len 92: 172.10.0.15 > 172.10.0.17 ttl 64 udp hash>4789 len 58 vxlan vni 100 flags 0x08 { ${CA} > ff:ff:ff:ff:ff:ff len 42: arp who-has 10.3.0.5 tell 10.3.0.2 }`,
    `${B} > ${A} len 92: 172.10.0.17 > 172.10.0.15 ttl 64 udp hash>4789 len 58 vxlan vni 100 flags 0x08 { ${CB} > ${CA} len 42: arp reply 10.3.0.5 is-at ${CB} }`,
    ...exchange("", " icmp echo-reply seq 0 data 56", 56, "ttl 64 DF icmp echo-request seq 0 data 56"),
  ]);
  expect(fdbLines(vtepA)).toEqual([`${ZERO} dst 172.10.0.17 self permanent`, `${CB} dst 172.10.0.17 self `]);
  expect(fdbLines(vtepB)).toEqual([`${ZERO} dst 172.10.0.15 self permanent`, `${CA} dst 172.10.0.15 self `]);

  // A full packet; the outer ToS has the two bits of ECN only; the outer TTL does not care for the inner one.
  ping(ca!, "10.3.0.5", { sequence: 1, size: 1422 });
  world.settle();
  expect(lines(wire)).toEqual(
    exchange("", " icmp echo-reply seq 1 data 1422", 1422, "ttl 64 DF icmp echo-request seq 1 data 1422"),
  );
  ping(ca!, "10.3.0.5", { sequence: 2, tos: 0x10 });
  world.settle();
  expect(lines(wire)).toEqual(
    exchange(
      "",
      " tos 0x10 icmp echo-reply seq 2 data 56",
      56,
      "ttl 64 DF tos 0x10 icmp echo-request seq 2 data 56",
    ),
  );
  ping(ca!, "10.3.0.5", { sequence: 3, tos: 2 });
  world.settle();
  expect(lines(wire)).toEqual(
    exchange(
      " tos 0x2",
      " tos 0x2 icmp echo-reply seq 3 data 56",
      56,
      "ttl 64 DF tos 0x2 icmp echo-request seq 3 data 56",
    ),
  );
  ping(ca!, "10.3.0.5", { sequence: 4, ttl: 7 });
  world.settle();
  expect(lines(wire)).toEqual(
    exchange("", " icmp echo-reply seq 4 data 56", 56, "ttl 7 DF icmp echo-request seq 4 data 56"),
  );

  // Without learning everything goes to the default destination.
  vtepA.reconfigure({ ...vtepA.config, learning: false });
  const { hi, lo } = macOf(CB);
  const destination = { address: ipOf("172.10.0.17"), port: 4789, vni: 100, ifindex: 0 };
  vtepA.fdb.remove(hi, lo, 100, destination);
  ping(ca!, "10.3.0.5", { sequence: 5 });
  world.settle();
  expect(lines(wire).length).toBe(2);
  expect(fdbLines(vtepA)).toEqual([`${ZERO} dst 172.10.0.17 self permanent`]);

  // Another network: its frames come to the socket and end there.
  b.ns.removeDevice(vtepB.device);
  const other = b.addVtep("vx101", { vni: 101, dstPort: 4789, local: ipOf("172.10.0.17"), lower: b.eth0 });
  fdb(other, "append", ZERO, "172.10.0.15");
  ping(ca!, "10.3.0.5", { sequence: 6 });
  world.settle();
  expect(lines(wire).length).toBe(1);
  expect(world.ends[Verdict.VXLAN_VNI_NOT_FOUND]).toBe(1);

  // No VTEP at all: the port is closed, and A is told so, with the whole packet quoted.
  b.ns.removeDevice(other.device);
  ca!.neighbours.remove(ca!.neighbours.find(ca!.device("eth0")!, ipOf("10.3.0.5"))!);
  ping(ca!, "10.3.0.5", { sequence: 7 });
  world.settle();
  expect(lines(wire)[1]).toBe(
    `${B} > ${A} len 120: 172.10.0.17 > 172.10.0.15 ttl 64 tos 0xc0 icmp port-unreachable [quotes 78 bytes: 172.10.0.15 > 172.10.0.17 ttl 64 udp hash>4789 len 58 vxlan vni 100 flags 0x08 { ${CA} > ff:ff:ff:ff:ff:ff len 42: arp who-has 10.3.0.5 tell 10.3.0.2 }]`,
  );
  expect(balance(world).problems).toEqual([]);
});

netDeviceContract("vxlan", () => {
  const world = new World(1);
  const a = new OverlayHost(world, "hA", "172.10.0.15", A);
  const b = new OverlayHost(world, "hB", "172.10.0.17", B);
  underlay(world, [a, b]);
  const from = (host: OverlayHost, remote: string): NetDevice => {
    const device = addVxlan(host.ns, "vx", { vni: 42, dstPort: 4789, remote: ipOf(remote) });
    device.setUp(true);
    return device;
  };
  const device = from(a, "172.10.0.17");
  const station = from(b, "172.10.0.15");
  const stationMac = { hi: station.macHi, lo: station.macLo };
  sendFrame(device, stationMac, macNumbered(1)); // the hosts find each other
  world.settle();
  return { host: a.ns.host, device, station, stationMac, movable: true, uncounted: 14 };
});

test("D6 copies for several VTEPs leave in the kernel's order: the first remote last", () => {
  const { world, hosts, containers } = book({ A: [15, 2], B: [17, 5], C: [33, 7] });
  const [a, b, c] = hosts as [OverlayHost, OverlayHost, OverlayHost];
  const vtep = a.addVtep("vx", { vni: 7, dstPort: 4789 });
  for (const host of [b, c]) host.addVtep("vx", { vni: 7, dstPort: 4789, remote: ipOf("172.10.0.15") });
  fdb(vtep, "append", ZERO, "172.10.0.17");
  fdb(vtep, "append", ZERO, "172.10.0.33");
  ping(containers[0]!, "10.3.0.7");
  world.settle();
  const wire = new Watch(a.eth0);
  ping(containers[0]!, "10.3.0.99"); // nobody: its ARP request is flooded
  world.settle();
  const sent = lines(wire).map((line) => /172\.10\.0\.15 > ([\d.]+) /.exec(line)![1]);
  expect(sent).toEqual(["172.10.0.33", "172.10.0.17"]);
});

test("D6 with ARP suppression no ARP enters the tunnel, and what is not known is asked for", () => {
  const { world, hosts, containers } = book({ A: [15, 2], B: [17, 5] });
  const [a, b] = hosts as [OverlayHost, OverlayHost];
  const options = { vni: 4097, dstPort: 4789, proxy: true, l2miss: true, l3miss: true };
  const vtepA = a.addVtep("vxlan0", options);
  const vtepB = b.addVtep("vxlan0", options);
  const events: VxlanEvent[] = [];
  vtepA.watchers.add((event) => events.push(event));
  const wire = new Watch(a.eth0);
  const own = new Watch(vtepA.device);

  ping(containers[0]!, "10.3.0.5");
  world.settle();
  expect(events).toEqual([{ what: "l3miss", address: ipOf("10.3.0.5") }]);
  expect(lines(wire)).toEqual([]);
  const { hi, lo } = macOf(CB);
  const cause = { by: "kernel", text: "test" } as const;
  a.ns.neighbours
    .resolve(vtepA.device, ipOf("10.3.0.5"), a.ns.world.registry.cause)!
    .update(hi, lo, "PERMANENT", cause);

  // The neighbour is known now, but not where it is: the request is answered and the echo is lost, with a notice.
  const asker = containers[0]!.neighbours;
  asker.remove(asker.find(containers[0]!.device("eth0")!, ipOf("10.3.0.5"))!);
  own.seen.length = 0;
  events.length = 0;
  ping(containers[0]!, "10.3.0.5");
  world.settle();
  expect(lines(own)).toContain(`${CB} > ${CA} len 42: arp reply 10.3.0.5 is-at ${CB}`);
  expect(events).toContainEqual({ what: "l2miss", macHi: hi, macLo: lo });
  expect(vtepA.device.counters.rxPackets).toBe(0); // such an answer is not counted
  expect(vtepA.device.counters.txDropped).toBe(1);
  expect(lines(wire)).toEqual([]);

  fdb(vtepA, "add", CB, "172.10.0.17");
  const back = macOf(CA);
  b.ns.neighbours
    .resolve(vtepB.device, ipOf("10.3.0.2"), b.ns.world.registry.cause)!
    .update(back.hi, back.lo, "PERMANENT", cause);
  fdb(vtepB, "add", CA, "172.10.0.15");
  ping(containers[0]!, "10.3.0.5", { sequence: 9 });
  world.settle();
  const crossed = lines(wire);
  expect(crossed.some((line) => line.includes("echo-reply seq 9"))).toBe(true);
  expect(crossed.some((line) => line.includes("vxlan") && line.includes("arp"))).toBe(false);
  expect(balance(world).problems).toEqual([]);
});

test("D6 a sender on the bridge is told what fits, in the name of the destination", () => {
  const world = new World(1);
  const a = new OverlayHost(world, "hA", "172.10.0.15", A);
  const b = new OverlayHost(world, "hB", "172.10.0.17", B);
  underlay(world, [a, b]);
  const ca = a.addContainer("cA", "10.3.0.2/24", CA, 1500);
  b.addContainer("cB", "10.3.0.5/24", CB, 1500);
  const vtep = a.addVtep("vx", { vni: 42, dstPort: 4789, remote: ipOf("172.10.0.17") });
  b.addVtep("vx", { vni: 42, dstPort: 4789, remote: ipOf("172.10.0.15") });
  ping(ca, "10.3.0.5");
  world.settle();
  const counters = vtep.device.counters;
  const [rx, tx] = [counters.rxBytes, counters.txBytes];
  const seen = new Watch(ca.device("eth0")!);
  ping(ca, "10.3.0.5", { sequence: 1, size: 1472 });
  world.settle();
  expect(lines(seen)[1]).toBe(
    `${CB} > ${CA} len 590: 10.3.0.5 > 10.3.0.2 ttl 64 DF icmp frag-needed mtu 1450 [quotes 548 bytes: 10.3.0.2 > 10.3.0.5 ttl 64 DF icmp echo-request seq 1 data 520]`,
  );
  // Both directions count it, with the Ethernet header.
  expect(counters.rxBytes - rx).toBe(590);
  expect(counters.txBytes - tx).toBe(590);
  expect(world.ends[Verdict.PKT_TOO_BIG]).toBe(1);
  expect(balance(world).problems).toEqual([]);
});

test("D6 without a bridge the stack that sends remembers what fits, and the first packet goes in pieces", () => {
  const world = new World(1);
  const a = new OverlayHost(world, "hA", "172.10.0.15", A);
  const b = new OverlayHost(world, "hB", "172.10.0.17", B);
  underlay(world, [a, b]);
  const [left, right] = [a, b].map((host, i) => {
    const remote = ipOf(["172.10.0.17", "172.10.0.15"][i]!);
    const device = addVxlan(host.ns, "vx", { vni: 42, dstPort: 4789, remote });
    device.setUp(true);
    addAddress(device, `10.0.0.${i + 1}/24`);
    return device;
  }) as [NetDevice, NetDevice];
  ping(a.ns, "10.0.0.2");
  world.settle();
  const wire = new Watch(a.eth0);
  const echoes = new Watch(left);
  ping(a.ns, "10.0.0.2", { sequence: 1, size: 1472 });
  world.settle();
  expect(wire.seen.splice(0).map((frame) => frame.length)).toEqual([1514, 84, 1514, 84]);
  expect(lines(echoes)[1]).toContain("icmp echo-reply seq 1 data 1472");
  const way = ipOutput.route(a.ns, ipOf("10.0.0.2"), 0, 0, 0, 0)!;
  expect(ipOutput.mtu(a.ns, way, ipOf("10.0.0.2"), false)).toBe(1450);
  // With DF on the outer packets such a frame is not sent, and counts as dropped.
  a.ns.exceptions.flush();
  changeVxlan(vxlanOf(left)!, { df: "set" });
  const sent = left.counters.txPackets;
  ping(a.ns, "10.0.0.2", { sequence: 2, size: 1472 });
  world.settle();
  expect(wire.seen.length).toBe(0);
  expect([left.counters.txPackets, left.counters.txDropped]).toEqual([sent, 1]);
  expect(right.counters.rxPackets).toBe(sent);
  expect(balance(world).problems).toEqual([]);
});

test("D6 the recorded multicast underlay: flooded once, answered by unicast, learned by all", () => {
  const { world, hosts, containers } = book({ A: [15, 2], B: [17, 3], C: [33, 5] });
  const group = ipOf("239.1.1.1");
  const vteps = hosts.map((host) =>
    host.addVtep("vx0", { vni: 42, remote: group, dstPort: 4789, lower: host.eth0 }),
  );
  for (const host of hosts) expect(host.eth0.ipv4.groups.has(group)).toBe(true);
  world.advance(2 * SECOND);
  const wires = hosts.map((host) => new Watch(host.eth0));
  const C = "52:54:00:0a:00:21";
  const flooded = `${A} > 01:00:5e:01:01:01 len 92: 172.10.0.15 > 239.1.1.1 ttl 1 udp hash>4789 len 58 vxlan vni 42 flags 0x08 { ${CA} > ff:ff:ff:ff:ff:ff len 42: arp who-has 10.3.0.5 tell 10.3.0.2 }`;
  const asked = `${C} > ff:ff:ff:ff:ff:ff len 42: arp who-has 172.10.0.15 tell 172.10.0.33`;
  const seen = [
    flooded,
    asked,
    `${A} > ${C} len 42: arp reply 172.10.0.15 is-at ${A}`,
    `${C} > ${A} len 92: 172.10.0.33 > 172.10.0.15 ttl 64 udp hash>4789 len 58 vxlan vni 42 flags 0x08 { ${CB} > ${CA} len 42: arp reply 10.3.0.5 is-at ${CB} }`,
    `${A} > ${C} len 148: 172.10.0.15 > 172.10.0.33 ttl 64 udp hash>4789 len 114 vxlan vni 42 flags 0x08 { ${CA} > ${CB} len 98: 10.3.0.2 > 10.3.0.5 ttl 64 DF icmp echo-request seq 0 data 56 }`,
    `${C} > ${A} len 148: 172.10.0.33 > 172.10.0.15 ttl 64 udp hash>4789 len 114 vxlan vni 42 flags 0x08 { ${CB} > ${CA} len 98: 10.3.0.5 > 10.3.0.2 ttl 64 icmp echo-reply seq 0 data 56 }`,
  ];
  ping(containers[0]!, "10.3.0.5");
  world.settle();
  expect(wires.map(lines)).toEqual([seen, [flooded, asked], seen]);
  const everybody = `${ZERO} dst 239.1.1.1 via eth0 self permanent`;
  expect(vteps.map(fdbLines)).toEqual([
    [everybody, `${CB} dst 172.10.0.33 self `],
    [everybody, `${CA} dst 172.10.0.15 self `],
    [everybody, `${CA} dst 172.10.0.15 self `],
  ]);
  for (const vtep of vteps) vtep.device.setUp(false);
  for (const host of hosts) expect(host.eth0.ipv4.groups.has(group)).toBe(false);
  expect(balance(world).problems).toEqual([]);
});

test("D6 random overlays deliver between all containers of a network, and never across networks", () => {
  const world = fc.record({
    seed: fc.nat(),
    hosts: fc.integer({ min: 2, max: 4 }),
    vnis: fc.uniqueArray(fc.integer({ min: 1, max: 0xffffff }), { minLength: 2, maxLength: 3 }),
    membership: fc.array(fc.nat({ max: 2 }), { minLength: 4, maxLength: 4 }),
    learning: fc.boolean(),
    udpCsum: fc.boolean(),
  });
  fc.assert(
    fc.property(world, ({ seed, hosts: count, vnis, membership, learning, udpCsum }) => {
      const names = ["A", "B", "C", "D"].slice(0, count);
      const { world, hosts, containers } = book(
        Object.fromEntries(names.map((name, i) => [name, [10 + i, 2 + i] as const])),
        seed,
      );
      const vniOf = (i: number): number => vnis[membership[i]! % vnis.length]!;
      hosts.forEach((host, i) => {
        const vtep = host.addVtep("vx", { vni: vniOf(i), dstPort: 4789, learning, udpCsum });
        hosts.forEach((_, j) => {
          if (i !== j) fdb(vtep, "append", ZERO, `172.10.0.${10 + j}`);
        });
      });
      const watches = containers.map((ns) => new Watch(ns.device("eth0")!));
      for (let i = 0; i < count; i++) {
        for (let j = 0; j < count; j++) {
          if (i === j) continue;
          ping(containers[i]!, `10.3.0.${2 + j}`, { sequence: i * 16 + j });
          world.settle();
          const seen = watches.map(lines);
          const reaches = vniOf(i) === vniOf(j);
          expect(seen[i]!.some((line) => line.includes("echo-reply"))).toBe(reaches);
          for (let k = 0; k < count; k++) if (vniOf(k) !== vniOf(i)) expect(seen[k]).toEqual([]);
        }
      }
      expect(balance(world).problems).toEqual([]);
    }),
    { numRuns: 30 },
  );
});
