import { expect, test } from "vitest";
import type { Neighbour } from "../src/net/neighbour.ts";
import { PacketSocket } from "../src/net/packet-socket.ts";
import * as arp from "../src/wire/arp.ts";
import * as ethernet from "../src/wire/ethernet.ts";
import {
  addAddress,
  addRoute,
  capture,
  ipOf,
  macOf,
  RoutedNetwork,
  rawIcmp,
  sendEcho,
  setSysctl,
} from "./helpers/routed.ts";

/** Sends an ARP packet from device `eb` of b, as `arping` does. */
function arping(
  net: RoutedNetwork,
  operation: number,
  sender: string,
  senderMac: string,
  target: string,
  to = "ff:ff:ff:ff:ff:ff",
): void {
  const bytes = new Uint8Array(ethernet.HEADER_LEN + arp.LEN);
  const view = new DataView(bytes.buffer);
  const mac = macOf(senderMac);
  ethernet.emit({ dst: macOf(to), src: mac, type: ethernet.TYPE_ARP }, view, 0);
  const body = {
    operation,
    senderMac: mac,
    senderIp: ipOf(sender),
    targetMac: macOf(to),
    targetIp: ipOf(target),
  };
  arp.emit(body, view, ethernet.HEADER_LEN);
  const socket = new PacketSocket(net.b, net.eb, ethernet.TYPE_ARP);
  socket.send(net.eb, bytes);
  socket.close();
  net.advance(0.001);
}

function entry(net: RoutedNetwork, address = "10.0.2.2"): Neighbour {
  return net.r.neighbours.find(net.rb, ipOf(address))!;
}

test("states over time: REACHABLE, STALE when idle, DELAY at use, a unicast PROBE, REACHABLE again", () => {
  const net = new RoutedNetwork();
  sendEcho(rawIcmp(net.r), "10.0.2.2");
  net.advance(0.1);
  expect(entry(net).state).toBe("REACHABLE");
  net.advance(14.5);
  expect(entry(net).state).toBe("REACHABLE"); // 15 s at least
  net.advance(31);
  expect(entry(net).state).toBe("STALE"); // 45 s at most
  const eb = capture(net.eb);
  sendEcho(rawIcmp(net.r), "10.0.2.2");
  net.advance(0.1);
  expect(entry(net).state).toBe("DELAY");
  net.advance(5);
  expect(entry(net).state).toBe("REACHABLE");
  expect(eb.filter((line) => line.startsWith("ARP"))).toContain(
    "ARP, Ethernet (len 6), IPv4 (len 4), Request who-has 10.0.2.2 tell 10.0.2.1, length 28",
  );
  expect(net.problems()).toEqual([]);
});

test("who is reachable for a shorter time than the delay is asked again and again, used or not", () => {
  const net = new RoutedNetwork();
  setSysctl(net.r, "net/ipv4/neigh/*/base_reachable_time_ms", "600", net.rb.name);
  setSysctl(net.r, "net/ipv4/neigh/*/delay_first_probe_time", "1", net.rb.name);
  sendEcho(rawIcmp(net.r), "10.0.2.2");
  const states = new Set<string>();
  for (let i = 0; i < 200; i++) {
    net.advance(0.1);
    if (i > 50) states.add(entry(net).state);
  }
  expect([...states].sort()).toEqual(["DELAY", "REACHABLE"]);
});

test("a neighbour that went away: three unicast probes a second apart, then FAILED", () => {
  const net = new RoutedNetwork();
  sendEcho(rawIcmp(net.r), "10.0.2.2");
  net.advance(50);
  setSysctl(net.b, "net/ipv4/conf/*/arp_ignore", "8", "all");
  const eb = capture(net.eb);
  sendEcho(rawIcmp(net.r), "10.0.2.2");
  net.advance(5.5);
  expect(entry(net).state).toBe("PROBE");
  net.advance(3);
  expect(entry(net).state).toBe("FAILED");
  expect(eb.filter((line) => line.includes("who-has 10.0.2.2"))).toHaveLength(3);
});

