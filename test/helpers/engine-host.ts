import type { Call } from "../../src/docker/api/docker-api.ts";
import type { DockerEngine } from "../../src/docker/engine.ts";
import { Lab } from "../../src/lab/lab.ts";
import { PLAIN_CPU, PLAIN_WIRE, type Topology } from "../../src/lab/topology.ts";
import { LabWorld } from "../../src/scenario/lab-world.ts";
import type { Program } from "../../src/sim/process.ts";
import { type Nanos, SECOND } from "../../src/sim/time.ts";

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

/** One host with an engine, and a clock that waits for the engine's calls. */
export class EngineHost {
  readonly world: LabWorld;
  readonly engine: DockerEngine;

  constructor(seed = 1) {
    this.world = new LabWorld(new Lab(TOPOLOGY, { seed }));
    this.engine = this.world.docker("host")!;
  }

  get now(): Nanos {
    return this.world.now;
  }

  /** Runs a call of the engine to its end, at most for an hour of virtual time. @throws what the engine refuses */
  finish<T>(call: Call<T>): T {
    const outcomes: ({ readonly value: T } | { readonly error: unknown })[] = [];
    this.world.lab.world.start(
      (function* (): Program {
        try {
          outcomes.push({ value: yield* call });
        } catch (error) {
          outcomes.push({ error });
        }
        return 0;
      })(),
    );
    const world = this.world.lab.world;
    const until = world.now + 3600 * SECOND;
    while (outcomes.length === 0 && world.step(until));
    const [outcome] = outcomes;
    if (outcome === undefined) throw new Error("the call did not end within an hour");
    if ("error" in outcome) throw outcome.error;
    return outcome.value;
  }
}
