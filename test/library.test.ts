import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { lab, MILLISECOND, SECOND } from "../src/index.ts";
import { problemOf } from "./helpers/problem-of.ts";

const hosts = { a: "172.10.0.15", b: "172.10.0.16" };

test("an echo request is delivered, with what each table decided, who made its entry, and the answers", () => {
  const net = lab({ hosts });
  const request = net.send({ from: "a", to: "172.10.0.16" });
  expect(request).toMatchObject({ from: "172.10.0.15", to: "172.10.0.16", protocol: "icmp", dropped: [] });
  expect(request.devices).toEqual(["a/eth0", "u0/p0", "u0/p1", "b/eth0"]);
  expect(request.delivered).toEqual(["b"]);
  expect(request.decisions.map(({ at, verdict, kind }) => [at, verdict, kind])).toEqual([
    ["a", "routed", "route"],
    ["a", "waitsForNeighbour", "neighbour"],
    ["a", "resolved", "neighbour"],
    ["u0/u0", "bridged", "fdb"],
    ["b", "local", "route"],
  ]);
  expect(request.decisions[0]).toMatchObject({
    entry: "172.10.0.0/24 dev eth0 proto kernel scope link src 172.10.0.15",
    cause: "the description of a",
  });
  expect(request.decisions[2]!.cause).toMatch(/^learned from frame \d+: ARP, Reply 172.10.0.16 is-at/);
  expect(request.answers.map((journey) => [journey.protocol, journey.from])).toEqual([
    ["arp", "172.10.0.15"],
    ["arp", "172.10.0.16"],
    ["icmp", "172.10.0.16"],
  ]);
  expect(net.now).toBe(0);
  expect(net.accounts()).toEqual([]);
});

test("what nobody wants is dropped for a reason that the kernel has a name for", () => {
  const net = lab({ hosts });
  const datagram = net.send({ from: "a", to: "172.10.0.16", port: 99 });
  expect(datagram.delivered).toEqual([]);
  expect(datagram.dropped).toEqual([
    {
      at: "b",
      reason: "NO_SOCKET",
      entry: "no udp socket for 172.10.0.16:99",
      cause: "nobody has that port",
    },
  ]);
  expect(datagram.answers.at(-1)!.summary).toContain("udp port 99 unreachable");
  const nobody = net.send({ from: "a", to: "172.10.0.99" });
  expect(nobody.dropped).toMatchObject([{ at: "a", reason: "NEIGH_FAILED" }]);
  expect(net.now).toBeGreaterThan(2 * SECOND);
});

test("a SYN is answered by whoever listens, or refused, and nothing is left of it", async () => {
  const net = lab({ hosts });
  const refused = net.send({ from: "a", to: "172.10.0.16", protocol: "tcp", port: 80 });
  expect(refused.dropped).toMatchObject([{ at: "b", reason: "NO_SOCKET" }]);
  expect(refused.answers.at(-1)!.summary).toContain("Flags [R.]");
  await net.host("b").run("nc -l 80 >/dev/null & sleep 1");
  const taken = net.send({ from: "a", to: "172.10.0.16", protocol: "tcp", port: 80 });
  expect(taken.summary).toContain("Flags [S]");
  expect(taken.delivered).toEqual(["b"]);
  expect(taken.answers[0]!.summary).toContain("Flags [S.]");
  expect((await net.host("a").run("ss -tan | grep -c ESTAB")).stdout).toBe("0\n");
  expect(net.accounts()).toEqual([]);
});

test("commands are done at once, several in one text, in any namespace, and time stands still", () => {
  const net = lab({ hosts });
  net.apply(
    "a",
    `# a container on a bridge
     ip netns add c1
     ip link add br0 type bridge
     ip link add v1 type veth peer name eth0 netns c1
     ip link set v1 master br0 up`,
    { op: "link-set", dev: "br0", up: true },
  );
  net.apply("a/c1", "ip addr add 10.0.0.2/24 dev eth0", "ip link set eth0 up");
  net.apply("a", "ip netns exec c1 ip route add default via 10.0.0.1");
  expect(net.host("a").namespaces).toEqual(["a", "a/c1"]);
  expect(net.routes("a/c1").filter(({ table }) => table === "main")).toMatchObject([
    { dst: "default", via: "10.0.0.1", dev: "eth0", cause: "ip route add default via 10.0.0.1" },
    {
      dst: "10.0.0.0/24",
      via: null,
      src: "10.0.0.2",
      scope: "link",
      protocol: "kernel",
      cause: "ip link set eth0 up",
    },
  ]);
  expect(net.ask("a/c1", "ip route")).toContain("default via 10.0.0.1 dev eth0");
  expect(net.links("a/c1").map(({ name, kind, up }) => [name, kind, up])).toEqual([
    ["lo", "loopback", false],
    ["eth0", "veth", true],
  ]);
  expect(net.addresses("a/c1")).toMatchObject([
    { dev: "eth0", address: "10.0.0.2/24", peer: null, scope: "global" },
  ]);
  expect(net.now).toBe(0);
});

