import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { type Journey, type Lab, lab, SECOND, type SentJourney } from "../src/index.ts";

/** A decision in one line: `a routed route default via ... <- cause`. */
function decisions(journey: Journey): string[] {
  return journey.decisions.map(
    ({ at, verdict, kind, entry, cause }) => `${at} ${verdict} ${kind} ${entry} <- ${cause}`,
  );
}

function drops(journey: Journey): string[] {
  return journey.dropped.map(({ at, reason, entry, cause }) => `${at} ${reason} ${entry} <- ${cause}`);
}

/** a and c on the left, then the routers r1 and r2, then b; routes are commands. */
function routed(): Lab {
  const net = lab({
    switches: ["l", "m", "r"],
    hosts: {
      a: { address: "10.0.1.2", switch: "l", gateway: "10.0.1.1" },
      b: { address: "10.0.3.2", switch: "r", gateway: "10.0.3.1" },
      c: { address: "10.0.1.3", switch: "l" },
    },
    routers: { r1: { l: "10.0.1.1", m: "10.0.2.1" }, r2: { m: "10.0.2.2", r: "10.0.3.1" } },
  });
  net.apply("r1", "ip route add 10.0.3.0/24 via 10.0.2.2");
  net.apply("r2", "ip route add 10.0.1.0/24 via 10.0.2.1");
  return net;
}

