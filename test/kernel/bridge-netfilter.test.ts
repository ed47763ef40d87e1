import { describe, test } from "vitest";
import { typeOnBothSides } from "./both-sides.ts";
import { topology } from "./random-rules.ts";
import { IN_REAL_TIME, whyNoKernel } from "./real-kernel.ts";

const reason = whyNoKernel();
if (reason !== null) console.warn(`bridge netfilter is not compared with the real kernel: ${reason}`);

const IN_SW = "ip netns exec sw";

/** Two containers on a bridge br0 (10.3.0.1) of a namespace `sw`, as on a host of Docker. */
const build: readonly string[] = [
  "ip netns add sw",
  "ip -n sw link set lo up",
  "ip -n sw link add br0 address 02:00:00:00:00:fe type bridge mcast_snooping 0",
  "ip -n sw addr add 10.3.0.1/24 dev br0",
  "ip -n sw link set br0 up",
  `${IN_SW} sysctl -qw net.ipv4.ip_forward=1`,
  ...[1, 2].flatMap((n) => [
    `ip netns add c${n}`,
    `ip -n c${n} link set lo up`,
    `ip link add p${n} address 02:00:00:00:01:0${n} netns sw type veth peer name eth0 address 02:00:00:00:00:0${n} netns c${n}`,
    `ip -n sw link set p${n} master br0 up`,
    `ip -n c${n} addr add 10.3.0.${n + 1}/24 dev eth0`,
    `ip -n c${n} link set eth0 up`,
    `ip -n c${n} route add default via 10.3.0.1`,
  ]),
  "ip netns exec c1 ping -c 1 -q 10.3.0.3 >/dev/null",
  "ip netns exec c1 ping -c 1 -q 10.3.0.1 >/dev/null",
];

const rules: readonly string[] = [
  "-t raw -A PREROUTING -i br0",
  "-t raw -A PREROUTING -i p1",
  "-t raw -A PREROUTING -m physdev --physdev-in p1",
  "-t raw -A PREROUTING -m physdev --physdev-is-in",
  "-t mangle -A PREROUTING -m mac --mac-source 02:00:00:00:00:01 -j MARK --set-mark 7",
  "-t mangle -A POSTROUTING -m physdev --physdev-out p2",
  "-t mangle -A POSTROUTING -o br0 -m mark --mark 7",
  "-t mangle -A FORWARD -m pkttype --pkt-type unicast",
  "-A FORWARD -i br0 -o br0 -m physdev --physdev-is-bridged",
  "-A FORWARD -m physdev --physdev-in p1 --physdev-out p2 -m length --length 500: -j DROP",
  "-A FORWARD -i br0 -o br0 -p icmp -m icmp --icmp-type 0 -s 10.3.0.3 -m ttl --ttl-eq 64",
  "-A INPUT -m physdev --physdev-in p1",
  "-A INPUT -i br0 -m length --length 600: -j REJECT",
  "-A OUTPUT -o br0",
  "-A OUTPUT -m physdev --physdev-is-bridged --physdev-out p1",
];

const probes: readonly string[] = [
  "ip netns exec c1 ping -n -c 2 -i 0.2 -W 0.4 10.3.0.3",
  "ip netns exec c1 ping -n -c 2 -i 0.2 -W 0.4 -s 600 10.3.0.3",
  "ip netns exec c2 ping -n -c 2 -i 0.2 -W 0.4 -s 600 10.3.0.2",
  "ip netns exec c1 ping -n -c 1 -W 0.4 -s 3000 10.3.0.3",
  "ip netns exec c2 ping -n -c 1 -W 0.4 -s 3000 10.3.0.2",
  "ip netns exec c1 ping -n -c 2 -i 0.2 -W 0.4 10.3.0.1",
  "ip netns exec c1 ping -n -c 1 -W 0.4 -s 700 10.3.0.1",
  "ip netns exec sw ping -n -c 2 -i 0.2 -W 0.4 10.3.0.2",
  "ip netns exec c1 ping -n -c 1 -W 0.4 -b 10.3.0.255",
];

const changes: readonly string[] = [
  `${IN_SW} iptables -P FORWARD DROP`,
  "ip netns exec c1 ping -n -c 1 -W 0.4 10.3.0.3",
  `${IN_SW} sysctl -w net.bridge.bridge-nf-call-iptables=0`,
  "ip netns exec c1 ping -n -c 1 -W 0.4 10.3.0.3",
  `${IN_SW} sysctl -w net.bridge.bridge-nf-call-iptables=1`,
  `${IN_SW} iptables -P FORWARD ACCEPT`,
  // With connections tracked, fragments pass a bridge as one packet and are cut again.
  `${IN_SW} iptables -A FORWARD -m conntrack --ctstate NEW,ESTABLISHED`,
  "ip netns exec c2 ping -n -c 1 -W 0.4 -s 3000 10.3.0.2",
];

describe.skipIf(reason !== null)("bridged frames and the IPv4 hooks", IN_REAL_TIME, () => {
  test.each([1, 0])(
    "net.bridge.bridge-nf-call-iptables=%i: the same packets pass and are counted",
    async (calls) => {
      const lines = [
        ...build,
        `${IN_SW} sysctl -w net.bridge.bridge-nf-call-iptables=${calls}`,
        ...rules.map((rule) => `${IN_SW} iptables ${rule}`),
        ...probes,
        `${IN_SW} iptables-save -c`,
        ...changes,
        `${IN_SW} iptables-save -c -t filter`,
        `${IN_SW} sysctl net.bridge`,
      ].map((text) => ({ host: "a", text }));
      await typeOnBothSides(topology, 1, lines, "npx vitest run test/kernel/bridge-netfilter.test.ts");
    },
  );
});
