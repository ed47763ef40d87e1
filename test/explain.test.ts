import { expect, test } from "vitest";
import { UserError } from "../src/base/user-error.ts";
import { lab } from "../src/index.ts";
import { entryHistories } from "../src/scenario/entry-history.ts";
import { parseTarget, sendPacket } from "../src/scenario/send-packet.ts";

const hosts = { a: "172.10.0.15", b: "172.10.0.16" };

function problem(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof UserError) return error.line();
    throw error;
  }
  return "nothing was wrong";
}

test("an echo request is delivered, a datagram to nobody is not, and each step names its entry and who made it", () => {
  const net = lab({ hosts });
  const request = sendPacket(net.lab, { from: "a", to: "172.10.0.16", protocol: "icmp" });
  expect(request.steps.at(-1)).toMatchObject({ place: "b", verdict: "delivered" });
  expect(request.steps.find((step) => step.verdict === "routed")).toMatchObject({
    entry: "172.10.0.0/24 dev eth0 proto kernel scope link src 172.10.0.15",
    cause: "the kernel, at start",
  });
  const datagram = sendPacket(net.lab, { from: "a", to: "172.10.0.16", protocol: "udp", port: 99 });
  expect(datagram.steps.at(-1)).toMatchObject({ place: "b", verdict: "NO_SOCKET" });
  const nobody = sendPacket(net.lab, { from: "a", to: "172.10.0.99", protocol: "icmp" });
  expect(nobody.steps.at(-1)).toMatchObject({ place: "a", verdict: "NEIGH_FAILED" });
  expect(net.accounts()).toEqual([]);
});

test("an entry tells what made and changed it, even when it is gone", () => {
  const net = lab({ hosts });
  net.apply("a", "ip link set eth0 down");
  const [route] = entryHistories(net.lab.world.registry, "route a 172.10.0.0/24");
  expect(route).toMatchObject({ kind: "route", where: "a", there: false });
  expect(route!.events.map((event) => [event.what, event.cause])).toEqual([
    ["made", "the kernel, at start"],
    ["gone", "ip link set eth0 down"],
  ]);
});

test("targets, and what is wrong with others", () => {
  expect(parseTarget("10.3.0.5")).toEqual({ to: "10.3.0.5", protocol: "icmp" });
  expect(parseTarget("10.3.0.5:53/udp")).toEqual({ to: "10.3.0.5", protocol: "udp", port: 53 });
  expect(parseTarget("10.3.0.5:53")).toEqual({ to: "10.3.0.5", protocol: "udp", port: 53 });
  for (const wrong of [
    "10.3.0",
    "web:80",
    "10.3.0.5/udp",
    "10.3.0.5:0/udp",
    "10.3.0.5:7/icmp",
    "10.3.0.5:80/tcp",
  ]) {
    expect(problem(() => parseTarget(wrong))).toContain(wrong);
  }
  const net = lab({ hosts });
  expect(problem(() => sendPacket(net.lab, { from: "a", to: "8.8.8.8", protocol: "icmp" }))).toBe(
    "a cannot send to 8.8.8.8: Network is unreachable",
  );
});

test("journeys are recorded only when somebody asks for them", () => {
  expect(problem(() => lab({ hosts }).journeys())).toBe(
    "no journeys were recorded (make the lab with { record: true })",
  );
  const net = lab({ hosts }, { record: true });
  sendPacket(net.lab, { from: "a", to: "172.10.0.16", protocol: "icmp" });
  // Later b asks back whether a is still there.
  const first = net.journeys().slice(0, 4);
  expect(first.map((journey) => journey.protocol)).toEqual(["icmp", "arp", "arp", "icmp"]);
});
