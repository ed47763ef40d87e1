import { expect, test } from "vitest";
import { byAdministrator } from "../src/net/neighbour.ts";
import * as procNet from "../src/net/proc-net.ts";
import { RawSocket } from "../src/net/raw-socket.ts";
import { UdpSocket } from "../src/net/udp-socket.ts";
import { addRoute, ipOf, RoutedNetwork, rawIcmp, sendEcho } from "./helpers/routed.ts";

// The expected texts were read from /proc/net on Linux 6.18; inode numbers and kernel addresses are random there.

test("/proc/net/arp, route and dev have the kernel's columns", () => {
  const net = new RoutedNetwork();
  const { a, ea } = net;
  const operation = { by: "kernel", text: "test" } as const;
  a.neighbours
    .resolve(ea, ipOf("10.0.1.7"), a.world.registry.cause)!
    .update(0x0200, 7, "PERMANENT", operation, byAdministrator);
  addRoute(a, "10.8.0.0/16", { type: "unreachable" });
  addRoute(a, "10.9.0.0/16", { device: ea, metric: 7, mtu: 1400, scope: 253 });
  sendEcho(rawIcmp(a), "10.0.1.3");
  net.advance(0.1);
  expect(procNet.arp(a)).toBe(
    [
      "IP address       HW type     Flags       HW address            Mask     Device",
      "10.0.1.7         0x1         0x6         02:00:00:00:00:07     *        ea",
      "10.0.1.3         0x1         0x0         00:00:00:00:00:00     *        ea",
      "",
    ].join("\n"),
  );
  const lines = procNet.route(a).split("\n");
  expect(lines.every((line) => line.length === 127 || line === "")).toBe(true);
  expect(lines.map((line) => line.trimEnd())).toEqual([
    "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT",
    "ea\t00000000\t0101000A\t0003\t0\t0\t0\t00000000\t0\t0\t0",
    "ea\t0001000A\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0",
    "*\t0000080A\t00000000\t0201\t0\t0\t0\t0000FFFF\t0\t0\t0",
    "ea\t0000090A\t00000000\t0001\t0\t0\t7\t0000FFFF\t0\t0\t0",
    "",
  ]);
  expect(procNet.dev(a).split("\n").slice(0, 3)).toEqual([
    "Inter-|   Receive                                                |  Transmit",
    " face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed",
    "    lo:       0       0    0    0    0     0          0         0        0       0    0    0    0     0       0          0",
  ]);
});

test("/proc/net/udp and raw show each socket's ends and what waits in it", () => {
  const net = new RoutedNetwork();
  const server = new UdpSocket(net.a);
  server.bind(0, 5000);
  const client = new UdpSocket(net.a);
  client.bind(ipOf("10.0.1.2"), 53786);
  client.connect(ipOf("10.0.1.2"), 5000);
  client.send(new Uint8Array(1));
  new RawSocket(net.a, 1);
  net.advance(0.1);
  const [head, first, second] = procNet.udp(net.a).split("\n");
  expect(head!.trimEnd()).toBe(
    "   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops",
  );
  expect(first).toMatch(
    /^ 4634: 0201000A:D21A 0201000A:1388 01 00000000:00000000 00:00000000 00000000 {5}0 {8}0 \d+ 2 0{16} 0 +$/,
  );
  expect(second).toMatch(
    /^ 5000: 00000000:1388 00000000:0000 07 00000000:00000301 00:00000000 00000000 {5}0 {8}0 \d+ 2 0{16} 0 +$/,
  );
  expect([head, first, second].map((line) => line!.length)).toEqual([127, 127, 127]);
  expect(procNet.raw(net.a).split("\n")[1]).toMatch(
    /^ {3}1: 00000000:0001 00000000:0000 07 00000000:00000000 00:00000000 00000000 {5}0 {8}0 \d+ 2 0{16} 0$/,
  );
});

test("/proc/net/snmp counts what passed", () => {
  const net = new RoutedNetwork();
  sendEcho(rawIcmp(net.a), "10.0.2.2");
  net.advance(0.1);
  const value = (ns: typeof net.a, group: string, name: string): string => {
    const [names, values] = procNet
      .snmp(ns)
      .split("\n")
      .filter((line) => line.startsWith(`${group}: `))
      .map((line) => line.split(" ")) as [string[], string[]];
    return values[names.indexOf(name)]!;
  };
  expect(value(net.r, "Ip", "Forwarding")).toBe("1");
  expect(value(net.r, "Ip", "ForwDatagrams")).toBe("2");
  expect(value(net.b, "Icmp", "InEchos")).toBe("1");
  expect(value(net.b, "Icmp", "OutEchoReps")).toBe("1");
  expect(value(net.a, "IcmpMsg", "InType0")).toBe("1");
  expect(value(net.a, "Ip", "OutRequests")).toBe("1");
});
