import { SIGKILL, SIGTERM } from "../sim/process.ts";
import { SECOND } from "../sim/time.ts";
import type { World } from "../sim/world.ts";
import { DaemonError } from "./api/daemon-error.ts";
import type { Call } from "./api/docker-api.ts";
import type { Container } from "./container/container.ts";
import { attributesOf } from "./container/container-events.ts";
import { type ContainerRunner, STOP_TIMEOUT } from "./container/container-runner.ts";
import type { ContainerStore } from "./container/container-store.ts";
import { demandSignal } from "./container/signals.ts";
import type { EventLog } from "./event-log.ts";

/** The engine ends, and its containers with it (moby daemon/daemon.go, Shutdown). */
export function* endContainers(
  world: World,
  events: EventLog,
  store: ContainerStore,
  runner: ContainerRunner,
): Call<void> {
  const running = store.all.filter((one) => one.running);
  runner.endsAll = true;
  for (const container of running) {
    if (container.process === null) {
      // It waited for its next start.
      Object.assign(container, { running: false, restarting: false });
      container.changed.notify();
      continue;
    }
    const { StopSignal } = container.config;
    runner.signal(container, StopSignal === undefined ? SIGTERM : demandSignal(StopSignal));
  }
  const began = world.now;
  for (const container of running) {
    const timeout = container.config.StopTimeout ?? STOP_TIMEOUT;
    const until = timeout < 0 ? Number.POSITIVE_INFINITY : began + timeout * SECOND;
    while (container.process !== null && world.now < until) yield { on: [container.changed], until };
    if (container.process !== null) runner.signal(container, SIGKILL);
    while (container.process !== null) yield { on: [container.changed], until: Number.POSITIVE_INFINITY };
    if (!container.removed) events.add("container", "stop", container.id, attributesOf(container));
  }
  runner.endsAll = false;
}

/** The engine has started (moby daemon/daemon.go, restore): containers whose policy wishes it run again, the others stay as they ended. */
export function startContainersAgain(store: ContainerStore, runner: ContainerRunner): void {
  for (const container of store.all) {
    if (!startsAgain(container)) continue;
    try {
      runner.start(container);
    } catch (error) {
      // The engine writes it into its log, and goes on.
      if (!(error instanceof DaemonError)) throw error;
    }
  }
}

/** Whether a container runs when the engine starts: `always` does not ask whether somebody had stopped it. */
function startsAgain({ startedAt, stoppedByHand, exitCode, restartCount, hostConfig }: Container): boolean {
  const { Name, MaximumRetryCount } = hostConfig.RestartPolicy;
  if (startedAt === null) return false;
  if (Name === "always") return true;
  if (Name === "unless-stopped") return !stoppedByHand;
  return (
    Name === "on-failure" && exitCode !== 0 && (MaximumRetryCount === 0 || restartCount < MaximumRetryCount)
  );
}
