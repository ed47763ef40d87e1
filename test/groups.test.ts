import { expect, test } from "vitest";
import { UdpSocket } from "../src/net/udp-socket.ts";
import {
  addAddress,
  addRoute,
  capture,
  getSysctl,
  ipOf,
  RoutedNetwork,
  rawIcmp,
  sendEcho,
  setSysctl,
} from "./helpers/routed.ts";

const hello = new Uint8Array([104, 105, 10]);

test("joining a group is reported twice within a second or so, leaving as well (case k06)", () => {
  const net = new RoutedNetwork();
  const eb = capture(net.eb);
  const socket = new UdpSocket(net.a);
  const ea = capture(net.ea);
  const group = ipOf("239.1.1.1");
  socket.join(group, net.ea);
  net.advance(0.1);
  expect(ea).toEqual([
    "IP (tos 0xc0, ttl 1, id 0, offset 0, flags [DF], proto IGMP (2), length 40, options (RA))",
    "    10.0.1.2 > 224.0.0.22: igmp v3 report, 1 group record(s) [gaddr 239.1.1.1 to_ex { }]",
  ]);
  net.advance(1.1);
  expect(ea).toHaveLength(4);
  expect(() => socket.join(group, net.ea)).toThrow("Address already in use");
  socket.close();
  net.advance(2);
  expect(ea.slice(4).filter((line) => line.startsWith("    "))).toEqual([
    "    10.0.1.2 > 224.0.0.22: igmp v3 report, 1 group record(s) [gaddr 239.1.1.1 to_in { }]",
    "    10.0.1.2 > 224.0.0.22: igmp v3 report, 1 group record(s) [gaddr 239.1.1.1 to_in { }]",
  ]);
  expect(eb).toEqual([]);
  expect(net.problems()).toEqual([]);
});

test("a group's datagram reaches its members: on the link, and on the sender's own host", () => {
  const net = new RoutedNetwork();
  const group = ipOf("239.1.1.1");
  const [here, there, stranger] = [net.a, net.r, net.r].map((ns) => new UdpSocket(ns)) as [
    UdpSocket,
    UdpSocket,
    UdpSocket,
  ];
  here.bind(0, 5000);
  here.join(group, net.ea);
  there.reuseAddress = true;
  there.bind(group, 5000);
  there.join(group, net.ra);
  stranger.reuseAddress = true;
  stranger.groups.all = false;
  stranger.bind(0, 5000);
  const sender = new UdpSocket(net.a);
  sender.sendTo(group, 5000, hello);
  net.advance(0.1);
  expect(here.receive()?.ttl).toBe(1);
  expect(there.receive()?.payload).toEqual(hello);
  expect(stranger.receive()).toBeNull();
  sender.groups.loop = false;
  sender.sendTo(group, 5000, hello);
  net.advance(0.1);
  expect(here.receive()).toBeNull();
  expect(there.receive()).not.toBeNull();
  for (const socket of [here, there, stranger, sender]) socket.close();
  net.advance(1);
  expect(net.world.pool.inUse).toBe(0);
});

test("a broadcast needs permission, reaches every socket of the link and the sender's own", () => {
  const net = new RoutedNetwork();
  const own = new UdpSocket(net.a);
  own.bind(0, 67);
  const other = new UdpSocket(net.r);
  other.bind(0, 67);
  const sender = new UdpSocket(net.a);
  expect(() => sender.sendTo(ipOf("10.0.1.255"), 67, hello)).toThrow("Permission denied");
  sender.broadcast = true;
  for (const to of ["10.0.1.255", "255.255.255.255"]) {
    sender.sendTo(ipOf(to), 67, hello);
    net.advance(0.1);
    expect([own.receive()?.dst, other.receive()?.dst]).toEqual([ipOf(to), ipOf(to)]);
  }
  expect(net.problems()).toEqual([]);
});

test("echo requests to all are answered only when the sysctl says so", () => {
  const net = new RoutedNetwork();
  const socket = rawIcmp(net.a);
  socket.broadcast = true;
  const ea = capture(net.ea);
  sendEcho(socket, "10.0.1.255");
  net.advance(0.1);
  expect(ea).toHaveLength(2);
  setSysctl(net.r, "net/ipv4/icmp_echo_ignore_broadcasts", "0");
  sendEcho(socket, "10.0.1.255");
  net.advance(0.1);
  expect(ea.filter((line) => line.includes("10.0.1.1 > 10.0.1.2: ICMP echo reply"))).toHaveLength(1);
});

test("a directed broadcast is not forwarded", () => {
  const net = new RoutedNetwork();
  const eb = capture(net.eb);
  const socket = rawIcmp(net.a);
  socket.broadcast = true;
  sendEcho(socket, "10.0.2.255");
  net.advance(0.1);
  expect(eb).toEqual([]);
  expect(net.problems()).toEqual([]);
});

test("rp_filter 1 drops what would not go back that way, 2 what could not go back at all", () => {
  // a sends from an address that r would reach by its other side
  const outcome = (filter: string, source: string): number => {
    const net = new RoutedNetwork();
    setSysctl(net.r, "net/ipv4/conf/*/rp_filter", filter, "all");
    addAddress(net.a.loopback, `${source}/32`);
    const eb = capture(net.eb);
    const socket = rawIcmp(net.a);
    socket.bind(ipOf(source));
    addRoute(net.b, `${source}/32`, { gateway: ipOf("10.0.2.1"), device: net.eb });
    sendEcho(socket, "10.0.2.2");
    net.advance(0.1);
    expect(net.problems()).toEqual([]);
    return eb.filter((line) => line.includes(`${source} > 10.0.2.2`)).length;
  };
  // [rp_filter, source on the other link, source that r knows no way to]
  for (const [filter, spoofed, unknown] of [
    ["0", 1, 1],
    ["1", 0, 0],
    ["2", 1, 0],
  ] as const) {
    expect(outcome(filter, "10.0.2.99")).toBe(spoofed);
    expect(outcome(filter, "10.77.0.1")).toBe(unknown);
  }
});

test("ip_forward is conf.all.forwarding: it sets every device, those to come, and what is believed of redirects", () => {
  const net = new RoutedNetwork();
  const read = (star: string, key = "forwarding"): string => getSysctl(net.a, `net/ipv4/conf/*/${key}`, star);
  expect(setSysctl(net.a, "net/ipv4/ip_forward", "1")).toBe(true);
  expect(["all", "default", "lo", "ea"].map((star) => read(star))).toEqual(["1", "1", "1", "1"]);
  expect(read("all", "accept_redirects")).toBe("0");
  setSysctl(net.a, "net/ipv4/conf/*/forwarding", "0", "ea");
  expect(["all", "ea"].map((star) => read(star))).toEqual(["1", "0"]);
  expect(setSysctl(net.a, "net/ipv4/ip_forward", "x")).toBe(false);
  expect(setSysctl(net.a, "net/ipv4/ip_default_ttl", "0")).toBe(false);
});
