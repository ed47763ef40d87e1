import { expect, test, vi } from "vitest";
import { Prng } from "../src/base/prng.ts";
import { type HostSpec, PLAIN_CPU, PLAIN_WIRE, type WireSpec } from "../src/lab/topology.ts";
import { KernelError } from "../src/net/kernel-error.ts";
import type { NetDevice } from "../src/net/net-device.ts";
import type { NetworkNamespace } from "../src/net/network-namespace.ts";
import { UdpSocket } from "../src/net/udp-socket.ts";
import { conntrackOf } from "../src/netfilter/conntrack/conntrack-hooks.ts";
import { OpensConnection, RenewsConnection } from "../src/netfilter/conntrack/flow-acts.ts";
import type { Packet } from "../src/sim/packet.ts";
import { MICROSECOND, MILLISECOND, SECOND } from "../src/sim/time.ts";
import type { World } from "../src/sim/world.ts";
import * as ipv4 from "../src/wire/ipv4.ts";
import * as ip from "../src/wire/ipv4-address.ts";
import * as udp from "../src/wire/udp.ts";
import { tracedWorld } from "./helpers/traced-world.ts";

const SEEDS = Array.from({ length: Number(process.env["LEG_SEEDS"] ?? 10) }, (_, i) => i + 1);
const ROUNDS = 40;
const SIZES = [4, 5, 64, 400, 1300];

function host(name: string, address: string, wire: WireSpec): HostSpec {
  const bytes = address.split(".").map((byte) => Number(byte).toString(16).padStart(2, "0"));
  const nic = {
    name: "eth0",
    mac: `02:42:${bytes.join(":")}`,
    address: { address, prefixLength: 16 },
    mtu: 1500,
    switch: "sw",
    wire,
  };
  return { name, router: false, gateway: null, cpu: PLAIN_CPU, nics: [nic] };
}

/** A client, and a routing mesh of two hosts by hand: DNAT, an ingress sandbox that translates both ways, an overlay. */
const BUILD: readonly (readonly [string, string])[] = [
  ...(
    [
      ["a", "sb", "172.10.0.15", "10.255.0.2", "172.10.0.16", "10.255.0.5"],
      ["b", "task", "172.10.0.16", "10.255.0.5", "172.10.0.15", "10.255.0.2"],
    ] as const
  ).flatMap(([where, inside, local, own, remote, other]): [string, string][] => {
    const macOf = (address: string): string => `02:42:0a:ff:00:0${address.split(".")[3]}`;
    return [
      [where, `ip netns add ${inside}`],
      [where, "ip link add br0 type bridge"],
      [where, "ip link set br0 up"],
      [where, `ip link add vx42 type vxlan id 42 dstport 4789 local ${local} nolearning`],
      [where, "ip link set vx42 mtu 1450 master br0 up"],
      [
        where,
        `ip link add v0 mtu 1450 type veth peer name ov0 netns ${inside} mtu 1450 address ${macOf(own)}`,
      ],
      [where, "ip link set v0 master br0 up"],
      [where, `ip -n ${inside} addr add ${own}/24 dev ov0`],
      [where, `ip -n ${inside} link set ov0 up`],
      [where, `ip -n ${inside} neigh add ${other} lladdr ${macOf(other)} dev ov0 nud permanent`],
      [where, `bridge fdb add ${macOf(other)} dev vx42 dst ${remote} self permanent`],
    ];
  }),
  ["a", "ip link add gwbr type bridge"],
  ["a", "ip addr add 172.18.0.1/16 dev gwbr"],
  ["a", "ip link set gwbr up"],
  ["a", "ip link add v1 type veth peer name eth1 netns sb"],
  ["a", "ip link set v1 master gwbr up"],
  ["a", "ip -n sb addr add 172.18.0.2/16 dev eth1"],
  ["a", "ip -n sb link set eth1 up"],
  ["a", "ip -n sb route add default via 172.18.0.1"],
  ["a", "sysctl -qw net.ipv4.ip_forward=1"],
  ["a", "ip netns exec sb sysctl -qw net.ipv4.ip_forward=1"],
  ["a", "iptables -t nat -A PREROUTING -p udp --dport 8080 -j DNAT --to-destination 172.18.0.2:8080"],
  ["a", "iptables -t nat -A POSTROUTING -s 172.18.0.0/16 ! -o gwbr -j MASQUERADE"],
  [
    "a",
    "ip netns exec sb iptables -t nat -A PREROUTING -p udp --dport 8080 -j DNAT --to-destination 10.255.0.5:9000",
  ],
  ["a", "ip netns exec sb iptables -t nat -A POSTROUTING -d 10.255.0.0/24 -j SNAT --to-source 10.255.0.2"],
];

