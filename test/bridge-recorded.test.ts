import { expect, test } from "vitest";
import { deleteFdbEntry, flushLearned } from "../src/bridge/fdb-commands.ts";
import { setPortFlag } from "../src/bridge/settings.ts";
import * as inetAddress from "../src/net/inet-address.ts";
import { byAdministrator } from "../src/net/neighbour.ts";
import type { NetDevice } from "../src/net/net-device.ts";
import { RawSocket } from "../src/net/raw-socket.ts";
import { MILLISECOND, SECOND } from "../src/sim/time.ts";
import * as arp from "../src/wire/arp.ts";
import * as ethernet from "../src/wire/ethernet.ts";
import * as icmp from "../src/wire/icmp.ts";
import * as ipv4 from "../src/wire/ipv4.ts";
import * as ip from "../src/wire/ipv4-address.ts";
import * as mac from "../src/wire/mac.ts";
import { lan } from "./helpers/lan.ts";
import { type Seen, Watch } from "./helpers/stations.ts";
import { recorded } from "./recorded/k01-bridge-learning.ts";

const at = (text: string): number => ip.parse(text)!;

/** A frame in the words of the recording. */
function words({ bytes, src, dst, length }: Seen): string {
  const view = new DataView(bytes.buffer);
  const start = `${src} > ${dst} len ${length}:`;
  if (ethernet.type(view, 0) === ethernet.TYPE_ARP) {
    const q = arp.parse(view, 14, length - 14)!;
    const sender = ip.format(q.senderIp);
    return q.operation === arp.REQUEST
      ? `${start} arp who-has ${ip.format(q.targetIp)} tell ${sender}`
      : `${start} arp reply ${sender} is-at ${mac.format(q.senderMac.hi, q.senderMac.lo)}`;
  }
  const echo = icmp.parse(view, 34, length - 34)!;
  if (echo.kind !== "echo-request" && echo.kind !== "echo-reply") throw new Error(`unexpected ${echo.kind}`);
  const addresses = `${ip.format(ipv4.src(view, 14))} > ${ip.format(ipv4.dst(view, 14))}`;
  const df = ipv4.dontFragment(view, 14) ? " DF" : "";
  return `${start} ${addresses} ttl ${ipv4.ttl(view, 14)}${df} icmp ${echo.kind} seq ${echo.sequence}`;
}

test("A1 learning, flooding, ageing and a MAC that moves: the frames of a real kernel, per interface and in order", () => {
  const { bridge, ends, world, host } = lan(3, { vlanFiltering: false });
  const [c1, c2, c3] = ends as [NetDevice, NetDevice, NetDevice];
  ends.forEach((end, i) => {
    end.setMac(0x0242, 0x0a000001 + i);
    const address = at(`10.0.0.${i + 1}`);
    const broadcast = at("10.0.0.255");
    const spec = {
      address,
      peer: address,
      prefixLength: 24,
      broadcast,
      scope: 0,
      label: "",
      noprefixroute: false,
    };
    inetAddress.add(end, spec);
  });
  const watches = ends.map((end) => new Watch(end));
  let identifier = 0;

  /** `ping -c COUNT`, a reply for each or a wait of `wait`. */
  function ping(from: NetDevice, to: string, count: number, wait = SECOND / 5, first = 0): void {
    const socket = new RawSocket(from.ns, 1);
    socket.broadcast = true;
    socket.multicastDevice = from.ifindex; // instead of `ip route add 224.0.0.0/4 dev eth0`
    identifier++;
    for (let sequence = first; sequence < first + count; sequence++) {
      const bytes = new Uint8Array(64);
      const view = new DataView(bytes.buffer);
      icmp.emit({ kind: "echo-request", identifier, sequence }, view, 0);
      icmp.fillChecksum(view, 0, 64);
      socket.sendTo(at(to), bytes);
      world.advance(wait);
    }
    socket.close();
  }
  const entries = (): string[] =>
    bridge.fdb
      .rows()
      .map((row) => bridge.fdb.text(row))
      .filter((line) => !line.endsWith("permanent"))
      .sort();
  const forgetNeighbours = (device: NetDevice): void => {
    for (const neighbour of device.ns.neighbours.list())
      if (!neighbour.permanent) device.ns.neighbours.remove(neighbour);
  };

  ping(c1, "10.0.0.2", 2);
  expect(entries()).toEqual(["02:42:0a:00:00:01 dev p1 master br0", "02:42:0a:00:00:02 dev p2 master br0"]);
  expect(c3.ns.neighbours.list()).toEqual([]);

  deleteFdbEntry(bridge, bridge.port("p2")!, { hi: 0x0242, lo: 0x0a000002 });
  ping(c1, "10.0.0.2", 2);

  const cause = { by: "operation", text: "ip neigh replace", line: "" } as const;
  c1.ns.neighbours.get(c1, at("10.0.0.99")).update(0x0242, 0x0a000063, "PERMANENT", cause, byAdministrator);
  ping(c1, "10.0.0.99", 2);

  c2.setUp(false);
  c3.setMac(0x0242, 0x0a000002);
  expect(entries()).toEqual(["02:42:0a:00:00:01 dev p1 master br0"]);
  c2.setUp(true);
  forgetNeighbours(c2);
  ping(c2, "10.0.0.1", 1);
  expect(entries()).toContain("02:42:0a:00:00:02 dev p2 master br0");
  ping(c3, "10.0.0.1", 1);
  expect(entries()).toContain("02:42:0a:00:00:02 dev p3 master br0");

  const p3 = bridge.port("p3")!;
  setPortFlag(p3, "flood", false);
  ping(c1, "10.0.0.99", 1);
  setPortFlag(p3, "learning", false);
  flushLearned(bridge);
  forgetNeighbours(c3);
  c3.setMac(0x0242, 0x0a000003);
  ping(c3, "10.0.0.1", 1, 1.9 * SECOND); // its questions arrive, the answers do not
  setPortFlag(p3, "flood", true);
  ping(c3, "10.0.0.1", 1, SECOND);
  expect(entries()).toEqual(["02:42:0a:00:00:01 dev p1 master br0"]);

  ping(c1, "224.0.0.251", 1);
  ping(c1, "10.0.0.255", 1, SECOND / 5, 1);

  bridge.setAgeingTime(2 * SECOND);
  ping(c1, "10.0.0.2", 1);
  expect(entries()).toHaveLength(2);
  world.advance(3200 * MILLISECOND);
  expect(entries()).toEqual([]);

  expect(host.namespaces.size).toBe(4);
  watches.forEach((watch, i) => {
    expect(watch.seen.map(words), `c${i + 1}`).toEqual(recorded[`c${i + 1}`]);
  });
});
