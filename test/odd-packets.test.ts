/** What the counters of /proc/net say of packets that are not as they should be, as Linux 6.18 counts the same ones. */
import { expect, test } from "vitest";
import { type Lab, lab } from "../src/index.ts";
import { addressType } from "../src/net/address-type.ts";
import type { NetDevice } from "../src/net/net-device.ts";
import * as checksums from "../src/wire/checksum.ts";
import * as ethernet from "../src/wire/ethernet.ts";
import * as ipv4 from "../src/wire/ipv4.ts";
import * as ip from "../src/wire/ipv4-address.ts";
import * as mac from "../src/wire/mac.ts";
import { PLAIN_IPV4 } from "./helpers/plain-ipv4.ts";
import { ipOf, RoutedNetwork } from "./helpers/routed.ts";

interface Odd {
  readonly from?: string;
  readonly to?: string;
  readonly protocol?: number;
  readonly payload?: readonly number[];
  /** The frame has a tag of IEEE 802.1Q with this priority and VLAN 0. */
  readonly priority?: number;
  /** Changes the IP packet, whose checksum is right so far. */
  readonly spoil?: (bytes: Uint8Array) => void;
}

type Counters = Readonly<Record<string, number>>;

class Machine {
  readonly net: Lab = lab({ hosts: { a: "172.10.0.15", b: "172.10.0.16" } });
  #before: Counters = {};

  async counters(): Promise<Counters> {
    const { stdout } = await this.net.host("b").run("cat /proc/net/snmp /proc/net/netstat");
    const lines = stdout.split("\n");
    const counters: Record<string, number> = {};
    for (let i = 0; i + 1 < lines.length; i += 2) {
      const [group, ...names] = lines[i]!.split(" ");
      const values = lines[i + 1]!.split(" ").slice(1);
      names.forEach((name, k) => {
        counters[group!.replace(":", ".") + name] = Number(values[k]);
      });
    }
    return counters;
  }

  async run(command: string): Promise<void> {
    const { status, stderr } = await this.net.host("b").run(command);
    expect([status, stderr]).toEqual([0, ""]);
  }

