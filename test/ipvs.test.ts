import { expect, test } from "vitest";
import { addDestination, addService } from "../src/ipvs/admin.ts";
import { ForwardMethod } from "../src/ipvs/connection-flags.ts";
import { ipvsOf } from "../src/ipvs/ipvs.ts";
import { files as proc } from "../src/ipvs/proc-ip-vs.ts";
import { isTcpActive, nextTcpState, TcpState } from "../src/ipvs/tcp-state.ts";
import { UdpSocket } from "../src/net/udp-socket.ts";
import * as ethernet from "../src/wire/ethernet.ts";
import * as ipv4 from "../src/wire/ipv4.ts";
import * as udp from "../src/wire/udp.ts";
import { labWorld } from "./helpers/lab-world.ts";
import { ipOf, RoutedNetwork } from "./helpers/routed.ts";

const VIRTUAL = ipOf("10.0.1.1");
const REAL = ipOf("10.0.2.2");
const CLIENT = ipOf("10.0.1.2");

/** A service on the router whose one server is b; datagrams to it come in by `ra`. */
function balanced(): { network: RoutedNetwork; send(port: number): void } {
  const network = new RoutedNetwork();
  const key = { protocol: 17, address: VIRTUAL, port: 5000, fwmark: 0 };
  addService(network.r, key, {
    scheduler: "rr",
    schedulerFlags: [false, false, false],
    persistence: 0,
    netmask: -1,
    onePacket: false,
  });
  addDestination(network.r, key, REAL, 6000, {
    method: ForwardMethod.masquerade,
    weight: 1,
    upperThreshold: 0,
    lowerThreshold: 0,
  });
  const { world, ra, ea } = network;
  const length = ethernet.HEADER_LEN + ipv4.HEADER_LEN + udp.HEADER_LEN + 4;
  const send = (port: number): void => {
    const packet = world.pool.allocate(length, null);
    const { view, at } = packet;
    ethernet.write(view, at, ra.macHi, ra.macLo, ea.macHi, ea.macLo, ethernet.TYPE_IPV4);
    ipv4.write(view, at + 14, 0, length - 14, 7, 0, 64, 17, CLIENT, VIRTUAL);
    udp.write(view, at + 34, port, 5000, 12, 0);
    ra.receive(packet);
    world.settle();
  };
  return { network, send };
}

test("old connections allocate nothing for a packet", () => {
  const { network, send } = balanced();
  for (let i = 0; i < 20_000; i++) send(4000);
  const connections = [...ipvsOf(network.r).connections.list()];
  expect(connections.map((c) => [c.clientPort, c.port, c.inPackets])).toEqual([[4000, 6000, 20_000]]);
  // A collection in between only makes it less; the best of some rounds is what the packets themselves need.
  const rounds = Array.from({ length: 5 }, () => {
    const before = process.memoryUsage().heapUsed;
    for (let i = 0; i < 5000; i++) send(4000);
    return (process.memoryUsage().heapUsed - before) / 5000;
  });
  const grown = rounds.filter((bytes) => bytes >= 0);
  expect(Math.min(...grown)).toBeLessThan(24);
});

test("each client port is a connection of its own, and ends by its time", () => {
  const { network, send } = balanced();
  for (let port = 1001; port <= 1100; port++) send(port);
  const ipvs = ipvsOf(network.r);
  expect(ipvs.connections.size).toBe(100);
  expect(ipvs.services[0]!.destinations[0]!.inactiveConnections).toBe(100);
  network.world.advance(299_000_000_000);
  expect(ipvs.connections.size).toBe(100);
  network.world.advance(2_000_000_000);
  expect(ipvs.connections.size).toBe(0);
  expect(ipvs.services[0]!.destinations[0]!.inactiveConnections).toBe(0);
});

test("what a server sends from the port of its connection comes from the service, and nothing else does", () => {
  const { network, send } = balanced();
  send(4000);
  const client = new UdpSocket(network.a);
  client.bind(0, 4000);
  const heard = (port: number): unknown => {
    const server = new UdpSocket(network.b);
    server.bind(0, port);
    server.sendTo(CLIENT, 4000, new Uint8Array(1));
    network.advance(1);
    server.close();
    const datagram = client.receive()!;
    return [datagram.src, datagram.srcPort];
  };
  expect(heard(6000)).toEqual([VIRTUAL, 5000]);
  expect(heard(6001)).toEqual([REAL, 6001]);
});

