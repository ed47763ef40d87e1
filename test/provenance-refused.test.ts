/** Packets that no entry of a table ended: nobody wanted them, or their addresses could not be. */
import { expect, test } from "vitest";
import { type Journey, type Lab, lab, SECOND } from "../src/index.ts";
import * as ethernet from "../src/wire/ethernet.ts";
import * as ipv4 from "../src/wire/ipv4.ts";
import * as ip from "../src/wire/ipv4-address.ts";
import * as mac from "../src/wire/mac.ts";
import { PLAIN_IPV4 } from "./helpers/plain-ipv4.ts";
import { problemOf } from "./helpers/problem-of.ts";

function pair(): Lab {
  return lab({ hosts: { a: "172.10.0.15", b: "172.10.0.16" } });
}

function drops(journey: Journey): string[] {
  return journey.dropped.map(({ at, reason, entry, cause }) => `${at} ${reason} ${entry} <- ${cause}`);
}

interface Strange {
  readonly from?: string;
  readonly to?: string;
  readonly protocol?: number;
  readonly type?: number;
  readonly toMac?: string;
}

/** What becomes at b of a packet that no socket would send: any addresses, any protocol. */
function fate(net: Lab, strange: Strange): string[] {
  const { from = "172.10.0.15", to = "172.10.0.16", protocol = 17, type = ethernet.TYPE_IPV4 } = strange;
  const frame = new Uint8Array(60);
  const view = new DataView(frame.buffer);
  const dst = mac.parse(strange.toMac ?? net.links("b").find(({ name }) => name === "eth0")!.mac)!;
  ethernet.emit({ dst, src: mac.parse("02:00:00:00:00:01")!, type }, view, 0);
  const addresses = { src: ip.parse(from)!, dst: ip.parse(to)! };
  ipv4.emit({ ...PLAIN_IPV4, ...addresses, protocol, payloadLength: 26 }, view, ethernet.HEADER_LEN);
  return drops(net.send({ from: "a/eth0", frame })).filter((line) => line.startsWith("b"));
}

test("nobody has the port, or only for another address or peer; who comes or goes is seen anew", async () => {
  const net = pair();
  const udp = (): string[] => drops(net.send({ from: "a", to: "172.10.0.16", port: 53 }));
  const tcp = (): string[] => drops(net.send({ from: "a", to: "172.10.0.16", port: 53, protocol: "tcp" }));
  const missing = (protocol: string, cause: string): string[] => [
    `b NO_SOCKET no ${protocol} socket for 172.10.0.16:53 <- ${cause}`,
  ];
  expect(udp()).toEqual(missing("udp", "nobody has that port"));
  expect(tcp()).toEqual(missing("tcp", "nobody has that port"));
  await net.host("b").run("nc -u -l 127.0.0.1 53 & nc -l 127.0.0.1 53  & sleep 0.1");
  expect(udp()).toEqual(missing("udp", "there is only 127.0.0.1:53"));
  expect(tcp()).toEqual(missing("tcp", "there is only 127.0.0.1:53"));
  await net.host("b").run("kill %1 %2; wait");
  expect(udp()).toEqual(missing("udp", "nobody has that port"));
  expect(tcp()).toEqual(missing("tcp", "nobody has that port"));
});

test("martians: addresses that mean nothing there, and settings that would let them in", () => {
  const net = pair();
  const rfc = "(RFC 1122, 3.2.1.3)";
  expect(fate(net, { from: "224.0.0.5" })).toEqual([
    `b IP_INVALID_SOURCE 224.0.0.5 is no source <- the kernel, a group sends nothing ${rfc}`,
  ]);
  expect(fate(net, { from: "255.255.255.255" })).toEqual([
    `b IP_INVALID_SOURCE 255.255.255.255 is no source <- the kernel, all are no sender ${rfc}`,
  ]);
  expect(fate(net, { from: "0.0.0.0" })).toEqual([
    `b IP_INVALID_SOURCE 0.0.0.0 is no source <- the kernel, 0.0.0.0 is this host itself ${rfc}`,
  ]);
  expect(fate(net, { to: "0.0.0.0" })).toEqual([
    `b IP_INVALID_DEST 0.0.0.0 is no destination <- the kernel, 0.0.0.0 is this host itself ${rfc}`,
  ]);
  expect(fate(net, { to: "127.0.0.1" })).toEqual([
    "b IP_LOCALNET net.ipv4.conf.eth0.route_localnet = 0 <- the kernel, by default",
  ]);
  net.apply(
    "b",
    "sysctl -w net.ipv4.conf.eth0.route_localnet=1",
    "sysctl -w net.ipv4.conf.eth0.route_localnet=0",
  );
  expect(fate(net, { to: "127.0.0.1" })).toEqual([
    "b IP_LOCALNET net.ipv4.conf.eth0.route_localnet = 0 <- sysctl -w net.ipv4.conf.eth0.route_localnet=0",
  ]);
  expect(fate(net, { to: "224.1.2.3", toMac: "01:00:5e:01:02:03" })).toEqual([
    "b NOT_SPECIFIED no member of 224.1.2.3 on eth0 <- nobody joined it",
  ]);
});

test("a sender that says it is the receiver, with plain tables and with others", () => {
  const net = pair();
  net.apply("b", "ip addr add 10.9.0.1/32 dev lo");
  expect(fate(net, { from: "10.9.0.1" })).toEqual([
    "b IP_LOCAL_SOURCE 10.9.0.1/32 <- ip addr add 10.9.0.1/32 dev lo",
  ]);
  net.apply("b", "ip rule add from 10.77.0.0/16 lookup 7");
  expect(fate(net, { from: "10.9.0.1" })).toEqual([
    "b IP_LOCAL_SOURCE local 10.9.0.1 dev lo table local proto kernel scope host src 10.9.0.1 <- ip addr add 10.9.0.1/32 dev lo",
  ]);
});

