import { DaemonError } from "../api/daemon-error.ts";
import type { Container } from "./container.ts";

/** @throws {DaemonError} 409 */
export function demandRunning({ id, running }: Container): void {
  if (!running) throw new DaemonError(409, `Container ${id} is not running`);
}

/** One that restarts counts as running, and has no processes. @throws {DaemonError} 409 */
export function demandSettled({ id, restarting }: Container): void {
  if (restarting)
    throw new DaemonError(409, `Container ${id} is restarting, wait until the container is running`);
}

/** Says why a container that runs cannot be removed (moby daemon/delete.go). @throws {DaemonError} 409 */
export function refuseRemoval({ id, paused, restarting }: Container): never {
  const state = paused ? "paused" : restarting ? "restarting" : "running";
  const procedure = paused
    ? "Unpause and then stop the container before attempting removal or force remove"
    : "Stop the container before attempting removal or force remove";
  throw new DaemonError(409, `You cannot remove a ${state} container ${id}. ${procedure}`);
}