test("an upper layer that hears the neighbour spares the probe", () => {
  const net = new RoutedNetwork();
  sendEcho(rawIcmp(net.r), "10.0.2.2");
  net.advance(50);
  sendEcho(rawIcmp(net.r), "10.0.2.2");
  net.advance(2);
  expect(entry(net).state).toBe("DELAY");
  entry(net).confirm();
  const eb = capture(net.eb);
  net.advance(4);
  expect(entry(net).state).toBe("REACHABLE");
  expect(eb.filter((line) => line.includes("who-has 10.0.2.2"))).toEqual([]);
});

type Message = readonly [operation: number, sender: string, mac: string, target: string, to?: string];
const other = "02:00:00:00:00:99";
// [what comes, the message, state before the lock time is over, state afterwards]
const news: readonly [string, Message, string, string][] = [
  ["a gratuitous request", [arp.REQUEST, "10.0.2.2", other, "10.0.2.2"], "STALE", "STALE"],
  [
    "a reply to the router",
    [arp.REPLY, "10.0.2.2", other, "10.0.2.1", "02:00:00:00:02:01"],
    "REACHABLE old",
    "REACHABLE",
  ],
  ["a request for a third address", [arp.REQUEST, "10.0.2.2", other, "10.0.2.3"], "REACHABLE old", "STALE"],
];
test.each(news)("a known entry learns from %s", (_name, message, within, after) => {
  for (const [pause, expected] of [
    [0.2, within],
    [1.5, after],
  ] as const) {
    const net = new RoutedNetwork();
    sendEcho(rawIcmp(net.r), "10.0.2.2");
    net.advance(pause);
    arping(net, ...message);
    const n = entry(net);
    expect(`${n.state}${n.macLo === 0x0202 ? " old" : ""}`).toBe(expected);
  }
});

test("nothing is learned from strangers, unless arp_accept says so", () => {
  const net = new RoutedNetwork();
  arping(net, arp.REQUEST, "10.0.2.9", other, "10.0.2.9");
  expect(entry(net, "10.0.2.9")).toBeNull();
  setSysctl(net.r, "net/ipv4/conf/*/arp_accept", "1", "rb");
  arping(net, arp.REQUEST, "10.0.2.9", other, "10.0.2.9");
  expect(entry(net, "10.0.2.9").state).toBe("STALE");
});

test("a probe for duplicates is answered and nothing is learned from it", () => {
  const net = new RoutedNetwork();
  const eb = capture(net.eb);
  arping(net, arp.REQUEST, "0.0.0.0", other, "10.0.2.1");
  expect(eb[1]).toBe(
    "ARP, Ethernet (len 6), IPv4 (len 4), Reply 10.0.2.1 is-at 02:00:00:00:02:01, length 28",
  );
  expect(net.r.neighbours.list()).toEqual([]);
});

test("the weak host answers for any of its addresses; arp_ignore 1 makes it mind the device", () => {
  const net = new RoutedNetwork();
  const eb = capture(net.eb);
  arping(net, arp.REQUEST, "10.0.2.2", "02:00:00:00:02:02", "10.0.1.1");
  expect(eb).toHaveLength(2);
  setSysctl(net.r, "net/ipv4/conf/*/arp_ignore", "1", "all");
  arping(net, arp.REQUEST, "10.0.2.2", "02:00:00:00:02:02", "10.0.1.1");
  expect(eb).toHaveLength(3);
});

test("proxy_arp answers for the other side, a random while of up to 0.8 s later", () => {
  const net = new RoutedNetwork();
  setSysctl(net.r, "net/ipv4/conf/*/proxy_arp", "1", "rb");
  addRoute(net.b, "10.0.1.0/24", { device: net.eb, scope: 253 });
  const eb = capture(net.eb);
  sendEcho(rawIcmp(net.b), "10.0.1.2");
  net.advance(0.8);
  expect(eb.slice(0, 2)).toEqual([
    "ARP, Ethernet (len 6), IPv4 (len 4), Request who-has 10.0.1.2 tell 10.0.2.2, length 28",
    "ARP, Ethernet (len 6), IPv4 (len 4), Reply 10.0.1.2 is-at 02:00:00:00:02:01, length 28",
  ]);
  expect(net.problems()).toEqual([]);
});

