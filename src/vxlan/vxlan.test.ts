import fc from "fast-check";
import { expect, test } from "vitest";
import { balance } from "../capture/conservation.ts";
import type { DeviceDriver } from "../net/device-driver.ts";
import { DeviceSpec } from "../net/device-spec.ts";
import { Host } from "../net/host.ts";
import * as inetAddress from "../net/inet-address.ts";
import { Kernel } from "../net/kernel.ts";
import type { NetDevice } from "../net/net-device.ts";
import type { NetworkNamespace } from "../net/network-namespace.ts";
import { UdpSocket } from "../net/udp-socket.ts";
import { finishChecksum } from "../sim/finish-checksum.ts";
import { Verdict } from "../sim/verdict.ts";
import { World } from "../sim/world.ts";
import * as ethernet from "../wire/ethernet.ts";
import * as ipv4 from "../wire/ipv4.ts";
import * as ip from "../wire/ipv4-address.ts";
import * as mac from "../wire/mac.ts";
import * as udp from "../wire/udp.ts";
import { addVxlan, vxlanOf } from "./add-vxlan.ts";

const nicDriver: DeviceDriver = {
  kind: "nic",
  transmit: (device, packet) => device.drop(packet, Verdict.NO_CARRIER),
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
  const device = ns.addDevice(
    "eth0",
    nicDriver,
    new DeviceSpec({ mac: { hi: 0x5254, lo: ip.parsePrefix(prefix)!.address } }),
  );
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
  expect(vxa.counters.txPackets).toBe(2); // the ARP request and the datagram
  expect(vxa.counters.txBytes).toBe(28 + 31);
  expect(vxb.counters.rxBytes).toBe(28 + 31);
  const learned = vxlanOf(vxb)!.fdb.find(vxa.macHi, vxa.macLo, 42)!;
  expect(learned.state).toBe("reachable");
  expect(learned.remotes[0]!.address).toBe(at("172.10.0.15"));
  expect(world.pool.inUse).toBe(0);
});

/** A pair of VTEPs over whatever leads between two addresses. */
function tunnel(
  a: NetworkNamespace,
  b: NetworkNamespace,
  options: { vni: number; from: string; to: string; inner: string; udpCsum?: boolean },
): [NetDevice, NetDevice] {
  const { vni, udpCsum = true } = options;
  const ends = [
    [a, options.from, options.to, 1],
    [b, options.to, options.from, 2],
  ] as const;
  return ends.map(([ns, local, remote, n]) => {
    const name = `vx${vni}`;
    const device = addVxlan(ns, name, { vni, dstPort: 4789, local: at(local), remote: at(remote), udpCsum });
    device.setUp(true);
    address(device, `${options.inner}.${n}/24`);
    return device;
  }) as [NetDevice, NetDevice];
}

test("at most one checksum is left open, and both are right once finished", () => {
  for (const udpCsum of [true, false]) {
    for (const size of [1, 2, 555, 1400]) {
      const { world, a, b } = pair();
      tunnel(a, b, { vni: 42, from: "172.10.0.15", to: "172.10.0.17", inner: "10.0.0", udpCsum });
      const sums: number[] = [];
      b.device("eth0")!.tap = {
        record: (_place, packet) => {
          if (ethernet.type(packet.view, packet.at) !== ethernet.TYPE_IPV4) return;
          finishChecksum(packet);
          const outer = packet.at + ethernet.HEADER_LEN;
          const header = outer + ipv4.HEADER_LEN;
          const inner = header + udp.HEADER_LEN + 8 + ethernet.HEADER_LEN;
          const isRight = (ipAt: number): boolean =>
            udp.isChecksumValid(
              packet.view,
              ipAt + ipv4.HEADER_LEN,
              ipv4.src(packet.view, ipAt),
              ipv4.dst(packet.view, ipAt),
            );
          expect(isRight(outer)).toBe(true);
          sums.push(udp.checksum(packet.view, header));
          if (ethernet.type(packet.view, inner - ethernet.HEADER_LEN) === ethernet.TYPE_IPV4) {
            expect(isRight(inner)).toBe(true);
            expect(udp.checksum(packet.view, inner + ipv4.HEADER_LEN)).not.toBe(0);
          }
        },
      };
      const server = new UdpSocket(b);
      server.bind(0, 7);
      new UdpSocket(a).sendTo(at("10.0.0.2"), 7, new Uint8Array(size).fill(0xa5));
      world.settle();
      expect(server.receive()?.payload.length).toBe(size);
      expect(sums.length).toBeGreaterThanOrEqual(2);
      expect(sums.every((sum) => (sum !== 0) === udpCsum)).toBe(true);
    }
  }
});

