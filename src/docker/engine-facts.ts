import type { Host } from "../net/host.ts";
import type { ContainerStore } from "./container/container-store.ts";
import { statusOf } from "./container/inspect.ts";
import type { DaemonSettings } from "./daemon/daemon-settings.ts";
import type { ImageStore } from "./images/image-store.ts";
import { API_VERSION, RELEASE } from "./release.ts";
import { rfc3339 } from "./timestamps.ts";

/** What Debian 12 puts together (ground truth: what its engine says of itself). */
const COMMIT = "5d6db84";
const GO = "go1.19.8";
const CONTAINERD = "1.6.20~ds1-1+deb12u3";
const RUNC = "1.1.5+ds1-1+deb12u1";
const KERNEL = "6.1.0-overmesh";
/** What the simulated machine has: one processor and a gibibyte. */
export const MEMORY: number = 1024 ** 3;
export const PROCESSORS = 1;
/** What an engine can run containers with, and write their logs with. */
export const RUNTIMES: readonly string[] = [
  "io.containerd.runc.v2",
  "io.containerd.runtime.v1.linux",
  "runc",
];
export const LOGGING_DRIVERS: readonly string[] =
  "awslogs fluentd gcplogs gelf journald json-file local logentries splunk syslog".split(" ");
const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** What an engine tells of itself: `docker version` and `info`. */
export class EngineFacts {
  readonly #host: Host;
  readonly #store: ContainerStore;
  readonly #images: ImageStore;
  readonly #id: string;
  readonly #settings: () => DaemonSettings;

  /** @param id the engine's own name */
  constructor(
    host: Host,
    store: ContainerStore,
    images: ImageStore,
    id: string,
    settings: () => DaemonSettings,
  ) {
    this.#settings = settings;
    this.#host = host;
    this.#store = store;
    this.#images = images;
    this.#id = id;
  }

  version(): Record<string, unknown> {
    const details = {
      ApiVersion: API_VERSION,
      Arch: "amd64",
      BuildTime: "Thu May  7 21:09:36 2026",
      Experimental: "false",
      GitCommit: COMMIT,
      GoVersion: GO,
      KernelVersion: KERNEL,
      MinAPIVersion: "1.12",
      Os: "linux",
    };
    return {
      Platform: { Name: "" },
      Components: [
        { Name: "Engine", Version: RELEASE, Details: details },
        { Name: "containerd", Version: "1.6.20~ds1", Details: { GitCommit: CONTAINERD } },
        { Name: "runc", Version: "1.1.5+ds1", Details: { GitCommit: RUNC } },
        { Name: "docker-init", Version: "0.19.0", Details: { GitCommit: "" } },
      ],
      Version: RELEASE,
      ApiVersion: API_VERSION,
      MinAPIVersion: "1.12",
      GitCommit: COMMIT,
      GoVersion: GO,
      Os: "linux",
      Arch: "amd64",
      KernelVersion: KERNEL,
      BuildTime: "2026-05-07T21:09:36.000000000+00:00",
    };
  }

  info(): Record<string, unknown> {
    const all = this.#store.all;
    const running = all.filter((one) => one.running && !one.paused).length;
    const paused = all.filter((one) => statusOf(one) === "paused").length;
    const runtime = { path: "runc" };
    const { labels, debug, liveRestore, mirrors, insecureRegistries, pools, logDriver } = this.#settings();
    const subnets = insecureRegistries.filter((name) => name.includes("/"));
    const names = insecureRegistries.filter((name) => !name.includes("/"));
    return {
      ID: this.#id,
      Containers: all.length,
      ContainersRunning: running,
      ContainersPaused: paused,
      ContainersStopped: all.length - running - paused,
      Images: this.#images.list().length,
      Driver: "overlay2",
      DriverStatus: [
        ["Backing Filesystem", "extfs"],
        ["Supports d_type", "true"],
        ["Native Overlay Diff", "true"],
        ["userxattr", "false"],
      ],
      Plugins: {
        Volume: ["local"],
        Network: ["bridge", "host", "ipvlan", "macvlan", "null", "overlay"],
        Authorization: null,
        Log: [...LOGGING_DRIVERS],
      },
      MemoryLimit: true,
      SwapLimit: true,
      KernelMemory: true,
      KernelMemoryTCP: true,
      CpuCfsPeriod: true,
      CpuCfsQuota: true,
      CPUShares: true,
      CPUSet: true,
      PidsLimit: true,
      IPv4Forwarding: true,
      BridgeNfIptables: true,
      BridgeNfIp6tables: true,
      Debug: debug,
      NFd: 25,
      OomKillDisable: true,
      NGoroutines: 40,
      SystemTime: rfc3339(this.#host.world.now),
      LoggingDriver: logDriver,
      CgroupDriver: "cgroupfs",
      CgroupVersion: "1",
      NEventsListener: 0,
      KernelVersion: KERNEL,
      OperatingSystem: "Debian GNU/Linux 12 (bookworm)",
      OSVersion: "12",
      OSType: "linux",
      Architecture: "x86_64",
      IndexServerAddress: "https://index.docker.io/v1/",
      RegistryConfig: {
        AllowNondistributableArtifactsCIDRs: [],
        AllowNondistributableArtifactsHostnames: [],
        InsecureRegistryCIDRs: [...subnets, "127.0.0.0/8"],
        IndexConfigs: {
          "docker.io": { Name: "docker.io", Mirrors: [...mirrors], Secure: true, Official: true },
          ...Object.fromEntries(
            names.map((name) => [name, { Name: name, Mirrors: [], Secure: false, Official: false }]),
          ),
        },
        Mirrors: [...mirrors],
      },
      NCPU: PROCESSORS,
      MemTotal: MEMORY,
      GenericResources: null,
      DockerRootDir: "/var/lib/docker",
      HttpProxy: "",
      HttpsProxy: "",
      NoProxy: "",
      Name: this.#host.name,
      Labels: [...labels],
      ExperimentalBuild: false,
      ServerVersion: RELEASE,
      Runtimes: Object.fromEntries(RUNTIMES.map((name) => [name, runtime])),
      DefaultRuntime: "runc",
      Swarm: {
        NodeID: "",
        NodeAddr: "",
        LocalNodeState: "inactive",
        ControlAvailable: false,
        Error: "",
        RemoteManagers: null,
      },
      LiveRestoreEnabled: liveRestore,
      Isolation: "",
      InitBinary: "docker-init",
      ContainerdCommit: { ID: CONTAINERD, Expected: CONTAINERD },
      RuncCommit: { ID: RUNC, Expected: RUNC },
      InitCommit: { ID: "", Expected: "" },
      SecurityOptions: ["name=seccomp,profile=default"],
      ...(pools.length === 0
        ? {}
        : { DefaultAddressPools: pools.map((pool) => ({ Base: pool?.base ?? "", Size: pool?.size ?? 0 })) }),
      Warnings: null,
    };
  }
}

/** Twelve groups of four letters and digits of base32, as an engine's key gives them. @param id 64 hexadecimal digits */
export function engineName(id: string): string {
  const groups: string[] = [];
  for (let group = 0; group < 12; group++) {
    let text = "";
    for (let i = 0; i < 4; i++) {
      text += LETTERS[(Number.parseInt(id[group * 4 + i]!, 16) * 2 + (i % 2)) % 32];
    }
    groups.push(text);
  }
  return groups.join(":");
}
