import type { NetworkNamespace } from "../../net/network-namespace.ts";
import type { ProgramFiles } from "../../programs/program-context.ts";
import type { ContainerProcess, ExecInput } from "../api/docker-api.ts";

/** The system of one container as its processes see it: files, processes, a name. */
export interface ContainerSystem {
  readonly files: ProgramFiles;
  hostname: string;
  /** Starts a process. The first one is the container's main process, pid 1 inside. */
  start(spec: ProcessSpec): ContainerProcess;
  /** Ends all processes at once. */
  stop(): void;
  processes(): readonly { readonly pid: number; readonly parent: number; readonly command: string }[];
}

/** A process to start in a container. */
export interface ProcessSpec {
  readonly argv: readonly string[];
  readonly env: ReadonlyMap<string, string>;
  readonly cwd: string;
  readonly namespace: NetworkNamespace;
  readonly tty: boolean;
  /** Null: nothing to read. */
  readonly input: ExecInput | null;
  out(text: string): void;
  err(text: string): void;
}

/** What runs containers: given to the engine by whoever puts it on a host, as containerd and runc are to dockerd. */
export interface ContainerRuntime {
  /** @param seedName names the container's own stream of chance. */
  create(options: { readonly hostname: string; readonly seedName: string }): ContainerSystem;
}
