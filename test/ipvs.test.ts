import { expect, test } from "vitest";
import { addDestination, addService } from "../src/ipvs/admin.ts";
import { ForwardMethod } from "../src/ipvs/connection-flags.ts";
import { ipvsOf } from "../src/ipvs/ipvs.ts";
import { isTcpActive, nextTcpState, TcpState } from "../src/ipvs/tcp-state.ts";
import * as ethernet from "../src/wire/ethernet.ts";
import * as ipv4 from "../src/wire/ipv4.ts";
import * as udp from "../src/wire/udp.ts";
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
