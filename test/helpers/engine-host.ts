import type { ContainerCreateRequest } from "../../src/docker/api/container-types.ts";
import type { Call } from "../../src/docker/api/docker-api.ts";
import type { ClientContext } from "../../src/docker/cli/client-context.ts";
import { OptionValues } from "../../src/docker/cli/option-values.ts";
import { createRequest as clientRequest } from "../../src/docker/cli/run-config.ts";
import { CONTAINER_OPTIONS } from "../../src/docker/cli/specs/run-options.ts";
import type { DockerEngine } from "../../src/docker/engine.ts";
import type { LabWorld } from "../../src/scenario/lab-world.ts";
import type { Program } from "../../src/sim/process.ts";
import { type Nanos, SECOND } from "../../src/sim/time.ts";
import { labWorld } from "./lab-world.ts";

/** What `docker create IMAGE COMMAND...` asks the engine for, to be changed further. */
export function createRequest(image: string, command: readonly string[] = []): ContainerCreateRequest {
  const options = new OptionValues(CONTAINER_OPTIONS, new Map());
  // Without options that name files or variables the client looks at nothing.
  return clientRequest({} as ClientContext, options, [image, ...command]);
}

/** One host with an engine, and a clock that waits for the engine's calls. */
export class EngineHost {
  readonly world: LabWorld;
  readonly engine: DockerEngine;

  constructor(seed = 1) {
    this.world = labWorld({ hosts: { host: { address: "172.10.0.15", docker: true } } }, {}, seed);
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
