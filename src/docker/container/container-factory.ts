import type { Host } from "../../net/host.ts";
import { findSysctl } from "../../net/sysctl-tree.ts";
import type { WholeFiles } from "../../programs/program-context.ts";
import type { ContainerConfig, ContainerCreateRequest, HostConfig } from "../api/container-types.ts";
import { DaemonError } from "../api/daemon-error.ts";
import type { DaemonSettings } from "../daemon/daemon-settings.ts";
import type { EventLog } from "../event-log.ts";
import { shortId } from "../ids.ts";
import type { ImageStore } from "../images/image-store.ts";
import type { VolumeStore } from "../volumes/volume-store.ts";
import { Container } from "./container.ts";
import { attributesOf } from "./container-events.ts";
import type { ContainerRunner } from "./container-runner.ts";
import type { ContainerStore } from "./container-store.ts";
import { checkRequest, mergedConfig, mergedHostConfig, wishesOf } from "./create-container.ts";
import { registerLinks } from "./link-index.ts";
import { mountPointsOf } from "./mount-points.ts";
import { demandSignal } from "./signals.ts";
import { KERNEL_MEMORY } from "./update-container.ts";

interface FactoryParts {
  readonly host: Host;
  readonly store: ContainerStore;
  readonly images: ImageStore;
  readonly volumes: VolumeStore;
  readonly runner: ContainerRunner;
  readonly events: EventLog;
  /** Those of the host. */
  readonly files: WholeFiles;
  newId(): string;
  settings(): DaemonSettings;
}

/** Makes the containers of an engine (moby daemon/create.go). */
export class ContainerFactory {
  readonly #parts: FactoryParts;

  constructor(parts: FactoryParts) {
    this.#parts = parts;
  }

  /** A new container, whose files and volumes are there; nothing stays of one that is refused. @throws {DaemonError} */
  create(request: ContainerCreateRequest, wish: string | null): Container {
    const { host, store, images, volumes, runner, events, files, newId } = this.#parts;
    checkRequest(request);
    const image = images.demand(request.Config.Image);
    const config = mergedConfig(request.Config, image);
    const hostConfig = mergedHostConfig(this.#parts.settings().filledIn(request.HostConfig));
    if ((config.Entrypoint ?? []).length + (config.Cmd ?? []).length === 0)
      throw new DaemonError(400, "No command specified");
    if (config.StopSignal !== undefined) demandSignal(config.StopSignal);
    const pid = /^container:(.*)$/.exec(hostConfig.PidMode)?.[1];
    if (pid !== undefined && store.find(pid) === null)
      throw new DaemonError(400, `No such container: ${pid}`);
    const name = store.freeName(wish);
    const id = newId();
    this.#nameById(hostConfig);
    this.#nameHost(config, hostConfig, id);
    const wishes = wishesOf(hostConfig, request.NetworkingConfig.EndpointsConfig);
    const container = new Container(host.world, { id, name, image }, config, hostConfig, wishes);
    container.anonymous = wish === null;
    container.mounts = mountPointsOf(hostConfig, {
      volumes: Object.keys(config.Volumes ?? {}),
      newName: newId,
      isThere: (path) => files.stat(path) !== null,
      mountsOf: (ref) => store.find(ref)?.mounts ?? null,
    });
    runner.prepare(container);
    const others = (hostConfig.VolumesFrom ?? []).flatMap(
      (text) => store.find(text.split(":")[0]!)?.mounts ?? [],
    );
    for (const { Name } of container.mounts)
      if (Name !== undefined && !others.some((other) => other.Name === Name))
        volumes.ensure(Name, String(hostConfig["VolumeDriver"] ?? ""));
    registerLinks(container, store);
    store.add(container);
    events.add("container", "create", id, attributesOf(container));
    return container;
  }

  /** Whose network it shares is kept by its id: names change. */
  #nameById(hostConfig: HostConfig): void {
    if (!hostConfig.NetworkMode.startsWith("container:")) return;
    const other = this.#parts.store.find(hostConfig.NetworkMode.slice("container:".length));
    if (other !== null) hostConfig.NetworkMode = `container:${other.id}`;
  }

  #nameHost(config: ContainerConfig, { NetworkMode }: HostConfig, id: string): void {
    if (config.Hostname === "")
      config.Hostname = NetworkMode === "host" ? this.#parts.host.name : shortId(id);
  }
}

/** What the engine warns of when it has made a container on that host. */
export function warningsOf({ hostConfig }: Container, host: Host): string[] {
  const { NetworkMode, PortBindings, Memory, OomKillDisable } = hostConfig;
  const warnings: string[] = [];
  if (Number(hostConfig["KernelMemory"] ?? 0) > 0) warnings.push(KERNEL_MEMORY);
  if (OomKillDisable === true && Memory === 0)
    warnings.push(
      "OOM killer is disabled for the container, but no memory limit is set, this can result in the system running out of resources.",
    );
  if (NetworkMode === "host" && Object.keys(PortBindings).length > 0)
    warnings.push("Published ports are discarded when using host network mode");
  const forwards = findSysctl(host.root, "net/ipv4/ip_forward")?.read() === "1";
  if (!forwards && !["host", "none"].includes(NetworkMode))
    warnings.push("IPv4 forwarding is disabled. Networking will not work.");
  return warnings;
}