test("D6 tunnels in tunnels find room for their headers", () => {
  const { world, a, b } = pair();
  tunnel(a, b, { vni: 1, from: "172.10.0.15", to: "172.10.0.17", inner: "10.1.0" });
  for (let vni = 2; vni <= 5; vni++) {
    const below = `10.${vni - 1}.0`;
    tunnel(a, b, { vni, from: `${below}.1`, to: `${below}.2`, inner: `10.${vni}.0` });
  }
  const server = new UdpSocket(b);
  server.bind(0, 7);
  new UdpSocket(a).sendTo(at("10.5.0.2"), 7, new Uint8Array([1, 2, 3]));
  world.settle();
  expect(server.receive()?.payload).toEqual(new Uint8Array([1, 2, 3]));
  expect(balance(world).problems).toEqual([]);
});

test("two tunnels that lead through each other end in a drop, not in a storm", () => {
  const { world, a } = pair();
  const cause = { by: "kernel", text: "test" } as const;
  for (const [vni, inner, remote] of [
    [1, "10.1.0", "10.2.0.2"],
    [2, "10.2.0", "10.1.0.2"],
  ] as const) {
    const device = addVxlan(a, `vx${vni}`, { vni, dstPort: 4789, remote: at(remote) });
    device.setUp(true);
    address(device, `${inner}.1/24`);
    a.neighbours
      .resolve(device, at(`${inner}.2`), a.world.registry.cause)!
      .update(0x0200, vni, "PERMANENT", cause);
  }
  new UdpSocket(a).sendTo(at("10.1.0.2"), 7, new Uint8Array(8));
  world.settle();
  expect(world.ends[Verdict.RECURSION_LIMIT]).toBe(1);
  expect(balance(world).problems).toEqual([]);
});

test("a VTEP of the same namespace takes the frame without outer headers, and learns 127.0.0.1", () => {
  const { world, a } = pair();
  const here = addVxlan(a, "here", { vni: 1, dstPort: 4789 });
  const there = addVxlan(a, "there", { vni: 2, dstPort: 4789 });
  for (const device of [here, there]) device.setUp(true);
  const send = (vni: number): void => {
    const destination = { address: at("172.10.0.15"), port: 4789, vni, ifindex: 0 };
    const flags = {
      state: "permanent",
      router: false,
      externLearn: false,
      byUser: true,
      use: false,
    } as const;
    vxlanOf(here)!.fdb.update("append", { macHi: 0, macLo: 0, srcVni: 1, destination, ...flags });
    const packet = world.pool.allocate(60, null);
    const frame = { dst: mac.BROADCAST, src: { hi: 0x0200, lo: 9 }, type: 0x88b5 };
    ethernet.emit(frame, packet.view, packet.at);
    here.transmit(packet);
    world.settle();
    vxlanOf(here)!.fdb.remove(0, 0, 1, null);
  };
  send(2);
  // With the Ethernet header, unlike frames that leave the host.
  expect([here.counters.txBytes, there.counters.rxBytes]).toEqual([60, 60]);
  const [entry] = vxlanOf(there)!.fdb.entries;
  expect([entry!.macLo, entry!.remotes[0]!.address]).toEqual([9, ip.LOOPBACK]);
  send(99);
  expect(world.ends[Verdict.VXLAN_VNI_NOT_FOUND]).toBe(1);
  expect(here.counters.txErrors).toBe(1);
  expect(balance(world).problems).toEqual([]);
});

test("a remote without a way is an error of the carrier", () => {
  const { world, a } = pair();
  const device = addVxlan(a, "vx", { vni: 1, dstPort: 4789, remote: at("1.2.3.4") });
  device.setUp(true);
  address(device, "10.0.0.1/24");
  new UdpSocket(a).sendTo(at("10.0.0.2"), 7, new Uint8Array(8));
  world.settle();
  const { counters } = device;
  expect([counters.txErrors, counters.carrierErrors, counters.txPackets]).toEqual([1, 1, 0]);
  expect(world.ends[Verdict.IP_OUTNOROUTES]).toBe(1);
});

test("random datagrams to the port never throw, and each ends with a reason", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 120 }), fc.boolean(), (bytes, marked) => {
      const { world, a, b } = pair();
      tunnel(a, b, { vni: 42, from: "172.10.0.15", to: "172.10.0.17", inner: "10.0.0" });
      const payload = Uint8Array.from(bytes);
      if (marked) payload.set([8, 0, 0, 0, 0, 0, 42, 0].slice(0, payload.length));
      new UdpSocket(a).sendTo(at("172.10.0.17"), 4789, payload);
      world.settle();
      expect(balance(world).problems).toEqual([]);
    }),
    { numRuns: 60 },
  );
});
