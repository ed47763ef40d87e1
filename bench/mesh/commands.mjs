// The routing mesh as commands, for the simulator and for the real kernel alike:
//   ex 172.10.0.100 - switch - a 172.10.0.15:8080 - DNAT -> sb, the ingress sandbox - DNAT by turns and SNAT -> VXLAN - b - task 10.255.0.5:9000
// IPVS is replaced by the match `statistic`, since kernels without ip_vs are to be measured too.

export const PUBLISHED = { address: "172.10.0.15", port: 8080 };
export const TASK = { address: "10.255.0.5", port: 9000 };

/** The machines on the switch, each with its address on eth0. */
export const MACHINES = { ex: "172.10.0.100", a: PUBLISHED.address, b: "172.10.0.16" };
/** The network namespaces beside them, and on which machine each one is. */
export const NAMESPACES = { sb: "a", task: "b" };

/** How long a connection is kept after its last packet, and how often a new one may use the same port therefore. */
const UDP_TIMEOUT_SECONDS = 1;

const MACS = { sb: "02:42:0a:ff:00:02", task: "02:42:0a:ff:00:05" };
const OVERLAY = { sb: "10.255.0.2", task: TASK.address };

/** An overlay's end on a host: a bridge, a VTEP, and a namespace beside them. `name` says what a namespace is called. */
function overlay(host, inside, otherHost, otherInside, name) {
  return [
    [host, "ip link add br0 type bridge"],
    [host, "ip link set br0 up"],
    [host, `ip link add vx42 type vxlan id 42 dstport 4789 local ${MACHINES[host]} nolearning`],
    [host, "ip link set vx42 mtu 1450 master br0 up"],
    [
      host,
      `ip link add v0 mtu 1450 type veth peer name ov0 netns ${name(inside)} mtu 1450 address ${MACS[inside]}`,
    ],
    [host, "ip link set v0 master br0 up"],
    [inside, "ip link set lo up"],
    [inside, `ip addr add ${OVERLAY[inside]}/24 dev ov0`],
    [inside, "ip link set ov0 up"],
    [inside, `ip neigh add ${OVERLAY[otherInside]} lladdr ${MACS[otherInside]} dev ov0 nud permanent`],
    [host, `bridge fdb add ${MACS[otherInside]} dev vx42 dst ${MACHINES[otherHost]} self permanent`],
    [host, `bridge fdb add ${MACS[otherInside]} dev vx42 master static`],
  ];
}

/** Every command as `[where, command]`; `name` gives a namespace's own name for `ip ... netns NAME`. */
export function meshCommands(name) {
  const dnat = `-j DNAT --to-destination ${TASK.address}:${TASK.port}`;
  return [
    ...overlay("a", "sb", "b", "task", name),
    ...overlay("b", "task", "a", "sb", name),
    ["a", "ip link add gwbr type bridge"],
    ["a", "ip addr add 172.18.0.1/16 dev gwbr"],
    ["a", "ip link set gwbr up"],
    ["a", `ip link add v1 type veth peer name eth1 netns ${name("sb")}`],
    ["a", "ip link set v1 master gwbr up"],
    ["sb", "ip addr add 172.18.0.2/16 dev eth1"],
    ["sb", "ip link set eth1 up"],
    ["sb", "ip route add default via 172.18.0.1"],
    ["a", "sysctl -qw net.ipv4.ip_forward=1"],
    ["sb", "sysctl -qw net.ipv4.ip_forward=1"],
    ["a", "iptables -t nat -A PREROUTING -p udp --dport 8080 -j DNAT --to-destination 172.18.0.2:8080"],
    ["a", "iptables -t nat -A POSTROUTING -s 172.18.0.0/16 ! -o gwbr -j MASQUERADE"],
    [
      "sb",
      `iptables -t nat -A PREROUTING -p udp --dport 8080 -m statistic --mode nth --every 2 --packet 0 ${dnat}`,
    ],
    ["sb", `iptables -t nat -A PREROUTING -p udp --dport 8080 ${dnat}`],
    ["sb", `iptables -t nat -A POSTROUTING -d 10.255.0.0/24 -j SNAT --to-source ${OVERLAY.sb}`],
    ...["a", "sb"].map((where) => [
      where,
      `sysctl -qw net.netfilter.nf_conntrack_udp_timeout=${UDP_TIMEOUT_SECONDS}`,
    ]),
  ];
}
