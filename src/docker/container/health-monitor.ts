import { type Nanos, SECOND } from "../../sim/time.ts";
import type { Timer } from "../../sim/timer.ts";
import type { World } from "../../sim/world.ts";
import type { ExecConfig, HealthConfig } from "../api/container-types.ts";
import { DaemonError } from "../api/daemon-error.ts";
import type { EventLog } from "../event-log.ts";
import { durationText } from "../templates/go-value.ts";
import { rfc3339 } from "../timestamps.ts";
import type { Container } from "./container.ts";
import { attributesOf } from "./container-events.ts";
import { type StartedProcess, StartFailure } from "./container-runtime.ts";
import { UnknownUser } from "./user.ts";

const INTERVAL: Nanos = 30 * SECOND;
const TIMEOUT: Nanos = 30 * SECOND;
const RETRIES = 3;
/** Results that are kept. */
const LOG_LENGTH = 5;
/** Characters. */
const LONGEST_OUTPUT = 4096;

/** Starts a further process in the container. */
export type Exec = (
  config: ExecConfig,
  io: { out(text: string): void; err(text: string): void; input: null },
) => StartedProcess;

/** What a container says of how it is asked whether it is well; null when it is not asked. */
export function healthCheckOf({ config }: Container): HealthConfig | null {
  const { Healthcheck } = config;
  return Healthcheck === undefined || Healthcheck.Test.length === 0 || Healthcheck.Test[0] === "NONE"
    ? null
    : Healthcheck;
}

/** Asks a running container in intervals whether it is well (moby daemon/health.go). */
export class HealthMonitor {
  readonly #container: Container;
  readonly #world: World;
  readonly #exec: Exec;
  readonly #events: EventLog;
  readonly #config: HealthConfig;
  readonly #began: Nanos;
  readonly #next: Timer;
  #stopped = false;

  constructor(container: Container, config: HealthConfig, world: World, exec: Exec, events: EventLog) {
    this.#container = container;
    this.#world = world;
    this.#exec = exec;
    this.#events = events;
    this.#began = world.now;
    this.#next = world.timer(() => this.#probe());
    this.#config = config;
    // What was found before the container was stopped is kept.
    container.health = { Status: "starting", FailingStreak: 0, Log: container.health?.Log ?? [] };
    this.#next.arm(config.Interval || INTERVAL);
  }

  stop(): void {
    this.#stopped = true;
    this.#next.cancel();
    const { health } = this.#container;
    if (health !== null) health.Status = "unhealthy";
  }

  #probe(): void {
    const [kind, ...words] = this.#config.Test;
    const command = kind === "CMD-SHELL" ? ["/bin/sh", "-c", words[0] ?? ""] : words;
    const start = this.#world.now;
    let output = "";
    const write = (text: string): void => {
      if (output.length <= LONGEST_OUTPUT) output += text;
    };
    const config: ExecConfig = {
      User: "",
      Privileged: false,
      Tty: false,
      AttachStdin: false,
      Detach: false,
      Env: [],
      WorkingDir: "",
      Cmd: command,
    };
    let process: StartedProcess;
    try {
      process = this.#exec(config, { out: write, err: write, input: null });
    } catch (error) {
      this.#result(start, -1, refusalOf(error));
      return;
    }
    const monitor = this;
    const timeout = this.#config.Timeout || TIMEOUT;
    this.#world.start(
      (function* () {
        const until = start + timeout;
        while (process.status === null && monitor.#world.now < until) yield { on: [process.exited], until };
        if (monitor.#stopped) return 0;
        if (process.status === null) {
          process.kill(9);
          monitor.#result(start, -1, `Health check exceeded timeout (${durationText(timeout)})`);
        } else monitor.#result(start, process.status, shortened(output));
        return 0;
      })(),
    );
  }

  #result(start: Nanos, status: number, output: string): void {
    const health = this.#container.health!;
    const config = this.#config;
    const end = this.#world.now;
    health.Log.push({ Start: rfc3339(start), End: rfc3339(end), ExitCode: status, Output: output });
    if (health.Log.length > LOG_LENGTH) health.Log.shift();
    const before = health.Status;
    if (status === 0) {
      health.FailingStreak = 0;
      health.Status = "healthy";
    } else if (before !== "starting" || start - this.#began >= config.StartPeriod) {
      // Within the start period a failure does not count.
      health.FailingStreak++;
      if (health.FailingStreak >= (config.Retries || RETRIES)) health.Status = "unhealthy";
    }
    if (health.Status !== before) {
      this.#events.add(
        "container",
        `health_status: ${health.Status}`,
        this.#container.id,
        attributesOf(this.#container),
      );
    }
    this.#container.changed.notify();
    this.#next.arm(config.Interval || INTERVAL);
  }
}

function shortened(output: string): string {
  return output.length > LONGEST_OUTPUT ? `${output.slice(0, LONGEST_OUTPUT)}...` : output;
}

/** What the engine notes of a check that could not be begun. */
function refusalOf(error: unknown): string {
  if (error instanceof StartFailure) return `OCI runtime exec failed: exec failed: ${error.words}`;
  if (error instanceof DaemonError || error instanceof UnknownUser) return error.message;
  throw error;
}