test("tables are plain values that stay as they were", () => {
  const net = lab({ hosts });
  net.send({ from: "a", to: "172.10.0.16" });
  const neighbours = net.neighbours("a");
  expect(neighbours).toMatchObject([
    { dst: "172.10.0.16", dev: "eth0", lladdr: "52:54:00:0a:00:10", state: "REACHABLE" },
  ]);
  expect(net.fdb("u0").filter(({ state }) => state === "")).toMatchObject([
    { mac: "52:54:00:0a:00:0f", dev: "p0", master: "u0", dst: null, vlan: null },
    { mac: "52:54:00:0a:00:10", dev: "p1", master: "u0" },
  ]);
  expect(net.rules("a").map(({ priority, lookup }) => [priority, lookup])).toEqual([
    [0, "local"],
    [32766, "main"],
    [32767, "default"],
  ]);
  expect(net.counters("b/eth0")).toMatchObject({ rxPackets: 2, txPackets: 2, rxDropped: 0 });
  net.advance(60 * SECOND);
  expect(neighbours[0]!.state).toBe("REACHABLE");
  expect(net.neighbours("a")[0]!.state).toBe("STALE");
  expect(JSON.parse(JSON.stringify(neighbours))).toEqual(neighbours);
});

test("a whole frame leaves by a device", () => {
  const net = lab({ hosts });
  const frame = new Uint8Array(60);
  frame.set([0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02, 0, 0, 0, 0, 9, 0x88, 0xb5]);
  const journey = net.send({ from: "a/eth0", frame });
  expect(journey).toMatchObject({ from: "02:00:00:00:00:09", to: "ff:ff:ff:ff:ff:ff", protocol: "ethernet" });
  // The switch is a Linux bridge, whose own device hears what is for all.
  expect(journey.dropped.map(({ at, reason }) => `${at} ${reason}`)).toEqual([
    "u0/u0 UNHANDLED_PROTO",
    "b/eth0 UNHANDLED_PROTO",
  ]);
  expect(net.fdb("u0").find(({ mac }) => mac === "02:00:00:00:00:09")!.cause).toContain("learned from frame");
});

test("an entry tells what made and changed it, even when it is gone", () => {
  const net = lab({ hosts });
  net.apply("a", "ip link set eth0 down");
  const [route] = net.why("route a 172.10.0.0/24");
  expect(route).toMatchObject({ kind: "route", where: "a", there: false });
  expect(route!.events.map(({ what, cause }) => [what, cause])).toEqual([
    ["made", "the description of a"],
    ["gone", "ip link set eth0 down"],
  ]);
  expect(net.why("no such entry")).toEqual([]);
});

test("typing at a bash gives both streams and the status", async () => {
  const net = lab({ hosts });
  const result = await net.host("a").run("x=1; ping -c 1 172.10.0.16 | grep -c from; ip link set eth9 up");
  expect(result).toEqual({ stdout: "1\n", stderr: 'Cannot find device "eth9"\n', status: 1 });
  expect((await net.host("a").run("echo $x")).stdout).toBe("1\n");
  net.host("a").powerOff();
  expect(net.host("a").poweredOn).toBe(false);
  expect(await net.host("a").run("true")).toEqual({ stdout: "", stderr: "a is switched off\n", status: 255 });
  net.host("a").powerOn();
  expect((await net.host("a").run("ip -br addr show eth0")).stdout).toContain("172.10.0.15/24");
});

test("a lesson's text makes its lab, and its commands are typed when asked for", async () => {
  const text = readFileSync(new URL("../scenarios/overlay.md", import.meta.url), "utf8");
  const net = lab(text);
  expect(net.hosts.map(({ name }) => name)).toEqual(["a", "b"]);
  expect(net.host("a").namespaces).toEqual(["a"]);
  expect(await net.runLesson()).toEqual({ held: true, problems: [] });
  expect(net.send({ from: "a/c1", to: "10.3.0.5" }).delivered).toEqual(["b/c2"]);
  const broken = await lab(text.replace(/^1 packets.*$/m, "2 packets")).runLesson();
  expect(broken.held).toBe(false);
  expect(broken.problems[0]).toMatch(/^lesson\.md:\d+: the output is not as expected:/);
});

