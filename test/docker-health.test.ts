import { expect, test } from "vitest";
import type { LabWorld } from "../src/scenario/lab-world.ts";
import { labWorld } from "./helpers/lab-world.ts";

/** A host with a container `c1` whose health check has these options. */
async function checked(options: string, command = "alpine sleep 10000"): Promise<LabWorld> {
  const world = labWorld({ hosts: { host: { address: "172.10.0.15", docker: true } } });
  const run = await world.type("host", `docker run -d --name c1 ${options} ${command}`);
  expect(run.status, run.output).toBe(0);
  return world;
}

/** What runs in a shell waits for the libraries that read its language: so time passes by a typed line. */
async function pass(world: LabWorld, seconds: number): Promise<void> {
  await world.type("host", `sleep ${seconds}`);
}

async function ask(world: LabWorld, line: string): Promise<string> {
  return (await world.type("host", line)).output.trimEnd();
}

const health = (world: LabWorld): Promise<string> =>
  ask(world, "docker inspect -f '{{.State.Health.Status}} {{.State.Health.FailingStreak}}' c1");
const text = (world: LabWorld): Promise<string> =>
  ask(world, "docker ps --format '{{.Status}}' | sed 's/[^(]*//'");

// What a real engine 20.10.24 did, at its own times: test/recorded/docker-asked/health.txt.
test("A10 a health check goes from starting to healthy, to unhealthy after its retries, and back to healthy at once", async () => {
  const world = await checked(
    "--health-cmd 'test -f /ok' --health-interval 2s --health-retries 3",
    "alpine sh -c 'touch /ok; sleep 10000'",
  );
  expect([await health(world), await text(world)]).toEqual(["starting 0", "(health: starting)"]);
  await pass(world, 3);
  expect([await health(world), await text(world)]).toEqual(["healthy 0", "(healthy)"]);
  await ask(world, "docker exec c1 rm /ok");
  await pass(world, 4);
  expect([await health(world), await text(world)]).toEqual(["healthy 2", "(healthy)"]);
  await pass(world, 2);
  expect([await health(world), await text(world)]).toEqual(["unhealthy 3", "(unhealthy)"]);
  await pass(world, 20);
  expect(await health(world)).toBe("unhealthy 13");
  expect(
    await ask(
      world,
      "docker ps -q --filter health=unhealthy | wc -l; docker inspect -f '{{len .State.Health.Log}}' c1",
    ),
  ).toBe("1\n5");
  await ask(world, "docker exec c1 touch /ok");
  await pass(world, 2);
  expect([await health(world), await text(world)]).toEqual(["healthy 0", "(healthy)"]);
  const events =
    "docker events --since 1h --until 0s --filter container=c1 --format '{{.Action}}' | grep health";
  expect(await ask(world, events)).toBe(
    "health_status: healthy\nhealth_status: unhealthy\nhealth_status: healthy",
  );
  expect(
    await ask(
      world,
      "docker events --since 1h --until 0s --filter event=health_status --format '{{.Action}} {{.Actor.Attributes.name}}' | sort | uniq -c | sed 's/^ *//'",
    ),
  ).toBe("2 health_status: healthy c1\n1 health_status: unhealthy c1");
  // Stopped it counts as unhealthy; when it starts again, what was found before is kept.
  await ask(world, "docker stop -t 0 c1");
  expect([await health(world), await ask(world, "docker ps -a --format '{{.Status}}'")]).toEqual([
    "unhealthy 0",
    "Exited (137) Less than a second ago",
  ]);
  await ask(world, "docker start c1");
  expect([await health(world), await ask(world, "docker inspect -f '{{len .State.Health.Log}}' c1")]).toEqual(
    ["starting 0", "5"],
  );
  expect(world.accounts()).toEqual([]);
});