describe("each decision names its entry, and what made that", () => {
  test("routes of the description and of commands, addresses, neighbours and a switch's memory", () => {
    expect(
      decisions(routed().send({ from: "a", to: "10.0.3.2" })).map((line) =>
        line.replace(/frame \d+/, "frame N"),
      ),
    ).toEqual([
      "a routed route default via 10.0.1.1 dev eth0 <- the description of a",
      "a waitsForNeighbour neighbour 10.0.1.1 dev eth0 INCOMPLETE <- needed by frame N: IP 10.0.1.2 > 10.0.3.2: ICMP echo request, id 1, seq 1, length 64",
      "a resolved neighbour 10.0.1.1 dev eth0 lladdr 52:54:00:00:01:01 REACHABLE <- learned from frame N: ARP, Reply 10.0.1.1 is-at 52:54:00:00:01:01, length 28",
      "l/l bridged fdb 52:54:00:00:01:01 dev p2 master l <- learned from frame N: ARP, Reply 10.0.1.1 is-at 52:54:00:00:01:01, length 28",
      "r1 forwarded route 10.0.3.0/24 via 10.0.2.2 dev eth1 <- ip route add 10.0.3.0/24 via 10.0.2.2",
      "r1 waitsForNeighbour neighbour 10.0.2.2 dev eth1 INCOMPLETE <- needed by frame N: IP 10.0.1.2 > 10.0.3.2: ICMP echo request, id 1, seq 1, length 64",
      "r1 resolved neighbour 10.0.2.2 dev eth1 lladdr 52:54:00:00:02:02 REACHABLE <- learned from frame N: ARP, Reply 10.0.2.2 is-at 52:54:00:00:02:02, length 28",
      "m/m bridged fdb 52:54:00:00:02:02 dev p1 master m <- learned from frame N: ARP, Reply 10.0.2.2 is-at 52:54:00:00:02:02, length 28",
      "r2 forwarded route 10.0.3.0/24 dev eth1 proto kernel scope link src 10.0.3.1 <- the description of r2",
      "r2 waitsForNeighbour neighbour 10.0.3.2 dev eth1 INCOMPLETE <- needed by frame N: IP 10.0.1.2 > 10.0.3.2: ICMP echo request, id 1, seq 1, length 64",
      "r2 resolved neighbour 10.0.3.2 dev eth1 lladdr 52:54:00:00:03:02 REACHABLE <- learned from frame N: ARP, Reply 10.0.3.2 is-at 52:54:00:00:03:02, length 28",
      "r/r bridged fdb 52:54:00:00:03:02 dev p0 master r <- learned from frame N: ARP, Reply 10.0.3.2 is-at 52:54:00:00:03:02, length 28",
      "b local route local 10.0.3.2 dev eth0 table local proto kernel scope host src 10.0.3.2 <- the description of b",
    ]);
  });

  test("an address that a command made, and a neighbour that one made", () => {
    const net = routed();
    net.apply("c", "ip addr add 10.0.1.50/32 dev eth0");
    net.apply("a", "ip neigh add 10.0.1.50 lladdr 52:54:00:00:01:03 dev eth0 nud permanent");
    const lines = decisions(net.send({ from: "a", to: "10.0.1.50" }));
    expect(lines).toContain(
      "a resolved neighbour 10.0.1.50 dev eth0 lladdr 52:54:00:00:01:03 PERMANENT <- ip neigh add 10.0.1.50 dev eth0 lladdr 52:54:00:00:01:03 nud permanent",
    );
    expect(lines.at(-1)).toBe(
      "c local route local 10.0.1.50 dev eth0 table local proto kernel scope host src 10.0.1.50 <- ip addr add 10.0.1.50/32 dev eth0",
    );
    expect(net.addresses("c").at(-1)!.cause).toBe("ip addr add 10.0.1.50/32 dev eth0");
  });

  test("a neighbour keeps what gave its address while its state goes on", () => {
    const net = routed();
    net.send({ from: "a", to: "10.0.1.3" });
    net.advance(60 * SECOND);
    const [line] = decisions(net.send({ from: "a", to: "10.0.1.3" })).filter((text) =>
      text.includes("resolved"),
    );
    expect(line).toMatch(/52:54:00:00:01:03 DELAY <- learned from frame \d+: ARP, Reply 10.0.1.3/);
    net.advance(5 * SECOND);
    expect(
      net
        .why("neighbour a 10.0.1.3")[0]!
        .events.map(({ cause }) => cause)
        .filter((c) => c.includes("timer")),
    ).toEqual([
      "a timer: reachable time is over",
      "a timer: used while stale",
      "a timer: nothing heard in delay_first_probe_time",
    ]);
  });

  test("policy rules, where they lead and where they refuse", () => {
    const net = routed();
    net.apply("a", "ip rule add from 10.0.1.2 lookup 100", "ip route add default via 10.0.1.3 table 100");
    expect(decisions(net.send({ from: "a", to: "10.0.3.2", source: "10.0.1.2" })).slice(0, 2)).toEqual([
      "a ruled rule 32765: from 10.0.1.2 lookup 100 <- ip rule add from 10.0.1.2 table 100",
      "a routed route default via 10.0.1.3 dev eth0 table 100 <- ip route add default via 10.0.1.3 table 100",
    ]);
    net.apply("a", "ip rule del from 10.0.1.2");
    net.apply(
      "r1",
      "ip rule add iif eth0 to 10.0.3.2 lookup 7 pref 5",
      "ip route add 10.0.3.2 via 10.0.2.2 table 7",
    );
    expect(
      decisions(net.send({ from: "a", to: "10.0.3.2" }))
        .filter((line) => line.startsWith("r1 "))
        .slice(0, 2),
    ).toEqual([
      "r1 ruled rule 5: from all to 10.0.3.2 iif eth0 lookup 7 <- ip rule add to 10.0.3.2 iif eth0 pref 5 table 7",
      "r1 forwarded route 10.0.3.2 via 10.0.2.2 dev eth1 table 7 <- ip route add 10.0.3.2 via 10.0.2.2 table 7",
    ]);
    net.apply("r1", "ip rule add to 10.0.3.2 prohibit pref 4");
    const rule = "4: from all to 10.0.3.2 prohibit <- ip rule add to 10.0.3.2 pref 4 prohibit";
    expect(drops(net.send({ from: "a", to: "10.0.3.2" }))).toEqual([`r1 IP_INNOROUTES ${rule}`]);
    const own = net.send({ from: "r1", to: "10.0.3.2" });
    expect(own.summary).toBe("r1 cannot send to 10.0.3.2: Permission denied");
    expect(drops(own)).toEqual([`r1 IP_OUTNOROUTES ${rule}`]);
  });

  test("routes that refuse, for those who pass and for those who send", () => {
    const net = routed();
    for (const [type, reason, words] of [
      ["unreachable", "IP_INNOROUTES", "No route to host"],
      ["blackhole", "NOT_SPECIFIED", "Invalid argument"],
      ["prohibit", "IP_INNOROUTES", "Permission denied"],
    ]) {
      const route = `${type} 10.66.0.0/16 <- ip route replace ${type} 10.66.0.0/16`;
      net.apply("r1", `ip route replace ${type} 10.66.0.0/16`);
      expect(drops(net.send({ from: "a", to: "10.66.0.1" }))).toEqual([`r1 ${reason} ${route}`]);
      for (const protocol of ["icmp", "udp", "tcp"] as const) {
        const port = protocol === "icmp" ? {} : { port: 53 };
        const own = net.send({ from: "r1", to: "10.66.0.1", protocol, ...port });
        expect(own.summary).toBe(`r1 cannot send to 10.66.0.1: ${words}`);
        expect(own).toMatchObject({ to: "10.66.0.1", protocol, delivered: [], devices: [], answers: [] });
        expect(drops(own)).toEqual([`r1 IP_OUTNOROUTES ${route}`]);
      }
    }
  });

  test("no route, in the tables that were asked, and where one was taken away", () => {
    const net = routed();
    const missing = (cause: string, tables = "main"): string =>
      `no route to 10.99.0.1 in table ${tables} <- ${cause}`;
    const passing = (): string[] => drops(net.send({ from: "a", to: "10.99.0.1" }));
    expect(passing()).toEqual([`r1 IP_INNOROUTES ${missing("nobody made one")}`]);
    expect(drops(net.send({ from: "r1", to: "10.99.0.1" }))).toEqual([
      `r1 IP_OUTNOROUTES ${missing("nobody made one")}`,
    ]);
    net.apply("r1", "ip route add 10.99.0.0/16 via 10.0.2.2", "ip route del 10.99.0.0/16");
    net.apply("r1", "ip route add 10.98.0.0/16 via 10.0.2.2", "ip route del 10.98.0.0/16");
    expect(passing()).toEqual([`r1 IP_INNOROUTES ${missing("ip route del 10.99.0.0/16")}`]);
    net.apply("r1", "ip rule add from 10.0.1.2 lookup 7", "ip rule add from 10.0.9.0/24 lookup 8");
    expect(passing()).toEqual([`r1 IP_INNOROUTES ${missing("ip route del 10.99.0.0/16", "7, main")}`]);
    expect(
      net.why("no route to 10.99.0.1").map(({ there, events }) => [there, events.at(-1)!.cause]),
    ).toEqual([
      [false, "ip route add 10.99.0.0/16 via 10.0.2.2"],
      [false, "ip rule add from 10.0.1.2 table 7"],
      [true, "ip route del 10.99.0.0/16"],
    ]);
    net.apply("r1", "ip route add throw 10.99.0.0/16");
    expect(passing()).toEqual(["r1 IP_INNOROUTES throw 10.99.0.0/16 <- ip route add throw 10.99.0.0/16"]);
  });

  test("an MTU, the path MTU that is learned from it, and its end", () => {
    const net = routed();
    net.apply("r2", "ip link set eth1 mtu 1400");
    const first = net.send({ from: "a", to: "10.0.3.2", size: 1450 });
    expect(drops(first)).toEqual(["r2 PKT_TOO_BIG eth1 mtu 1400 <- ip link set eth1 mtu 1400"]);
    const second = decisions(net.send({ from: "a", to: "10.0.3.2", size: 1450 }));
    expect(second[1]).toMatch(
      /^a fragmented exception 10\.0\.3\.2 via 10\.0\.1\.1 dev eth0 cache mtu 1400 <- learned from frame \d+: .*need to frag \(mtu 1400\)/,
    );
    net.advance(600 * SECOND);
    const [exception] = net.why("exception a 10.0.3.2");
    expect(exception!.there).toBe(false);
    expect(exception!.events.at(-1)!.cause).toBe("a timer: its time is over");
    expect(drops(net.send({ from: "a", to: "10.0.3.2", size: 1450 }))).toHaveLength(1);
    net.apply("a", "ip route flush cache");
    expect(net.why("exception a").at(-1)!.events.at(-1)!.cause).toBe("ip route flush table cache");
  });

  test("a redirect", () => {
    const net = routed();
    net.apply("r1", "ip route add 10.0.4.0/24 via 10.0.1.3");
    net.apply("c", "ip addr add 10.0.4.1/24 dev lo", "ip link set lo up");
    for (let n = 0; n < 3; n++) {
      net.send({ from: "a", to: "10.0.4.1" });
      net.advance(2 * SECOND);
    }
    expect(decisions(net.send({ from: "a", to: "10.0.4.1" }))[1]).toMatch(
      /^a routed exception 10\.0\.4\.1 via 10\.0\.1\.3 dev eth0 cache <redirected> <- learned from frame \d+: .*ICMP redirect/,
    );
  });

  test("sysctls that somebody set, by the command or by the file", async () => {
    const net = routed();
    net.apply("r2", "sysctl -w net.ipv4.ip_forward=0");
    expect(drops(net.send({ from: "a", to: "10.0.3.2" }))).toEqual([
      "r2 IP_INADDRERRORS net.ipv4.ip_forward = 0 <- sysctl -w net.ipv4.ip_forward=0",
    ]);
    await net.host("r2").run("echo 1 >/proc/sys/net/ipv4/ip_forward");
    expect(net.why("sysctl r2 net.ipv4.ip_forward")[0]!.events.map(({ cause }) => cause)).toEqual([
      "sysctl -w net.ipv4.ip_forward=0",
      "echo 1 >/proc/sys/net/ipv4/ip_forward",
    ]);
    net.apply("r2", "sysctl -w net.ipv4.conf.eth0.rp_filter=1", "ip route add 10.0.1.2 via 10.0.3.2");
    expect(drops(net.send({ from: "a", to: "10.0.3.2" }))).toEqual([
      "r2 IP_RPFILTER 10.0.1.2 via 10.0.3.2 dev eth1 <- ip route add 10.0.1.2 via 10.0.3.2",
    ]);
  });

  test("a packet that never reaches a wire still tells what it is: nobody answers, netem, a wrong address", () => {
    const net = routed();
    const nobody = net.send({ from: "a", to: "10.0.1.99" });
    expect(nobody).toMatchObject({ from: "10.0.1.2", to: "10.0.1.99", protocol: "icmp" });
    expect(drops(nobody)[0]).toMatch(
      /^a NEIGH_FAILED 10\.0\.1\.99 dev eth0 FAILED <- needed by frame \d+: IP 10\.0\.1\.2 >/,
    );
    net.apply("a", "tc qdisc add dev eth0 root netem loss 100%");
    net.apply("a", "ip neigh replace 10.0.1.3 lladdr 02:00:00:00:00:77 dev eth0");
    const lost = net.send({ from: "a", to: "10.0.1.3" });
    expect(lost.to).toBe("10.0.1.3");
    expect(drops(lost)[0]).toMatch(
      /^a\/eth0 NETEM_LOSS netem \w+: dev eth0 root <- tc qdisc add dev eth0 root netem loss 100%$/,
    );
    net.apply("a", "tc qdisc del dev eth0 root");
    expect(
      net.send({ from: "a", to: "10.0.1.3" }).dropped.map(({ at, reason }) => `${at} ${reason}`),
    ).toEqual(["r1/eth0 OTHERHOST", "c/eth0 OTHERHOST"]);
    expect(net.accounts()).toEqual([]);
  });
});

