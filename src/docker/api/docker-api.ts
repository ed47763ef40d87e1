import type { Wait } from "../../sim/process.ts";
import type { WaitQueue } from "../../sim/wait-queue.ts";
import type { ArchiveApi } from "./archive-api.ts";
import type {
  ContainerCreateRequest,
  ContainerResource,
  ContainerSummary,
  ExecConfig,
} from "./container-types.ts";
import type { ImageResource, ImageSummary } from "./image-types.ts";
import type { EndpointSettings, NetworkCreateRequest, NetworkResource } from "./network-types.ts";
import type { VolumeCreateRequest, VolumeResource } from "./volume-types.ts";

/** A call that may wait in virtual time, as a stop waits for the process to end. */
export type Call<T> = Generator<Wait, T, void>;

/** What `--filter` says, by key; the values of one key are alternatives. */
export type Filters = Readonly<Record<string, readonly string[]>>;

/** What a process wrote, in order. */
export interface LogLine {
  readonly stream: "stdout" | "stderr";
  /** Nanoseconds of virtual time. */
  readonly at: number;
  readonly text: string;
}

/** A process in a container, seen from outside. */
export interface ContainerProcess {
  readonly exited: WaitQueue;
  /** Null while it runs. */
  readonly status: number | null;
  kill(signal: number): void;
}

/** An event as `docker events` tells it. */
export interface EventMessage {
  Type: "container" | "network" | "image" | "volume" | "builder" | "daemon";
  Action: string;
  Actor: { ID: string; Attributes: Record<string, string> };
  /** Nanoseconds of virtual time. */
  at: number;
}

/**
 * The Engine API v1.41, as far as it touches what is simulated: what the `docker` client asks and nothing else. Objects
 * are plain values with the API's names. Everything is done when a call returns, save where it is a {@link Call}.
 * A name, a whole id or a unique beginning of one names an object. @throws {DaemonError} in the engine's words.
 */
export interface DockerApi {
  version(): Record<string, unknown>;
  info(): Record<string, unknown>;
  /** GET /system/df */
  diskUsage(): {
    LayersSize: number;
    Images: ImageSummary[];
    Containers: ContainerSummary[];
    Volumes: VolumeResource[];
  };
  /** What asks for files. */
  readonly archives: ArchiveApi;
  /** All since the machine started, in order; `changed` is raised at each further one, and when the engine has ended once more. */
  readonly events: {
    readonly list: readonly EventMessage[];
    readonly changed: WaitQueue;
    readonly ends: number;
  };

  networkList(filters?: Filters): NetworkResource[];
  networkInspect(ref: string): NetworkResource;
  networkCreate(request: NetworkCreateRequest): { Id: string; Warning: string };
  networkRemove(ref: string): void;
  networkPrune(filters?: Filters): { NetworksDeleted: string[] };
  networkConnect(ref: string, container: string, settings: Partial<EndpointSettings>): void;
  networkDisconnect(ref: string, container: string, force: boolean): void;

  containerList(options: {
    all: boolean;
    limit?: number;
    filters?: Filters;
    size?: boolean;
  }): ContainerSummary[];
  /** @param size whether to say how large its files are. */
  containerInspect(ref: string, size?: boolean): ContainerResource;
  containerCreate(request: ContainerCreateRequest, name: string | null): { Id: string; Warnings: string[] };
  containerStart(ref: string): Call<void>;
  /** `timeout` in seconds; null: the container's own. */
  containerStop(ref: string, timeout: number | null): Call<void>;
  containerRestart(ref: string, timeout: number | null): Call<void>;
  containerKill(ref: string, signal: string): void;
  containerPause(ref: string): void;
  containerUnpause(ref: string): void;
  containerRename(ref: string, name: string): void;
  containerUpdate(ref: string, changes: Record<string, unknown>): { Warnings: string[] };
  containerRemove(ref: string, options: { force: boolean; volumes: boolean; link: boolean }): Call<void>;
  containerPrune(filters?: Filters): { ContainersDeleted: string[]; SpaceReclaimed: number };
  /** Waits until it does not run (or is removed); its exit status. */
  containerWait(ref: string, condition: "not-running" | "next-exit" | "removed"): Call<number>;
  containerTop(ref: string, args: readonly string[]): { Titles: string[]; Processes: string[][] };
  containerStats(ref: string): Record<string, unknown>;
  /**
   * The lines that its process wrote, each with its line break; `changed` is raised at each further one, and when the process
   * has ended once more.
   */
  containerLogs(ref: string): {
    readonly lines: readonly LogLine[];
    readonly changed: WaitQueue;
    readonly ends: number;
  };
  /**
   * Attaches to the main process: its output, as {@link containerLogs}, and what it reads from now on; null changes nothing
   * there. The process waits for the input's own `arrived`, so that whoever types sees that it is read. Input is of no
   * effect without `OpenStdin`.
   */
  containerAttach(ref: string, input: ExecInput | null): ReturnType<DockerApi["containerLogs"]>;
  /**
   * Starts a further process; what it writes goes to `out` and `err`, what it reads comes from `input`.
   * @throws {StartFailure} when there is no such program, besides {@link DaemonError}
   */
  exec(
    ref: string,
    config: ExecConfig,
    io: { out(text: string): void; err(text: string): void; input: ExecInput | null },
  ): ContainerProcess;

  imageList(options: { all: boolean; filters?: Filters }): ImageSummary[];
  imageInspect(ref: string): ImageResource;
  /** `fresh`: it was not there before. */
  imagePull(ref: string): { readonly fresh: boolean; readonly digest: string; readonly tag: string };
  /** Asks whether a registry can be reached. @param url what would be asked for. @throws {DaemonError} when it cannot */
  reachRegistry(server: string, url?: string): void;
  imageTag(source: string, target: string): void;
  imageRemove(ref: string, force: boolean): { Untagged?: string; Deleted?: string }[];
  /** Those without a name, unless the filter `dangling` says `false`. */
  imagePrune(filters?: Filters): {
    ImagesDeleted: { Untagged?: string; Deleted?: string }[];
    SpaceReclaimed: number;
  };

  volumeList(filters?: Filters): VolumeResource[];
  volumeInspect(name: string): VolumeResource;
  volumeCreate(request: VolumeCreateRequest): VolumeResource;
  volumeRemove(name: string, force: boolean): void;
  volumePrune(filters?: Filters): { VolumesDeleted: string[]; SpaceReclaimed: number };
  /** POST /build/prune: nothing is built here. */
  buildPrune(): { SpaceReclaimed: number };
}

/** Text that a process reads while it runs (programs' `ProgramInput`). */
export interface ExecInput {
  readonly available: string;
  readonly closed: boolean;
  readonly arrived: WaitQueue;
  take(length: number): string;
  /** A shell that reads it says so that it waits for a line, with its prompt and the status of the line before. */
  ask?(prompt: string, status: number): void;
}
