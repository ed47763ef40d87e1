import { expect, test } from "vitest";
import { addFdbEntry } from "../src/bridge/fdb-commands.ts";
import { setPortFlag } from "../src/bridge/settings.ts";
import { setVlanFiltering } from "../src/bridge/vlan-commands.ts";
import * as arpSender from "../src/net/arp.ts";
import { byAdministrator } from "../src/net/neighbour.ts";
import * as arp from "../src/wire/arp.ts";
import * as ip from "../src/wire/ipv4-address.ts";
import { lan } from "./helpers/lan.ts";
import { Watch } from "./helpers/stations.ts";

// As on Linux 6.18: neigh_suppress on p2, a neighbour of br0 and a static entry for the station behind p2.
test("a port with neigh_suppress is spared the requests that the bridge can answer, and only those", () => {
  const { bridge, ends, world } = lan(3, { vlanFiltering: false });
  const target = ip.parse("10.0.0.2")!;
  const p2 = bridge.port("p2")!;
  addFdbEntry(bridge, p2, "replace", { mac: { hi: 0x0200, lo: 2 }, state: "static" });
  const cause = { by: "operation", text: "ip neigh replace", line: "" } as const;
  bridge.device.ns.neighbours
    .resolve(bridge.device, target, cause)!
    .update(0x0200, 2, "PERMANENT", cause, byAdministrator);
  const watches = ends.map((end) => new Watch(end));
  const ask = (address: number): string[][] => {
    arpSender.send(ends[0]!, arp.REQUEST, 0xffff, -1, ip.parse("10.0.0.1")!, 0, 0, address, null);
    world.settle();
    expect(world.pool.inUse).toBe(0);
    return watches.map((watch) =>
      watch.seen
        .splice(0)
        .filter((frame) => frame.in)
        .map(({ src, bytes }) => `${src} ${arp.parse(new DataView(bytes.buffer), 14, 28)!.operation}`),
    );
  };
  const request = "02:00:00:00:00:01 1";
  expect(ask(target)).toEqual([[], [request], [request]]);
  setPortFlag(p2, "neighSuppress", true);
  expect(ask(target)).toEqual([["02:00:00:00:00:02 2"], [], [request]]);
  expect(ask(ip.parse("10.0.0.77")!)).toEqual([[], [request], [request]]);
});

// As on Linux 6.1, with and without VLANs.
test.each([false, true])("it is spared announcements and probes too (VLAN filtering %s)", (vlanFiltering) => {
  const { bridge, ends, world } = lan(2, { vlanFiltering: true });
  setVlanFiltering(bridge, vlanFiltering);
  setPortFlag(bridge.port("p2")!, "neighSuppress", true);
  const watch = new Watch(ends[1]!);
  const heard = (sender: string, target: string): number => {
    arpSender.send(ends[0]!, arp.REQUEST, 0xffff, -1, ip.parse(sender)!, 0, 0, ip.parse(target)!, null);
    world.settle();
    return watch.seen.splice(0).length;
  };
  expect(heard("10.0.0.1", "10.0.0.1")).toBe(0);
  expect(heard("0.0.0.0", "10.0.0.7")).toBe(0);
  expect(heard("10.0.0.1", "10.0.0.7")).toBe(1);
});
