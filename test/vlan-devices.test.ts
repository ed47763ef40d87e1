import { expect, test } from "vitest";
import type { LabWorld } from "../src/scenario/lab-world.ts";
import { sendPacket } from "../src/scenario/send-packet.ts";
import * as mac from "../src/wire/mac.ts";
import { labWorld } from "./helpers/lab-world.ts";

/** Two hosts on one wire. */
function hosts(): LabWorld {
  return labWorld({ hosts: { a: "172.10.0.15", b: "172.10.0.16" } }, { record: true });
}

async function on(world: LabWorld, host: string, ...lines: readonly string[]): Promise<string> {
  let output = "";
  for (const line of lines) output += (await world.type(host, line)).output;
  return output;
}

const vlan = (id: number, address: string): string[] => [
  `ip link add link eth0 name eth0.${id} type vlan id ${id}`,
  `ip addr add ${address}/24 dev eth0.${id}`,
  `ip link set eth0.${id} up`,
];

test("what a VLAN device sends has its tag on the wire, and only the same VLAN of the other host hears it", async () => {
  const world = hosts();
  await on(world, "a", ...vlan(10, "10.10.0.1"), ...vlan(20, "10.20.0.1"));
  await on(world, "b", ...vlan(10, "10.10.0.2"), ...vlan(30, "10.20.0.2"));
  await on(world, "b", "timeout 5 tcpdump -e -n -i eth0 vlan >/tmp/seen 2>/dev/null &", "sleep 0.1");
  expect(await on(world, "a", "ping -c 1 10.10.0.2")).toContain("1 received");
  expect(await on(world, "a", "ping -c 1 -W 1 10.20.0.2")).toContain("0 received");
  expect(await on(world, "a", "ping -c 1 172.10.0.16")).toContain("1 received");
  const seen = await on(world, "b", "wait; cat /tmp/seen");
  expect(seen).toMatch(/ethertype 802\.1Q \(0x8100\), length 102: vlan 10, p 0, ethertype IPv4/);
  expect(seen).not.toContain("172.10.0.16");
  expect(world.accounts()).toEqual([]);
});

test("a VLAN device is shown, follows its device, and is refused in the words of the kernel", async () => {
  const world = hosts();
  await on(world, "a", ...vlan(10, "10.10.0.1"));
  expect(await on(world, "a", "ip -d link show eth0.10")).toMatch(
    /^\d+: eth0\.10@eth0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 [\s\S]* vlan protocol 802\.1Q id 10 <REORDER_HDR> /,
  );
  expect(await on(world, "a", "ip link add link eth0 name x type vlan id 10")).toBe(
    "Error: 8021q: VLAN device already exists.\n",
  );
  for (const [command, words] of [
    ["name x type vlan id 4095", "8021q: Invalid VLAN id"],
    ["name x type vlan", "8021q: VLAN properties not specified"],
  ])
    expect(await on(world, "a", `ip link add link eth0 ${command}`)).toBe(`Error: ${words}.\n`);
  expect(await on(world, "a", "ip link add name x type vlan id 5")).toBe(
    "Error: 8021q: link not specified.\n",
  );
  expect(await on(world, "a", "ip link add link lo name x type vlan id 5")).toBe(
    "Error: 8021q: VLANs not supported on device.\n",
  );
  expect(await on(world, "a", "ip link set eth0.10 mtu 1501")).toBe(
    "RTNETLINK answers: Numerical result out of range\n",
  );
  expect(await on(world, "a", "ip link set eth0 mtu 1400; ip link show eth0.10")).toContain("mtu 1400");
  expect(await on(world, "a", "ip link set eth0 down; ip link show eth0.10")).toContain("state DOWN");
  expect(await on(world, "a", "ip link set eth0.10 up")).toBe("RTNETLINK answers: Network is down\n");
  expect(await on(world, "a", "ip link del eth0.10; ip link")).not.toContain("eth0.10");
});

