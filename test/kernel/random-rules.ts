import { Prng } from "../../src/base/prng.ts";
import { PLAIN_CPU, PLAIN_WIRE, type Topology } from "../../src/lab/topology.ts";

/** One machine; everything else is built in namespaces. */
export const topology: Topology = {
  hosts: [
    {
      name: "a",
      router: false,
      gateway: null,
      cpu: PLAIN_CPU,
      nics: [
        { name: "eth0", mac: "52:54:00:0a:00:0f", address: null, mtu: 1500, switch: "u0", wire: PLAIN_WIRE },
      ],
    },
  ],
  switches: [{ name: "u0", mtu: 1500 }],
  trunks: [],
};

/** c1 (10.0.1.2), a router r (10.0.1.1, 10.0.2.1) and c2 (10.0.2.2). */
export const build: readonly string[] = [
  ...["c1", "r", "c2"].flatMap((ns) => [`ip netns add ${ns}`, `ip -n ${ns} link set lo up`]),
  ...[1, 2].flatMap((n) => [
    `ip link add r${n} address 02:00:00:00:0${n}:01 netns r type veth peer name e0 address 02:00:00:00:0${n}:02 netns c${n}`,
    `ip -n r addr add 10.0.${n}.1/24 dev r${n}`,
    `ip -n c${n} addr add 10.0.${n}.2/24 dev e0`,
    `ip -n r link set r${n} up`,
    `ip -n c${n} link set e0 up`,
    `ip -n c${n} route add default via 10.0.${n}.1`,
  ]),
  "ip netns exec r sysctl -qw net.ipv4.ip_forward=1",
  // Both ends know each other before anything is counted.
  "ip netns exec c1 ping -c 1 -q 10.0.2.2 >/dev/null",
];

/** What a chain of the table nat may make of a connection; none of it is chance. */
const translations: Readonly<Record<string, readonly string[]>> = {
  PREROUTING: [
    "DNAT --to-destination 10.0.2.2",
    "DNAT --to-destination 10.0.1.2",
    "REDIRECT",
    "NETMAP --to 10.0.2.0/24",
  ],
  OUTPUT: ["DNAT --to-destination 10.0.2.2", "REDIRECT", "NETMAP --to 10.0.1.0/24"],
  INPUT: ["SNAT --to-source 10.0.2.2", "ACCEPT"],
  POSTROUTING: ["SNAT --to-source 10.0.2.1", "MASQUERADE", "NETMAP --to 10.0.1.0/24", "ACCEPT"],
};

