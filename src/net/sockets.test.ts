import { expect, test } from "vitest";
import { Prng } from "../base/prng.ts";
import { World } from "../sim/world.ts";
import * as ip from "../wire/ipv4-address.ts";
import { Host } from "./host.ts";
import { Kernel } from "./kernel.ts";
import { UdpSocket } from "./udp-socket.ts";

const ADDRESSES = [0, ip.LOOPBACK, ip.LOOPBACK + 1];
const PORTS = 6;

test("sockets are found as a list of all of them would find them, few or many, the last that was bound first", () => {
  const prng = new Prng(1);
  const ns = new Host(new World(1), new Kernel(), "h").root;
  ns.loopback.setUp(true);
  let bound: UdpSocket[] = [];
  let most = 0;
  for (let step = 0; step < 3000; step++) {
    // The number of sockets goes up and down, past what the first table is made for.
    const wanted = 12 + 12 * Math.sin(step / 150);
    if (bound.length < wanted) {
      const socket = new UdpSocket(ns);
      socket.reuseAddress = true;
      socket.bind(ADDRESSES[prng.below(ADDRESSES.length)]!, 1000 + prng.below(PORTS));
      bound.unshift(socket);
    } else {
      const [gone] = bound.splice(prng.below(bound.length), 1);
      gone!.close();
    }
    most = Math.max(most, bound.length);
    const dst = ADDRESSES[1 + prng.below(2)]!;
    const port = 1000 + prng.below(PORTS);
    const at = (address: number): UdpSocket | undefined =>
      bound.find((socket) => socket.localPort === port && socket.localAddress === address);
    expect(ns.sockets.findUdp(ns.loopback, dst, port, ip.LOOPBACK, 9)).toBe(at(dst) ?? at(0) ?? null);
    if (step % 50 !== 0) continue;
    const group = bound.filter((socket) => socket.localPort === port && socket.localAddress === 0);
    expect(ns.sockets.findUdpGroup(ns.loopback, ip.ALL_SYSTEMS, port, 0, 9)).toEqual(group);
    expect(new Set(ns.sockets.listUdp())).toEqual(new Set(bound));
  }
  expect(most).toBeGreaterThan(20);
  for (const socket of bound) socket.close();
  bound = [];
  expect(ns.sockets.listUdp()).toEqual([]);
});

test("of sockets that fit alike the last that was bound, or given its address by connect, comes first, as on Linux 6.18", () => {
  const world = new World(1);
  const ns = new Host(world, new Kernel(), "h").root;
  ns.loopback.setUp(true);
  const heard: number[] = [];
  const bound = (count: number, port: number): UdpSocket[] =>
    Array.from({ length: count }, (_, i) => {
      const socket = new UdpSocket(ns);
      socket.reuseAddress = true;
      socket.bind(0, port);
      socket.receiver = () => heard.push(i);
      return socket;
    });
  const sender = new UdpSocket(ns);
  sender.bind(ip.LOOPBACK, 6000);
  const heardAfterSending = (address: number, port: number): number[] => {
    heard.length = 0;
    sender.sendTo(address, port, new Uint8Array(1));
    world.settle();
    return heard;
  };

  const [first, second] = bound(3, 5000);
  expect(heardAfterSending(ip.LOOPBACK, 5000)).toEqual([2]);
  expect(heardAfterSending(ip.LOOPBACK, 5000)).toEqual([2]);
  second!.connect(ip.LOOPBACK, 6000);
  expect(heardAfterSending(ip.LOOPBACK, 5000)).toEqual([1]);
  first!.connect(ip.LOOPBACK, 6000);
  expect(heardAfterSending(ip.LOOPBACK, 5000)).toEqual([0]);

  // Of a group's datagram the first gets the original, when all others have their copies.
  const group = ip.parse("224.1.1.1")!;
  for (const socket of bound(5, 5005)) socket.join(group, ns.loopback);
  sender.groups.device = ns.loopback.ifindex;
  expect(heardAfterSending(group, 5005)).toEqual([3, 2, 1, 0, 4]);
});

test("sockets that share a port by SO_REUSEPORT share its flows: each flow stays with one, and each has about as many", () => {
  const ns = new Host(new World(1), new Kernel(), "h").root;
  ns.loopback.setUp(true);
  const group = Array.from({ length: 3 }, () => {
    const socket = new UdpSocket(ns);
    socket.reusePort = true;
    socket.bind(0, 5000);
    return socket;
  });
  const ownerOf = (port: number): UdpSocket | null =>
    ns.sockets.findUdp(ns.loopback, ip.LOOPBACK, 5000, ip.LOOPBACK, port);
  const owners = Array.from({ length: 600 }, (_, i) => ownerOf(1000 + i));
  expect(owners.every((owner, i) => owner === ownerOf(1000 + i))).toBe(true);
  for (const socket of group) {
    const flows = owners.filter((owner) => owner === socket).length;
    expect(flows).toBeGreaterThan(150);
    expect(flows).toBeLessThan(250);
  }
  const alone = new UdpSocket(ns);
  expect(() => alone.bind(0, 5000)).toThrow("Address already in use");
  group[0]!.close();
  expect(group.indexOf(ownerOf(1000)!)).toBeGreaterThan(0);
});
