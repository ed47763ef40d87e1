import { expect, test } from "vitest";
import { parseTarget } from "../src/scenario/send-packet.ts";
import { problemOf } from "./helpers/problem-of.ts";

test("targets, and what is wrong with others", () => {
  expect(parseTarget("10.3.0.5")).toEqual({ to: "10.3.0.5", protocol: "icmp" });
  expect(parseTarget("10.3.0.5:53/udp")).toEqual({ to: "10.3.0.5", protocol: "udp", port: 53 });
  expect(parseTarget("10.3.0.5:80/tcp")).toEqual({ to: "10.3.0.5", protocol: "tcp", port: 80 });
  expect(parseTarget("10.3.0.5:53")).toEqual({ to: "10.3.0.5", protocol: "udp", port: 53 });
  for (const wrong of [
    "10.3.0",
    "web:80",
    "10.3.0.5/udp",
    "10.3.0.5:0/udp",
    "10.3.0.5:7/icmp",
    "10.3.0.5/tcp",
    "10.3.0.5:80/sctp",
  ]) {
    expect(problemOf(() => parseTarget(wrong))).toContain(wrong);
  }
});
