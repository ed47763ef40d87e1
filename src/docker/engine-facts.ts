import type { Host } from "../net/host.ts";
import type { Container } from "./container/container.ts";
import type { ContainerStore } from "./container/container-store.ts";
import { statusOf } from "./container/inspect.ts";
import type { ImageStore } from "./images/image-store.ts";
import { rfc3339 } from "./timestamps.ts";

const VERSION = "20.10.24+dfsg1";
const KERNEL = "6.1.0-overmesh";

/** What an engine tells of itself: `docker version`, `info`, `top`, `stats`. */
export class EngineFacts {
  readonly #host: Host;
  readonly #store: ContainerStore;
  readonly #images: ImageStore;
  readonly #id: string;

  constructor(host: Host, store: ContainerStore, images: ImageStore, id: string) {
    this.#host = host;
    this.#store = store;
    this.#images = images;
    this.#id = id;
  }

  version(): Record<string, unknown> {
    return {
      Platform: { Name: "" },
      Components: [
        {
          Name: "Engine",
          Version: VERSION,
          Details: {
            ApiVersion: "1.41",
            Arch: "amd64",
            BuildTime: "2023-05-18T08:38:34.000000000+00:00",
            Experimental: "false",
            GitCommit: "5d6db84",
            GoVersion: "go1.19.8",
            KernelVersion: KERNEL,
            MinAPIVersion: "1.12",
            Os: "linux",
          },
        },
      ],
      Version: VERSION,
      ApiVersion: "1.41",
      MinAPIVersion: "1.12",
      GitCommit: "5d6db84",
      GoVersion: "go1.19.8",
      Os: "linux",
      Arch: "amd64",
      KernelVersion: KERNEL,
      BuildTime: "2023-05-18T08:38:34.000000000+00:00",
    };
  }

  info(): Record<string, unknown> {
    const all = this.#store.all;
    const count = (status: string): number => all.filter((one) => statusOf(one) === status).length;
    const running = all.filter((one) => one.running && !one.paused).length;
    const paused = count("paused");
    return {
      ID: this.#id
        .slice(0, 48)
        .toUpperCase()
        .replace(/[0189]/g, "Q")
        .replace(/(.{4})(?=.)/g, "$1:"),
      Containers: all.length,
      ContainersRunning: running,
      ContainersPaused: paused,
      ContainersStopped: all.length - running - paused,
      Images: this.#images.list().length,
      Driver: "overlay2",
      Name: this.#host.name,
      ServerVersion: VERSION,
      KernelVersion: KERNEL,
      OperatingSystem: "Debian GNU/Linux 12 (bookworm)",
      OSType: "linux",
      Architecture: "x86_64",
      NCPU: 1,
      DockerRootDir: "/var/lib/docker",
      SystemTime: rfc3339(this.#host.world.now),
      Swarm: {
        NodeID: "",
        NodeAddr: "",
        LocalNodeState: "inactive",
        ControlAvailable: false,
        Error: "",
        RemoteManagers: null,
      },
    };
  }

  /** As `ps -ef` on the host shows the processes. */
  top(container: Container, _args: readonly string[]): { Titles: string[]; Processes: string[][] } {
    const processes = container.system?.processes() ?? [];
    const time = (at: number): string => rfc3339(at).slice(11, 16);
    return {
      Titles: ["UID", "PID", "PPID", "C", "STIME", "TTY", "TIME", "CMD"],
      Processes: processes.map(({ pid, parent, command, started }) => [
        "root",
        `${pid}`,
        `${parent}`,
        "0",
        time(started),
        "?",
        "00:00:00",
        command,
      ]),
    };
  }

  stats(container: Container): Record<string, unknown> {
    const networks: Record<string, unknown> = {};
    return {
      read: rfc3339(this.#host.world.now),
      name: `/${container.name}`,
      id: container.id,
      pids_stats: { current: container.system?.processes().length ?? 0 },
      memory_stats: {},
      networks,
    };
  }
}
