import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { MeshLesson } from "./helpers/mesh-lesson.ts";
import { comparable, recordedStates } from "./helpers/mesh-state.ts";

const recorded = readFileSync(join(import.meta.dirname, "recorded/routing-mesh.md"), "utf8");
const states = recordedStates(recorded);

test("the recordings are all read", () => {
  expect(states.length).toBe(recorded.match(/^## /gm)!.length);
  expect(new Set(states.map(({ where }) => where)).size).toBe(10);
});

describe("D7 the lesson's namespaces are those of a real swarm", () => {
  const still = new MeshLesson();
  const used = new MeshLesson();
  beforeAll(async () => {
    await still.runToFirstRequest();
    await used.runToTheEnd();
  });

  test.each(states)("$where before the first request: $command", async (state) => {
    const text = await still.ask(state.where, state.command);
    expect(comparable({ ...state, text }, true)).toBe(comparable(state, true));
  });

  // How much has passed and what was learned is the business of the lesson itself.
  const lasting = states.filter(({ command }) => !command.endsWith("--stats"));
  test.each(lasting)("$where at the end of the lesson: $command", async (state) => {
    const text = await used.ask(state.where, state.command);
    expect(comparable({ ...state, text }, false)).toBe(comparable(state, false));
  });
});

/** The interfaces of the recording, and what they are in the lesson. */
const RECORDED_AT: ReadonlyMap<string, string> = new Map([
  ["client/eth0", "client-eth0"],
  ["a/eth0", "node1-eth0"],
  ["a/docker_gwbridge", "node1-gwbridge"],
  ["a/1-ingress/br0", "node1-ingress-br0"],
  ["a/1-ingress/vxlan0", "node1-ingress-vxlan0"],
  ["a/ingress_sbox/eth0", "node1-ingress_sbox-eth0"],
  ["a/ingress_sbox/eth1", "node1-ingress_sbox-eth1"],
  ["b/eth0", "node2-eth0"],
  ["c/eth0", "node3-eth0"],
]);

test("D7 three requests by way of a are frame for frame what was recorded of a real swarm", async () => {
  const path = join(import.meta.dirname, "recorded/w09-mesh-via-node1.merged.txt");
  const wanted = readFileSync(path, "utf8")
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"));
  const mesh = new MeshLesson();
  await mesh.runToFirstRequest();
  for (const device of RECORDED_AT.keys()) await mesh.watch(device);
  const since = mesh.recorder.length;
  // So far apart were the requests of the recording.
  for (let n = 0; n < 3; n++)
    await mesh.world.type("client", "curl -sS -m 4 http://172.10.0.15:8080/; sleep 0.6");
  expect(wanted.length).toBe(346);
  expect(mesh.frames(since, RECORDED_AT)).toEqual(wanted);
});
