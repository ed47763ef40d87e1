import { expect, test } from "vitest";
import { Prng } from "../base/prng.ts";
import { World } from "../sim/world.ts";
import * as ip from "../wire/ipv4-address.ts";
import { Host } from "./host.ts";
import { Kernel } from "./kernel.ts";
import { UdpSocket } from "./udp-socket.ts";

const ADDRESSES = [0, ip.LOOPBACK, ip.LOOPBACK + 1];
const PORTS = 6;

test("sockets are found as a list of all of them would find them, few or many, in the order of binding", () => {
  const prng = new Prng(1);
  const ns = new Host(new World(1), new Kernel(), "h").root;
  ns.loopback.setUp(true);
  let bound: UdpSocket[] = [];
  let most = 0;
  for (let step = 0; step < 3000; step++) {
    // The number of sockets goes up and down, past the few that are linked.
    const wanted = 12 + 12 * Math.sin(step / 150);
    if (bound.length < wanted) {
      const socket = new UdpSocket(ns);
      socket.reuseAddress = true;
      socket.bind(ADDRESSES[prng.below(ADDRESSES.length)]!, 1000 + prng.below(PORTS));
      bound.push(socket);
    } else {
      const [gone] = bound.splice(prng.below(bound.length), 1);
      gone!.close();
    }
    most = Math.max(most, bound.length);
    const dst = ADDRESSES[1 + prng.below(2)]!;
    const port = 1000 + prng.below(PORTS);
    const at = (address: number): UdpSocket | undefined =>
      bound.find((socket) => socket.localPort === port && socket.localAddress === address);
    expect(ns.sockets.findUdp(ns.loopback, dst, port, ip.LOOPBACK, 9)).toBe(at(dst) ?? at(0) ?? null);
    if (step % 50 !== 0) continue;
    const group = bound.filter((socket) => socket.localPort === port && socket.localAddress === 0);
    expect(ns.sockets.findUdpGroup(ns.loopback, ip.ALL_SYSTEMS, port, 0, 9)).toEqual(group);
    expect(new Set(ns.sockets.listUdp())).toEqual(new Set(bound));
  }
  expect(most).toBeGreaterThan(20);
  for (const socket of bound) socket.close();
  bound = [];
  expect(ns.sockets.listUdp()).toEqual([]);
});
