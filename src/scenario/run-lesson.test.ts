import { expect, test } from "vitest";
import type { Lesson } from "./lesson.ts";
import type { Journey, JourneyStep, LessonWorld, Typed, WorldQuestions } from "./lesson-world.ts";
import { PLAIN } from "./paint.ts";
import { parseFile } from "./parse-file.ts";
import { reportJson } from "./report-json.ts";
import { footerLines, headerLines, ReportFlow, shortLines, stepLines } from "./report-text.ts";
import { type LessonResult, runLesson } from "./run-lesson.ts";
import { updateLesson } from "./update-lesson.ts";

const LESSON = `---
title: A ping
parts: [D6]
hosts: { a: 10.0.0.1, b: 10.0.0.2 }
---
# First

Text with a \`code\`.

\`\`\`console a
$ ping -c 1 10.0.0.2
PING ...
1 received in ... ms

$ false
[exit 1]
\`\`\`

\`\`\`expect
- journey: { from: 10.0.0.1, to: 10.0.0.2, passes: [a/eth0, b/eth0], delivered: b }
- counters: { device: a/eth0, rxPackets: 1 }
\`\`\`
`;

const STEP: JourneyStep = {
  at: 1_000_000,
  place: "a",
  verdict: "sent",
  frame: "IP 10.0.0.1 > 10.0.0.2: ICMP echo request, id 1, seq 1, length 64",
  length: 98,
  wrapped: 0,
  kind: null,
  entry: null,
  cause: null,
};

function ping(end: Partial<JourneyStep>): Journey {
  return {
    from: "10.0.0.1",
    to: "10.0.0.2",
    protocol: "icmp",
    summary: STEP.frame,
    steps: [
      STEP,
      {
        ...STEP,
        verdict: "routed",
        entry: "10.0.0.0/24 dev eth0",
        cause: "ip addr add 10.0.0.1/24 dev eth0",
      },
      { ...STEP, place: "a/eth0", verdict: "transmitted" },
      { ...STEP, place: "b/eth0", verdict: "received", at: 1_050_000 },
      { ...STEP, place: "b", at: 1_050_000, ...end },
    ],
  };
}

const DELIVERED = ping({ verdict: "delivered" });
const DROPPED = ping({ verdict: "NO_SOCKET" });

interface Fake {
  readonly outputs: Readonly<Record<string, Typed>>;
  readonly journeys?: readonly Journey[];
  readonly accounts?: readonly string[];
}

/** A world whose answers are written down; each command takes 10 ms. */
class FakeWorld implements LessonWorld {
  now = 0;
  readonly typed: string[] = [];
  readonly questions: WorldQuestions;
  readonly #fake: Fake;

  constructor(fake: Fake) {
    this.#fake = fake;
    this.questions = {
      journeys: (since) => (since < 10_000_000 ? (fake.journeys ?? []) : []),
      counters: (device) => (device === "a/eth0" ? { rxPackets: 1, txPackets: 2 } : null),
      entries: () => null,
      frames: () => 0,
    };
  }

