import { expect, test } from "vitest";
import { KernelError } from "../src/net/kernel-error.ts";
import { RawSocket } from "../src/net/raw-socket.ts";
import { UdpSocket } from "../src/net/udp-socket.ts";
import { addRoute, capture, ipOf, RoutedNetwork, rawIcmp, sendEcho } from "./helpers/routed.ts";

/** What `ping` would be told: the errors in the queue of its socket. */
function errors(socket: RawSocket): string[] {
  const words: string[] = [];
  for (let e = socket.takeQueuedError(); e !== null; e = socket.takeQueuedError())
    words.push(`${e.errno} ${e.info}`);
  socket.takeError();
  return words;
}

// The expected text of this file was recorded with tcpdump -nnvvt on Linux 6.18 (identifications are random there).

test("A3 a ping crosses a router; who-has comes first on each link", () => {
  const net = new RoutedNetwork();
  const ea = capture(net.ea);
  const eb = capture(net.eb);
  sendEcho(rawIcmp(net.a), "10.0.2.2");
  net.advance(1);
  expect(ea).toEqual([
    "ARP, Ethernet (len 6), IPv4 (len 4), Request who-has 10.0.1.1 tell 10.0.1.2, length 28",
    "ARP, Ethernet (len 6), IPv4 (len 4), Reply 10.0.1.1 is-at 02:00:00:00:01:01, length 28",
    "IP (tos 0x0, ttl 64, id N, offset 0, flags [DF], proto ICMP (1), length 84)",
    "    10.0.1.2 > 10.0.2.2: ICMP echo request, id N, seq 1, length 64",
    "IP (tos 0x0, ttl 63, id N, offset 0, flags [none], proto ICMP (1), length 84)",
    "    10.0.2.2 > 10.0.1.2: ICMP echo reply, id N, seq 1, length 64",
  ]);
  expect(eb.slice(0, 3)).toEqual([
    "ARP, Ethernet (len 6), IPv4 (len 4), Request who-has 10.0.2.2 tell 10.0.2.1, length 28",
    "ARP, Ethernet (len 6), IPv4 (len 4), Reply 10.0.2.2 is-at 02:00:00:00:02:02, length 28",
    "IP (tos 0x0, ttl 63, id N, offset 0, flags [DF], proto ICMP (1), length 84)",
  ]);
  expect(net.problems()).toEqual([]);
});

test("a TTL that ends at the router is told with the packet as it came", () => {
  const net = new RoutedNetwork();
  const socket = rawIcmp(net.a);
  socket.ttl = 1;
  const ea = capture(net.ea);
  sendEcho(socket, "10.0.2.2");
  net.advance(1);
  expect(ea.slice(4)).toEqual([
    "IP (tos 0xc0, ttl 64, id N, offset 0, flags [none], proto ICMP (1), length 112)",
    "    10.0.1.1 > 10.0.1.2: ICMP time exceeded in-transit, length 92",
    "\tIP (tos 0x0, ttl 1, id N, offset 0, flags [DF], proto ICMP (1), length 84)",
    "    10.0.1.2 > 10.0.2.2: ICMP echo request, id N, seq 1, length 64",
  ]);
  expect(errors(socket)).toEqual(["EHOSTUNREACH 0"]);
  expect(net.problems()).toEqual([]);
});

test("three questions a second apart, then host unreachable from the router", () => {
  const net = new RoutedNetwork();
  const ea = capture(net.ea);
  const eb = capture(net.eb);
  sendEcho(rawIcmp(net.a), "10.0.2.77");
  net.advance(2.9);
  expect(ea).toHaveLength(4);
  expect(net.world.held.map((queue) => queue.length)).toEqual([1]);
  net.advance(0.2);
  expect(ea.slice(4)).toEqual([
    "IP (tos 0xc0, ttl 64, id N, offset 0, flags [none], proto ICMP (1), length 112)",
    "    10.0.1.1 > 10.0.1.2: ICMP host 10.0.2.77 unreachable, length 92",
    "\tIP (tos 0x0, ttl 63, id N, offset 0, flags [DF], proto ICMP (1), length 84)",
    "    10.0.1.2 > 10.0.2.77: ICMP echo request, id N, seq 1, length 64",
  ]);
  const question = "ARP, Ethernet (len 6), IPv4 (len 4), Request who-has 10.0.2.77 tell 10.0.2.1, length 28";
  expect(eb).toEqual([question, question, question]);
  expect(net.r.neighbours.find(net.rb, ipOf("10.0.2.77"))!.state).toBe("FAILED");
  expect(net.problems()).toEqual([]);
});

test("nobody answers on the own link: the sender itself hears it, over lo", () => {
  const net = new RoutedNetwork();
  const socket = rawIcmp(net.a);
  const lo = capture(net.a.loopback);
  sendEcho(socket, "10.0.1.77");
  net.advance(3.1);
  expect(lo[1]).toBe("    10.0.1.2 > 10.0.1.2: ICMP host 10.0.1.77 unreachable, length 92");
  expect(errors(socket)).toEqual(["EHOSTUNREACH 0"]);
});

