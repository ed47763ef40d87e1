import { describe, expect, it } from "vitest";
import { createRequest } from "../src/docker/api/create-defaults.ts";
import type { Call } from "../src/docker/api/docker-api.ts";
import type { DockerEngine } from "../src/docker/engine.ts";
import { Lab } from "../src/lab/lab.ts";
import { PLAIN_CPU, PLAIN_WIRE, type Topology } from "../src/lab/topology.ts";
import { LabWorld } from "../src/scenario/lab-world.ts";
import type { Program } from "../src/sim/process.ts";
import { SECOND } from "../src/sim/time.ts";

const TOPOLOGY: Topology = {
  hosts: [
    {
      name: "host",
      router: false,
      gateway: null,
      cpu: PLAIN_CPU,
      docker: {},
      nics: [
        {
          name: "eth0",
          mac: "52:54:00:0a:00:0f",
          address: { address: "172.10.0.15", prefixLength: 24 },
          mtu: 1500,
          switch: "u0",
          wire: PLAIN_WIRE,
        },
      ],
    },
  ],
  switches: [{ name: "u0", mtu: 1500 }],
  trunks: [],
};

function engineOf(world: LabWorld): DockerEngine {
  const engine = world.docker("host");
  if (engine === null) throw new Error("no engine");
  return engine;
}

/** Runs a call of the engine to its end. */
function finish<T>(world: LabWorld, call: Call<T>): T {
  const results: T[] = [];
  world.lab.world.start(
    (function* (): Program {
      results.push(yield* call);
      return 0;
    })(),
  );
  for (let i = 0; results.length === 0 && i < 1000; i++) world.advance(SECOND);
  return results[0]!;
}

describe("containers", () => {
  it("runs sleep until somebody stops it", () => {
    const world = new LabWorld(new Lab(TOPOLOGY));
    const engine = engineOf(world);
    const { Id } = engine.containerCreate(createRequest("alpine", ["sleep", "1000"]), "c1");
    finish(world, engine.containerStart(Id));
    expect(engine.containerInspect("c1").State.Status).toBe("running");
    const before = world.now;
    finish(world, engine.containerStop("c1", null));
    expect(engine.containerInspect("c1").State.ExitCode).toBe(137);
    expect(world.now - before).toBeGreaterThanOrEqual(10 * SECOND);
  });
});
