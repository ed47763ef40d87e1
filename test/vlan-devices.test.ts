import { expect, test } from "vitest";
import type { LabWorld } from "../src/scenario/lab-world.ts";
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