describe("a bridge", () => {
  /** a with c1 to c3 at the ports v1 to v3 of br0; each container has the address 10.3.0.N. */
  function bridged(): Lab {
    const net = lab({ hosts: { a: "172.10.0.15", b: "172.10.0.16" } });
    net.apply("a", "ip link add br0 type bridge", "ip link set br0 up");
    for (const n of [1, 2, 3]) {
      const mac = `02:42:0a:03:00:0${n}`;
      net.apply(
        "a",
        `ip netns add c${n}`,
        `ip link add v${n} type veth peer name eth0 address ${mac} netns c${n}`,
      );
      net.apply("a", `ip link set v${n} master br0 up`);
      net.apply(`a/c${n}`, `ip addr add 10.3.0.${n}/24 dev eth0`, "ip link set eth0 up");
    }
    for (const n of [1, 2, 3])
      for (const m of [1, 2, 3].filter((other) => other !== n))
        net.apply(`a/c${n}`, `ip neigh add 10.3.0.${m} lladdr 02:42:0a:03:00:0${m} dev eth0 nud permanent`);
    return net;
  }
  const send = (net: Lab): SentJourney => net.send({ from: "a/c1", to: "10.3.0.2", port: 9 });
  const at = (journey: Journey, place: string): string[] =>
    [...decisions(journey), ...drops(journey)].filter((line) => line.startsWith(place));

  test("floods what it does not know, and says why not", () => {
    const net = bridged();
    net.apply("a", "ip link set br0 type bridge ageing_time 3000");
    expect(at(send(net), "a/br0 flooded")).toEqual([
      "a/br0 flooded fdb no entry for 02:42:0a:03:00:02 master br0 <- no frame came from it, and nobody made one",
    ]);
    expect(at(send(net), "a/br0 bridged")[0]).toMatch(
      /^a\/br0 bridged fdb 02:42:0a:03:00:02 dev v2 master br0 <-/,
    );
    net.advance(60 * SECOND);
    expect(at(send(net), "a/br0 flooded")).toEqual([
      "a/br0 flooded fdb no entry for 02:42:0a:03:00:02 master br0 <- a timer: ageing",
    ]);
    net.advance(60 * SECOND);
    net.apply("a", "bridge fdb add 02:42:0a:03:00:02 dev v2 master static");
    net.apply("a", "bridge fdb del 02:42:0a:03:00:02 dev v2 master");
    expect(at(send(net), "a/br0 flooded")).toEqual([
      "a/br0 flooded fdb no entry for 02:42:0a:03:00:02 master br0 <- bridge fdb del 02:42:0a:03:00:02 dev v2 master",
    ]);
  });

  test.each([
    {
      what: "ports that are isolated from each other",
      commands: ["bridge link set dev v1 isolated on", "bridge link set dev v2 isolated on"],
      known: "a/v1 BRIDGE_ISOLATED v2 isolated on <- bridge link set dev v2 isolated on",
    },
    {
      what: "a port that somebody switched off",
      commands: ["bridge link set dev v2 state 0"],
      known: "a/v1 BRIDGE_PORT_STATE v2 state disabled <- bridge link set dev v2 state 0",
    },
    {
      what: "the sender's port, switched off",
      commands: ["bridge link set dev v1 state 0"],
      known: "a/v1 BRIDGE_PORT_STATE v1 state disabled <- bridge link set dev v1 state 0",
    },
    {
      what: "a port without the VLAN",
      commands: [
        "ip link set br0 type bridge vlan_filtering 1",
        "bridge vlan add dev v2 vid 7",
        "bridge vlan del dev v2 vid 1",
      ],
      known: "a/v1 BRIDGE_VLAN v2 vlan 7 <- bridge vlan del vid 1 dev v2",
    },
    {
      what: "a sender's port without a PVID",
      commands: ["ip link set br0 type bridge vlan_filtering 1", "bridge vlan del dev v1 vid 1"],
      known: "a/v1 BRIDGE_VLAN v1 vlan none <- bridge vlan del vid 1 dev v1",
    },
    {
      what: "a bridge of a kernel whose ports have no VLAN of their own, made to filter",
      commands: [
        "ip link set br0 type bridge vlan_default_pvid 0",
        "ip link set br0 type bridge vlan_filtering 1",
      ],
      known: "a/v1 BRIDGE_VLAN v1 vlan none <- ip link set br0 type bridge vlan_default_pvid 0",
    },
    {
      what: "a port that does not flood",
      commands: ["bridge fdb del 02:42:0a:03:00:02 dev v2 master", "bridge link set dev v2 flood off"],
      known: "a/v1 BRIDGE_NO_PORT v2 flood off <- bridge link set dev v2 flood off",
      others: true,
    },
  ])("$what", ({ commands, known, others = false }) => {
    const net = bridged();
    net.apply("a", "bridge fdb add 02:42:0a:03:00:02 dev v2 master static");
    if (others) net.apply("a", "ip link set v3 nomaster");
    net.apply("a", ...commands);
    expect(drops(send(net))).toEqual([known]);
  });

  test("the port that a frame came from, with and without a word on hairpin", () => {
    const net = bridged();
    net.apply("a", "bridge fdb add 02:42:0a:03:00:02 dev v1 master static");
    expect(drops(send(net))).toEqual(["a/v1 BRIDGE_SAME_PORT v1 master br0 <- ip link set v1 master br0 up"]);
    net.apply("a", "bridge link set dev v1 hairpin on", "bridge link set dev v1 hairpin off");
    expect(drops(send(net))).toEqual([
      "a/v1 BRIDGE_SAME_PORT v1 hairpin off <- bridge link set dev v1 hairpin off",
    ]);
  });

  test("what was set of a port ends with the port, and its state with a change of its device", () => {
    const net = bridged();
    net.apply(
      "a",
      "bridge link set dev v2 state 0",
      "bridge link set dev v2 isolated on",
      "ip link set v2 down",
    );
    expect(net.why("port a/br0 v2 state").map(({ there }) => there)).toEqual([false]);
    net.apply("a", "ip link set v2 nomaster");
    expect(
      net.why("port a/br0 v2 isolated").map(({ there, events }) => [there, events.at(-1)!.cause]),
    ).toEqual([[false, "ip link set v2 nomaster"]]);
  });
});