test("ipvlans share the MAC address of their device, talk to each other and to the wire, and not to their host", async () => {
  const world = hosts();
  for (const [name, address] of [
    ["c1", "172.10.0.101"],
    ["c2", "172.10.0.102"],
  ])
    await on(
      world,
      "a",
      `ip netns add ${name}`,
      `ip link add link eth0 name ${name} netns ${name} type ipvlan mode l2`,
      `ip -n ${name} addr add ${address}/24 dev ${name}`,
      `ip -n ${name} link set ${name} up`,
    );
  const ping = (from: string, to: string): Promise<string> =>
    on(world, "a", `ip netns exec ${from} ping -c 1 -W 1 ${to}`);
  expect(await ping("c1", "172.10.0.102")).toContain("1 received");
  expect(await ping("c1", "172.10.0.16")).toContain("1 received");
  expect(await ping("c1", "172.10.0.15")).toContain("0 received");
  expect(await on(world, "b", "ping -c 1 172.10.0.102")).toContain("1 received");
  const mac = /link\/ether (\S+)/.exec(await on(world, "a", "ip link show eth0"))![1]!;
  expect(await on(world, "a", "ip netns exec c1 ip -d link show c1")).toMatch(
    new RegExp(`state UNKNOWN .*\\n    link/ether ${mac} .*\\n    ipvlan  mode l2 bridge `),
  );
  expect(await on(world, "b", "ip neigh")).toContain(`172.10.0.102 dev eth0 lladdr ${mac}`);
  expect(world.accounts()).toEqual([]);
});

test("a VLAN device has the flags and, until it gets one of its own, the address of the device below", async () => {
  const world = hosts();
  const mac = async (device: string): Promise<string> =>
    /link\/ether (\S+)/.exec(await on(world, "a", `ip link show ${device}`))![1]!;
  await on(world, "a", "ip link add d0 type dummy", "ip link set d0 address 02:00:00:00:00:01 up");
  await on(world, "a", "ip link add link d0 name d0.5 type vlan id 5");
  await on(world, "a", "ip link add link d0 name d0.6 address 02:00:00:00:00:66 type vlan id 6");
  expect(await on(world, "a", "ip link show d0.5")).toContain("<BROADCAST,NOARP>");
  // While it is down it does not hear of it; it looks when it goes up.
  await on(world, "a", "ip link set d0 address 02:00:00:00:00:02");
  expect(await mac("d0.5")).toBe("02:00:00:00:00:01");
  await on(world, "a", "ip link set d0.5 up; ip link set d0.6 up");
  expect(await mac("d0.5")).toBe("02:00:00:00:00:02");
  await on(world, "a", "ip link set d0 address 02:00:00:00:00:03");
  expect([await mac("d0.5"), await mac("d0.6")]).toEqual(["02:00:00:00:00:03", "02:00:00:00:00:66"]);
  await on(
    world,
    "a",
    "ip link set d0.5 address 02:00:00:00:00:55; ip link set d0 address 02:00:00:00:00:04",
  );
  expect(await mac("d0.5")).toBe("02:00:00:00:00:55");
});

const BROADCAST = "ffffffffffff";
const GROUP = "01005e010203";

/** An Ethernet frame from a station that nobody has heard of, with a tag unless `vid` is null. */
function frame(dst: string, vid: number | null, typeAndPayload: string, src = STATION): Uint8Array {
  const tag = vid === null ? "" : `8100${vid.toString(16).padStart(4, "0")}`;
  const text = (dst + src + tag + typeAndPayload).padEnd(120, "0");
  return Uint8Array.from(text.match(/../g)!, (pair) => Number.parseInt(pair, 16));
}

const STATION = "020000000aaa";
/** Who has 172.10.0.16? */
const REQUEST = `08060001080006040001${STATION}ac0a0063000000000000ac0a0010`;

test("frames of a VLAN that no device is of go to the bridge; those of VLAN 0 are as good as without a tag", async () => {
  const world = hosts();
  // A pair whose one end is a port of a bridge and has a VLAN device; the bridge's other port leads to a second pair.
  await on(world, "a", "ip link add v1 type veth peer name v2; ip link add v3 type veth peer name v4");
  await on(world, "a", "ip link add br0 type bridge; ip link set v2 master br0; ip link set v3 master br0");
  await on(world, "a", "ip link add link v2 name v2.5 type vlan id 5");
  await on(world, "a", "for i in v1 v2 v3 v4 br0 v2.5; do ip link set $i up; done");
  const heard = (vid: number | null): boolean[] => {
    const { journey } = sendPacket(world.lab, { from: "a/v1", frame: frame(BROADCAST, vid, "88b5") });
    return ["a/v4", "a/v2.5"].map((place) => journey.steps.some((step) => step.place === place));
  };
  expect([null, 0, 5, 7].map(heard)).toEqual([
    [true, false],
    [true, false],
    [false, true],
    [true, false],
  ]);
  const answers = (vid: number | null): readonly string[] =>
    sendPacket(world.lab, { from: "a/eth0", frame: frame(BROADCAST, vid, REQUEST) }).answers.map(
      ({ summary }) => summary,
    );
  expect(answers(null)).toEqual(["ARP, Reply 172.10.0.16 is-at 52:54:00:0a:00:10, length 28"]);
  expect(answers(0)).toEqual(answers(null));
  expect(answers(7)).toEqual([]);
  expect(world.accounts()).toEqual([]);
});

