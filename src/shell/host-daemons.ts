import type { HostProcess, HostProcesses } from "../docker/network/ports/host-processes.ts";
import type { NetworkNamespace } from "../net/network-namespace.ts";
import type { Program } from "../sim/process.ts";
import type { Machine } from "./machine.ts";

/** Runs what an engine starts beside itself, such as docker-proxy, as processes of its host that nobody waits for. */
export class HostDaemons implements HostProcesses {
  readonly #machine: Machine;

  constructor(machine: Machine) {
    this.#machine = machine;
  }

  start(argv: readonly string[], namespace: NetworkNamespace, program: () => Program): HostProcess {
    const { process } = this.#machine.processes.start(1, argv.join(" "), () => program(), { namespace });
    return { kill: (signal) => process.kill(signal) };
  }
}
