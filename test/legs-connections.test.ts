import { expect, test, vi } from "vitest";
import { Prng } from "../src/base/prng.ts";
import { Lab } from "../src/lab/lab.ts";
import { type HostSpec, PLAIN_CPU, PLAIN_WIRE } from "../src/lab/topology.ts";
import { KernelError } from "../src/net/kernel-error.ts";
import { UdpSocket } from "../src/net/udp-socket.ts";
import { Connection, Status } from "../src/netfilter/conntrack/connection.ts";
import { conntrackOf } from "../src/netfilter/conntrack/conntrack-hooks.ts";
import { OpensConnection, RenewsConnection } from "../src/netfilter/conntrack/flow-acts.ts";
import { Tuple } from "../src/netfilter/conntrack/tuple.ts";
import { DEFAULT_ZONE } from "../src/netfilter/conntrack/zone.ts";
import { LabWorld } from "../src/scenario/lab-world.ts";
import { SECOND } from "../src/sim/time.ts";
import * as ipv4 from "../src/wire/ipv4.ts";
import * as ip from "../src/wire/ipv4-address.ts";
import * as udp from "../src/wire/udp.ts";
import { tracedWorld } from "./helpers/traced-world.ts";

const SEEDS = Array.from({ length: Number(process.env["LEG_SEEDS"] ?? 10) }, (_, i) => i + 1);
const ROUNDS = 60;
const HOSTS = [host("a", "172.10.0.15", "02:42:ac:0a:00:0f"), host("b", "172.10.0.16", "02:42:ac:0a:00:10")];

function host(name: string, address: string, mac: string): HostSpec {
  const nic = {
    name: "eth0",
    mac,
    address: { address, prefixLength: 24 },
    mtu: 1500,
    switch: "sw",
    wire: PLAIN_WIRE,
  };
  return { name, router: false, gateway: null, cpu: PLAIN_CPU, nics: [nic] };
}

/** Clients in a namespace of a router, which leads to a server through a tunnel that it begins itself. */
const BUILD: readonly (readonly [string, string])[] = [
  ["a", "ip netns add c"],
  ["a", "ip link add vc type veth peer name eth0 netns c"],
  ["a", "ip addr add 10.1.0.1/24 dev vc"],
  ["a", "ip link set vc up"],
  ["a", "ip -n c addr add 10.1.0.2/24 dev eth0"],
  ["a", "ip -n c addr add 10.1.0.3/24 dev eth0"],
  ["a", "ip -n c link set eth0 up"],
  ["a", "ip -n c route add default via 10.1.0.1"],
  ["a", "ip link add vx7 type vxlan id 7 dstport 4789 local 172.10.0.15 remote 172.10.0.16"],
  ["a", "ip addr add 10.2.0.1/24 dev vx7"],
  ["a", "ip link set vx7 up"],
  ["b", "ip link add vx7 type vxlan id 7 dstport 4789 local 172.10.0.16 remote 172.10.0.15"],
  ["b", "ip addr add 10.2.0.2/24 dev vx7"],
  ["b", "ip link set vx7 up"],
  ["b", "ip route add default via 10.2.0.1"],
  ["a", "sysctl -qw net.ipv4.ip_forward=1"],
  ["a", "sysctl -qw net.netfilter.nf_conntrack_udp_timeout=2"],
  [
    "a",
    "iptables -t nat -A PREROUTING -d 10.1.0.1 -p udp --dport 8080 -j DNAT --to-destination 10.2.0.2:9000",
  ],
  [
    "a",
    "iptables -t nat -A PREROUTING -d 10.1.0.1 -p udp --dport 8081 -j DNAT --to-destination 10.2.0.2:9001",
  ],
  ["a", "iptables -t nat -A POSTROUTING -p udp --dport 9001 -j MASQUERADE"],
];

/** What changes how long connections are kept, how many, and who hears of them. */
const CHANGES: readonly string[] = [
  "sysctl -qw net.netfilter.nf_conntrack_udp_timeout=1",
  "sysctl -qw net.netfilter.nf_conntrack_udp_timeout=3",
  "sysctl -qw net.netfilter.nf_conntrack_udp_timeout=4",
  "sysctl -qw net.netfilter.nf_conntrack_udp_timeout_stream=2",
  "sysctl -qw net.netfilter.nf_conntrack_icmp_timeout=1",
  "sysctl -qw net.netfilter.nf_conntrack_max=37",
  "sysctl -qw net.netfilter.nf_conntrack_max=120",
  "sysctl -qw net.netfilter.nf_conntrack_max=1000",
  "sysctl -qw net.netfilter.nf_conntrack_timestamp=1",
  "sysctl -qw net.netfilter.nf_conntrack_acct=0",
  "sysctl -qw net.netfilter.nf_conntrack_timestamp=0",
  "conntrack -F",
  "conntrack -D -p udp --orig-port-dst 8080",
  "conntrack -U -p udp --orig-port-dst 9001 -t 1",
  "iptables -t nat -D POSTROUTING 1",
  "iptables -t nat -A POSTROUTING -p udp --dport 9001 -j MASQUERADE",
  "iptables -t raw -A PREROUTING -p udp --dport 9001 -j CT --zone 3",
  "iptables -t raw -F",
];
const QUESTIONS = ["conntrack -L -o id", "conntrack -S", "iptables-save -c"];
const SERVICES: readonly (readonly [string, number])[] = [
  ["10.1.0.1", 8080],
  ["10.1.0.1", 8081],
  ["10.2.0.2", 9000],
  ["10.2.0.2", 9001],
];
const CLIENTS = ["10.1.0.2", "10.1.0.3"];
const PORTS = 50;

