import { describe, expect, test } from "vitest";
import { Prng } from "../src/base/prng.ts";
import { Lab } from "../src/lab/lab.ts";
import type { Topology } from "../src/lab/topology.ts";
import { KernelError } from "../src/net/kernel-error.ts";
import type { NetworkNamespace } from "../src/net/network-namespace.ts";
import { UdpSocket } from "../src/net/udp-socket.ts";
import { LabWorld } from "../src/scenario/lab-world.ts";
import { MICROSECOND, MILLISECOND, SECOND } from "../src/sim/time.ts";
import type { World } from "../src/sim/world.ts";
import * as ethernet from "../src/wire/ethernet.ts";
import * as ip from "../src/wire/ipv4-address.ts";
import type { Line } from "./kernel/both-sides.ts";
import { randomWorld } from "./kernel/random-world.ts";

const SEEDS = Array.from({ length: Number(process.env["LEG_SEEDS"] ?? 12) }, (_, i) => i + 1);
const ROUNDS = 30;
const SIZES = [0, 1, 18, 64, 512, 1000, 1372, 1394, 1422, 1423, 1472, 1473, 3000];

interface Outcome {
  /** All that happened, in order. */
  readonly trace: readonly string[];
  /** Packets that went along a leg. */
  readonly followed: number;
}

/** Hosts with wires of all kinds, and sometimes with processors that take their time. */
function topologyOf(topology: Topology, random: Prng): Topology {
  const wire = [
    { delay: 0, rate: 0, queue: 1000 },
    { delay: 20 * MICROSECOND, rate: 0, queue: 1000 },
    { delay: 5 * MICROSECOND, rate: 1e9, queue: 3 },
  ][random.below(3)]!;
  const cpu = random.chance(1, 4) ? { count: 2, cost: 700 } : { count: 1, cost: 0 };
  const hosts = topology.hosts.map((host) => ({
    ...host,
    cpu,
    nics: host.nics.map((nic) => ({ ...nic, wire })),
  }));
  return { ...topology, hosts };
}

/** What somebody does to a world in the middle of its traffic. */
function randomChange(random: Prng, build: readonly Line[]): Line {
  const pick = <T>(from: readonly T[]): T => from[random.below(from.length)]!;
  const containers = build.filter((line) => line.text.startsWith("ip netns add c"));
  const { host, text } = pick(containers);
  const name = text.split(" ")[3]!;
  const index = name.slice(1);
  const change = pick([
    `ip -n ${name} neigh flush all`,
    `ip -n ${name} link set eth0 down`,
    `ip -n ${name} link set eth0 up`,
    `ip -n ${name} link set eth0 mtu ${pick([1300, 1450, 1500])}`,
    `ip -n ${name} link set eth0 address 02:42:0a:09:00:${index.padStart(2, "0")}`,
    `ip link set v${index} down`,
    `ip link set v${index} up`,
    `ip link set v${index} nomaster`,
    `ip link set v${index} master br1`,
    `bridge link set dev v${index} ${pick(["isolated on", "hairpin on", "learning off", "flood off", "flood on"])}`,
    `tc qdisc add dev v${index} root netem delay 1ms`,
    `tc qdisc add dev v${index} root netem duplicate 30% loss 10%`,
    `tc qdisc add dev v${index} root netem corrupt 40%`,
    `tc qdisc del dev v${index} root`,
    `bridge fdb flush dev vx1`,
    `ip link set vx1 type vxlan ttl ${pick([3, 7])}`,
    "ip link set eth0 mtu 1400",
    "ip link set eth0 mtu 1500",
    "ip neigh flush all",
    "sysctl -qw net.ipv4.ip_default_ttl=9",
    "ip link set br1 type bridge ageing_time 100",
    "sysctl -qw net.bridge.bridge-nf-call-iptables=1",
    `iptables -A ${pick(["INPUT", "FORWARD", "OUTPUT"])} -p udp -m udp --dport ${pick([4789, 7000])}`,
    `iptables -t mangle -A ${pick(["PREROUTING", "POSTROUTING"])} -p udp -j MARK --set-mark 4`,
    `iptables -I FORWARD -m statistic --mode nth --every ${pick([2, 5])} --packet 0 -j ${pick(["DROP", "ACCEPT"])}`,
    `ip netns exec ${name} iptables -A ${pick(["INPUT", "OUTPUT"])} -m length --length 0:200 -j ACCEPT`,
    `ip netns exec ${name} iptables -P ${pick(["INPUT", "OUTPUT"])} ${pick(["DROP", "ACCEPT"])}`,
    "iptables -F",
  ]);
  return { host, text: change };
}

/** Everything that can be read of a namespace. */
function stateOf(ns: NetworkNamespace): string {
  const devices = ns.devices.map((d) => `${d.name} ${JSON.stringify(d.counters.values())}`);
  const { snmp } = ns;
  const stack = [snmp.inReceives, snmp.inDelivers, snmp.forwDatagrams, snmp.outRequests, snmp.outTransmits];
  return `${ns.path}: ${stack.join(" ")} ${snmp.udpInDatagrams}\n${devices.join("\n")}`;
}

