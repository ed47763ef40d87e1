import type { Prng } from "../base/prng.ts";
import { type Nanos, SECOND } from "../sim/time.ts";
import type { World } from "../sim/world.ts";
import type { CommandTable } from "./command.ts";
import { HostFiles } from "./files.ts";
import type { Host, NetworkNamespace } from "./host-shape.ts";
import { Outside } from "./outside.ts";
import { ProcessTable } from "./process-table.ts";

/** The time of day when every world begins: 2026-01-01 00:00:00 UTC, in seconds since 1970. */
export const EPOCH_SECONDS = 1_767_225_600;

/** What a host (or container) brings, so that somebody can type on it. */
export interface MachineOptions {
  readonly world: World;
  readonly host: Host;
  readonly hostname: string;
  /** Where a shell starts. */
  readonly namespace: NetworkNamespace;
  readonly commands: CommandTable;
  /** The namespace behind a path such as `/run/netns/blue`, for nsenter; null if there is none. */
  findNamespace(path: string): NetworkNamespace | null;
  /** Sends one datagram for `/dev/udp/HOST/PORT`; null when it was sent, else the words of the error. */
  sendDatagram?(namespace: NetworkNamespace, host: string, port: number, text: string): string | null;
}

/** One simulated Linux system as its processes see it: files, processes, a name and a clock. Shells run on it. */
export class Machine {
  readonly world: World;
  readonly host: Host;
  readonly namespace: NetworkNamespace;
  readonly commands: CommandTable;
  readonly files: HostFiles;
  readonly processes: ProcessTable;
  readonly outside: Outside;
  /** For `$RANDOM`, `mktemp` and `shuf`. */
  readonly prng: Prng;
  hostname: string;
  readonly #options: MachineOptions;

  constructor(options: MachineOptions) {
    this.#options = options;
    this.world = options.world;
    this.host = options.host;
    this.namespace = options.namespace;
    this.commands = options.commands;
    this.hostname = options.hostname;
    this.files = new HostFiles(() => options.world.now);
    this.processes = new ProcessTable(options.world);
    this.outside = Outside.of(options.world);
    this.prng = options.world.prng.fork(`shell/${options.hostname}`);
  }

  /** The time of day: seconds since 1970, and nanoseconds within the second. */
  clock(): { readonly seconds: number; readonly nanos: Nanos } {
    const now = this.world.now;
    return { seconds: EPOCH_SECONDS + Math.floor(now / SECOND), nanos: now % SECOND };
  }

  findNamespace(path: string): NetworkNamespace | null {
    return this.#options.findNamespace(path);
  }

  sendDatagram(namespace: NetworkNamespace, host: string, port: number, text: string): string | null {
    const send = this.#options.sendDatagram;
    return send === undefined ? "Network is unreachable" : send(namespace, host, port, text);
  }
}