  type(host: string, text: string): Promise<Typed> {
    this.now += 10_000_000;
    this.typed.push(`${host}$ ${text}`);
    return Promise.resolve(this.#fake.outputs[text] ?? { output: "", status: 0 });
  }

  accounts(): readonly string[] {
    return this.#fake.accounts ?? [];
  }
}

const GOOD = {
  "ping -c 1 10.0.0.2": { output: "PING 10.0.0.2  \n1 received in 0.05 ms\n\n", status: 0 },
  false: { output: "", status: 1 },
};
const BAD = {
  "ping -c 1 10.0.0.2": { output: "PING 10.0.0.2\n0 received in 1 ms\n", status: 1 },
  false: { output: "", status: 0 },
};

function lesson(text: string = LESSON, file = "l.md"): Lesson {
  const outcome = parseFile(file, text);
  if (!outcome.ok) throw new Error(outcome.errors.map((error) => error.line()).join("\n"));
  return outcome.value;
}

function reportOf(result: LessonResult, journeys: boolean): string {
  const options = { paint: PLAIN, journeys };
  const steps = result.steps.flatMap((step) => stepLines(step, options));
  return new ReportFlow()
    .next([...headerLines(result, PLAIN), ...steps, ...footerLines(result, options)])
    .join("\n");
}

test("a lesson whose expectations hold", async () => {
  const world = new FakeWorld({ outputs: GOOD, journeys: [DELIVERED] });
  const result = await runLesson(lesson(), world, 7);
  expect(result.held).toBe(true);
  expect(world.typed).toEqual(["a$ ping -c 1 10.0.0.2", "a$ false"]);
  expect(result.steps.map((step) => [step.kind, step.place.line, step.problems.length])).toEqual([
    ["prose", 6, 0],
    ["command", 11, 0],
    ["command", 15, 0],
    ["prose", 18, 0],
    ["expect", 20, 0],
    ["expect", 21, 0],
  ]);
  expect(reportOf(result, true)).toMatchInlineSnapshot(`
    "A ping  l.md, part D6, seed 7

      First
      ok     a$ ping -c 1 10.0.0.2  (10 ms)
          PING 10.0.0.2
          1 received in 0.05 ms

          IP 10.0.0.1 > 10.0.0.2: ICMP echo request, id 1, seq 1, length 64
              +0 s  a       sent         98 B
                    a       routed       98 B  10.0.0.0/24 dev eth0  <- ip addr add 10.0.0.1/24 dev eth0
                    a/eth0  transmitted  98 B
            +50 us  b/eth0  received     98 B
                    b       delivered    98 B

      ok     a$ false  (10 ms)
          [exit 1]
      ok     expect last packet 10.0.0.1 > 10.0.0.2
          passes a/eth0, b/eth0
          is delivered to b
      ok     expect counters of a/eth0: rxPackets 1

    all 4 steps held, 20 ms of virtual time"
  `);
  expect(shortLines(result, { paint: PLAIN, journeys: false })).toEqual(["ok     l.md  A ping, 4 steps"]);
});

test("a lesson whose expectations do not hold goes on to its end, and says what and where", async () => {
  const world = new FakeWorld({ outputs: BAD, journeys: [DROPPED], accounts: ["frame 7 vanished at a/br0"] });
  const result = await runLesson(lesson(), world, 1);
  expect(result.held).toBe(false);
  expect(reportOf(result, false)).toMatchInlineSnapshot(`
    "A ping  l.md, part D6, seed 1

      First
      FAILED a$ ping -c 1 10.0.0.2  (10 ms)
          l.md:11: exit status 1, expected 0
          the output is not as expected:
             PING 10.0.0.2
            -1 received in ... ms
            +0 received in 1 ms

          IP 10.0.0.1 > 10.0.0.2: ICMP echo request, id 1, seq 1, length 64
              +0 s  a       sent         98 B
                    a       routed       98 B  10.0.0.0/24 dev eth0  <- ip addr add 10.0.0.1/24 dev eth0
                    a/eth0  transmitted  98 B
            +50 us  b/eth0  received     98 B
                    b       NO_SOCKET    98 B

      FAILED a$ false  (10 ms)
          l.md:15: exit status 0, expected 1
      FAILED expect last packet 10.0.0.1 > 10.0.0.2
          passes a/eth0, b/eth0
          is delivered to b
          l.md:20: it is not delivered to b; it ends NO_SOCKET at b

          IP 10.0.0.1 > 10.0.0.2: ICMP echo request, id 1, seq 1, length 64
              +0 s  a       sent         98 B
                    a       routed       98 B  10.0.0.0/24 dev eth0  <- ip addr add 10.0.0.1/24 dev eth0
                    a/eth0  transmitted  98 B
            +50 us  b/eth0  received     98 B
                    b       NO_SOCKET    98 B

      ok     expect counters of a/eth0: rxPackets 1
      FAILED accounts l.md: frame 7 vanished at a/br0

    4 failed, 1 held, 20 ms of virtual time"
  `);
});

const SEVERAL = LESSON.replace(/# First.*/s, "```console a b\n$ one\n1\n$ two\n```\n");

test("a block of several hosts types each command on all of them; what is the same is told once", async () => {
  const world = new FakeWorld({ outputs: { one: { output: "1\n", status: 0 } } });
  const result = await runLesson(lesson(SEVERAL), world, 1);
  expect(world.typed).toEqual(["a$ one", "b$ one", "a$ two", "b$ two"]);
  expect(reportOf(result, false)).toContain(
    "  ok     a b$ one  (20 ms)\n      1\n  ok     a b$ two  (20 ms)\n",
  );
  expect(reportJson([result], false)).toMatchObject({
    lessons: [{ steps: { held: 2, failed: 0 }, results: [{ host: "a", hosts: ["a", "b"] }, { host: "a" }] }],
  });
});

test("a command of several hosts that fails on one of them is told for each", async () => {
  const world = new FakeWorld({ outputs: { one: { output: "1\n", status: 0 } } });
  const type = world.type.bind(world);
  world.type = (host, text) =>
    host === "b" ? Promise.resolve({ output: "2\n", status: 0 }) : type(host, text);
  const result = await runLesson(lesson(SEVERAL), world, 1);
  const report = reportOf(result, false);
  expect(report).toContain("  ok     a$ one");
  expect(report).toContain("  FAILED b$ one\n      l.md:7: the output is not as expected:");
});

test("frames that vanish fail a lesson whose every step held", async () => {
  const world = new FakeWorld({
    outputs: GOOD,
    journeys: [DELIVERED],
    accounts: ["frame 7 vanished at a/br0"],
  });
  const result = await runLesson(lesson(), world, 1);
  expect(result.held).toBe(false);
  expect(footerLines(result, { paint: PLAIN, journeys: false })).toEqual([
    "  FAILED accounts l.md: frame 7 vanished at a/br0",
    "",
    "1 failed, 4 held, 20 ms of virtual time",
  ]);
});

test("--update rewrites what failed, keeps ... lines that match, and then the lesson holds", async () => {
  const world = new FakeWorld({ outputs: BAD, journeys: [DELIVERED] });
  const before = lesson();
  const text = updateLesson(before, await runLesson(before, world, 1));
  expect(text).toBe(
    LESSON.replace("1 received in ... ms\n", "0 received in 1 ms\n[exit 1]\n").replace(
      "$ false\n[exit 1]\n",
      "$ false\n",
    ),
  );
  const again = await runLesson(lesson(text), new FakeWorld({ outputs: BAD, journeys: [DELIVERED] }), 1);
  expect(again.held).toBe(true);
});

test("--update keeps the line ends and the indentation of the file", async () => {
  const text = "---\ntitle: T\nhosts: { a: 10.0.0.1 }\n---\n  ```console a\n  $ x\n  old\n  ```\n".replaceAll(
    "\n",
    "\r\n",
  );
  const one = lesson(text);
  const result = await runLesson(one, new FakeWorld({ outputs: { x: { output: "new\n", status: 0 } } }), 1);
  expect(updateLesson(one, result)).toBe(text.replace("old", "new"));
});

test("--update changes nothing in a lesson that holds", async () => {
  const one = lesson();
  const result = await runLesson(one, new FakeWorld({ outputs: GOOD, journeys: [DELIVERED] }), 1);
  expect(updateLesson(one, result)).toBe(LESSON);
});

test("a script that fails is shown with its output and is never rewritten", async () => {
  const script = lesson("ping x\nfalse\n", "s.sh");
  const world = new FakeWorld({ outputs: { "ping x\nfalse": { output: "no x\n", status: 2 } } });
  const result = await runLesson(script, world, 1);
  expect(reportOf(result, false)).toContain("s.sh:1: exit status 2, expected 0");
  expect(reportOf(result, false)).toContain("no x");
  expect(updateLesson(script, result)).toBe("ping x\nfalse\n");
});

test("the JSON report is plain values", async () => {
  const world = new FakeWorld({ outputs: BAD, journeys: [DROPPED] });
  const report = reportJson([await runLesson(lesson(), world, 1)], false);
  expect(JSON.parse(JSON.stringify(report))).toMatchObject({
    held: false,
    lessons: [
      {
        file: "l.md",
        held: false,
        steps: { held: 1, failed: 3 },
        results: [
          { kind: "command", line: 11, host: "a", command: "ping -c 1 10.0.0.2", status: 1, held: false },
          { kind: "command", line: 15, held: false },
          { kind: "expect", held: false, journeys: [{ protocol: "icmp" }] },
          { kind: "expect", held: true },
        ],
      },
    ],
  });
});
