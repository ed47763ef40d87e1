import { expect, test } from "vitest";
import { lab } from "../src/index.ts";
import type { RouteSpec } from "../src/net/route.ts";
import { checkRoute } from "../src/net/route-check.ts";
import * as ip from "../src/wire/ipv4-address.ts";
import {
  addAddress,
  addRoute,
  capture,
  ipOf,
  RoutedNetwork,
  rawIcmp,
  routeSpec,
  sendEcho,
} from "./helpers/routed.ts";

/** The words of the kernel, or the device that the route got. */
function verdict(net: RoutedNetwork, prefix: string, more: Partial<RouteSpec>): string {
  try {
    return checkRoute(net.a, routeSpec(prefix, more)).device?.name ?? "none";
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
    .resolve(net.ra, ipOf("10.0.1.9"), { by: "kernel", text: "test" })!
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
    .resolve(net.ea, ipOf("10.0.1.9"), { by: "kernel", text: "test" })!
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

/** Two hosts, and what is typed on the first; test/kernel/cases/path-mtu.sh asks the kernel much the same. */
async function narrowPath(...lines: readonly string[]): Promise<string> {
  const net = lab({ hosts: { a: "172.10.0.15", b: "172.10.0.16" } });
  net.apply("b", "sysctl -w net.ipv4.ip_forward=1");
  net.apply("b", "ip link add d0 mtu 1400 type dummy");
  net.apply("b", "ip addr add 10.9.0.1/24 dev d0");
  net.apply("b", "ip link set d0 up");
  net.apply("a", "ip route add 10.9.0.0/24 via 172.10.0.16");
  await net.host("a").run("ping -c 1 -W 0.1 -M do -s 1400 10.9.0.2");
  let output = "";
  for (const line of lines) output += (await net.host("a").run(line)).stdout;
  return output.replaceAll(/expires \d+sec/g, "expires T");
}

const learned = (mtu: number): string =>
  `10.9.0.2 via 172.10.0.16 dev eth0 src 172.10.0.15 uid 0 \n    cache expires T mtu ${mtu} \n`;

test("a learned path MTU is never more than the device's, and follows the device when it was as much", async () => {
  const get = "ip route get 10.9.0.2";
  expect(await narrowPath(get)).toBe(learned(1400));
  expect(await narrowPath("ip link set eth0 mtu 1450", get)).toBe(learned(1400));
  expect(await narrowPath("ip link set eth0 mtu 1300", get, "ip link set eth0 mtu 1500", get)).toBe(
    learned(1300) + learned(1500),
  );
});

test("the cache shows what was learned once it was used; a route with mtu lock learns nothing", async () => {
  const use = "ip route get 10.9.0.2 >/dev/null";
  expect(await narrowPath("ip route show cache")).toBe("");
  expect(await narrowPath(use, "ip route show cache", "ip route show cache dev eth0")).toBe(
    "10.9.0.2 via 172.10.0.16 dev eth0 \n    cache expires T mtu 1400 \n" +
      "10.9.0.2 via 172.10.0.16 \n    cache expires T mtu 1400 \n",
  );
  expect(await narrowPath(use, "ip route flush cache", "ip route show cache")).toBe("");
  const locked = "ip route replace 10.9.0.0/24 via 172.10.0.16 mtu lock 1480";
  const again = "ping -c 1 -W 0.1 -M do -s 1400 10.9.0.2 >/dev/null";
  expect(await narrowPath(locked, again, use, "ip route show cache")).toBe("");
});