test("a TCP connection seen from both sides goes through its states", () => {
  const [SYN, ACK, FIN, RST] = [2, 16, 17, 4];
  let state: number = TcpState.none;
  const go = (direction: 0 | 1 | 2, flags: number): number => {
    state = nextTcpState(state, direction, flags, false);
    return state;
  };
  expect(go(0, SYN)).toBe(TcpState.synRecv);
  expect(go(1, SYN | ACK)).toBe(TcpState.synRecv);
  expect(go(0, ACK)).toBe(TcpState.established);
  expect(isTcpActive(state)).toBe(true);
  expect(go(1, FIN)).toBe(TcpState.finWait);
  expect(go(0, FIN)).toBe(TcpState.timeWait);
  expect(isTcpActive(state)).toBe(false);
  expect(go(0, SYN)).toBe(TcpState.synRecv);
  expect(go(1, RST)).toBe(TcpState.close);
});

// As on Linux 6.1.
test("with cache_bypass a packet of a mark's service that has no destination goes where it is addressed to", async () => {
  const world = labWorld({ hosts: { a: "172.10.0.15" } });
  const type = async (text: string): Promise<string> => (await world.type("a", text)).output;
  await type(
    `for n in c d s; do ip netns add $n; ip -n $n link set lo up; done
    ip link add cd netns c type veth peer name dc netns d
    ip link add sd netns s type veth peer name ds netns d
    ip -n c addr add 10.1.0.2/24 dev cd; ip -n d addr add 10.1.0.1/24 dev dc
    ip -n d addr add 10.2.0.1/24 dev ds; ip -n s addr add 10.2.0.2/24 dev sd
    ip -n c link set cd up; ip -n d link set dc up; ip -n d link set ds up; ip -n s link set sd up
    ip -n c route add default via 10.1.0.1; ip -n s route add default via 10.2.0.1
    ip netns exec d iptables -t mangle -A PREROUTING -i dc -p udp --dport 53 -j MARK --set-mark 1
    ip netns exec d ip rule add fwmark 1 lookup 100
    ip netns exec d ip route add local default dev lo table 100
    ip netns exec d ipvsadm -A -f 1 -s rr
    ip netns exec s nc -l -u -p 53 >/tmp/got &
    sleep 1`,
  );
  const ask = (port: number): Promise<string> =>
    type(
      `echo hi | ip netns exec c nc -u -w 1 -p ${port} 10.2.0.2 53; ip netns exec d ipvsadm -Lcn; cat /tmp/got`,
    );
  const head =
    "IPVS connection entries\npro expire state       source             virtual            destination\n";
  expect(await ask(4000)).toBe(head);
  await type("ip netns exec d sysctl -qw net.ipv4.vs.cache_bypass=1");
  expect(await ask(4001)).toBe(
    `${head}UDP 04:59  UDP         10.1.0.2:4001      10.2.0.2:53        0.0.0.0:0\nhi\n`,
  );
  expect(world.accounts()).toEqual([]);
});

// As on Linux 6.1, in whose ticks (HZ 100 there) the persistence is.
test("/proc/net/ip_vs has the blanks of the kernel's format, and persistence in ticks", () => {
  const { network } = balanced();
  const options = {
    scheduler: "wlc",
    schedulerFlags: [false, false, false],
    netmask: 0xffffff00 | 0,
    onePacket: false,
  } as const;
  const key = { protocol: 6, address: VIRTUAL, port: 80, fwmark: 0 };
  addService(network.r, key, { ...options, persistence: 60 });
  addService(network.r, { ...key, port: 81 }, { ...options, persistence: 0 });
  addService(network.r, { ...key, protocol: 17, port: 82 }, { ...options, persistence: 0, onePacket: true });
  addService(network.r, { ...key, port: 0, fwmark: 7 }, { ...options, persistence: 0 });
  expect(proc["ip_vs"]!(network.r).split("\n").slice(3)).toEqual([
    "UDP  0A000101:1388 rr  ",
    "  -> 0A000202:1770      Masq    1      0          0         ",
    "TCP  0A000101:0050 wlc  persistent 15000 FFFFFF00",
    "TCP  0A000101:0051 wlc  ",
    "UDP  0A000101:0052 wlc ops  ",
    "FWM  00000007 wlc ",
    "",
  ]);
});