/** What somebody does in the middle of the traffic: rules that are the same for a flow, rules that are not, and settings. */
const CHANGES: readonly string[] = [
  "iptables -A FORWARD -p udp -m udp --dport 9000 -m comment --comment tasks",
  "iptables -A FORWARD -p udp -m udp --dport 8080 -j ACCEPT",
  "iptables -I FORWARD -m limit --limit 100/s --limit-burst 5",
  "iptables -I FORWARD -p udp -m statistic --mode nth --every 3 --packet 0 -j DROP",
  "iptables -A FORWARD -m length --length 0:60 -j ACCEPT",
  "iptables -I FORWARD -m conntrack --ctstate ESTABLISHED -j ACCEPT",
  "iptables -I FORWARD -m conntrack --ctstate NEW -m mark --mark 7",
  "iptables -A INPUT -p udp -m udp --dport 4789 -j ACCEPT",
  "iptables -A OUTPUT -p udp -m multiport --dports 4789,9000",
  "iptables -t mangle -A PREROUTING -p udp -m ttl --ttl-gt 10 -j MARK --set-mark 7",
  "iptables -t mangle -A POSTROUTING -m physdev --physdev-is-bridged",
  "iptables -t mangle -A PREROUTING -m addrtype --dst-type LOCAL -j CONNMARK --set-mark 5",
  "iptables -t mangle -A PREROUTING -m connmark --mark 5 -j CONNMARK --restore-mark",
  "iptables -t mangle -A OUTPUT -p udp --dport 4789 -j MARK --set-mark 9",
  "iptables -t raw -A PREROUTING -p udp --dport 4789 -j CT --notrack",
  "iptables -t nat -I PREROUTING -p udp --dport 8080 -m statistic --mode nth --every 3 --packet 0 -j DNAT --to-destination 10.255.0.5:9000",
  "iptables -t nat -I PREROUTING -p udp --sport 41000:41060 --dport 8080 -m comment --comment some",
  "iptables -I FORWARD -p udp -m multiport --sports 41005,41040:41110 -j DROP",
  "iptables -t mangle -I PREROUTING -p udp --sport 41100: -m comment --comment half",
  "iptables -t mangle -I POSTROUTING -p udp --dport 41050:41150",
  "iptables -t nat -I POSTROUTING -p udp --dport 9000 -j MASQUERADE",
  "iptables -t nat -I POSTROUTING -p udp --dport 9000 -j MASQUERADE --random",
  "iptables -t nat -D POSTROUTING 1",
  "iptables -t nat -D PREROUTING 1",
  "iptables -F",
  "iptables -t mangle -F",
  "iptables -t raw -F",
  "iptables -Z FORWARD",
  "sysctl -qw net.netfilter.nf_conntrack_acct=1",
  "sysctl -qw net.netfilter.nf_conntrack_udp_timeout=1",
  "sysctl -qw net.netfilter.nf_conntrack_udp_timeout_stream=2",
  "sysctl -qw net.netfilter.nf_conntrack_udp_timeout=30",
  "sysctl -qw net.bridge.bridge-nf-call-iptables=0",
  "sysctl -qw net.bridge.bridge-nf-call-iptables=1",
  "conntrack -F",
  "conntrack -D -p udp --orig-port-dst 8080",
  "conntrack -U -p udp --mark 3",
  "conntrack -U -p udp -t 1",
  "ip neigh flush all",
];
const QUESTIONS = ["iptables-save -c", "conntrack -L -o id", "conntrack -C", "conntrack -S"];
/** Where visitors send from: few ports, so that some come again while their last connection is still known. */
const VISITORS = 200;
/** Some come from another address: their ports clash behind a translation. */
const SECOND_ADDRESS = ip.parse("172.10.0.101")!;

/** Runs what is left of this instant event by event; now and then all packets get off their trips where they are. */
function settleWithInterruptions(world: World, random: Prng): void {
  while (world.step(world.now)) {
    const lot = random.below(60);
    if (lot === 0) world.generation++;
    else if (lot < 3) world.ledger.settle();
  }
}

function hashOf(packet: Packet, from: number): number {
  let hash = 0;
  for (const byte of packet.bytes.subarray(from, packet.at + packet.length))
    hash = (Math.imul(hash, 31) + byte) | 0;
  return hash;
}

/** Writes down the bytes that a card puts on a wire that takes time; unlike a tap, this lets legs hold. */
function watchWire(device: NetDevice, trace: string[]): void {
  const { driver } = device;
  const transmit = driver.transmit.bind(driver);
  driver.transmit = (sender, packet) => {
    if (sender === device) trace.push(`${device.ns.path} sends ${packet.id}: ${hashOf(packet, packet.at)}`);
    transmit(sender, packet);
  };
}

