import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { Prng } from "../src/base/prng.ts";
import { describeFrame } from "../src/capture/journey.ts";
import type { Lab } from "../src/lab/lab.ts";
import { OperationContext } from "../src/operations/operation-context.ts";
import { runTool } from "../src/operations/run-tool.ts";
import { parseFile } from "../src/scenario/parse-file.ts";
import { sendPacket } from "../src/scenario/send-packet.ts";
import { labWorld } from "./helpers/lab-world.ts";

/** A thousand inputs for each target; `npm run fuzz` takes a million. `FUZZ_SEED` draws others. */
const RUNS = Number(process.env["FUZZ_RUNS"] ?? 1000);
const SEED = Number(process.env["FUZZ_SEED"] ?? 1);
const HOSTS = { a: "172.10.0.15", b: "172.10.0.16" };

/** Runs `body` often, each time with other numbers. */
function fuzz(name: string, body: (random: Prng) => void): void {
  test(
    name,
    () => {
      const random = new Prng(SEED).fork(name);
      for (let run = 0; run < RUNS; run++) body(random);
    },
    RUNS * 20 + 60_000,
  );
}

/** A frame that is right in many places and damaged in some, so that it comes far. */
function damaged(frame: Uint8Array, random: Prng): Uint8Array {
  const bytes = frame.slice(
    0,
    random.chance(1, 4) ? 14 + random.below(Math.max(1, frame.length - 14)) : frame.length,
  );
  for (let n = random.below(6); n > 0; n--) bytes[random.below(bytes.length)] = random.below(256);
  return bytes;
}

/** What crosses the underlay for an echo request and two datagrams, one of them to a VTEP: ARP, ICMP, UDP, errors. */
function framesOf(world: Lab): Uint8Array[] {
  const recorder = world.record();
  sendPacket(world, { from: "a", to: "172.10.0.16", protocol: "icmp" });
  sendPacket(world, { from: "a", to: "172.10.0.16", protocol: "udp", port: 9, size: 3000 });
  sendPacket(world, { from: "a", to: "172.10.0.16", protocol: "udp", port: 4789, size: 80 });
  const frames = [...recorder.steps()].map((step) => recorder.bytes(step.index)?.slice());
  world.world.tap = null; // a million frames need not be remembered
  return frames.filter((frame): frame is Uint8Array<ArrayBuffer> => frame !== undefined);
}

{
  const net = labWorld({ hosts: HOSTS });
  net.apply("b", "ip link add br0 type bridge");
  net.apply("b", "ip link set br0 up");
  net.apply("b", "ip link add vx0 type vxlan id 1 dstport 4789 local 172.10.0.16 dev eth0");
  net.apply("b", "ip link set vx0 master br0 up");
  const samples = framesOf(net.lab);
  fuzz("damaged frames are described, handled and end exactly once", (random) => {
    const bytes = damaged(samples[random.below(samples.length)]!, random);
    describeFrame(bytes);
    const packet = net.lab.world.pool.allocate(bytes.length, null);
    packet.bytes.set(bytes, packet.at);
    packet.trusted = false;
    net.lab.device("b/eth0").arrive(packet);
    net.lab.world.settle();
  });
  test("and then everything adds up", () => {
    expect(net.lab.balance().problems).toEqual([]);
  });
}

{
  const text = readFileSync(new URL("../scenarios/overlay.md", import.meta.url), "utf8");
  const pieces = [
    "```",
    "---",
    "$ ",
    "[exit",
    "hosts:",
    "{",
    "}",
    "\n",
    "\u0000",
    "...",
    ": ",
    "- ",
    "&a *a",
    "!!",
    "\t",
  ];
  fuzz("damaged lessons are read, or refused with a place", (random) => {
    let lesson = text;
    for (let n = 1 + random.below(8); n > 0; n--) {
      const at = random.below(lesson.length + 1);
      const piece = pieces[random.below(pieces.length)]!;
      lesson = lesson.slice(0, at) + piece + lesson.slice(at + random.below(random.chance(1, 3) ? 200 : 4));
    }
    const parsed = parseFile("l.md", lesson);
    if (!parsed.ok) for (const error of parsed.errors) expect(error.line()).toMatch(/^l\.md:\d+:\d+: ./);
  });
}

{
  const net = labWorld({ hosts: HOSTS });
  const context = new OperationContext(net.toolbox, net.lab.namespace("a"));
  const words = [
    ..."link addr route rule neigh netns maddr fdb vlan qdisc show add del set replace flush get dev via src from to".split(
      " ",
    ),
    ..."type veth bridge vxlan macvlan dummy peer name id dst master self up down mtu 1400 0 -1 99999999999 eth0 lo x".split(
      " ",
    ),
    ..."10.0.0.1 10.0.0.0/8 300.1.1.1 02:00:00:00:00:01 zz -j -d -s -br all default netem loss 20% delay 10ms root".split(
      " ",
    ),
    ..."net.ipv4.ip_forward -w net.ipv4.ip_forward=1 = -n \u0000 '' help table 7 pref metric lladdr nud permanent".split(
      " ",
    ),
  ];
  fuzz("any command line has an answer and a status", (random) => {
    const tools = [...net.toolbox.tools.keys()];
    const tool = tools[random.below(tools.length)]!;
    const args = Array.from({ length: random.below(9) }, () => words[random.below(words.length)]!);
    const line = `${tool} ${args.join(" ")}`;
    const result = runTool(tool, args, context);
    expect(result.status, line).toBeGreaterThanOrEqual(0);
    expect(`${result.stdout}${result.stderr}`, line).not.toMatch(/\n {4}at |undefined|\[object/);
  });
}