async function run(seed: number, remembers: boolean): Promise<string[]> {
  const random = new Prng(seed).fork("legs and connections");
  const { lab, world, trace, type } = tracedWorld(HOSTS, { seed, remembersLegs: remembers });
  for (const [where, text] of BUILD) await type(where, text);
  const clients = lab.namespace("a/c");
  const conntrack = conntrackOf(lab.namespace("a"));
  // Patterns are forgotten often, as if there were very many.
  const crowds = new Prng(seed).fork("crowds");
  vi.spyOn(conntrack.unseen, "isCrowded", "get").mockImplementation(() => crowds.chance(1, 40));
  const send = (from: UdpSocket, to: number, port: number): void => {
    try {
      from.sendTo(to, port, new Uint8Array(20).fill(port));
    } catch (error) {
      if (!(error instanceof KernelError)) throw error;
      trace.push(`${from.ns.path}: ${error.errno}`);
    }
  };
  let answers = 2;
  const servers = [9000, 9001].map((port) => {
    const server = new UdpSocket(lab.namespace("b"));
    server.bind(0, port);
    server.receiver = ({ id, view, networkAt, transportAt }) => {
      const from = udp.srcPort(view, transportAt);
      trace.push(`${lab.now} ${port} got ${id} of ${ip.format(ipv4.src(view, networkAt))}:${from}`);
      for (let i = 0; i < answers; i++) send(server, ipv4.src(view, networkAt), from);
    };
    return server;
  });
  const visitors: UdpSocket[] = [];
  const visit = (address: number, port: number, [to, service]: readonly [string, number]): void => {
    const socket = new UdpSocket(clients);
    socket.bind(address, 41000 + port);
    socket.receiver = ({ id, view, transportAt }) =>
      trace.push(`${lab.now} ${41000 + port} got ${id} from ${udp.srcPort(view, transportAt)}`);
    for (let i = random.chance(1, 4) ? 2 : 1; i > 0; i--) send(socket, ip.parse(to)!, service);
    visitors.push(socket);
  };
  /** From one port to many, so that the other port is open in what visitors of one of them have as well. */
  const scan = (address: number, port: number): void => {
    const socket = new UdpSocket(clients);
    socket.bind(address, 41000 + port);
    for (let to = 8990; to < 9010; to++) send(socket, ip.parse("10.2.0.2")!, to);
    visitors.push(socket);
  };
  const listener = {
    connectionChanged({ id, status, srcPort, deadline }: Connection, changes: number): void {
      trace.push(`${lab.now} ${id} from ${srcPort} is ${status}, until ${deadline}: ${changes}`);
    },
  };
  let listens = false;
  for (let round = 0; round < ROUNDS; round++) {
    answers = [0, 1, 1, 2][random.below(4)]!;
    for (let crowd = random.below(4); crowd > 0; crowd--) {
      const address = ip.parse(CLIENTS[random.below(2)]!)!;
      const service = SERVICES[random.below(SERVICES.length)]!;
      const from = random.below(PORTS);
      const count = random.below(40);
      const kind = random.below(6);
      if (kind === 0) scan(address, random.below(PORTS));
      else if (kind === 1)
        for (let i = 0; i < count; i++)
          send(servers[random.below(2)]!, address, 41000 + ((from + i) % PORTS));
      else for (let i = 0; i < count; i++) visit(address, (from + i) % PORTS, service);
      if (random.chance(2, 3)) lab.world.settle();
      else lab.advance(random.below(SECOND));
      for (const visitor of visitors.splice(0)) visitor.close();
    }
    if (random.chance(1, 5)) await type("a", CHANGES[random.below(CHANGES.length)]!);
    if (random.chance(1, 6)) await type("a", QUESTIONS[random.below(QUESTIONS.length)]!);
    if (random.chance(1, 12)) await type("a", "ping -c 1 10.2.0.2");
    if (random.chance(1, 8)) {
      listens = !listens;
      if (listens) conntrack.listen(listener);
      else conntrack.unlisten(listener);
    }
    for (let i = random.below(4); i > 0; i--) {
      lab.advance(random.below(SECOND));
      trace.push(`${lab.now}: ${conntrack.count}`);
    }
  }
  for (const question of QUESTIONS) await type("a", question);
  trace.push(`ends ${lab.world.ends.join(" ")}`, ...world.accounts());
  return trace;
}

const opened = vi.spyOn(OpensConnection.prototype, "perform");
const renewed = vi.spyOn(RenewsConnection.prototype, "perform");

