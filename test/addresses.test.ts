import { expect, test } from "vitest";
import * as inetAddress from "../src/net/inet-address.ts";
import type { NetDevice } from "../src/net/net-device.ts";
import * as ip from "../src/wire/ipv4-address.ts";
import { addAddress, capture, ipOf, RoutedNetwork, setSysctl } from "./helpers/routed.ts";

/** The routes of a device as `ip route show table all` has them, recorded on Linux 6.18. */
function routes(device: NetDevice): string[] {
  const lines: string[] = [];
  for (const id of [254, 255])
    for (const r of device.ns.fib.table(id).list())
      if (r.device === device && r.gateway === 0)
        lines.push(`${r.type} ${ip.formatPrefix(r.dst, r.prefixLength)} src ${ip.format(r.prefSource)}`);
  return lines;
}

function remove(device: NetDevice, address: string): void {
  inetAddress.remove(device, device.ipv4.addresses.find((a) => a.address === ipOf(address))!);
}

test("a device that goes down keeps its own addresses' routes and gets the others back", () => {
  const { ea } = new RoutedNetwork();
  const up = [
    "unicast 10.0.1.0/24 src 10.0.1.2",
    "local 10.0.1.2/32 src 10.0.1.2",
    "broadcast 10.0.1.255/32 src 10.0.1.2",
  ];
  expect(routes(ea)).toEqual(up);
  ea.setUp(false);
  expect(routes(ea)).toEqual(["local 10.0.1.2/32 src 10.0.1.2"]);
  ea.setUp(true);
  expect(routes(ea)).toEqual(up);
});

test("secondary addresses go with the first one, or one of them takes its place", () => {
  const net = new RoutedNetwork();
  const { ea } = net;
  const more = (): void => {
    for (const a of ["10.0.1.20/24", "10.0.1.30/24"]) addAddress(ea, a);
  };
  more();
  remove(ea, "10.0.1.2");
  expect(routes(ea)).toEqual([]);
  addAddress(ea, "10.0.1.2/24");
  more();
  setSysctl(net.a, "net/ipv4/conf/*/promote_secondaries", "1", "ea");
  remove(ea, "10.0.1.2");
  expect(ea.ipv4.addresses.map((a) => [ip.format(a.address), a.secondary])).toEqual([
    ["10.0.1.20", false],
    ["10.0.1.30", true],
  ]);
  expect(routes(ea)).toEqual([
    "unicast 10.0.1.0/24 src 10.0.1.20",
    "local 10.0.1.20/32 src 10.0.1.20",
    "local 10.0.1.30/32 src 10.0.1.20",
    "broadcast 10.0.1.255/32 src 10.0.1.20",
  ]);
});

test("a route of the kernel that somebody took away stays away when another address comes", () => {
  const { ea, a } = new RoutedNetwork();
  a.fib.remove(a.fib.table(254).of(ipOf("10.0.1.0"), 24)[0]!);
  addAddress(ea, "10.0.7.1/24");
  expect(routes(ea)).not.toContain("unicast 10.0.1.0/24 src 10.0.1.2");
  expect(routes(ea)).toContain("unicast 10.0.7.0/24 src 10.0.7.1");
});

test("arp_notify tells the link of each address when the MAC changes or the device comes up", () => {
  const net = new RoutedNetwork();
  addAddress(net.ea, "10.0.1.30/24");
  setSysctl(net.a, "net/ipv4/conf/*/arp_notify", "1", "ea");
  const seen = capture(net.ra);
  net.ea.setMac(0x0200, 0x66);
  net.ea.setUp(false);
  net.ea.setUp(true);
  net.advance(0.1);
  const pair = ["10.0.1.2", "10.0.1.30"].map(
    (a) => `ARP, Ethernet (len 6), IPv4 (len 4), Request who-has ${a} tell ${a}, length 28`,
  );
  expect(seen).toEqual([...pair, ...pair]);
});