/** Rules and packets drawn from a seed. */
export function randomLines(seed: number): {
  readonly rules: readonly string[];
  readonly probes: readonly string[];
} {
  const random = new Prng(seed).fork("random rules");
  const pick = <T>(from: readonly T[]): T => from[random.below(from.length)]!;
  const maybe = (numerator: number, denominator: number, text: () => string): string =>
    random.chance(numerator, denominator) ? text() : "";
  const not = (): string => maybe(1, 4, () => "! ");
  const address = (): string =>
    pick(["10.0.1.2", "10.0.2.2", "10.0.0.0/16", "10.0.2.0/24", "10.0.1.1", "127.0.0.0/8"]);
  const icmp = (): string =>
    pick(["", ` -m icmp ${not()}--icmp-type 8`, " -m icmp --icmp-type 0", " -m icmp --icmp-type any"]);
  const udp = (): string =>
    pick([
      "",
      ` -m udp ${not()}--dport 5000`,
      " -m udp --dport 4000:5000",
      " -m multiport --dports 53,5000:5001",
    ]);
  const state = (): string =>
    pick(["NEW", "ESTABLISHED", "RELATED", "INVALID", "UNTRACKED", "DNAT", "SNAT", "NEW,RELATED"]);
  const connection = (): string =>
    pick([
      ` -m conntrack ${not()}--ctstate ${state()}`,
      ` -m conntrack ${not()}--ctorigdst ${address()}`,
      ` -m conntrack ${not()}--ctrepldst ${address()}`,
      ` -m conntrack --ctdir ${pick(["ORIGINAL", "REPLY"])}`,
      ` -m conntrack ${not()}--ctstatus ${pick(["SEEN_REPLY", "CONFIRMED", "NONE"])}`,
      ` -m conntrack ${not()}--ctproto ${pick(["icmp", "udp"])}`,
      ` -m connmark ${not()}--mark ${pick(["0", "1", "1/1", "2/2"])}`,
    ]);
  const match = (table: string, chain: string): string =>
    pick(["", "", connection(), connection(), other(table, chain)]);
  const other = (table: string, chain: string): string =>
    pick([
      "",
      "",
      ` -m ttl ${pick(["--ttl-eq 64", "--ttl-lt 64", "--ttl-gt 63", "! --ttl-eq 63"])}`,
      ` -m length ${not()}--length ${pick(["84", "0:100", "500:1500"])}`,
      ` -m mark ${not()}--mark ${pick(["1", "1/1", "2/2"])}`,
      ` -m iprange ${not()}--src-range 10.0.1.0-10.0.1.9`,
      ` -m pkttype ${not()}--pkt-type ${pick(["unicast", "broadcast", "multicast"])}`,
      ` -m addrtype ${not()}--dst-type ${pick(["LOCAL", "UNICAST"])}`,
      ` -m statistic --mode nth --every 2 --packet ${random.below(2)}`,
      ` -m u32 ${not()}--u32 "${pick(["6&0xFF=1", "0>>22&0x3C@0>>24=8", "8>>24=0:63", "2&0xFFFF=0x54"])}"`,
      ` -m policy --dir ${["INPUT", "PREROUTING"].includes(chain) ? "in" : "out"} --pol ${pick(["none", "ipsec"])}`,
      ` -m comment --comment "${pick(["x", "two words"])}"`,
      ` -m limit --limit 1/hour --limit-burst ${1 + random.below(3)}`,
      chain === "OUTPUT" || chain === "POSTROUTING"
        ? ` -m owner ${not()}--${pick(["socket-exists", "uid-owner 0"])}`
        : "",
      ["INPUT", "FORWARD", "PREROUTING"].includes(chain)
        ? ` -m mac ${not()}--mac-source 02:00:00:00:01:02`
        : "",
      chain === "PREROUTING" && table !== "nat"
        ? ` -m rpfilter${maybe(1, 2, () => " --loose")}${maybe(1, 3, () => " --accept-local")}${maybe(1, 3, () => " --invert")}`
        : "",
      ` -m physdev ${not()}--physdev-is-in`,
      ` -m addrtype ${not()}--src-type ${pick(["LOCAL", "UNICAST", "MULTICAST"])}`,
    ]);
  const rules: string[] = [];
  for (const ns of ["r", "r", "c1", "c2"]) {
    const on = (text: string): void => {
      rules.push(`ip netns exec ${ns} iptables ${text}`);
    };
    const table = pick(["filter", "filter", "mangle", "raw", "nat"]);
    const own = `u${rules.length}`;
    on(`-t ${table} -N ${own}`);
    const hooks = {
      filter: ["INPUT", "FORWARD", "OUTPUT"],
      raw: ["PREROUTING", "OUTPUT"],
      nat: ["PREROUTING", "INPUT", "OUTPUT", "POSTROUTING"],
      mangle: ["PREROUTING", "INPUT", "FORWARD", "OUTPUT", "POSTROUTING"],
    }[table]!;
    for (let i = 3 + random.below(6); i > 0; i--) {
      const chain = pick([...hooks, own]);
      const protocol = pick(["", "", `-p icmp${icmp()}`, `-p udp${udp()}`]);
      const device = ns === "r" ? pick(["r1", "r2", "r+"]) : pick(["e0", "lo", "e+"]);
      const input = ["PREROUTING", "INPUT", "FORWARD"].includes(chain)
        ? maybe(1, 4, () => `${not()}-i ${device} `)
        : "";
      const output = ["OUTPUT", "POSTROUTING", "FORWARD"].includes(chain)
        ? maybe(1, 4, () => `${not()}-o ${device} `)
        : "";
      const where =
        maybe(1, 4, () => `${not()}-s ${address()} `) + maybe(1, 4, () => `${not()}-d ${address()} `);
      const deny =
        table === "filter" ? pick(["DROP", "REJECT", "REJECT --reject-with icmp-admin-prohibited"]) : "DROP";
      const change =
        table === "mangle"
          ? pick([
              ...["MARK --set-mark 1", "MARK --or-mark 2", "TTL --ttl-set 63", "TTL --ttl-dec 1"],
              ...[
                "CONNMARK --set-mark 1",
                "CONNMARK --save-mark",
                "CONNMARK --restore-mark",
                "CONNMARK --xor-mark 3",
              ],
            ])
          : table === "raw" && chain !== own
            ? pick(["LOG", "NOTRACK", "CT --zone 2", "CT --notrack"])
            : table === "nat" && chain !== own
              ? pick(translations[chain]!)
              : "LOG";
      const target =
        chain === own
          ? pick(["RETURN", "ACCEPT", "", change])
          : pick([own, own, "ACCEPT", "RETURN", change, change, "", deny]);
      on(
        `-t ${table} -A ${chain} ${input}${output}${where}${protocol}${match(table, chain)}${target === "" ? "" : ` -j ${target}`}`.replaceAll(
          / +/g,
          " ",
        ),
      );
    }
    if (table === "filter" && random.chance(1, 4)) on(`-P ${pick(hooks)} DROP`);
  }
  const probes: string[] = [];
  for (let i = 0; i < 6; i++) {
    const from = pick(["c1", "c2", "r"]);
    const to = pick(["10.0.1.2", "10.0.2.2", "10.0.1.1", "127.0.0.1"]);
    const ping = `ping -n -c 2 -i 0.2 -W 0.4 -s ${pick([56, 56, 600, 2000])} -t ${pick([64, 64, 2, 1])}${maybe(1, 3, () => " -m 1")} ${to}`;
    const datagram = `echo hello | nc -u -w 1 ${to} ${pick([5000, 53])}`;
    probes.push(`ip netns exec ${from} ${random.chance(3, 4) ? ping : `bash -c '${datagram}'`}`);
  }
  return { rules, probes };
}
