import { Prng } from "../../src/base/prng.ts";
import { macForAddress, PLAIN_CPU, PLAIN_WIRE, type Topology } from "../../src/lab/topology.ts";
import type { Line } from "./both-sides.ts";

/** A world drawn from a seed: what to build, which packets to send then, and how to ask what became of them. */
interface RandomWorld {
  readonly topology: Topology;
  readonly build: readonly Line[];
  readonly probes: readonly Line[];
  readonly questions: readonly Line[];
}

interface Container {
  readonly host: string;
  readonly name: string;
  readonly address: string;
  readonly subnet: number;
}

const SIZES = [56, 56, 1000, 1372, 1373, 1422, 1423, 1472, 1473, 3000];
const TTLS = [64, 64, 64, 1, 2];

/**
 * Two or three hosts; one to three subnets, each a bridge on each host, joined over the hosts by a VTEP or not joined;
 * containers with several MTUs on them; routers between subnets; ports with odd flags.
 */
export function randomWorld(seed: number): RandomWorld {
  const random = new Prng(seed).fork("random world");
  const pick = <T>(from: readonly T[]): T => from[random.below(from.length)]!;
  const hosts = ["a", "b", "c"].slice(0, 2 + random.below(2));
  const underlay = (host: string): string => `172.10.0.${15 + hosts.indexOf(host)}`;
  const build: Line[] = [];
  const containers: Container[] = [];
  const subnets = 1 + random.below(3);
  for (let subnet = 1; subnet <= subnets; subnet++) {
    const joined = random.chance(3, 4);
    const mtu = pick([1450, 1450, 1400, 1500]);
    for (const host of hosts) {
      const type = (text: string): void => {
        build.push({ host, text });
      };
      const bridge = `br${subnet}`;
      type(`ip link add ${bridge} type bridge mcast_snooping 0`);
      type(`ip link set ${bridge} address 02:00:00:${host}${host}:00:0${subnet} up`);
      if (joined) {
        const vx = `vx${subnet}`;
        const flags = pick(["", "", "nolearning", "noudpcsum", "df set", "ttl 3"]);
        type(
          `ip link add ${vx} type vxlan id ${100 + subnet} dstport 4789 local ${underlay(host)} dev eth0 ${flags}`.trim(),
        );
        type(`ip link set ${vx} master ${bridge} up`);
        for (const other of hosts) {
          if (other !== host) type(`bridge fdb append 00:00:00:00:00:00 dev ${vx} dst ${underlay(other)}`);
        }
      }
      for (let n = 1 + random.below(2); n > 0; n--) {
        const index = containers.length + 2;
        const name = `c${index}`;
        const address = `10.${subnet}.0.${index}`;
        const mac = `02:42:0a:0${subnet}:00:${index.toString(16).padStart(2, "0")}`;
        type(`ip netns add ${name}`);
        type(
          `ip link add v${index} mtu ${mtu} type veth peer name eth0 mtu ${mtu} address ${mac} netns ${name}`,
        );
        type(`ip link set v${index} master ${bridge} up`);
        type(`ip -n ${name} addr add ${address}/24 dev eth0`);
        type(`ip -n ${name} link set lo up`);
        type(`ip -n ${name} link set eth0 up`);
        if (random.chance(1, 5))
          type(
            `bridge link set dev v${index} ${pick(["isolated on", "hairpin on", "flood off", "learning off"])}`,
          );
        containers.push({ host, name, address, subnet });
      }
    }
  }
  if (subnets > 1) addRouter(random, hosts[0]!, containers, build);
  const probes: Line[] = [];
  for (let i = 0; i < 10; i++) {
    const from = pick(containers);
    const to = pick(containers);
    // Everybody asks anew: how far an earlier question has got would depend on how long the commands took.
    if (subnets > 1) probes.push({ host: hosts[0]!, text: "ip -n r neigh flush all" });
    probes.push({ host: from.host, text: `ip -n ${from.name} neigh flush all` });
    const flags = [`-s ${pick(SIZES)}`, `-t ${pick(TTLS)}`, pick(["-M do", "-M dont", "-M want"])];
    probes.push({
      host: from.host,
      text: `ip netns exec ${from.name} ping -c 1 -W 1 ${flags.join(" ")} ${to.address}`,
    });
  }
  // What each has sent, received, forwarded, cut and put together; ARP, whose timers run in real time, is not among it.
  const counted = containers.map(({ host, name }) => ({ host, name }));
  if (subnets > 1) counted.push({ host: hosts[0]!, name: "r" });
  const questions: Line[] = counted.map(({ host, name }) => ({
    host,
    text: `ip netns exec ${name} grep -E '^(Ip|Icmp):' /proc/net/snmp`,
  }));
  // By then every neighbour that does not answer is given up, and who waited for it was told.
  questions.unshift({ host: hosts[0]!, text: "sleep 3.3" });
  return { topology: topologyOf(hosts, underlay), build, probes, questions };
}

/** A container with a leg in the first two subnets; everybody in them routes through it. */
function addRouter(random: Prng, host: string, containers: readonly Container[], build: Line[]): void {
  const type = (text: string): void => {
    build.push({ host, text });
  };
  type("ip netns add r");
  type(`ip netns exec r sysctl -qw net.ipv4.ip_forward=1`);
  for (const subnet of [1, 2]) {
    type(
      `ip link add vr${subnet} type veth peer name eth${subnet} address 02:42:0a:0${subnet}:00:01 netns r`,
    );
    type(`ip link set vr${subnet} master br${subnet} up`);
    type(`ip -n r addr add 10.${subnet}.0.1/24 dev eth${subnet}`);
    type(`ip -n r link set eth${subnet} up`);
  }
  for (const container of containers) {
    if (container.subnet > 2 || random.chance(1, 6)) continue;
    const text = `ip -n ${container.name} route add default via 10.${container.subnet}.0.1`;
    build.push({ host: container.host, text });
  }
}

function topologyOf(hosts: readonly string[], underlay: (host: string) => string): Topology {
  return {
    hosts: hosts.map((name) => {
      const address = underlay(name);
      const nic = { name: "eth0", mac: macForAddress(address), address: { address, prefixLength: 24 } };
      const nics = [{ ...nic, mtu: 1500, switch: "u0", wire: PLAIN_WIRE }];
      return { name, router: false, gateway: null, cpu: PLAIN_CPU, nics };
    }),
    switches: [{ name: "u0", mtu: 1500 }],
    trunks: [],
  };
}