test("A10 failures of the start period do not count, a success in it does, and all are in the log with their times", async () => {
  const world = await checked(
    "--health-cmd 'echo no; exit 5' --health-interval 1s --health-start-period 5s --health-retries 2",
  );
  await pass(world, 3.5);
  expect(await health(world)).toBe("starting 0");
  const log = JSON.parse(await ask(world, "docker inspect -f '{{json .State.Health.Log}}' c1")) as {
    Start: string;
    End: string;
    ExitCode: number;
    Output: string;
  }[];
  expect(log.map(({ ExitCode, Output }) => [ExitCode, Output])).toEqual([
    [5, "no\n"],
    [5, "no\n"],
    [5, "no\n"],
  ]);
  // The next one begins an interval after the last one has ended.
  const seconds = ({ Start, End }: { Start: string; End: string }): number[] =>
    [Start, End].map((at) => Date.parse(at.replace(/(\.\d{3})\d*Z/, "$1Z")) / 1000);
  for (const [i, entry] of log.entries()) {
    const [start, end] = seconds(entry) as [number, number];
    expect(end).toBeGreaterThanOrEqual(start);
    if (i > 0) expect(start - seconds(log[i - 1]!)[1]!).toBeCloseTo(1, 2);
  }
  await pass(world, 4);
  expect(await health(world)).toMatch(/^unhealthy /);
});

test("A10 a check that takes too long is ended and has failed, one that is no program too, and none runs while the container is paused", async () => {
  const slow = await checked(
    "--health-cmd 'sleep 100' --health-interval 2s --health-retries 1 --health-timeout 1s",
  );
  await pass(slow, 4);
  expect(
    await ask(
      slow,
      "docker inspect -f '{{.State.Health.Status}} {{with index .State.Health.Log 0}}{{.ExitCode}} {{.Output}}{{end}}' c1",
    ),
  ).toBe("unhealthy -1 Health check exceeded timeout (1s)");
  expect(await ask(slow, "docker exec c1 ps | grep -c 'sh -c sleep 100$'")).toBe("0");
  const paused = await checked("--health-cmd 'true' --health-interval 1s");
  await pass(paused, 3.5);
  await ask(paused, "docker pause c1");
  expect(await ask(paused, "docker ps --format '{{.Status}}'")).toMatch(/\(Paused\)$/);
  await pass(paused, 10);
  expect(await ask(paused, "docker inspect -f '{{len .State.Health.Log}}' c1")).toBe("3");
  await ask(paused, "docker unpause c1");
  await pass(paused, 3);
  expect([
    await health(paused),
    await ask(paused, "docker inspect -f '{{len .State.Health.Log}}' c1"),
  ]).toEqual(["healthy 0", "5"]);
});

test("A10 a restart policy starts a check anew, and --no-healthcheck takes an image's away", async () => {
  const world = await checked("--health-cmd true --health-interval 1s --restart always", "alpine sleep 3");
  await pass(world, 2.5);
  expect(await health(world)).toBe("healthy 0");
  await pass(world, 1);
  expect(await health(world)).toBe("starting 0");
  await pass(world, 1.5);
  expect(await health(world)).toBe("healthy 0");
  expect(
    await ask(
      world,
      "docker run -d --name c2 --no-healthcheck alpine sleep 10 > /dev/null; docker inspect -f '{{json .Config.Healthcheck}} {{json .State.Health}}' c2",
    ),
  ).toMatch(/^\{"Test":\["NONE"\]\} /);
  expect(
    await ask(
      world,
      "docker run --health-interval 100us alpine; docker run --health-cmd true --health-retries -1 alpine; docker run --no-healthcheck --health-cmd true alpine",
    ),
  ).toBe(
    "docker: Error response from daemon: Interval in Healthcheck cannot be less than 1ms.\nSee 'docker run --help'.\ndocker: --health-retries cannot be negative.\nSee 'docker run --help'.\ndocker: --no-healthcheck conflicts with --health-* options.\nSee 'docker run --help'.",
  );
});
