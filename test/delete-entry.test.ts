import * as fc from "fast-check";
import { expect, test } from "vitest";
import { UserError } from "../src/base/user-error.ts";
import { type Decision, type Journey, type Lab, lab } from "../src/index.ts";

/**
 * What a journey names is what decided: in a replay of the same world, the entry is taken away with the real command and
 * the same packet is sent again. Then another entry must decide, or the packet must fare otherwise.
 */

/** A random world: containers on bridges of hosts, joined by routes or by a tunnel with or without known stations. */
interface WorldSpec {
  readonly seed: number;
  readonly containers: readonly [a: number, b: number];
  readonly tunnel: boolean;
  readonly staticFdb: boolean;
  readonly staticNeighbours: boolean;
  readonly rule: boolean;
  readonly backup: boolean;
  /** What stands in the way of the packet. */
  readonly obstacle: keyof typeof OBSTACLES;
}

const KNOWN_STATION = "bridge fdb add 02:42:0a:00:02:01 dev vx0 master static";

/** Commands on host a that let a packet end there: at a port of its bridge, or for want of a route or a remote. */
const OBSTACLES = {
  none: [],
  isolated: [KNOWN_STATION, "bridge link set dev v1 isolated on", "bridge link set dev vx0 isolated on"],
  state: ["bridge link set dev vx0 state 0"],
  ingress: ["bridge link set dev v1 state 0"],
  vlan: [KNOWN_STATION, "ip link set br0 type bridge vlan_filtering 1", "bridge vlan del dev vx0 vid 1"],
  flood: [
    "bridge link set dev vx0 flood off",
    "bridge link set dev v2 flood off",
    "bridge link set dev v3 flood off",
  ],
  route: ["ip route del 10.2.0.0/24"],
  remote: ["bridge fdb del 00:00:00:00:00:00 dev vx0 dst 172.10.0.16"],
} as const;

const specs: fc.Arbitrary<WorldSpec> = fc.record({
  seed: fc.integer({ min: 0, max: 1000 }),
  containers: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })),
  tunnel: fc.boolean(),
  staticFdb: fc.boolean(),
  staticNeighbours: fc.boolean(),
  rule: fc.boolean(),
  backup: fc.boolean(),
  obstacle: fc.constantFrom("none", "none", ...(Object.keys(OBSTACLES) as (keyof typeof OBSTACLES)[])),
});

const ADDRESSES = { a: "172.10.0.15", b: "172.10.0.16" };
const SIDES = ["a", "b"] as const;
type Side = (typeof SIDES)[number];

/** The address of container n of a host: on one subnet across a tunnel, else on one of the host's own. */
function addressOf(spec: WorldSpec, side: Side, n: number): string {
  const host = side === "a" ? 1 : 2;
  return spec.tunnel ? `10.3.0.${host}${n}` : `10.${host}.0.1${n}`;
}

function macOf(side: Side, n: number): string {
  return `02:42:0a:00:0${side === "a" ? 1 : 2}:0${n}`;
}

function build(spec: WorldSpec): Lab {
  const net = lab({ hosts: ADDRESSES }, { seed: spec.seed });
  SIDES.forEach((side, i) => {
    const other = SIDES[1 - i]!;
    net.apply(side, "ip link add br0 type bridge", "ip link set br0 up", "sysctl -w net.ipv4.ip_forward=1");
    for (let n = 1; n <= spec.containers[i]!; n++) {
      const veth = `ip link add v${n} type veth peer name eth0 address ${macOf(side, n)} netns c${n}`;
      net.apply(side, `ip netns add c${n}`, veth, `ip link set v${n} master br0 up`);
      net.apply(
        `${side}/c${n}`,
        `ip addr add ${addressOf(spec, side, n)}/24 dev eth0`,
        "ip link set eth0 up",
      );
    }
    if (spec.tunnel) {
      const vxlan = `ip link add vx0 type vxlan id 7 dstport 4789 local ${ADDRESSES[side]} dev eth0`;
      net.apply(side, vxlan, "ip link set vx0 master br0 up");
      net.apply(side, `bridge fdb append 00:00:00:00:00:00 dev vx0 dst ${ADDRESSES[other]}`);
      if (spec.staticFdb)
        net.apply(side, `bridge fdb replace ${macOf(other, 1)} dev vx0 dst ${ADDRESSES[other]} self`);
    } else {
      const own = i + 1;
      net.apply(side, `ip addr add 10.${own}.0.1/24 dev br0`);
      net.apply(side, `ip route add 10.${3 - own}.0.0/24 via ${ADDRESSES[other]}`);
      if (spec.backup) net.apply(side, `ip route add 10.${3 - own}.0.0/16 via ${ADDRESSES[other]}`);
      for (let n = 1; n <= spec.containers[i]!; n++)
        net.apply(`${side}/c${n}`, `ip route add default via 10.${own}.0.1`);
      if (spec.rule) {
        net.apply(side, "ip rule add iif br0 lookup 100");
        net.apply(side, `ip route add 10.${3 - own}.0.0/24 via ${ADDRESSES[other]} table 100`);
      }
    }
    if (spec.staticFdb) net.apply(side, `bridge fdb replace ${macOf(side, 1)} dev v1 master static`);
  });
  if (spec.staticNeighbours || spec.obstacle !== "none") {
    const [of, at, mac] = spec.tunnel
      ? ["a/c1", addressOf(spec, "b", 1), macOf("b", 1)]
      : ["b", addressOf(spec, "b", 1), macOf("b", 1)];
    const device = spec.tunnel ? "eth0" : "br0";
    net.apply(of!, `ip neigh replace ${at} lladdr ${mac} dev ${device} nud permanent`);
  }
  const devices = net.links("a").map(({ name }) => name);
  for (const command of OBSTACLES[spec.obstacle]) {
    const device = / dev (\w+)/.exec(command)?.[1];
    if (device === undefined ? command.includes("route") === !spec.tunnel : devices.includes(device))
      net.apply("a", command);
  }
  return net;
}