test("recording begins with the lab, with the first packet sent, or never", () => {
  const net = lab({ hosts });
  const hint = "(lab(..., { record: true }), or send a packet first)";
  expect(problemOf(() => net.journeys())).toBe(`no journeys were recorded ${hint}`);
  expect(problemOf(() => net.capture())).toBe(`no journeys were recorded ${hint}`);
  net.send({ from: "a", to: "172.10.0.16" });
  expect(net.journeys().map((journey) => journey.protocol)).toEqual(["icmp", "arp", "arp", "icmp"]);
  net.advance(MILLISECOND);
  expect(net.journeys(MILLISECOND)).toEqual([]);
  expect(net.capture().length).toBeGreaterThan(500);
  expect(lab({ hosts }, { record: true }).journeys()).toEqual([]);
});

test("mistakes are one line each", () => {
  const net = lab({ hosts });
  const problems = (act: () => unknown): string => problemOf(act);
  expect(problems(() => lab({ hosts: { a: "172.10.0" } }))).toContain('"172.10.0" is not an IPv4 address');
  expect(problems(() => lab({ hosts }, { seed: -1 }))).toBe(
    "-1 is no seed (a whole number from 0 to 4294967295)",
  );
  expect(problems(() => lab("# not a lesson"))).toContain("lesson.md:1:1: a lesson begins with front matter");
  expect(problems(() => net.host("x"))).toBe("no host x (there are a, b)");
  expect(problems(() => net.routes("a/c9"))).toBe("no namespace a/c9 (there is a)");
  expect(problems(() => net.counters("a/eth7"))).toBe("no device a/eth7 (a has lo, eth0)");
  expect(problems(() => net.apply("a", "ip route add 10.0.0.0/8 via 9.9.9.9"))).toBe(
    "ip route add 10.0.0.0/8 via 9.9.9.9: Error: Nexthop has invalid gateway.",
  );
  expect(problems(() => net.apply("a", "ping 172.10.0.16"))).toMatch(
    /^ping 172\.10\.0\.16: ping needs a shell \(without a shell there are .*\bbridge\b.*\bip\b/,
  );
  expect(problems(() => net.apply("a", "ip netns exec c9 ip link"))).toContain(
    "Cannot open network namespace",
  );
  expect(problems(() => net.send({ from: "a", to: "172.10.0.16", source: "8.8.8.8" }))).toBe(
    "a cannot send to 172.10.0.16: Cannot assign requested address",
  );
  expect(problems(() => net.send({ from: "a", to: "b" }))).toBe(
    '"b" is not an IPv4 address (such as 10.3.0.5)',
  );
  expect(problems(() => net.send({ from: "a", to: "172.10.0.16", protocol: "udp" }))).toBe(
    "UDP needs a port (port: 53)",
  );
  expect(problems(() => net.send({ from: "a", to: "172.10.0.16", port: 70000 }))).toBe(
    "port 70000 is not possible (1 to 65535)",
  );
  expect(problems(() => net.send({ from: "a/eth0", frame: new Uint8Array(3) }))).toBe(
    "3 bytes are no Ethernet frame (14 bytes of header at least)",
  );
  expect(problems(() => net.counters("a"))).toBe("no device a (a has a/lo, a/eth0)");
  expect(problems(() => net.ask("a", " "))).toMatch(/^no command was given \(without a shell there are /);
  for (const duration of [-1, 0.5, Number.POSITIVE_INFINITY, Number.NaN])
    expect(problems(() => net.advance(duration))).toBe(
      `time cannot pass by ${duration} ns (a whole number, 0 or more)`,
    );
});

test("a lesson can claim of every table and counter what the library tells of it", async () => {
  const net = lab(`---
title: Claims
hosts: { a: 172.10.0.15 }
---
\`\`\`console a
$ ip addr add 172.10.0.99/24 dev eth0
$ ip route add 10.9.0.0/24 dev eth0 mtu 1400
$ ip rule add not from 10.0.0.0/8 prohibit pref 7
\`\`\`
\`\`\`expect
- entry: { table: address, in: a, address: 172.10.0.15/24, secondary: false }
- entry: { table: address, in: a, address: 172.10.0.99/24, secondary: true }
- entry: { table: route, in: a, dst: 10.9.0.0/24, mtu: 1400 }
- entry: { table: rule, in: a, priority: 7, not: true, from: 10.0.0.0/8, action: prohibit }
- entry: { table: rule, in: a, priority: 32766, not: false, action: lookup, lookup: main }
- counters: { device: a/eth0, carrierErrors: 0 }
- entry: { table: address, in: a, address: 172.10.0.99/24, secondary: false, absent: true }
\`\`\`
`);
  expect(await net.runLesson()).toEqual({ held: true, problems: [] });
});
