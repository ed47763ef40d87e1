/** What the fuzz feeds, and with what. Each target takes an input from its random numbers, and throws if the answer is wrong. */
import assert from "node:assert/strict";
import type { Prng } from "../../src/base/prng.ts";
import { exportPcapng } from "../../src/capture/export-pcapng.ts";
import { describeFrame } from "../../src/capture/journey.ts";
import { readCapture } from "../../src/capture/read-capture.ts";
import { OperationContext } from "../../src/operations/operation-context.ts";
import { runTool } from "../../src/operations/run-tool.ts";
import type { LabWorld } from "../../src/scenario/lab-world.ts";
import { parseFile } from "../../src/scenario/parse-file.ts";
import { sendPacket } from "../../src/scenario/send-packet.ts";
import { Consistency } from "../helpers/docker-consistency.ts";
import { labWorld } from "../helpers/lab-world.ts";
import {
  DOCKER_IMAGES,
  DOCKER_PIECES,
  DOCKER_VERBS,
  DOCKER_WORDS,
  LESSON_PIECES,
  LESSONS,
  PROMPT_PIECES,
  PROMPT_PROGRAMS,
  TOOL_WORDS,
} from "./words.ts";

export interface Target {
  readonly key: string;
  /** What must hold, in words. */
  readonly name: string;
  /** Of those that cost more, the million has fewer: one in so many. */
  readonly cost: number;
  /** A fresh world; gives what is done with one input, and the last look. */
  begin(): { run(random: Prng): void | Promise<void>; end(): void };
}

const HOSTS = { a: "172.10.0.15", b: "172.10.0.16" };

function pick<T>(list: readonly T[], random: Prng): T {
  return list[random.below(list.length)]!;
}

/** A frame or file that is right in many places and damaged in some, so that it comes far. */
function damaged(whole: Uint8Array, shortest: number, random: Prng): Uint8Array {
  const length = random.chance(1, 4)
    ? shortest + random.below(Math.max(1, whole.length - shortest))
    : whole.length;
  const bytes = whole.slice(0, length);
  for (let n = random.below(6); n > 0; n--) bytes[random.below(bytes.length)] = random.below(256);
  return bytes;
}

/** Host b has a bridge with a VTEP, so that a datagram to port 4789 is opened. */
function tunnelled(): LabWorld {
  const net = labWorld({ hosts: HOSTS });
  net.apply("b", "ip link add br0 type bridge");
  net.apply("b", "ip link set br0 up");
  net.apply("b", "ip link add vx0 type vxlan id 1 dstport 4789 local 172.10.0.16 dev eth0");
  net.apply("b", "ip link set vx0 master br0 up");
  return net;
}

/** What crosses the underlay for an echo request and two datagrams, one of them to a VTEP: ARP, ICMP, UDP, errors. */
function traffic(): { readonly frames: readonly Uint8Array[]; readonly capture: Uint8Array } {
  const net = tunnelled().lab;
  const recorder = net.record();
  sendPacket(net, { from: "a", to: "172.10.0.16", protocol: "icmp" });
  sendPacket(net, { from: "a", to: "172.10.0.16", protocol: "udp", port: 9, size: 3000 });
  sendPacket(net, { from: "a", to: "172.10.0.16", protocol: "udp", port: 4789, size: 80 });
  const frames = [...recorder.steps()].map((step) => recorder.bytes(step.index)?.slice());
  return {
    frames: frames.filter((frame): frame is Uint8Array<ArrayBuffer> => frame !== undefined),
    capture: exportPcapng(net.world, recorder, 0),
  };
}

