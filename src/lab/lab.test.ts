import { expect, test } from "vitest";
import { problemOf } from "../../test/helpers/problem-of.ts";
import { UdpSocket } from "../net/udp-socket.ts";
import { MICROSECOND, MILLISECOND } from "../sim/time.ts";
import * as ip from "../wire/ipv4-address.ts";
import { Lab } from "./lab.ts";
import { macForAddress, PLAIN_CPU, PLAIN_WIRE, type Topology, type WireSpec } from "./topology.ts";

function topology(wire: WireSpec = PLAIN_WIRE): Topology {
  const host = (name: string, address: string) => ({
    name,
    router: false,
    gateway: null,
    cpu: PLAIN_CPU,
    nics: [
      {
        name: "eth0",
        mac: macForAddress(address),
        address: { address, prefixLength: 24 },
        mtu: 1500,
        switch: "u0",
        wire,
      },
    ],
  });
  return {
    hosts: [host("a", "172.10.0.15"), host("b", "172.10.0.16")],
    switches: [{ name: "u0", mtu: 1500 }],
    trunks: [],
  };
}

const B = ip.parse("172.10.0.16")!;

/** Sends datagrams of `length` bytes from a to b and tells when each arrived. */
function arrivals(lab: Lab, count: number, length: number): number[] {
  const times: number[] = [];
  const receiver = new UdpSocket(lab.host("b").root);
  receiver.bind(0, 9);
  receiver.receiver = () => times.push(lab.now);
  const sender = new UdpSocket(lab.host("a").root);
  for (let i = 0; i < count; i++) sender.sendTo(B, 9, new Uint8Array(length));
  lab.advance(100 * MILLISECOND);
  return times;
}

test("hosts on a switch reach each other, everything adds up", () => {
  const lab = new Lab(topology());
  lab.record();
  expect(arrivals(lab, 3, 10)).toEqual([0, 0, 0]);
  expect(lab.accounts()).toEqual([]);
  const places = lab
    .journeys()
    .find((journey) => journey.protocol === "udp")!
    .steps.map((step) => step.place);
  expect([...new Set(places)]).toEqual(["a", "a/eth0", "u0/p0", "u0/u0", "u0/p1", "b/eth0", "b"]);
});

test("a wire with a delay delays: ARP there and back, then the datagrams; frames do not overtake each other", () => {
  const lab = new Lab(topology({ delay: 100 * MICROSECOND, rate: 0, queue: 1000 }));
  // Two wires each way: the question and its answer take 400 us, the datagram another 200.
  expect(arrivals(lab, 2, 10)).toEqual([600 * MICROSECOND, 600 * MICROSECOND]);
  expect(arrivals(new Lab(topology({ delay: 1, rate: 0, queue: 1 })), 5, 10)).toHaveLength(5);
});

test("a wire with a rate sends one frame after the other and drops what its queue cannot hold", () => {
  // 1000 bytes of payload are 1042 on the wire: 83.36 us at 100 Mbit/s, on each of the two wires.
  const lab = new Lab(topology({ delay: 0, rate: 100_000_000, queue: 2 }));
  const times = arrivals(lab, 10, 1000);
  expect(times).toHaveLength(3); // one on the wire, two in the queue
  expect(times[1]! - times[0]!).toBe(83_360);
  expect(times[2]! - times[1]!).toBe(83_360);
  expect(lab.balance().dropped).toEqual({ QDISC_DROP: 7 });
  expect(lab.balance().problems).toEqual([]);
});

test("a machine that is switched off hears nothing, and starts as the topology describes it", () => {
  const lab = new Lab(topology());
  lab.host("b").addNamespace("c1");
  lab.powerOff("b");
  expect(lab.device("a/eth0").carrier).toBe(true); // the switch port is still there
  expect(lab.device("u0/p1").carrier).toBe(false);
  expect(lab.host("b").namespaces.size).toBe(0);
  lab.powerOn("b");
  expect(lab.device("u0/p1").carrier).toBe(true);
  expect(arrivals(lab, 1, 10)).toHaveLength(1);
  expect(lab.accounts()).toEqual([]);
});

test("what does not exist is named, with what does", () => {
  const lab = new Lab(topology());
  expect(problemOf(() => lab.host("x"))).toBe("no host x (there are a, b)");
  expect(problemOf(() => lab.namespace("a/c9"))).toBe("no namespace a/c9 (there is a)");
  expect(problemOf(() => lab.device("a/eth7"))).toBe("no device a/eth7 (a has lo, eth0)");
  expect(problemOf(() => lab.device("a"))).toBe("no device a (a has a/lo, a/eth0)");
  expect(problemOf(() => lab.namespace(""))).toBe('no host "" (there are a, b)');
  expect(problemOf(() => lab.powerOff("u9"))).toBe("no host u9 (there are a, b)");
});