/** The same packet in each replay; the first one fills the tables. */
function run(spec: WorldSpec, between: (net: Lab) => void): Journey | string {
  const net = build(spec);
  const request = { from: "a/c1", to: addressOf(spec, "b", 1), port: 9 } as const;
  try {
    net.send(request);
    between(net);
    const journey = net.send(request);
    expect(net.accounts()).toEqual([]);
    return journey;
  } catch (error) {
    if (error instanceof UserError) return error.line();
    throw error;
  }
}

/** Where the command is typed that takes an entry away, or makes what is missing, and what it says; null for what no command takes away by itself. */
function deletion({ at, kind, entry }: Decision): readonly [where: string, command: string] | null {
  const [path, device] = /^(.*)\/([^/]+)$/.exec(at)?.slice(1) ?? [at, ""];
  switch (kind) {
    case "route":
      if (entry.startsWith("no ")) return [at, `ip route add unreachable ${entry.split(" ")[3]}`];
      return entry.startsWith("local ") ? addressDeletion(at, entry) : [at, `ip route del ${entry}`];
    case "rule":
      return [at, `ip rule del pref ${entry.split(":")[0]}`];
    case "neighbour":
      return [at, `ip neigh del ${entry.split(" ").slice(0, 3).join(" ")}`];
    case "port":
      return [path!, portReset(entry)];
    case "fdb":
      if (entry.startsWith("no "))
        return [path!, `bridge fdb add ${entry.split(" ")[3]} dev v1 master static`];
      return [path!, `bridge fdb del ${entry.split(" ").slice(0, 3).join(" ")} master`];
    case "vxlan-fdb": {
      if (entry.startsWith("no "))
        return [path!, `bridge fdb append ${entry.split(" ").at(-1)} dev ${device} dst 172.10.0.16`];
      const [mac, , dst] = entry.split(" ");
      return [path!, `bridge fdb del ${mac} dev ${device} dst ${dst} self`];
    }
    case "device":
      return [path!, `ip link del ${device}`];
    default:
      return null;
  }
}

/** A port as it is when nobody has set anything. */
function portReset(entry: string): string {
  const [port, setting] = entry.split(" ");
  if (setting === "vlan") return `bridge vlan add dev ${port} vid 1 pvid untagged`;
  const value = { isolated: "off", flood: "on", state: "3" }[setting!];
  return `bridge link set dev ${port} ${setting} ${value}`;
}

/** A local route comes and goes with its address. */
function addressDeletion(at: string, entry: string): readonly [string, string] {
  const [, address, device] = /^local (\S+) dev (\S+)/.exec(entry)!;
  const length = address!.startsWith("10.") || address!.startsWith("172.") ? 24 : 8;
  return [at, `ip addr del ${address}/${length} dev ${device}`];
}

/** A decision by what made its entry, which tells an entry from the one that was there before; without a neighbour's state. */
function nameOf({ at, kind, entry, cause }: Decision): string {
  return `${at} ${kind} ${kind === "neighbour" ? entry.replace(/ [A-Z]+$/, "") : entry} <- ${cause}`;
}

test("a world replayed gives the same journey", () => {
  fc.assert(
    fc.property(specs, (spec) => {
      const nothing = (): void => {};
      expect(run(spec, nothing)).toEqual(run(spec, nothing));
    }),
    { numRuns: 5 },
  );
});

const kindsSeen = new Set<string>();

test("who takes away the entry that a journey names sees another journey", () => {
  fc.assert(
    fc.property(specs, fc.nat(), (spec, pick) => {
      const journey = run(spec, () => {});
      if (typeof journey === "string") throw new Error(journey);
      const candidates = journey.decisions.filter((decision) => deletion(decision) !== null);
      // The last one is what a packet ends by.
      const decision = pick % 2 === 0 ? candidates.at(-1)! : candidates[(pick >> 1) % candidates.length]!;
      const [where, command] = deletion(decision)!;
      // A switch is no host that one can type on, but the library reaches its namespace all the same.
      const after = run(spec, (net) => net.apply(where, command));
      kindsSeen.add(decision.entry.startsWith("no ") ? `no ${decision.kind}` : decision.kind);
      if (decision.kind === "port") kindsSeen.add(decision.verdict);
      const said = `${where}$ ${command}`;
      expect(typeof after === "string" && after.startsWith(`${command}:`) ? after : "", said).toBe("");
      const named = typeof after === "string" ? [] : after.decisions.map(nameOf);
      expect(named, said).not.toContain(nameOf(decision));
    }),
    { numRuns: 120 },
  );
  const ports = ["BRIDGE_ISOLATED", "BRIDGE_NO_PORT", "BRIDGE_PORT_STATE", "BRIDGE_VLAN"];
  const kinds = ["device", "fdb", "neighbour", "no fdb", "no route", "no vxlan-fdb", "port", "route", "rule"];
  expect([...kindsSeen].sort()).toEqual([...ports, ...kinds, "vxlan-fdb"]);
});
