import { expect, test } from "vitest";
import { TcpSocket } from "../src/net/tcp/tcp-socket.ts";
import { UdpSocket } from "../src/net/udp-socket.ts";
import { connectionText } from "../src/netfilter/conntrack/connection-text.ts";
import { conntrackOf } from "../src/netfilter/conntrack/conntrack-hooks.ts";
import { capture, ipOf, RoutedNetwork, rawIcmp, sendEcho } from "./helpers/routed.ts";
import { addRule } from "./helpers/rules.ts";

const hello = new TextEncoder().encode("hello");

function connections(net: RoutedNetwork): readonly string[] {
  return conntrackOf(net.r).list().map(connectionText);
}

test("MASQUERADE keeps a free source port and the ICMP identifier, and the answers find their way back", () => {
  const net = new RoutedNetwork();
  addRule(net.r, "nat", "POSTROUTING", { source: "10.0.1.0/24", out: "rb", target: { name: "MASQUERADE" } });
  const server = new UdpSocket(net.b);
  server.bind(0, 53);
  const client = new UdpSocket(net.a);
  client.bind(0, 4000);
  const lines = capture(net.eb);
  client.sendTo(ipOf("10.0.2.2"), 53, hello);
  net.advance(0.1);
  const asked = server.receive()!;
  expect([asked.src, asked.srcPort]).toEqual([ipOf("10.0.2.1"), 4000]);
  server.sendTo(asked.src, asked.srcPort, hello);
  net.advance(0.1);
  const answer = client.receive()!;
  expect([answer.src, answer.srcPort]).toEqual([ipOf("10.0.2.2"), 53]);
  sendEcho(rawIcmp(net.a), "10.0.2.2");
  net.advance(0.1);
  expect(connections(net)).toEqual([
    "udp src=10.0.1.2 dst=10.0.2.2 sport=4000 dport=53 src=10.0.2.2 dst=10.0.2.1 sport=53 dport=4000",
    "icmp src=10.0.1.2 dst=10.0.2.2 type=8 code=0 id=7 src=10.0.2.2 dst=10.0.2.1 type=0 code=0 id=7",
  ]);
  expect(lines.filter((line) => line.includes("bad") || line.includes("wrong"))).toEqual([]);
  expect(net.problems()).toEqual([]);
});

test("MASQUERADE of what stays here takes another device's address, and lets a reset of OUTPUT through (Linux 6.18)", () => {
  const net = new RoutedNetwork();
  addRule(net.r, "nat", "POSTROUTING", { target: { name: "MASQUERADE" } });
  sendEcho(rawIcmp(net.r), "127.0.0.1");
  net.advance(0.1);
  expect(connections(net)).toEqual([
    "icmp src=127.0.0.1 dst=127.0.0.1 type=8 code=0 id=7 src=127.0.0.1 dst=10.0.1.1 type=0 code=0 id=7",
  ]);
  addRule(net.r, "filter", "OUTPUT", {
    out: "rb",
    target: { name: "REJECT", with: "tcp-reset" },
    protocol: 6,
  });
  const before = net.r.snmp.outRequests;
  const client = new TcpSocket(net.r);
  client.connect(ipOf("10.0.2.2"), 80);
  net.advance(0.1);
  expect(client.takeError()).toBe("ECONNREFUSED");
  // The SYN and the reset.
  expect(net.r.snmp.outRequests - before).toBe(2);
});

test("two clients with one source port: the second gets another, and each gets its own answer", () => {
  const net = new RoutedNetwork();
  addRule(net.r, "nat", "POSTROUTING", {
    out: "rb",
    target: { name: "SNAT", minAddress: "10.0.2.1" },
  });
  const server = new UdpSocket(net.b);
  server.bind(0, 53);
  const second = new UdpSocket(net.r);
  second.bind(ipOf("10.0.2.1"), 4000);
  const first = new UdpSocket(net.a);
  first.bind(0, 4000);
  second.sendTo(ipOf("10.0.2.2"), 53, hello);
  net.advance(0.1);
  first.sendTo(ipOf("10.0.2.2"), 53, hello);
  net.advance(0.1);
  expect(server.receive()!.srcPort).toBe(4000);
  const other = server.receive()!;
  expect(other.srcPort).not.toBe(4000);
  expect(other.srcPort).toBeGreaterThanOrEqual(1024);
  server.sendTo(other.src, other.srcPort, hello);
  net.advance(0.1);
  expect(first.receive()!.srcPort).toBe(53);
  expect(second.receive()).toBe(null);
  expect(net.problems()).toEqual([]);
});

test("an ICMP error comes back through DNAT with both of its headers rewritten", () => {
  const net = new RoutedNetwork();
  addRule(net.r, "nat", "PREROUTING", {
    protocol: 17,
    destination: "10.0.1.1/32",
    target: { name: "DNAT", minAddress: "10.0.2.2", minPort: 4321, maxPort: 4321 },
  });
  const client = new UdpSocket(net.a);
  const lines = capture(net.ea);
  client.connect(ipOf("10.0.1.1"), 3000);
  client.send(hello);
  net.advance(0.1);
  expect(client.error).toBe("ECONNREFUSED");
  const error = lines.find((line) => line.includes("unreachable"))!;
  expect(error).toContain("10.0.1.1 > 10.0.1.2: ICMP 10.0.1.1 udp port 3000 unreachable");
  expect(lines.filter((line) => line.includes("bad") || line.includes("wrong"))).toEqual([]);
  expect(net.problems()).toEqual([]);
});

test("who sends from the router itself goes where OUTPUT sends him", () => {
  const net = new RoutedNetwork();
  addRule(net.r, "nat", "OUTPUT", {
    protocol: 17,
    destination: "10.0.1.1/32",
    target: { name: "DNAT", minAddress: "10.0.2.2", minPort: 53, maxPort: 53 },
  });
  const server = new UdpSocket(net.b);
  server.bind(0, 53);
  const client = new UdpSocket(net.r);
  client.sendTo(ipOf("10.0.1.1"), 5300, hello);
  net.advance(0.1);
  const asked = server.receive()!;
  server.sendTo(asked.src, asked.srcPort, hello);
  net.advance(0.1);
  const answer = client.receive()!;
  expect([answer.src, answer.srcPort]).toEqual([ipOf("10.0.1.1"), 5300]);
  expect(net.problems()).toEqual([]);
});