test("routes that say no: the router tells, except for a blackhole", () => {
  const net = new RoutedNetwork();
  addRoute(net.r, "10.8.0.0/16", { type: "unreachable" });
  addRoute(net.r, "10.9.0.0/16", { type: "prohibit" });
  addRoute(net.r, "10.10.0.0/16", { type: "blackhole" });
  const socket = rawIcmp(net.a);
  const ea = capture(net.ea);
  for (const to of ["10.8.0.1", "10.9.0.1", "10.10.0.1", "10.11.0.1"]) {
    sendEcho(socket, to);
    net.advance(1);
    errors(socket);
  }
  expect(ea.filter((line) => line.startsWith("    10.0.1.1 >"))).toEqual([
    "    10.0.1.1 > 10.0.1.2: ICMP host 10.8.0.1 unreachable, length 92",
    "    10.0.1.1 > 10.0.1.2: ICMP host 10.9.0.1 unreachable - admin prohibited filter, length 92",
    "    10.0.1.1 > 10.0.1.2: ICMP net 10.11.0.1 unreachable, length 92",
  ]);
  expect(net.problems()).toEqual([]);
});

test("a path's MTU is learned, then kept to; what may be cut is cut", () => {
  const net = new RoutedNetwork();
  net.rb.setMtu(1400);
  const socket = rawIcmp(net.a);
  socket.mtuDiscovery = "do";
  const ea = capture(net.ea);
  sendEcho(socket, "10.0.2.2", 1450);
  net.advance(0.5);
  expect(ea.slice(2)).toEqual([
    "IP (tos 0x0, ttl 64, id 0, offset 0, flags [DF], proto ICMP (1), length 1478)",
    "    10.0.1.2 > 10.0.2.2: ICMP echo request, id N, seq 1, length 1458",
    "IP (tos 0xc0, ttl 64, id N, offset 0, flags [none], proto ICMP (1), length 576)",
    "    10.0.1.1 > 10.0.1.2: ICMP 10.0.2.2 unreachable - need to frag (mtu 1400), length 556",
    "\tIP (tos 0x0, ttl 64, id 0, offset 0, flags [DF], proto ICMP (1), length 1478)",
    "    10.0.1.2 > 10.0.2.2: ICMP echo request, id N, seq 1, length 1458",
  ]);
  expect(errors(socket)).toEqual(["EMSGSIZE 1400"]);
  expect(net.a.exceptions.list().map((e) => [e.pmtu, e.expires > net.world.now])).toEqual([[1400, true]]);
  expect(() => sendEcho(socket, "10.0.2.2", 1450)).toThrow(KernelError);
  expect(errors(socket)).toEqual(["EMSGSIZE 1400"]);
  ea.length = 0;
  socket.mtuDiscovery = "want";
  sendEcho(socket, "10.0.2.2", 3000);
  net.advance(0.5);
  expect(ea.slice(0, 6)).toEqual([
    "IP (tos 0x0, ttl 64, id N, offset 0, flags [+], proto ICMP (1), length 1396)",
    "    10.0.1.2 > 10.0.2.2: ICMP echo request, id N, seq 1, length 1376",
    "IP (tos 0x0, ttl 64, id N, offset 1376, flags [+], proto ICMP (1), length 1396)",
    "    10.0.1.2 > 10.0.2.2: ip-proto-1",
    "IP (tos 0x0, ttl 64, id N, offset 2752, flags [none], proto ICMP (1), length 276)",
    "    10.0.1.2 > 10.0.2.2: ip-proto-1",
  ]);
  net.advance(600);
  expect(net.a.exceptions.list()).toEqual([]);
  expect(net.problems()).toEqual([]);
});

test("a closed port and an unknown protocol are told; a connected socket is refused", () => {
  const net = new RoutedNetwork();
  const ea = capture(net.ea);
  const socket = new UdpSocket(net.a);
  socket.connect(ipOf("10.0.2.2"), 7777);
  socket.send(new Uint8Array([120, 10]));
  net.advance(0.1);
  expect(ea.filter((line) => /unreachable/.test(line))).toEqual([
    "    10.0.2.2 > 10.0.1.2: ICMP 10.0.2.2 udp port 7777 unreachable, length 38",
  ]);
  expect(socket.takeError()).toBe("ECONNREFUSED");
  new RawSocket(net.a, 200).sendTo(ipOf("10.0.2.2"), new Uint8Array(5));
  net.advance(0.1);
  expect(ea.at(-3)).toBe("    10.0.2.2 > 10.0.1.2: ICMP 10.0.2.2 protocol 200 unreachable, length 33");
  expect(net.problems()).toEqual([]);
});
