import { type Nanos, SECOND } from "../../sim/time.ts";
import { humanDuration } from "../timestamps.ts";
import type { Container } from "./container.ts";

/** The STATUS of `docker ps` (moby container/state.go, String). */
export function statusText(container: Container, now: Nanos): string {
  const ago = (at: Nanos | null): string => humanDuration((now - (at ?? 0)) / SECOND);
  if (container.running) {
    if (container.restarting) return `Restarting (${container.exitCode}) ${ago(container.finishedAt)} ago`;
    const up = `Up ${ago(container.startedAt)}`;
    if (container.paused) return `${up} (Paused)`;
    const { health } = container;
    if (health === null) return up;
    return `${up} (${health.Status === "starting" ? "health: starting" : health.Status})`;
  }
  if (container.removing) return "Removal In Progress";
  if (container.startedAt === null) return "Created";
  return `Exited (${container.exitCode}) ${ago(container.finishedAt)} ago`;
}
