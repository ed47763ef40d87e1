import { expect, test } from "vitest";
import { addVeth } from "../src/link/veth.ts";
import { Host } from "../src/net/host.ts";
import { registerIpv4Sysctls } from "../src/net/ipv4-sysctls.ts";
import { Kernel } from "../src/net/kernel.ts";
import { UdpSocket } from "../src/net/udp-socket.ts";
import type { Conntrack } from "../src/netfilter/conntrack/conntrack.ts";
import { useConntrack } from "../src/netfilter/conntrack/conntrack-hooks.ts";
import { registerNetfilter } from "../src/netfilter/register-netfilter.ts";
import { World } from "../src/sim/world.ts";
import { addAddress, addRoute, ipOf, setSysctl } from "./helpers/routed.ts";
import { addRule } from "./helpers/rules.ts";

interface Race {
  readonly world: World;
  readonly conntrack: Conntrack;
  readonly clients: readonly UdpSocket[];
  readonly server: UdpSocket;
}

/**
 * A router with processors that take a microsecond for each packet, a client with two addresses before it, and a server
 * behind it. `rule`: what SNAT does there.
 */
function race(cpu: { count: number; steering: "flow" | "turn" }, port: number | null): Race {
  const world = new World(1);
  const kernel = new Kernel();
  registerIpv4Sysctls(kernel);
  registerNetfilter(kernel);
  const plain = new Host(world, kernel, "plain");
  const router = new Host(world, kernel, "r", { ...cpu, cost: 1000 }).root;
  const [a, b] = ["a", "b"].map((name) => plain.addNamespace(name));
  const mac = (lo: number) => ({ hi: 0x0200, lo });
  const ea = addVeth(a!, "eth0", { mac: mac(1) }, router, "ra", { mac: mac(2) });
  const eb = addVeth(b!, "eth0", { mac: mac(3) }, router, "rb", { mac: mac(4) });
  for (const device of [ea, ea.peer!, eb, eb.peer!]) device.setUp(true);
  for (const prefix of ["10.0.1.2/24", "10.0.1.3/24"]) addAddress(ea, prefix);
  addAddress(ea.peer!, "10.0.1.1/24");
  addAddress(eb.peer!, "10.0.2.1/24");
  addAddress(eb, "10.0.2.2/24");
  addRoute(a!, "0.0.0.0/0", { gateway: ipOf("10.0.1.1"), device: ea });
  addRoute(b!, "0.0.0.0/0", { gateway: ipOf("10.0.2.1"), device: eb });
  setSysctl(router, "net/ipv4/ip_forward", "1");
  const conntrack = useConntrack(router);
  if (port !== null)
    addRule(router, "nat", "POSTROUTING", {
      out: "rb",
      protocol: 17,
      target: { name: "SNAT", minAddress: "10.0.2.1", minPort: port, maxPort: port + 99 },
    });
  const clients = ["10.0.1.2", "10.0.1.3"].map((address) => {
    const socket = new UdpSocket(a!);
    socket.bind(ipOf(address), 7000);
    return socket;
  });
  const server = new UdpSocket(b!);
  server.bind(0, 53);
  // Neighbours become known, and what that made is forgotten.
  for (const client of clients) client.sendTo(ipOf("10.0.2.2"), 54, new Uint8Array(1));
  world.advance(1e9);
  conntrack.flush(() => true);
  Object.assign(conntrack.stats, { insertFailed: 0, drop: 0, clashResolve: 0, invalid: 0 });
  return { world, conntrack, clients, server };
}

function heard(server: UdpSocket): number {
  let count = 0;
  while (server.receive() !== null) count++;
  return count;
}

const query = new Uint8Array(20);

test("two queries of one socket on two processors make the same connection: the second joins the first", () => {
  const { world, conntrack, clients, server } = race({ count: 2, steering: "turn" }, null);
  clients[0]!.sendTo(ipOf("10.0.2.2"), 53, query);
  clients[0]!.sendTo(ipOf("10.0.2.2"), 53, query);
  world.advance(1e8);
  expect(heard(server)).toBe(2);
  expect(conntrack.count).toBe(1);
  expect(conntrack.stats).toMatchObject({ clashResolve: 1, insertFailed: 0, drop: 0 });
});

test("two that get the same port from SNAT at the same time: one of them is lost (insert_failed)", () => {
  const { world, conntrack, clients, server } = race({ count: 2, steering: "turn" }, 7000);
  for (const client of clients) client.sendTo(ipOf("10.0.2.2"), 53, query);
  world.advance(1e8);
  expect(heard(server)).toBe(1);
  expect(conntrack.count).toBe(1);
  expect(conntrack.stats).toMatchObject({ clashResolve: 0, insertFailed: 1, drop: 1 });
  // The next try finds the port taken and gets another one.
  clients[1]!.sendTo(ipOf("10.0.2.2"), 53, query);
  world.advance(1e8);
  expect(heard(server)).toBe(1);
  expect(conntrack.count).toBe(2);
});

test("on one processor, or with a moment between them, there is no race", () => {
  for (const { count, pause } of [
    { count: 1, pause: 0 },
    { count: 2, pause: 5000 },
  ]) {
    const { world, conntrack, clients, server } = race({ count, steering: "turn" }, 7000);
    for (const client of clients) {
      client.sendTo(ipOf("10.0.2.2"), 53, query);
      world.advance(pause);
    }
    world.advance(1e8);
    expect(heard(server)).toBe(2);
    expect(conntrack.stats).toMatchObject({ clashResolve: 0, insertFailed: 0 });
  }
});