/** Everything that happened, as lines, and how many packets went along legs. */
async function run(seed: number, remembers: boolean): Promise<{ trace: string[]; followed: number }> {
  const random = new Prng(seed).fork("legs and netfilter");
  const wire = random.chance(1, 2) ? PLAIN_WIRE : { delay: 20 * MICROSECOND, rate: 0, queue: 1000 };
  const hosts = [
    host("ex", "172.10.0.100", wire),
    host("a", "172.10.0.15", wire),
    host("b", "172.10.0.16", wire),
  ];
  const { lab, world, trace, type } = tracedWorld(hosts, { seed, remembersLegs: remembers });
  for (const name of ["a", "b"]) watchWire(lab.device(`${name}/eth0`), trace);
  for (const [where, text] of BUILD) await type(where, text);
  await type("ex", "ip addr add 172.10.0.101/16 dev eth0");
  const note = (ns: NetworkNamespace, packet: Packet): void => {
    const hash = hashOf(packet, packet.networkAt);
    trace.push(`${lab.now} ${ns.path} got ${packet.length} id ${packet.id} of ${packet.origin}: ${hash}`);
  };
  const taskNs = lab.namespace("b/task");
  const task = new UdpSocket(taskNs);
  task.bind(0, 9000);
  const send = (from: UdpSocket, to: number, port: number, payload: Uint8Array): void => {
    try {
      from.sendTo(to, port, payload);
    } catch (error) {
      if (!(error instanceof KernelError)) throw error;
      trace.push(`${from.ns.path}: ${error.errno}`);
    }
  };
  let answers = true;
  task.receiver = (packet) => {
    note(taskNs, packet);
    if (!answers) return;
    const { view, networkAt, transportAt } = packet;
    const payload = packet.bytes.slice(packet.at, packet.at + packet.length);
    send(task, ipv4.src(view, networkAt), udp.srcPort(view, transportAt), payload);
  };
  const clients = [0, 1, 2].map((i) => {
    const socket = new UdpSocket(lab.namespace("ex"));
    socket.bind(0, 40000 + i);
    socket.receiver = (packet) => note(socket.ns, packet);
    return socket;
  });
  const visit = (address: number, port: number, length: number, times: number, connects: boolean): void => {
    const socket = new UdpSocket(lab.namespace("ex"));
    socket.bind(address, 41000 + port);
    if (connects) socket.connect(published, 8080);
    socket.receiver = (packet) => note(socket.ns, packet);
    for (let i = 0; i < times; i++) send(socket, published, 8080, new Uint8Array(length).fill(port + i));
    visitors.push(socket);
  };
  const visitors: UdpSocket[] = [];
  /** Many of whom each sends once, or twice. */
  const visitTogether = (): void => {
    const length = SIZES[random.below(SIZES.length)]!;
    const address = random.chance(1, 4) ? SECOND_ADDRESS : 0;
    const connects = random.chance(2, 3);
    for (let from = random.below(VISITORS), i = random.below(40); i > 0; i--)
      visit(address, (from + i) % VISITORS, length, random.chance(1, 8) ? 2 : 1, connects);
    if (random.chance(1, 3)) lab.world.settle();
    else if (random.chance(1, 2)) settleWithInterruptions(lab.world, random);
    else lab.advance(random.below(3 * MILLISECOND));
    for (const visitor of visitors.splice(0)) visitor.close();
  };
  const published = ip.parse("172.10.0.15")!;
  const size = clients.map(() => SIZES[random.below(SIZES.length)]!);
  for (let round = 0; round < ROUNDS; round++) {
    for (let i = 0; i < 8; i++) {
      clients.forEach((client, n) => {
        if (random.chance(1, 12)) return;
        const length = random.chance(1, 6) ? SIZES[random.below(SIZES.length)]! : size[n]!;
        send(client, published, 8080, new Uint8Array(length).fill(round + n));
      });
      if (random.chance(2, 3)) lab.world.settle();
      else lab.advance(random.below(3 * MILLISECOND));
    }
    for (let crowd = random.below(4); crowd > 0; crowd--) visitTogether();
    if (random.chance(1, 3)) lab.advance(random.below(2.5 * SECOND));
    if (random.chance(1, 5)) answers = !answers;
    const prefix = random.chance(1, 2) ? "" : "ip netns exec sb ";
    if (random.chance(1, 3)) await type("a", prefix + CHANGES[random.below(CHANGES.length)]!);
    if (random.chance(1, 4)) await type("a", prefix + QUESTIONS[random.below(QUESTIONS.length)]!);
  }
  for (const prefix of ["", "ip netns exec sb "])
    for (const question of [...QUESTIONS, "ip -s link", "cat /proc/net/snmp"])
      await type("a", prefix + question);
  for (const name of ["a", "a/sb"]) {
    const frames = conntrackOf(lab.namespace(name))
      .list()
      .map(({ id, frame }) => `${id} by ${frame}`);
    trace.push(`${name}: ${frames.join(", ")}`);
  }
  trace.push(`ends ${lab.world.ends.join(" ")}`, ...world.accounts());
  return { trace, followed: lab.world.ledger.entered };
}

const opened = vi.spyOn(OpensConnection.prototype, "perform");
const renewed = vi.spyOn(RenewsConnection.prototype, "perform");

test.each(SEEDS)(
  "seed %i: rules, connections and translations are the same with legs and without",
  async (seed) => {
    const [with_, without] = [await run(seed, true), await run(seed, false)];
    expect(with_.trace).toEqual(without.trace);
    expect(with_.followed).toBeGreaterThan(0);
    expect(without.followed).toBe(0);
  },
);

test("many of the connections were opened, and answered, on trips of classes of flows", () => {
  expect(opened.mock.calls.length).toBeGreaterThan(SEEDS.length * 20);
  expect(renewed.mock.calls.length).toBeGreaterThan(SEEDS.length * 20);
});