test("strict reverse paths without any way back", () => {
  const net = pair();
  net.apply("b", "sysctl -w net.ipv4.conf.eth0.rp_filter=1");
  expect(fate(net, { from: "10.50.0.1" })).toEqual([
    "b IP_RPFILTER no route to 10.50.0.1 in table main <- nobody made one",
  ]);
});

test("a frame for another address, a protocol that nobody knows, a group's frame for one", () => {
  const net = pair();
  expect(drops(net.send({ from: "a", to: "172.10.0.16" }))).toEqual([]);
  net.apply("b", "ip link set eth0 address 02:00:00:00:00:78");
  net.apply("a", "ip neigh replace 172.10.0.16 lladdr 02:00:00:00:00:77 dev eth0");
  expect(drops(net.send({ from: "a", to: "172.10.0.16" }))).toEqual([
    "b/eth0 OTHERHOST eth0 has 02:00:00:00:00:78, not 02:00:00:00:00:77 <- ip link set eth0 address 02:00:00:00:00:78",
  ]);
  expect(fate(net, { type: 0x88b5 })).toEqual([
    "b/eth0 UNHANDLED_PROTO no handler of EtherType 0x88b5 <- the kernel, it knows no such protocol",
  ]);
  expect(fate(net, { protocol: 253 })).toEqual([
    "b IP_NOPROTO no handler of IP protocol 253 <- the kernel, it knows no such protocol",
  ]);
  net.apply("b", "sysctl -w net.ipv4.conf.all.drop_unicast_in_l2_multicast=1");
  expect(fate(net, { toMac: "ff:ff:ff:ff:ff:ff" })).toEqual([
    "b UNICAST_IN_L2_MULTICAST net.ipv4.conf.all.drop_unicast_in_l2_multicast = 1 <- sysctl -w net.ipv4.conf.all.drop_unicast_in_l2_multicast=1",
  ]);
});

test("a processor whose backlog is full", async () => {
  const net = lab({
    hosts: { a: "172.10.0.15", b: { address: "172.10.0.16", cpu: { count: 1, cost: "1ms" } } },
  });
  net.send({ from: "a", to: "172.10.0.16" });
  const limit = (): string[] => [
    ...new Set(
      net
        .journeys()
        .flatMap(drops)
        .filter((line) => line.includes("CPU_BACKLOG")),
    ),
  ];
  await net.host("a").run("for i in {1..23}; do ping -c 1 -W 0.01 -s 65507 172.10.0.16 & done; wait");
  expect(limit()).toEqual([
    "b/eth0 CPU_BACKLOG net.core.netdev_max_backlog = 1000 <- the kernel, by default",
  ]);
  net.advance(3 * SECOND);
  net.apply("b", "ip netns add c", "sysctl -w net.core.netdev_max_backlog=3");
  const set = "net.core.netdev_max_backlog = 3 <- sysctl -w net.core.netdev_max_backlog=3";
  const drop = (size: number): string[] => drops(net.send({ from: "a", to: "172.10.0.16", size }));
  // Four fragments: one in hand and three that wait; the fifth finds no room.
  expect(drop(4 * 1480 - 8)).toEqual([]);
  expect(drop(5 * 1480 - 8)[0]).toBe(`b/eth0 CPU_BACKLOG ${set}`);
  // It belongs to the machine, so only its first namespace shows it.
  expect(net.ask("b", "sysctl net.core.netdev_max_backlog")).toBe("net.core.netdev_max_backlog = 3\n");
  expect(problemOf(() => net.ask("b/c", "sysctl net.core.netdev_max_backlog"))).toContain("cannot stat");
});

test("what the sender's own kernel refuses ends where it began; an address it has not got is a mistake", async () => {
  const net = pair();
  expect(problemOf(() => net.send({ from: "a", to: "172.10.0.16", source: "9.9.9.9" }))).toBe(
    "a cannot send to 172.10.0.16: Cannot assign requested address",
  );
  const far = net.send({ from: "a", to: "9.9.9.9", port: 53 });
  expect(far).toMatchObject({ from: "0.0.0.0", to: "9.9.9.9", protocol: "udp", answers: [] });
  expect(far.summary).toBe("a cannot send to 9.9.9.9: Network is unreachable");
  expect(drops(far)).toEqual(["a IP_OUTNOROUTES no route to 9.9.9.9 in table main <- nobody made one"]);
  const toAll = net.send({ from: "a", to: "172.10.0.255", port: 53 });
  expect(toAll.devices[0]).toBe("a/eth0");
  expect(drops(net.send({ from: "a", to: "172.10.0.255", port: 53, protocol: "tcp" }))).toEqual([
    "a IP_OUTNOROUTES null <- null",
  ]);
  await net.host("a").run("iptables -A OUTPUT -p udp -j DROP");
  const filtered = net.send({ from: "a", to: "172.10.0.16", port: 53 });
  expect(filtered.protocol).toBe("udp");
  expect(drops(filtered)).toEqual([
    "a NETFILTER_DROP -t filter -A OUTPUT -p udp -j DROP <- iptables -A OUTPUT -p udp -j DROP",
  ]);
  net.apply("a", "ip link set eth0 down");
  expect(drops(net.send({ from: "a/eth0", frame: new Uint8Array(60) }))).toEqual([
    "a/eth0 DEV_READY eth0 down <- ip link set eth0 down",
  ]);
});
