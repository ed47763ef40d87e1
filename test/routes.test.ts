import { expect, test } from "vitest";
import type { RouteSpec } from "../src/net/route.ts";
import { checkRoute } from "../src/net/route-check.ts";
import * as ip from "../src/wire/ipv4-address.ts";
import { addAddress, addRoute, capture, ipOf, RoutedNetwork, rawIcmp, sendEcho } from "./helpers/routed.ts";

/** The words of the kernel, or the device that the route got. */
function verdict(net: RoutedNetwork, prefix: string, more: Partial<RouteSpec>): string {
  const { address, length } = ip.parsePrefix(prefix)!;
  const plain: RouteSpec = {
    dst: address,
    prefixLength: length,
    type: "unicast",
    table: 254,
    scope: 0,
    protocol: "boot",
    metric: 0,
    tos: 0,
    device: null,
    gateway: 0,
    prefSource: 0,
    mtu: 0,
    onlink: false,
  };
  try {
    return checkRoute(net.a, { ...plain, ...more }).device?.name ?? "none";
  } catch (error) {
    return (error as Error).message;
  }
}

test("gateways, scopes and sources are refused in the kernel's words", () => {
  const net = new RoutedNetwork();
  const ea = net.ea;
  const via = (gateway: string, more: Partial<RouteSpec> = {}): string =>
    verdict(net, "10.66.0.0/16", { gateway: ipOf(gateway), ...more });
  // Recorded from ip route add on Linux 6.18.
  expect(via("10.99.0.1")).toBe("Nexthop has invalid gateway");
  expect(via("10.0.1.1")).toBe("ea");
  expect(via("10.0.1.9", { device: net.a.loopback })).toBe("Nexthop has invalid gateway");
  expect(via("10.0.1.255")).toBe("Nexthop has invalid gateway");
  expect(via("10.77.0.1", { device: ea })).toBe("Nexthop has invalid gateway");
  expect(via("10.77.0.1", { device: ea, onlink: true })).toBe("ea");
  expect(verdict(net, "10.66.0.1/16", { device: ea })).toBe("Invalid prefix for given prefix length");
  expect(verdict(net, "10.66.0.0/16", { device: ea, prefSource: ipOf("1.2.3.4") })).toBe(
    "Invalid prefsrc address",
  );
  expect(via("10.0.1.1", { scope: 253 })).toBe("Nexthop has invalid gateway");
  expect(via("10.0.1.1", { type: "local", scope: 254, device: ea })).toBe(
    "Route with host scope can not have a gateway",
  );
  ea.setUp(false);
  expect(verdict(net, "10.69.0.0/16", { device: ea })).toBe("Device for nexthop is not up");
  expect(via("10.0.1.1", { device: ea })).toBe("Nexthop has invalid gateway");
});

test("a router shows the shorter way; the host asks for the new gateway, then believes the second redirect", () => {
  const net = new RoutedNetwork();
  // b and a on one link: r sends back what is for b's second address by the device that it came from.
  addAddress(net.ra, "10.0.1.3/24");
  addRoute(net.r, "10.5.0.0/16", { gateway: ipOf("10.0.1.9"), device: net.ra });
  net.r.neighbours
    .get(net.ra, ipOf("10.0.1.9"))
    .update(0x0200, 0x109, "PERMANENT", { by: "kernel", text: "test" });
  const ea = capture(net.ea);
  const socket = rawIcmp(net.a);
  sendEcho(socket, "10.5.0.1");
  net.advance(0.3);
  expect(ea.filter((line) => line.includes("redirect"))).toEqual([
    "    10.0.1.1 > 10.0.1.2: ICMP redirect 10.5.0.1 to host 10.0.1.9, length 92",
  ]);
  expect(ea.filter((line) => line.includes("who-has 10.0.1.9 tell 10.0.1.2"))).toHaveLength(1);
  expect(net.a.exceptions.list()).toEqual([]);
  net.a.neighbours
    .get(net.ea, ipOf("10.0.1.9"))
    .update(0x0200, 0x109, "REACHABLE", { by: "kernel", text: "test" });
  sendEcho(socket, "10.5.0.1", 56, 2);
  net.advance(0.3);
  expect(net.a.exceptions.list().map((e) => ip.format(e.gateway))).toEqual(["10.0.1.9"]);
  ea.length = 0;
  sendEcho(socket, "10.5.0.1", 56, 3);
  net.advance(0.3);
  expect(ea.filter((line) => line.includes("redirect"))).toEqual([]);
  expect(net.problems()).toEqual([]);
});