/** What may never stand in an answer: a stack trace, or a value that nobody put into words. */
const LEAK: RegExp = /\n {4}at |\bundefined\b(?! label| behavior)|\[object |\bNaN\b/;

function noLeak(text: string, input: string): void {
  const leak = LEAK.exec(text);
  assert(leak === null, `${JSON.stringify(leak?.[0])} in the answer to ${JSON.stringify(input)}:\n${text}`);
}

let seen: ReturnType<typeof traffic> | null = null;

const frames: Target = {
  key: "frames",
  name: "damaged frames are described, handled and end exactly once",
  cost: 1,
  begin() {
    const { lab: net } = tunnelled();
    seen ??= traffic();
    const samples = seen.frames;
    return {
      run(random) {
        const bytes = damaged(pick(samples, random), 14, random);
        describeFrame(bytes);
        const packet = net.world.pool.allocate(bytes.length, null);
        packet.bytes.set(bytes, packet.at);
        packet.trusted = false;
        net.device("b/eth0").arrive(packet);
        net.world.settle();
      },
      end: () => assert.deepEqual(net.balance().problems, []),
    };
  },
};

const captures: Target = {
  key: "captures",
  name: "damaged captures are read, or refused in words",
  cost: 1,
  begin() {
    seen ??= traffic();
    const { capture } = seen;
    return {
      run(random) {
        const read = readCapture(damaged(capture, 1, random));
        if (!read.ok) noLeak(read.message, "a capture");
      },
      end: () => undefined,
    };
  },
};

const lessons: Target = {
  key: "lessons",
  name: "damaged lessons are read, or refused with a place",
  cost: 1,
  begin: () => ({
    run(random) {
      let lesson = pick(LESSONS, random);
      for (let n = 1 + random.below(6); n > 0; n--) {
        const at = random.below(lesson.length + 1);
        lesson = `${lesson.slice(0, at)}${pick(LESSON_PIECES, random)}${lesson.slice(at + random.below(random.chance(1, 4) ? 80 : 4))}`;
      }
      const parsed = parseFile("l.md", lesson);
      if (parsed.ok) return;
      for (const error of parsed.errors) {
        assert.match(error.line(), /^l\.md:\d+:\d+: ./);
        noLeak(error.line(), lesson);
      }
    },
    end: () => undefined,
  }),
};

const commands: Target = {
  key: "commands",
  name: "any command line has an answer and a status",
  cost: 1,
  begin() {
    const net = labWorld({ hosts: HOSTS });
    const context = new OperationContext(net.toolbox, net.lab.namespace("a"));
    const tools = [...net.toolbox.tools.keys()];
    return {
      run(random) {
        const tool = pick(tools, random);
        const args = Array.from({ length: random.below(9) }, () => pick(TOOL_WORDS, random));
        const result = runTool(tool, args, context);
        const line = `${tool} ${args.join(" ")}`;
        assert(result.status >= 0 && result.status < 256, line);
        noLeak(`${result.stdout}${result.stderr}`, line);
      },
      end: () => assert.deepEqual(net.accounts(), []),
    };
  },
};

/** A line of a person who cannot type: programs with any words, and bits of bash between them. */
function promptLine(random: Prng): string {
  let line = random.chance(1, 2) ? `timeout 2 ${pick(PROMPT_PROGRAMS, random)}` : pick(PROMPT_PIECES, random);
  for (let n = random.below(7); n > 0; n--)
    line += `${random.chance(4, 5) ? " " : ""}${pick(random.chance(1, 2) ? PROMPT_PIECES : TOOL_WORDS, random)}`;
  return line;
}

const prompt: Target = {
  key: "prompt",
  name: "any line at a prompt has an answer, and Tab has one at each of its letters",
  cost: 10,
  begin() {
    const net = labWorld({ hosts: HOSTS });
    return {
      async run(random) {
        const line = promptLine(random);
        const cursor = random.below(line.length + 1);
        const { from } = await net.complete("a", line, cursor);
        assert(from <= cursor, line);
        const typed = await net.type("a", line);
        assert(typed.status >= 0 && typed.status < 256, line);
        noLeak(typed.output, line);
      },
      end: () => assert.deepEqual(net.accounts(), []),
    };
  },
};

/** A line of a person who knows the client, but not well. */
function dockerLine(random: Prng): string {
  const runs = random.chance(1, 3);
  const pieces = Array.from({ length: random.below(5) }, () =>
    pick(random.chance(1, runs ? 20 : 6) ? DOCKER_WORDS : DOCKER_PIECES, random),
  );
  const [verb, last] = runs ? ["run -d", pick(DOCKER_IMAGES, random)] : [pick(DOCKER_VERBS, random), ""];
  return `timeout 3 docker ${verb} ${pieces.join(" ")} ${last}`;
}

const docker: Target = {
  key: "docker",
  name: "any line of docker has an answer, and the host is what its engine says of it",
  cost: 50,
  begin() {
    const net = labWorld({ hosts: { host: { address: "172.10.0.15", docker: true } } });
    const consistency = Consistency.of(net);
    return {
      async run(random) {
        const line = dockerLine(random);
        const typed = await net.type("host", line);
        assert(typed.status >= 0 && typed.status < 256, line);
        noLeak(typed.output, line);
        assert.deepEqual((await consistency).faults(), [], line);
        // So that a world does not fill up.
        if (random.chance(1, 40))
          await net.type("host", "docker rm -f $(docker ps -aq); docker network prune -f");
      },
      end: () => assert.deepEqual(net.accounts(), []),
    };
  },
};

export const targets: readonly Target[] = [frames, captures, lessons, commands, prompt, docker];