test("a VLAN device counts groups, and nothing at all while it is down", async () => {
  const world = hosts();
  await on(world, "b", ...vlan(10, "10.10.0.2"));
  const device = world.lab.device("b/eth0.10");
  const { rxPackets } = device.counters;
  const send = (dst: string): unknown =>
    sendPacket(world.lab, { from: "a/eth0", frame: frame(dst, 10, "88b5") });
  send(BROADCAST);
  send(GROUP);
  expect([device.counters.rxPackets - rxPackets, device.counters.multicast]).toEqual([2, 1]);
  await on(world, "b", "ip link set eth0.10 down");
  send(BROADCAST);
  expect(device.counters.rxPackets - rxPackets).toBe(2);
  expect(world.accounts()).toEqual([]);
});

test("an ipvlan hears broadcasts and the groups that it joined, and is no port of a bridge", async () => {
  const world = hosts();
  for (const name of ["i1", "i2"])
    await on(world, "b", `ip link add link eth0 name ${name} type ipvlan mode l2`, `ip link set ${name} up`);
  const device = world.lab.device("b/i1");
  const heard = (dst: string): number => {
    const { rxPackets } = device.counters;
    sendPacket(world.lab, { from: "a/eth0", frame: frame(dst, null, "88b5") });
    return device.counters.rxPackets - rxPackets;
  };
  expect([BROADCAST, "01005e000001", GROUP].map(heard)).toEqual([1, 1, 0]);
  await on(world, "b", "ip link set i1 allmulticast on");
  expect(heard(GROUP)).toBe(1);
  expect(await on(world, "b", "ip link add br0 type bridge; ip link set i1 master br0")).toBe(
    "RTNETLINK answers: Invalid argument\n",
  );
  // As on Linux 6.1, where what one of them sends counts with its Ethernet header twice at the others.
  const bytes = (from: string, source: string): number => {
    const { rxBytes } = device.counters;
    sendPacket(world.lab, { from, frame: frame(BROADCAST, null, "88b5", source) });
    return device.counters.rxBytes - rxBytes;
  };
  const own = mac.format(device.macHi, device.macLo).replaceAll(":", "");
  expect([bytes("a/eth0", STATION), bytes("b/i2", own)]).toEqual([60, 74]);
  // What tells whose a packet is belongs to one of them only, up or not; the device below may have it too.
  await on(world, "b", "ip link set i1 down", "ip addr add 10.0.0.1/24 dev i1");
  expect(await on(world, "b", "ip addr add 10.0.0.1/8 dev i2")).toBe(
    "Error: Address already assigned to an ipvlan device.\n",
  );
  expect(await on(world, "b", "ip addr add 10.0.0.1/24 dev eth0")).toBe("");
  expect(world.accounts()).toEqual([]);
});

// As on Linux 6.1.
test("frames of a type that nobody handles count as dropped, whomever they are for, unless somebody captures", async () => {
  const world = hosts();
  await on(world, "b", ...vlan(5, "10.5.0.2"));
  const devices = ["b/eth0", "b/eth0.5"].map((name) => world.lab.device(name));
  const dropped = (dst: string, vid: number | null): number[] => {
    const before = devices.map(({ counters }) => counters.rxDropped);
    sendPacket(world.lab, { from: "a/eth0", frame: frame(dst, vid, "88b5") });
    return devices.map(({ counters }, i) => counters.rxDropped - before[i]!);
  };
  const OTHER = "020000000bbb";
  for (const dst of [BROADCAST, "5254000a0010", OTHER])
    expect([null, 0, 5, 7].map((vid) => dropped(dst, vid))).toEqual([
      [1, 0],
      [1, 0],
      [0, 1],
      [1, 0],
    ]);
  await on(world, "b", "timeout 9 tcpdump -i eth0 -w /dev/null 2>/dev/null &", "sleep 0.1");
  expect(dropped(BROADCAST, null)).toEqual([0, 0]);
});
