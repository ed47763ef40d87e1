import type { NetworkNamespace } from "../../../net/network-namespace.ts";
import type { Program } from "../../../sim/process.ts";

/** A process of the host's own that the engine started. */
export interface HostProcess {
  kill(signal: number): void;
}

/** Starts processes beside the engine, on its host: given by whoever puts the engine there. */
export interface HostProcesses {
  /** @param argv as `ps` shows them */
  start(argv: readonly string[], namespace: NetworkNamespace, program: () => Program): HostProcess;
}
