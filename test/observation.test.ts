import fc from "fast-check";
import { expect, test } from "vitest";
import { Recorder } from "../src/capture/recorder.ts";
import { KernelError } from "../src/net/kernel-error.ts";
import type { NetworkNamespace } from "../src/net/network-namespace.ts";
import { UdpSocket } from "../src/net/udp-socket.ts";
import { finishChecksum } from "../src/sim/finish-checksum.ts";
import { MICROSECOND, MILLISECOND, SECOND } from "../src/sim/time.ts";
import { World } from "../src/sim/world.ts";
import * as ip from "../src/wire/ipv4-address.ts";
import { ipOf, OverlayHost, underlay } from "./helpers/overlay.ts";
import { addRoute } from "./helpers/routed.ts";

const PORT = 9000;
/** Ethernet, IPv4, UDP, VXLAN and the inner Ethernet header: they still lie before the inner IP header when it arrives. */
const OUTER = 64;

/** How a run is watched, or how it has to do its work. */
type Way = "unseen" | "world tap" | "device taps" | "new sockets";

/** Something that happens between packets, to container `n` or its host. */
type Action =
  | { what: "send"; n: number; to: number; length: number }
  | { what: "flush" | "flap" | "flap host" | "blackhole" | "unblackhole"; n: number }
  | { what: "mtu" | "ttl" | "tos" | "mark" | "wait"; n: number; value: number };

const container = fc.integer({ min: 0, max: 1 });
const send = fc.record({
  what: fc.constant("send" as const),
  n: container,
  to: fc.integer({ min: 2, max: 3 }),
  length: fc.integer({ min: 0, max: 3000 }),
});
const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 6, arbitrary: send },
  {
    weight: 1,
    arbitrary: fc.record({
      what: fc.constantFrom("flush", "flap", "flap host", "blackhole", "unblackhole"),
      n: container,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      what: fc.constantFrom("mtu", "ttl", "tos", "mark", "wait"),
      n: container,
      value: fc.integer({ min: 0, max: 40 }),
    }),
  },
);

/** Runs a list of actions and tells all that can be seen from outside. */
function run(actions: readonly Action[], way: Way): unknown {
  const world = new World(7);
  const hosts = [0, 1].map((h) => {
    const host = new OverlayHost(world, "ab"[h]!, `172.16.0.${h + 1}`, `02:00:00:00:01:0${h}`);
    const remote = ipOf(`172.16.0.${2 - h}`);
    host.addVtep("vx", {
      vni: 42,
      local: ipOf(`172.16.0.${h + 1}`),
      remote,
      lower: host.eth0,
      udpCsum: false,
    });
    return host;
  });
  // On a wire that takes time a frame lies with all its headers written; on another one, only where somebody looks.
  underlay(world, hosts, MICROSECOND);
  const containers = [0, 1, 2, 3].map((n) =>
    hosts[n >> 1]!.addContainer(`c${n}`, `10.0.0.${n + 1}/24`, `02:00:00:00:02:0${n}`),
  );
  const packets: string[] = [];
  const sockets = containers.map((ns) => {
    const socket = new UdpSocket(ns);
    socket.bind(0, PORT);
    socket.receiver = (packet) => {
      finishChecksum(packet);
      const { bytes, networkAt, at, length } = packet;
      const crossed = ((bytes[networkAt + 15]! - 1) ^ (bytes[networkAt + 19]! - 1)) > 1;
      const from = crossed ? networkAt - OUTER : networkAt;
      packets.push(
        `${world.now} ${packet.id} ${length} ${bytes.slice(from, at + Math.min(length, 8)).join()}`,
      );
    };
    return socket;
  });
  if (way === "world tap") world.tap = new Recorder(world);
  const tap = { record: () => {} };
  if (way === "device taps") for (const ns of all(hosts, containers)) ns.addTap(tap);
  for (const a of actions) {
    const ns = containers[a.n]!;
    if (way === "new sockets") sockets[a.n] = renewed(sockets[a.n]!);
    const socket = sockets[a.n]!;
    switch (a.what) {
      case "send":
        try {
          socket.sendTo(ipOf(`10.0.0.${a.to + 1}`), PORT, new Uint8Array(a.length).fill(a.length));
        } catch (error) {
          packets.push((error as KernelError).message);
          if (!(error instanceof KernelError)) throw error;
        }
        world.advance(MILLISECOND);
        break;
      case "flush":
        for (const neighbour of ns.neighbours.list()) ns.neighbours.remove(neighbour);
        break;
      case "flap":
        ns.device("eth0")!.setUp(false);
        ns.device("eth0")!.setUp(true);
        break;
      case "flap host":
        hosts[a.n >> 1]!.eth0.setUp(false);
        hosts[a.n >> 1]!.eth0.setUp(true);
        break;
      case "blackhole":
        addRoute(ns, "10.0.0.3/32", { type: "blackhole" });
        break;
      case "unblackhole":
        ns.fib.flush((route) => route.type === "blackhole");
        break;
      case "mtu":
        ns.device("eth0")!.setMtu(1000 + 10 * a.value);
        break;
      case "ttl":
        socket.ttl = a.value;
        break;
      case "tos":
        socket.tos = a.value << 2;
        break;
      case "mark":
        socket.mark = a.value;
        break;
      case "wait":
        world.advance(a.value * SECOND);
    }
  }
  world.advance(10 * SECOND);
  const counters = all(hosts, containers).map((ns) => [
    ns.devices.map((device) => ({ ...device.counters })),
    { ...ns.snmp },
    ns.neighbours.list().map((n) => [ip.format(n.address), n.state]),
  ]);
  return { packets, counters, ends: [...world.ends] };
}

const all = (hosts: readonly OverlayHost[], containers: readonly NetworkNamespace[]): NetworkNamespace[] => [
  ...hosts.map((host) => host.ns),
  ...containers,
];

/** A socket with the same settings that remembers nothing. */
function renewed(old: UdpSocket): UdpSocket {
  const { ns, receiver, ttl, tos, mark } = old;
  old.close();
  const socket = new UdpSocket(ns);
  socket.bind(0, PORT);
  return Object.assign(socket, { receiver, ttl, tos, mark });
}

test("D6 who watches changes nothing, and what is remembered of a way is what a look-up would say", () => {
  let delivered = 0;
  fc.assert(
    fc.property(fc.array(action, { minLength: 5, maxLength: 40 }), (actions) => {
      const unseen = run(actions, "unseen");
      delivered += (unseen as { packets: readonly string[] }).packets.length;
      for (const way of ["world tap", "device taps", "new sockets"] as const)
        expect(run(actions, way)).toEqual(unseen);
    }),
    { numRuns: 30 },
  );
  expect(delivered).toBeGreaterThan(200);
});