test.each(SEEDS)(
  "seed %i: connections come, change and go at the same times, with the same numbers, with legs and without",
  async (seed) => {
    expect(await run(seed, true)).toEqual(await run(seed, false));
  },
);

test("many of the connections were opened, and answered, on trips of classes of flows", () => {
  expect(opened.mock.calls.length).toBeGreaterThan(SEEDS.length * 100);
  expect(renewed.mock.calls.length).toBeGreaterThan(SEEDS.length * 5);
});

/** One of UDP from 10.1.0.2, to be confirmed, in a namespace that has no other. */
function unconfirmed(srcPort: number, dstPort: number): { lab: Lab; connection: Connection } {
  const lab = new Lab({ hosts: HOSTS, switches: [{ name: "sw", mtu: 1500 }], trunks: [] }, { seed: 1 });
  const conntrack = conntrackOf(lab.namespace("a"));
  const [src, dst] = [ip.parse("10.1.0.2")!, ip.parse("10.2.0.2")!];
  const ports = [srcPort, dstPort, dstPort, srcPort] as const;
  const connection = new Connection(conntrack, 1, ipv4.PROTO_UDP, DEFAULT_ZONE, src, dst, ...ports, 0);
  return { lab, connection };
}

test("a tuple is taken, and a source known, in whichever pattern, and whichever port is open there", () => {
  const { connection } = unconfirmed(41000, 9000);
  connection.status = Status.confirmed | Status.natDoneMask;
  const { conntrack } = connection;
  const { unseen, ofClasses } = conntrack;
  const visits = unseen.pattern(connection, true);
  const scan = unseen.pattern(connection, false);
  expect(unseen.pattern(connection, true)).toBe(visits);
  const has = (srcPort: number): boolean =>
    unseen.have(visits.original, visits.original.portsOf(srcPort), SECOND);
  const isNew = (srcPort: number): boolean => ofClasses.isNewSource(visits.original, srcPort);
  expect([has(41000), isNew(41000)]).toEqual([false, true]);
  scan.rows.add(9000, 1, 1, SECOND, 1);
  expect([has(41000), has(41001), isNew(41000), isNew(41001)]).toEqual([true, false, false, true]);
  visits.rows.add(41001, 2, 2, SECOND, 1);
  expect([has(41000), has(41001), isNew(41000), isNew(41001)]).toEqual([true, true, false, false]);
  const tuple = new Tuple();
  tuple.copyOf(connection, false);
  expect(conntrack.fromSource(tuple, DEFAULT_ZONE).map(({ id, dstPort }) => [id, dstPort])).toEqual([
    [1, 9000],
  ]);
});

test("patterns are too many as well when their addresses are few, and their rules come and go", () => {
  const { connection } = unconfirmed(41000, 9000);
  const { unseen } = connection.conntrack;
  for (let rule = 1; !unseen.isCrowded; rule++) {
    expect(rule).toBeLessThan(10_000);
    connection.srcNatRule = rule;
    unseen.pattern(connection, true);
  }
});

test("who begins to listen hears of the end of those that nobody had looked at", () => {
  const { lab, connection } = unconfirmed(41000, 9000);
  const { conntrack } = connection;
  conntrack.unseen.pattern(connection, true).rows.add(41000, 7, 7, lab.now, 1);
  const heard: number[] = [];
  conntrack.listen({ connectionChanged: ({ id }) => heard.push(id) });
  lab.advance(SECOND);
  const tuple = new Tuple();
  tuple.copyOf(connection, false);
  expect(conntrack.find(tuple, DEFAULT_ZONE, false)).toBe(-1);
  expect(heard).toEqual([7]);
});

test("those that were opened before are objects, of which nothing is counted, once somebody sets how new ones are kept", async () => {
  const { lab, connection } = unconfirmed(41000, 9000);
  const { unseen } = connection.conntrack;
  unseen.pattern(connection, true).rows.add(41000, 7, 7, lab.now, 30);
  await new LabWorld(lab, { record: false }).type("a", "sysctl -w net.netfilter.nf_conntrack_acct=1");
  expect(unseen.size).toBe(0);
  expect(connection.conntrack.list().map(({ id, account }) => [id, account])).toEqual([[7, null]]);
});

test("a full table makes room for one more among those that nobody has looked at", () => {
  const { lab, connection } = unconfirmed(41000, 9000);
  const { conntrack } = connection;
  const { limits, stats, unseen } = conntrack;
  const a = lab.namespace("a");
  new LabWorld(lab, { record: false }).apply("a", "iptables -A OUTPUT -m conntrack --ctstate NEW");
  // The kernel looks into eight buckets: here these are all.
  limits.buckets = 8;
  limits.max = 50;
  const { rows } = unseen.pattern(connection, true);
  for (let port = 41001; port <= 41050; port++) rows.add(port, port, 1, lab.now, 30);
  new UdpSocket(a).sendTo(ip.parse("172.10.0.16")!, 9, new Uint8Array(4));
  lab.advance(SECOND);
  expect([conntrack.count, stats.earlyDrop, stats.drop]).toEqual([50, 1, 0]);
});
