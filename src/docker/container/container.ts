import type { NetworkNamespace } from "../../net/network-namespace.ts";
import type { Nanos } from "../../sim/time.ts";
import { WaitQueue } from "../../sim/wait-queue.ts";
import type { World } from "../../sim/world.ts";
import type { ContainerConfig, HealthState, HostConfig, MountPoint } from "../api/container-types.ts";
import type { Image } from "../images/image.ts";
import type { Sandbox } from "../network/sandbox.ts";
import { AttachedInput } from "./attached-input.ts";
import type { ContainerSystem, StartedProcess } from "./container-runtime.ts";
import { ContainerLog } from "./log.ts";
import type { NetworkWishes } from "./network-wishes.ts";

/** A container as the engine keeps it, from its creation to its removal. */
export class Container {
  readonly id: string;
  /** Without a slash. */
  name: string;
  /** Its name was not chosen by anybody, so that neighbours do not find it by that. */
  anonymous = false;
  readonly created: Nanos;
  readonly image: Image;
  readonly config: ContainerConfig;
  readonly hostConfig: HostConfig;
  /** What it wishes of its networks, by their names, the one of its mode first. */
  readonly wishes: NetworkWishes;
  mounts: readonly MountPoint[] = [];
  readonly log: ContainerLog;
  readonly input: AttachedInput;
  /** Raised whenever its state changes. */
  readonly changed: WaitQueue = new WaitQueue();
  /** Files and processes; made at the first start. */
  system: ContainerSystem | null = null;
  process: StartedProcess | null = null;
  sandbox: Sandbox | null = null;
  /** The last sandbox's id and key, which inspect shows of a stopped container too. */
  lastSandbox: { readonly id: string; readonly key: string } = { id: "", key: "" };
  /** The network namespace that its main process was started in. */
  namespace: NetworkNamespace | null = null;
  /** Further processes that run now, by their ids. */
  readonly execs: Map<string, StartedProcess> = new Map();

  running = false;
  paused = false;
  /** Waits for its restart. */
  restarting = false;
  removing = false;
  removed = false;
  exitCode = 0;
  error = "";
  startedAt: Nanos | null = null;
  finishedAt: Nanos | null = null;
  health: HealthState | null = null;
  restartCount = 0;
  /** Stopped or killed by hand: its restart policy then rests. */
  stoppedByHand = false;
  /** How often it has come to an end. */
  exits = 0;

  constructor(
    world: World,
    identity: { readonly id: string; readonly name: string; readonly image: Image },
    config: ContainerConfig,
    hostConfig: HostConfig,
    wishes: NetworkWishes,
  ) {
    this.id = identity.id;
    this.name = identity.name;
    this.image = identity.image;
    this.created = world.now;
    this.config = config;
    this.hostConfig = hostConfig;
    this.wishes = wishes;
    this.log = new ContainerLog(world);
    this.input = new AttachedInput(config.OpenStdin, config.StdinOnce);
  }

  /** The words of its main process. */
  get argv(): string[] {
    return [...(this.config.Entrypoint ?? []), ...(this.config.Cmd ?? [])];
  }

  /** The container or host whose network it uses: `container`, `host`, `none`, or `own`. */
  get networkKind(): "own" | "host" | "none" | "container" {
    const mode = this.hostConfig.NetworkMode;
    if (mode === "host" || mode === "none") return mode;
    return mode.startsWith("container:") ? "container" : "own";
  }
}