test("answers by proxy are spread over all of that while", () => {
  const net = new RoutedNetwork();
  setSysctl(net.r, "net/ipv4/conf/*/proxy_arp", "1", "rb");
  const eb = capture(net.eb);
  const answers = (): number => eb.filter((line) => line.includes("Reply 10.0.1.2")).length;
  for (let i = 0; i < 40; i++) arping(net, arp.REQUEST, "10.0.2.2", "02:00:00:00:02:02", "10.0.1.2");
  net.advance(0.36);
  expect(answers()).toBeGreaterThan(10);
  expect(answers()).toBeLessThan(30);
  net.advance(0.45);
  expect(answers()).toBe(40);
});

test("an entry for one address (ip neigh add proxy) answers for it alone", () => {
  const net = new RoutedNetwork();
  setSysctl(net.r, "net/ipv4/neigh/*/proxy_delay", "0", "rb");
  net.r.neighbours.proxies.add(net.rb, ipOf("10.0.1.2"));
  const eb = capture(net.eb);
  for (const target of ["10.0.1.2", "10.0.1.3"])
    arping(net, arp.REQUEST, "10.0.2.2", "02:00:00:00:02:02", target);
  expect(eb.filter((line) => line.includes("Reply"))).toEqual([
    "ARP, Ethernet (len 6), IPv4 (len 4), Reply 10.0.1.2 is-at 02:00:00:00:02:01, length 28",
  ]);
});

test("the queue of waiting packets is bounded; the oldest go first", () => {
  const net = new RoutedNetwork();
  setSysctl(net.r, "net/ipv4/neigh/*/unres_qlen_bytes", "3000", "rb");
  const socket = rawIcmp(net.r);
  for (let i = 1; i <= 5; i++) sendEcho(socket, "10.0.2.77", 56, i);
  expect(entry(net, "10.0.2.77").queue.length).toBe(3);
  const eb = capture(net.eb);
  addAddress(net.eb, "10.0.2.77/24");
  net.advance(4);
  const requests = eb.flatMap((line) => /echo request, id N, seq (\d+)/.exec(line)?.[1] ?? []);
  expect(requests).toEqual(["3", "4", "5"]);
  expect(net.problems()).toEqual([]);
});

test("packets wait until nobody has answered three times; then they are lost, and their sender hears of it", () => {
  const net = new RoutedNetwork();
  sendEcho(rawIcmp(net.r), "10.0.2.77");
  net.advance(4);
  expect(entry(net, "10.0.2.77").state).toBe("FAILED");
  expect(entry(net, "10.0.2.77").queue.length).toBe(0);
  expect(net.problems()).toEqual([]);
});

test("the table overflows at gc_thresh3; entries that nobody needs make room before", () => {
  const net = new RoutedNetwork();
  const limits = net.r.host.neighbourLimits;
  limits.gc_thresh1 = 4;
  limits.gc_thresh2 = 6;
  limits.gc_thresh3 = 8;
  const socket = rawIcmp(net.r);
  for (let i = 10; i < 30; i++) sendEcho(socket, `10.0.2.${i}`);
  expect([limits.count, limits.overflows]).toEqual([8, 12]);
  net.advance(10);
  const before = limits.overflows;
  sendEcho(rawIcmp(net.r), "10.0.2.2");
  net.advance(0.1);
  expect(entry(net).state).toBe("REACHABLE");
  expect(limits.overflows).toBe(before);
  expect(net.problems()).toEqual([]);
});

test("groups and broadcasts need no question; a device that goes down forgets its neighbours", () => {
  const net = new RoutedNetwork();
  const ea = capture(net.ea);
  addAddress(net.a.loopback, "10.5.5.5/32");
  const socket = rawIcmp(net.a);
  socket.broadcast = true;
  sendEcho(socket, "10.0.1.255");
  sendEcho(socket, "224.0.0.251");
  net.advance(0.1);
  expect(ea.filter((line) => line.startsWith("ARP"))).toEqual([]);
  expect(net.a.neighbours.list().map((n) => n.state)).toEqual(["NOARP", "NOARP"]);
  net.ea.setUp(false);
  expect(net.a.neighbours.list()).toEqual([]);
});
