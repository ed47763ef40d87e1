import { own } from "../../base/own.ts";
import type { HostConfig } from "../api/container-types.ts";
import { SHM_SIZE } from "../container/limits.ts";
import { parseSize } from "../go-parse.ts";
import { type DaemonFile, textsOf } from "./daemon-file.ts";

/** What a daemon.json says of the engine besides its networks: each setting under its name there. */
export class DaemonSettings {
  readonly labels: readonly string[];
  readonly debug: boolean;
  readonly liveRestore: boolean;
  readonly mirrors: readonly string[];
  /** Names of registries, and subnets of them. */
  readonly insecureRegistries: readonly string[];
  /** Null is one that a file names so: no engine starts with it. */
  readonly pools: readonly ({ readonly base?: string; readonly size?: number } | null)[];
  readonly logDriver: string;
  readonly #file: DaemonFile;

  constructor(file: DaemonFile) {
    this.#file = file;
    this.labels = textsOf(file, "labels");
    this.debug = own(file, "debug") === true;
    this.liveRestore = own(file, "live-restore") === true;
    this.mirrors = textsOf(file, "registry-mirrors").map((url) => url.replace(/\/?$/, "/"));
    this.insecureRegistries = textsOf(file, "insecure-registries").map((name) =>
      name.replace(/^https?:\/\//, ""),
    );
    this.pools = (own(file, "default-address-pools") as DaemonSettings["pools"] | null | undefined) ?? [];
    this.logDriver = String(own(file, "log-driver") ?? "") || "json-file";
  }

  /**
   * These settings with what an engine takes over from a file while it runs: what the file does not say stays as it was (moby
   * daemon/reload.go).
   */
  reloaded(file: DaemonFile): DaemonSettings {
    const taken = Object.fromEntries(Object.entries(file).filter(([key]) => RELOADED.has(key)));
    return new DaemonSettings({ ...this.#file, ...taken });
  }

  /** What the event of a reload tells (moby daemon/reload.go). */
  get told(): Record<string, string> {
    return {
      "allow-nondistributable-artifacts": "[]",
      "cluster-advertise": "",
      "cluster-store": "",
      "cluster-store-opts": "null",
      debug: `${this.debug}`,
      "default-cgroupns-mode": "host",
      "default-ipc-mode": "private",
      "default-runtime": "runc",
      "default-shm-size": `${this.shmSize}`,
      features: "map[]",
      "insecure-registries": JSON.stringify(textsOf(this.#file, "insecure-registries")),
      labels: JSON.stringify(this.labels),
      "live-restore": `${this.liveRestore}`,
      "max-concurrent-downloads": `${this.#number("max-concurrent-downloads", 3)}`,
      "max-concurrent-uploads": `${this.#number("max-concurrent-uploads", 5)}`,
      "max-download-attempts": `${this.#number("max-download-attempts", 5)}`,
      "registry-mirrors": JSON.stringify(textsOf(this.#file, "registry-mirrors")),
      runtimes: "io.containerd.runc.v2:runc io.containerd.runtime.v1.linux:runc runc:runc",
      "shutdown-timeout": `${this.#number("shutdown-timeout", 15)}`,
    };
  }

  #number(key: string, usual: number): number {
    return Number(own(this.#file, key) ?? usual);
  }

  /** Bytes of a container's /dev/shm. */
  get shmSize(): number {
    const said = own(this.#file, "default-shm-size");
    return typeof said === "string" ? parseSize(said) : SHM_SIZE;
  }

  /** Options of a container as the engine keeps them: what it says of itself stands where nothing was asked for. */
  filledIn(hostConfig: HostConfig): HostConfig {
    const { Type, Config } = hostConfig.LogConfig;
    const type = Type || this.logDriver;
    const options = type === this.logDriver ? { ...this.logOptions, ...Config } : Config;
    return {
      ...hostConfig,
      LogConfig: { Type: type, Config: options },
      ShmSize: Number(hostConfig["ShmSize"] ?? 0) || this.shmSize,
    };
  }

  get logOptions(): Record<string, string> {
    return (own(this.#file, "log-opts") as Record<string, string> | null | undefined) ?? {};
  }

  /** Limits of processes that hold where a container has none of its own of that kind. */
  get ulimits(): readonly { Name: string; Hard: number; Soft: number }[] {
    const limits = own(this.#file, "default-ulimits") as
      | Readonly<Record<string, { Name?: string; Hard?: number; Soft?: number } | null>>
      | null
      | undefined;
    return Object.entries(limits ?? {}).flatMap(([name, limit]) =>
      limit === null ? [] : [{ Name: limit.Name ?? name, Hard: limit.Hard ?? 0, Soft: limit.Soft ?? 0 }],
    );
  }
}

const RELOADED = new Set(
  "debug labels live-restore insecure-registries registry-mirrors default-runtime shutdown-timeout max-concurrent-downloads max-concurrent-uploads max-download-attempts".split(
    " ",
  ),
);
