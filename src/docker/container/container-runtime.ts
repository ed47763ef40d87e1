import type { NetworkNamespace } from "../../net/network-namespace.ts";
import type { Credentials } from "../../programs/credentials.ts";
import type { SeenProcess } from "../../programs/procps/seen-process.ts";
import type { WholeFiles } from "../../programs/program-context.ts";
import type { ArchivedFile, FileChange, FileLayer } from "../api/archive-types.ts";
import type { ContainerProcess, ExecInput } from "../api/docker-api.ts";
import type { ImageContents } from "../images/image-spec.ts";
import type { SystemLimits } from "./limits.ts";

/** A program that cannot be started, in the words of runc 1.1. */
export class StartFailure extends Error {
  override readonly name = "StartFailure";
  /** 127: something is not there; 126: it cannot be run; 128: it cannot be made ready. */
  readonly status: 126 | 127 | 128;
  readonly #stage: "process" | "config";

  /** @param stage whether runc had begun with the process, or what it was asked for is wrong already */
  constructor(status: StartFailure["status"], message: string, stage: "process" | "config" = "process") {
    super(message);
    this.status = status;
    this.#stage = stage;
  }

  /** What the engine makes of it behind `OCI runtime exec failed: exec failed: ` and its like. */
  get words(): string {
    const lead = this.#stage === "process" ? "unable to start container process: " : "";
    return `${lead}${this.message}: unknown${this.message.endsWith(": not a directory") ? MOUNT_HINT : ""}`;
  }
}

/** What the engine adds whenever something is not a directory (moby daemon, errors.go). */
const MOUNT_HINT =
  ": Are you trying to mount a directory onto a file (or vice-versa)? Check if the specified host path exists and is the expected type";

/** The system of one container as its processes see it: files, processes, a name. */
export interface ContainerSystem {
  readonly files: WholeFiles;
  hostname: string;
  /** What it shows of its limits. */
  limits: SystemLimits;
  /** `--read-only`: nobody may write but where something is mounted. */
  readOnly: boolean;
  /** Lays something over a file or directory that is there. */
  mount(place: SystemMount): void;
  /** What has become of the image's files. */
  changes(): readonly FileChange[];
  /** The files that have changed, and all that are there: what is mounted belongs to neither. */
  layer(): FileLayer;
  everyFile(): readonly ArchivedFile[];
  /** What is at a path, without what is below. @throws as files do */
  fileAt(path: string): ArchivedFile;
  /** What is at a path and below, under a name of its own; also of what is mounted. @throws as files do */
  archive(path: string, name: string): readonly ArchivedFile[];
  /** Lays an archive's files into a directory. @throws as files do */
  extract(directory: string, files: readonly ArchivedFile[]): void;
  /** Where it runs from now on: each start has a sandbox of its own. */
  move(namespace: NetworkNamespace): void;
  /** Starts a process. The first one is the container's main process, pid 1 inside. @throws {StartFailure} */
  start(spec: ProcessSpec): StartedProcess;
  /** Its processes stand still until they are let go again; what they waited for passes meanwhile (the freezer cgroup). */
  freeze(frozen: boolean): void;
  /** Ends all processes at once. */
  stop(): void;
  /** In the order of starting, with the pids that the host sees. */
  processes(): readonly SeenProcess[];
}

export interface StartedProcess extends ContainerProcess {
  /** The pid that the host sees. */
  readonly pid: number;
}

/** A process to start in a container. */
export interface ProcessSpec {
  readonly argv: readonly string[];
  readonly env: ReadonlyMap<string, string>;
  readonly cwd: string;
  /** The network namespace that it starts in. */
  readonly namespace: NetworkNamespace;
  readonly tty: boolean;
  readonly credentials: Credentials;
  /** Null: nothing to read. */
  readonly input: ExecInput | null;
  out(text: string): void;
  err(text: string): void;
}

/** What is laid over a place in a container. */
export interface SystemMount {
  readonly destination: string;
  /** A path of the host; null for an empty directory in memory. */
  readonly source: string | null;
  readonly readOnly: boolean;
  /** An empty directory of the host is first filled with what the image has there, as a new volume is. */
  readonly fill: boolean;
  /** Those of a directory in memory: `size=1m,noexec`. */
  readonly options?: string;
}

/** What runs containers: given to the engine by whoever puts it on a host, as containerd and runc are to dockerd. */
export interface ContainerRuntime {
  /** The files of the host: volumes lie there. */
  readonly host: WholeFiles;
  create(options: SystemOptions): ContainerSystem;
}

export interface SystemOptions {
  readonly hostname: string;
  /** Names the container's own stream of chance. */
  readonly seedName: string;
  /** What the image holds: whose tools, which programs and files of its own. */
  readonly image: ImageContents;
  /** `--privileged`: it may write to /proc/sys. */
  readonly privileged: boolean;
  readonly limits: SystemLimits;
  /** For `/proc` and `/sys`, which show where a process runs. */
  readonly namespace: NetworkNamespace;
}