  /** Lets a packet arrive at b; returns the counters that it moved, and by how much. */
  async moved(odd: Odd): Promise<Counters> {
    this.#before = await this.counters();
    const { from = "172.10.0.15", to = "172.10.0.16", protocol = ipv4.PROTO_UDP, payload = UDP } = odd;
    const tag = odd.priority === undefined ? [] : [0x81, 0x00, odd.priority << 5, 0];
    const packet = new Uint8Array(ipv4.HEADER_LEN + payload.length);
    const addresses = { src: ip.parse(from)!, dst: ip.parse(to)! };
    const view = new DataView(packet.buffer);
    ipv4.emit({ ...PLAIN_IPV4, ...addresses, protocol, payloadLength: payload.length }, view, 0);
    packet.set(payload, ipv4.HEADER_LEN);
    odd.spoil?.(packet);
    const frame = new Uint8Array(ethernet.HEADER_LEN + tag.length + packet.length);
    const dst = mac.parse(this.net.links("b").find(({ name }) => name === "eth0")!.mac)!;
    const src = mac.parse("02:00:00:00:00:01")!;
    ethernet.emit({ dst, src, type: ethernet.TYPE_IPV4 }, new DataView(frame.buffer), 0);
    // A tag stands between the addresses and the type.
    frame.set(
      [...tag, ...frame.subarray(ethernet.HEADER_LEN - 2, ethernet.HEADER_LEN)],
      ethernet.HEADER_LEN - 2,
    );
    frame.set(packet, ethernet.HEADER_LEN + tag.length);
    this.net.send({ from: "a/eth0", frame });
    const moved: Record<string, number> = {};
    for (const [name, value] of Object.entries(await this.counters())) {
      const by = value - (this.#before[name] ?? 0);
      if (by !== 0 && !name.startsWith("IcmpMsg") && !OF_THE_WAY.has(name)) moved[name] = by;
    }
    return moved;
  }

  icmp(type: number, code: number, rest: readonly number[], more: Odd = {}): Promise<Counters> {
    const message = new Uint8Array([type, code, 0, 0, ...rest]);
    const view = new DataView(message.buffer);
    view.setUint16(2, checksums.compute(view, 0, message.length));
    return this.moved({ ...more, protocol: ipv4.PROTO_ICMP, payload: [...message] });
  }
}

const OF_THE_WAY: ReadonlySet<string> = new Set(["Ip.InReceives", "Ip.InDelivers", "Ip.OutTransmits"]);
/** A UDP header without a checksum, from port 1 to port 2. */
const UDP: readonly number[] = [0, 1, 0, 2, 0, 8, 0, 0];
const REST: readonly number[] = [0, 0, 0, 0, 120, 120, 120, 120];

function recheck(bytes: Uint8Array): void {
  ipv4.fillChecksum(new DataView(bytes.buffer), 0);
}

/** The packet that an ICMP error quotes: UDP from b, whose port nobody has. */
function quoted(): number[] {
  const bytes = new Uint8Array(ipv4.HEADER_LEN);
  const addresses = { src: ip.parse("172.10.0.16")!, dst: ip.parse("172.10.0.99")! };
  const view = new DataView(bytes.buffer);
  ipv4.emit({ ...PLAIN_IPV4, ...addresses, protocol: ipv4.PROTO_UDP, payloadLength: 8 }, view, 0);
  return [0, 0, 0, 0, ...bytes, ...UDP];
}

test("headers that cannot be believed: each counts as a receive, and as what is wrong with it", async () => {
  const b = new Machine();
  expect(await b.moved({ spoil: (p) => (p[10] = p[10]! ^ 0x11) })).toEqual({
    "Ip.InHdrErrors": 1,
    "IpExt.InCsumErrors": 1,
  });
  const claims = (total: number) => (p: Uint8Array) => {
    p[3] = total;
    recheck(p);
  };
  expect(await b.moved({ spoil: claims(64) })).toEqual({ "IpExt.InTruncatedPkts": 1 });
  expect(await b.moved({ spoil: claims(10) })).toEqual({ "Ip.InHdrErrors": 1 });
  expect(await b.moved({ spoil: (p) => (p[0] = 0x44) })).toEqual({ "Ip.InHdrErrors": 1 });
  const before = (await b.counters())["Ip.InReceives"]!;
  await b.moved({ spoil: claims(64) });
  expect((await b.counters())["Ip.InReceives"]).toBe(before + 1);
});

test("a tag of VLAN 0 is no part of the packet: one that claims four bytes more than came is cut short", async () => {
  const b = new Machine();
  const claimsMore = (p: Uint8Array): void => {
    p[3] = p[3]! + 4;
    recheck(p);
  };
  for (const priority of [undefined, 0, 7]) {
    const tagged = priority === undefined ? {} : { priority };
    expect(await b.moved(tagged)).toMatchObject({ "Udp.NoPorts": 1 });
    expect(await b.moved({ ...tagged, spoil: claimsMore })).toEqual({ "IpExt.InTruncatedPkts": 1 });
  }
});

test("ICMP messages of no use count as errors, and every one as a message", async () => {
  const b = new Machine();
  const useless = { "Icmp.InMsgs": 1, "Icmp.InErrors": 1 };
  const unreachable = { ...useless, "Icmp.InDestUnreachs": 1 };
  // Quoted: a datagram that nobody sent; a header that is cut, and one without its ports; one that is none.
  expect(await b.icmp(3, 1, quoted())).toEqual(unreachable);
  expect(await b.icmp(3, 1, quoted().slice(0, 14))).toEqual(unreachable);
  expect(await b.icmp(3, 1, quoted().slice(0, 28))).toEqual(unreachable);
  expect(await b.icmp(3, 1, [...quoted().slice(0, 4), 0x44, ...quoted().slice(5)])).toEqual(unreachable);
  expect(await b.icmp(3, 16, quoted())).toEqual({ "Icmp.InMsgs": 1, "Icmp.InDestUnreachs": 1 });
  // Types beyond those of RFC 1122's times are not even known, but for the two of RFC 8335.
  expect(await b.icmp(18, 0, REST)).toEqual({ "Icmp.InMsgs": 1, "Icmp.InAddrMaskReps": 1 });
  expect(await b.icmp(19, 0, REST)).toEqual(useless);
  expect(await b.icmp(42, 0, REST)).toEqual({ "Icmp.InMsgs": 1 });
  const echo = { "Icmp.InMsgs": 1, "Icmp.InEchos": 1 };
  expect(await b.icmp(8, 0, REST, { to: "255.255.255.255" })).toEqual({ ...echo, "Icmp.InErrors": 1 });
  await b.run("sysctl -qw net.ipv4.icmp_echo_ignore_all=1");
  expect(await b.icmp(8, 0, REST)).toEqual(echo);
});

test("a packet that no route takes counts as that only where its route is missing", async () => {
  const b = new Machine();
  await b.run(
    "ip route add unreachable 10.1.0.0/16; ip route add prohibit 10.2.0.0/16; ip route add blackhole 10.3.0.0/16; ip route add throw 10.4.0.0/16",
  );
  const to = async (address: string): Promise<string[]> => {
    const names = Object.keys(await b.moved({ to: address }));
    return names.filter((name) => name.startsWith("Ip"));
  };
  for (const address of ["10.1.0.1", "10.2.0.1", "10.3.0.1", "10.4.0.1"])
    expect(await to(address)).toEqual(["Ip.InAddrErrors"]);
  await b.run("sysctl -qw net.ipv4.ip_forward=1");
  expect(await to("10.1.0.1")).toEqual(["Ip.OutRequests"]);
  expect(await to("10.2.0.1")).toEqual(["Ip.OutRequests"]);
  expect(await to("10.3.0.1")).toEqual([]);
  expect(await to("10.4.0.1")).toContain("IpExt.InNoRoutes");
});

test("who speaks to a group must be somebody who can be believed (ip_mc_validate_source)", async () => {
  const b = new Machine();
  const heard = async (from: string): Promise<boolean | string> => {
    const moved = await b.moved({ from, to: "224.0.0.1" });
    return "Udp.NoPorts" in moved || "Udp.IgnoredMulti" in moved || (Object.keys(moved)[0] ?? false);
  };
  expect(await heard("172.10.0.15")).toBe(true);
  expect(await heard("0.0.0.0")).toBe(true);
  expect(await heard("0.1.0.1")).toBe(true);
  expect(await heard("127.0.0.5")).toBe(false);
  expect(await heard("172.10.0.16")).toBe(false);
  expect(await heard("224.0.0.5")).toBe(false);
  await b.run("sysctl -qw net.ipv4.conf.eth0.rp_filter=1");
  expect(await heard("172.10.0.15")).toBe(true);
  expect(await heard("77.0.0.1")).toBe("TcpExt.IPReversePathFilter");
});

test("0.0.0.0/8 is a network like any other, but for 0.0.0.0 itself", async () => {
  const b = new Machine();
  await b.run("ip addr add 0.5.0.1/24 dev eth0");
  const { stdout } = await b.net
    .host("b")
    .run("ip route get 0.5.0.2; ip route show table local dev eth0 0.5.0.255");
  expect(stdout).toContain("0.5.0.2 dev eth0 src 0.5.0.1");
  expect(await b.moved({ from: "0.5.0.9", to: "172.10.0.16" })).toMatchObject({ "Udp.NoPorts": 1 });
});

test("one prefix has one scope, and an address counts once", async () => {
  const b = new Machine();
  const { stderr } = await b.net
    .host("b")
    .run(
      "ip addr add 0.5.0.1/24 dev eth0; ip addr add 0.5.0.2/24 scope link dev eth0; ip addr add 0.5.0.1/24 dev eth0",
    );
  expect(stderr).toBe("Error: ipv4: Invalid scope value.\nError: ipv4: Address already assigned.\n");
});

test("arp_ignore 3 does not answer for addresses whose scope is this host", async () => {
  const { net } = new Machine();
  await net.host("b").run("sysctl -qw net.ipv4.conf.all.arp_ignore=3");
  for (const [scope, answered] of [
    ["host", false],
    ["link", true],
    ["global", true],
  ] as const) {
    await net.host("b").run(`ip addr add 10.9.9.9/32 dev lo scope ${scope}`);
    await net.host("a").run("ip route replace 10.9.9.9 dev eth0; ip neigh flush all");
    expect((await net.host("a").run("ping -c 1 -W 1 10.9.9.9")).status === 0).toBe(answered);
    await net.host("b").run("ip addr del 10.9.9.9/32 dev lo");
  }
});

test("a TCP that does not search the path's MTU sends without DF, whichever way it was told to", async () => {
  const { net } = new Machine();
  for (const mode of [0, 1, 2, 3]) {
    await net.host("a").run(`sysctl -qw net.ipv4.ip_no_pmtu_disc=${mode}`);
    const { stdout } = await net
      .host("a")
      .run("tcpdump -nv -c 1 -i eth0 tcp & nc -w 1 172.10.0.16 9; sleep 1; wait");
    expect(/flags \[(.*?)\]/.exec(stdout)![1]).toBe(mode === 0 ? "DF" : "none");
  }
});

test("REJECT tells nobody of a packet that was damaged on the way (nf_reject_verify_csum)", async () => {
  const b = new Machine();
  await b.run("iptables -A INPUT -j REJECT");
  const rejected = async (odd: Odd): Promise<boolean> => "Icmp.OutDestUnreachs" in (await b.moved(odd));
  expect(await rejected({})).toBe(true);
  expect(await rejected({ payload: UDP.map((byte, i) => (i === 7 ? 1 : byte)) })).toBe(false);
  // ESP and its like have no such sum; of what the kernel does not know it looks for one.
  await b.net.host("b").run("sleep 1");
  expect(await rejected({ protocol: 50 })).toBe(true);
  await b.net.host("b").run("sleep 1");
  expect(await rejected({ protocol: 103 })).toBe(false);
});

test("an address of another device is no address of this one, but broadcast is broadcast everywhere", () => {
  const { r, ra } = new RoutedNetwork();
  const types = (device: NetDevice | null): string[] =>
    [
      "10.0.1.1",
      "10.0.2.1",
      "10.0.1.255",
      "10.0.2.255",
      "255.255.255.255",
      "0.0.0.0",
      "127.0.0.1",
      "224.0.0.1",
    ].map((address) => addressType(r, ipOf(address), device));
  const always = ["broadcast", "broadcast"];
  expect(types(null)).toEqual(["local", "local", "broadcast", "broadcast", ...always, "local", "multicast"]);
  expect(types(ra)).toEqual(["local", "unicast", "broadcast", "unicast", ...always, "unicast", "multicast"]);
});

test("a frame that a program wrote is believed no more than one that was damaged", async () => {
  const b = new Machine();
  const wrong = UDP.map((byte, i) => (i === 7 ? 1 : byte));
  expect(await b.moved({ payload: wrong })).toEqual({ "Udp.InErrors": 1, "Udp.InCsumErrors": 1 });
  const echo = [8, 0, 0, 1, ...REST];
  const damaged = { "Icmp.InMsgs": 1, "Icmp.InErrors": 1, "Icmp.InCsumErrors": 1 };
  expect(await b.moved({ protocol: ipv4.PROTO_ICMP, payload: echo })).toEqual(damaged);
});
