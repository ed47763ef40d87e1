import { DaemonError } from "../api/daemon-error.ts";
import type { Container } from "./container.ts";

/** Says why a container that runs cannot be removed (moby daemon/delete.go). @throws {DaemonError} 409 */
export function refuseRemoval({ id, paused, restarting }: Container): never {
  const state = paused ? "paused" : restarting ? "restarting" : "running";
  const procedure = paused
    ? "Unpause and then stop the container before attempting removal or force remove"
    : "Stop the container before attempting removal or force remove";
  throw new DaemonError(409, `You cannot remove a ${state} container ${id}. ${procedure}`);
}