describe("a tunnel without remotes", () => {
  test("names what is missing, and who took it away", () => {
    const net = lab({ hosts: { a: "172.10.0.15", b: "172.10.0.16" } });
    net.apply(
      "a",
      "ip link add vx0 type vxlan id 7 dstport 4789 dev eth0",
      "ip addr add 10.3.0.1/24 dev vx0",
    );
    net.apply(
      "a",
      "ip link set vx0 up",
      "ip neigh add 10.3.0.2 lladdr 02:42:0a:03:00:02 dev vx0 nud permanent",
    );
    const missing = "a/vx0 VXLAN_NO_REMOTE no entry for 02:42:0a:03:00:02 nor for 00:00:00:00:00:00 <-";
    const send = (): string[] => drops(net.send({ from: "a", to: "10.3.0.2" }));
    expect(send()).toEqual([`${missing} nobody made one`]);
    net.apply("a", "bridge fdb append 00:00:00:00:00:00 dev vx0 dst 172.10.0.16");
    net.apply("a", "bridge fdb del 00:00:00:00:00:00 dev vx0 dst 172.10.0.16");
    expect(send()).toEqual([`${missing} bridge fdb del 00:00:00:00:00:00 dev vx0 dst 172.10.0.16`]);
  });
});

describe("an overlay", () => {
  const text = readFileSync(new URL("../scenarios/overlay.md", import.meta.url), "utf8");

  test("a VTEP's entry is learned from an outer packet, a bridge's from the inner one; both age", async () => {
    const net = lab(text);
    await net.runLesson();
    const lines = decisions(net.send({ from: "a/c1", to: "10.3.0.5" }));
    const find = (words: string) => lines.find((line) => line.startsWith(words));
    expect(find("a/br0 bridged")).toMatch(
      /dev vx100 master br0 <- learned from frame \d+: ARP, Reply 10\.3\.0\.5/,
    );
    expect(find("a/vx100 encapsulated")).toMatch(
      /vxlan-fdb 02:42:0a:03:00:05 dst 172\.10\.0\.16 self <- learned from frame \d+: IP 172\.10\.0\.16\.\d+ > 172\.10\.0\.15\.4789: VXLAN.* \/ ARP, Reply/,
    );
    expect(find("b/vx100 decapsulated")).toMatch(
      /device vx100 <- ip link add .*type vxlan id 100 .* \(lesson\.md:\d+\)$/,
    );
    expect(find("b/c2 local")).toMatch(/<- ip -n c2 addr add 10\.3\.0\.5\/24 dev eth0 \(lesson\.md:\d+\)$/);
    net.advance(400 * SECOND);
    for (const kind of ["fdb a/br0 02:42:0a:03:00:05", "vxlan-fdb a/vx100 02:42:0a:03:00:05"])
      expect(net.why(kind).map(({ there, events }) => [there, events.at(-1)!.cause])).toEqual(
        net.why(kind).map(() => [false, "a timer: ageing"]),
      );
    expect(net.why("vxlan-fdb a/vx100 02:42:0a:03:00:05")).toHaveLength(1);
  });

  test("static entries name their commands", async () => {
    const net = lab(text);
    await net.runLesson();
    net.apply("a", "bridge fdb replace 02:42:0a:03:00:05 dev vx100 master static");
    net.apply("a", "bridge fdb replace 02:42:0a:03:00:05 dev vx100 dst 172.10.0.16");
    const lines = decisions(net.send({ from: "a/c1", to: "10.3.0.5" }));
    expect(lines).toContain(
      "a/br0 bridged fdb 02:42:0a:03:00:05 dev vx100 master br0 static <- bridge fdb replace 02:42:0a:03:00:05 dev vx100 master static",
    );
    expect(lines.find((line) => line.startsWith("a/vx100 encapsulated"))).toMatch(
      /<- bridge fdb replace 02:42:0a:03:00:05 dev vx100 dst 172\.10\.0\.16/,
    );
  });
});