/**
 * Runs what is left of this instant, event by event, and now and then, while packets are between two legs, changes
 * something that changes nothing, or looks at the counters: they get off where they are.
 */
function settleWithInterruptions(world: World, random: Prng): void {
  while (world.step(world.now)) {
    const lot = random.below(40);
    if (lot === 0) world.generation++;
    else if (lot === 1) world.ledger.settle();
  }
}

async function run(seed: number, remembers: boolean): Promise<Outcome> {
  const random = new Prng(seed).fork("legs");
  const plan = randomWorld(seed);
  const lab = new Lab(topologyOf(plan.topology, random), { seed });
  lab.world.remembersLegs = remembers;
  const world = new LabWorld(lab, { record: false });
  for (const { host, text } of plan.build) await world.type(host, text);
  const trace: string[] = [];
  const sockets: UdpSocket[] = [];
  const addresses: string[] = [];
  for (const { text } of plan.build) {
    const found = /^ip -n (\S+) addr add ([\d.]+)\/24 dev eth/.exec(text);
    if (found === null) continue;
    const [, name = "", address = ""] = found;
    const ns = lab.hosts.map((host) => host.namespaces.get(name)).find((n) => n !== undefined)!;
    const socket = new UdpSocket(ns);
    socket.bind(ip.parse(address)!, 7000);
    socket.receiver = (packet) => {
      const start = packet.networkAt - ethernet.HEADER_LEN;
      const bytes = packet.bytes.subarray(start, packet.at + packet.length);
      let hash = 0;
      for (const byte of bytes) hash = (Math.imul(hash, 31) + byte) | 0;
      trace.push(`${lab.now} ${address} got ${packet.length} id ${packet.id} of ${packet.origin}: ${hash}`);
    };
    sockets.push(socket);
    addresses.push(address);
  }
  const drawFlow = (): { from: UdpSocket; to: number; size: number } => {
    const size = SIZES[random.below(SIZES.length)]!;
    return { from: sockets[random.below(sockets.length)]!, to: random.below(addresses.length), size };
  };
  const flows = sockets.map(drawFlow);
  for (let round = 0; round < ROUNDS; round++) {
    flows[random.below(flows.length)] = drawFlow();
    for (let i = 0; i < 12; i++) {
      for (const { from, to, size } of flows) {
        from.tos = random.chance(1, 200) ? 0x10 : from.tos;
        const length = random.chance(1, 5) ? SIZES[random.below(SIZES.length)]! : size;
        const payload = new Uint8Array(length).fill(round);
        try {
          from.sendTo(ip.parse(addresses[to]!)!, 7000, payload);
        } catch (error) {
          if (!(error instanceof KernelError)) throw error;
          trace.push(`${from.ns.path}: ${error.errno}`);
        }
      }
      if (random.chance(1, 3)) lab.world.settle();
      else if (random.chance(1, 2)) settleWithInterruptions(lab.world, random);
      else lab.advance(random.chance(1, 8) ? 1.5 * SECOND : random.below(3 * MILLISECOND));
    }
    if (random.chance(1, 3)) {
      const { host, text } = randomChange(random, plan.build);
      const said = await world.type(host, text);
      trace.push(`${host}$ ${text}: ${said.output}[${said.status}]`);
    }
    if (random.chance(1, 5))
      for (const host of lab.hosts)
        for (const ns of [host.root, ...host.namespaces.values()]) trace.push(stateOf(ns));
    if (random.chance(1, 8)) {
      const { name } = lab.hosts[0]!;
      trace.push((await world.type(name, "iptables-save -c; bridge -s fdb show; ip -s neigh")).output);
    }
  }
  lab.advance(SECOND);
  for (const host of lab.hosts) {
    trace.push(
      (await world.type(host.name, "iptables-save -c; bridge -s fdb show; cat /proc/net/snmp; ip -s link"))
        .output,
    );
    for (const ns of [host.root, ...host.namespaces.values()]) trace.push(stateOf(ns));
  }
  trace.push(`ends ${lab.world.ends.join(" ")}`, ...world.accounts());
  return { trace, followed: lab.world.ledger.entered };
}

let worldsWithLegs = 0;

describe("legs only repeat what the stack does:", () => {
  test.each(SEEDS)(
    "seed %i: the same bytes, counters, tables and order with them and without",
    async (seed) => {
      const without = await run(seed, false);
      const withLegs = await run(seed, true);
      expect(withLegs.trace, `LEG_SEEDS=${seed} npx vitest run test/legs.test.ts`).toEqual(without.trace);
      expect(without.followed).toBe(0);
      if (withLegs.followed > 0) worldsWithLegs++;
    },
  );

  test("most of these worlds have legs", () => {
    expect(worldsWithLegs).toBeGreaterThan(SEEDS.length / 2);
  });
});
