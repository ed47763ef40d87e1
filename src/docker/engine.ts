import type { Host } from "../net/host.ts";
import { MILLISECOND } from "../sim/time.ts";
import type { ArchiveApi } from "./api/archive-api.ts";
import type {
  ContainerCreateRequest,
  ContainerResource,
  ContainerSummary,
  ExecConfig,
} from "./api/container-types.ts";
import { DaemonError, withPrefix } from "./api/daemon-error.ts";
import type { Call, ContainerProcess, DockerApi, ExecInput, Filters } from "./api/docker-api.ts";
import type { ImageResource, ImageSummary } from "./api/image-types.ts";
import type { EndpointSettings, NetworkCreateRequest, NetworkResource } from "./api/network-types.ts";
import type { VolumeCreateRequest, VolumeResource } from "./api/volume-types.ts";
import { Archives } from "./container/archives.ts";
import type { Container } from "./container/container.ts";
import { attributesOf } from "./container/container-events.ts";
import { ContainerFactory, warningsOf } from "./container/container-factory.ts";
import { containersListed } from "./container/container-filter.ts";
import { ContainerNetworking } from "./container/container-networking.ts";
import { ContainerRunner } from "./container/container-runner.ts";
import type { ContainerRuntime } from "./container/container-runtime.ts";
import { ContainerStore } from "./container/container-store.ts";
import { containerTree } from "./container/host-tree.ts";
import { resourceOf, sizesOf, summaryOf } from "./container/inspect.ts";
import { dropLink } from "./container/link-index.ts";
import { checkSupported, demandSignal } from "./container/signals.ts";
import { demandRunning, demandSettled, refuseRemoval } from "./container/state-checks.ts";
import { statsOf } from "./container/stats.ts";
import { topOf } from "./container/top.ts";
import { checkUpdate, updateContainer, updateWarnings } from "./container/update-container.ts";
import { EngineService } from "./daemon/service.ts";
import { EngineFacts, engineName, MEMORY } from "./engine-facts.ts";
import { endContainers, startContainersAgain } from "./engine-restart.ts";
import { EventLog } from "./event-log.ts";
import { goFiles } from "./go-files.ts";
import { newId } from "./ids.ts";
import { imagesListed } from "./images/image-filter.ts";
import { pruneImages, removeImage } from "./images/image-removal.ts";
import { ImageStore } from "./images/image-store.ts";
import { resourceOf as resourceOfImage, summaryOf as summaryOfImage } from "./images/inspect.ts";
import type { NetworkBackend } from "./network/network-backend.ts";
import { pruneFilter } from "./prune-filters.ts";
import { VolumeStore } from "./volumes/volume-store.ts";

interface EngineParts {
  readonly host: Host;
  readonly runtime: ContainerRuntime;
  readonly networks: (events: EventLog) => NetworkBackend;
  /** Throws when there is no way to a registry. Without it every registry can be reached. @throws {DaemonError} */
  readonly registry?: (server: string, url: string) => void;
}

/** A Docker Engine 20.10 on one host: its containers, its images, and the networks that it was given. */
export class DockerEngine implements DockerApi {
  readonly images: ImageStore;
  readonly events: EventLog;
  readonly networks: NetworkBackend;
  readonly archives: ArchiveApi;
  /** What `systemctl` asks of it. */
  readonly service: EngineService;
  readonly #host: Host;
  readonly #store: ContainerStore;
  readonly #networking: ContainerNetworking;
  readonly #runner: ContainerRunner;
  readonly #factory: ContainerFactory;
  readonly #facts: EngineFacts;
  readonly #volumes: VolumeStore;

  constructor({ host, runtime, networks, registry }: EngineParts) {
    const { world } = host;
    this.#host = host;
    const prng = world.prng.fork(`docker/${host.name}/ids`);
    const ids = (): string => newId(prng);
    const files = goFiles(runtime.host, (words) => new DaemonError(500, words));
    this.#store = new ContainerStore(world.prng.fork(`docker/${host.name}/names`));
    this.events = new EventLog(world);
    this.images = new ImageStore(world, world.prng.fork(`docker/${host.name}/images`), this.events, registry);
    this.#volumes = new VolumeStore(world, files, this.events, ids, (name) => this.#usersOf(name));
    this.networks = networks(this.events);
    this.#networking = new ContainerNetworking({
      store: this.#store,
      networks: this.networks,
      events: this.events,
    });
    this.#runner = new ContainerRunner({
      world,
      hostname: host.name,
      store: this.#store,
      networks: this.networks,
      networking: this.#networking,
      runtime,
      files,
      root: host.root,
      events: this.events,
      newId: ids,
      settings: () => this.service.settings,
      remove: (container) => {
        this.#forget(container, true);
      },
    });
    this.#factory = new ContainerFactory({
      host,
      store: this.#store,
      images: this.images,
      volumes: this.#volumes,
      runner: this.#runner,
      events: this.events,
      newId: ids,
      files,
      settings: () => this.service.settings,
    });
    this.archives = new Archives({
      world,
      store: this.#store,
      runner: this.#runner,
      images: this.images,
      events: this.events,
      host: files,
    });
    const id = ids();
    this.service = new EngineService({
      world,
      root: host.root,
      files,
      events: this.events,
      networks: this.networks,
      hostname: host.name,
      id: engineName(id),
      stopContainers: () => endContainers(world, this.events, this.#store, this.#runner),
      startContainers: () => startContainersAgain(this.#store, this.#runner),
    });
    this.#facts = new EngineFacts(
      host,
      this.#store,
      this.images,
      engineName(id),
      () => this.service.settings,
    );
  }

  version(): Record<string, unknown> {
    return this.#facts.version();
  }

  info(): Record<string, unknown> {
    return this.#facts.info();
  }

  diskUsage(): ReturnType<DockerApi["diskUsage"]> {
    return {
      LayersSize: this.images.layersSize(),
      Images: this.images.list().map((image) => ({
        ...summaryOfImage(image),
        SharedSize: this.images.sharedSize(image),
        Containers: this.#store.all.filter((one) => one.image === image).length,
      })),
      Containers: this.containerList({ all: true, size: true }),
      Volumes: this.volumeList().map((volume) => ({
        ...volume,
        UsageData: { RefCount: this.#usersOf(volume.Name).length, Size: this.#volumes.sizeOf(volume) },
      })),
    };
  }

  networkList(filters?: Filters): NetworkResource[] {
    return this.networks.networkList(filters);
  }

  networkInspect(ref: string): NetworkResource {
    return this.networks.networkInspect(ref);
  }

  networkCreate(request: NetworkCreateRequest): { Id: string; Warning: string } {
    const created = this.networks.networkCreate(request);
    this.events.add("network", "create", created.Id, { name: request.Name, type: request.Driver });
    return created;
  }

  networkRemove(ref: string): void {
    const { Id, Name, Driver } = this.networks.identify(ref);
    this.networks.networkRemove(ref);
    this.events.add("network", "destroy", Id, { name: Name, type: Driver });
  }

  networkPrune(filters?: Filters): { NetworksDeleted: string[] } {
    const before = this.networks.networkList();
    const pruned = this.networks.networkPrune(filters);
    for (const { Id, Name, Driver } of before) {
      if (pruned.NetworksDeleted.includes(Name)) {
        this.events.add("network", "destroy", Id, { name: Name, type: Driver });
      }
    }
    this.events.pruned("network", 0);
    return pruned;
  }

  networkConnect(ref: string, name: string, settings: Partial<EndpointSettings>): void {
    this.#networking.connectTo(ref, this.#store.demand(name), settings);
  }

  networkDisconnect(ref: string, name: string, force: boolean): void {
    const container = this.#store.find(name);
    // With force an endpoint goes whose container does not: here none is left over.
    if (container === null && force) {
      this.networks.identify(ref);
      throw new DaemonError(404, `endpoint ${name} not found`);
    }
    this.#networking.disconnectFrom(ref, container ?? this.#store.demand(name), force);
  }

  containerList(options: {
    all: boolean;
    limit?: number;
    filters?: Filters;
    size?: boolean;
  }): ContainerSummary[] {
    const sources = { store: this.#store, images: this.images, networks: this.networks };
    const now = this.#host.world.now;
    return containersListed(options, sources).map((one) => ({
      ...summaryOf(one, now, this.#inspected),
      ...(options.size === true ? sizesOf(one) : {}),
    }));
  }

  containerInspect(ref: string, size = false): ContainerResource {
    const container = this.#store.demand(ref);
    const resource = resourceOf(container, this.#inspected);
    return size ? { ...resource, ...sizesOf(container) } : resource;
  }

  containerCreate(request: ContainerCreateRequest, wish: string | null): { Id: string; Warnings: string[] } {
    const container = this.#factory.create(request, wish);
    return { Id: container.id, Warnings: warningsOf(container, this.#host) };
  }

  containerStart(ref: string): Call<void> {
    return this.#runner.starting(this.#store.demand(ref));
  }

  *containerStop(ref: string, timeout: number | null): Call<void> {
    yield* this.#runner.stop(this.#store.demand(ref), timeout);
  }

  *containerRestart(ref: string, timeout: number | null): Call<void> {
    const container = this.#store.demand(ref);
    yield* this.#runner.stop(container, timeout);
    withPrefix(`Cannot restart container ${ref}`, () => this.#runner.start(container));
    // It takes a moment until the client hears of it, in which the process has begun.
    yield { on: [], until: this.#host.world.now + 20 * MILLISECOND };
    this.events.add("container", "restart", container.id, attributesOf(container));
  }

  containerKill(ref: string, signal: string): void {
    const number = demandSignal(signal === "" ? "KILL" : signal);
    const container = withPrefix(`Cannot kill container: ${ref}`, () => {
      const found = this.#store.demand(ref);
      checkSupported(number);
      demandRunning(found);
      return found;
    });
    if (number === 9) container.stoppedByHand = true;
    this.#runner.signal(container, number);
  }

  containerPause(ref: string): void {
    const container = this.#store.demand(ref);
    demandRunning(container);
    if (container.paused) throw new DaemonError(409, `Container ${container.id} is already paused`);
    demandSettled(container);
    this.#runner.pause(container, true);
    this.events.add("container", "pause", container.id, attributesOf(container));
  }

  containerUnpause(ref: string): void {
    const container = this.#store.demand(ref);
    if (!container.paused) throw new DaemonError(500, `Container ${container.id} is not paused`);
    this.#runner.pause(container, false);
    this.events.add("container", "unpause", container.id, attributesOf(container));
  }

  containerRename(ref: string, wish: string): void {
    const container = this.#store.demand(ref);
    if (wish === "") throw new DaemonError(500, "Neither old nor new names may be empty");
    if (wish.replace(/^\//, "") === container.name) {
      throw new DaemonError(500, "Renaming a container with the same name as its current name");
    }
    const name = this.#newName(wish);
    const oldName = `/${container.name}`;
    // One that waits for its next start counts as running, and its sandbox is gone.
    if (container.restarting) throw new DaemonError(404, `sandbox ${container.lastSandbox.id} not found`);
    this.#store.rename(container, name);
    container.anonymous = false;
    if (container.sandbox !== null) this.networks.rename(container.sandbox, name);
    this.events.add("container", "rename", container.id, { ...attributesOf(container), oldName });
  }

  #newName(wish: string): string {
    try {
      // The client's name has no slash; the engine has put one in front before it looks.
      return this.#store.freeName(`/${wish.replace(/^\//, "")}`);
    } catch (error) {
      if (!(error instanceof DaemonError)) throw error;
      throw new DaemonError(error.status, `Error when allocating new name: ${error.message}`);
    }
  }

  containerUpdate(ref: string, changes: Record<string, unknown>): { Warnings: string[] } {
    checkUpdate(changes);
    const container = this.#store.demand(ref);
    updateContainer(container, changes);
    this.events.add("container", "update", container.id, attributesOf(container));
    return { Warnings: updateWarnings(changes) };
  }

  *containerRemove(ref: string, options: { force: boolean; volumes: boolean; link: boolean }): Call<void> {
    if (options.link) {
      dropLink(ref, this.#store);
      return;
    }
    const container = this.#store.demand(ref);
    if (container.running) {
      if (!options.force) refuseRemoval(container);
      yield* this.#runner.kill(container);
    }
    if (!container.removed) this.#forget(container, options.volumes);
  }

  containerPrune(filters: Filters = {}): { ContainersDeleted: string[]; SpaceReclaimed: number } {
    const passes = pruneFilter(filters, this.#host.world.now);
    const deleted = this.#store.all.filter(
      (one) => !one.running && passes({ labels: one.config.Labels, createdAt: one.created }),
    );
    const SpaceReclaimed = deleted.reduce((sum, one) => sum + sizesOf(one).SizeRw, 0);
    for (const container of deleted) this.#forget(container, false);
    this.events.pruned("container", SpaceReclaimed);
    return { ContainersDeleted: deleted.map(({ id }) => id), SpaceReclaimed };
  }

  *containerWait(ref: string, condition: "not-running" | "next-exit" | "removed"): Call<number> {
    const container = this.#store.demand(ref);
    const exits = container.exits;
    const reached = (): boolean =>
      condition === "removed"
        ? container.removed
        : condition === "next-exit"
          ? container.exits > exits
          : !container.running || container.exits > exits;
    while (!reached()) yield { on: [container.changed], until: Number.POSITIVE_INFINITY };
    return container.exitCode;
  }

  containerTop(ref: string, args: readonly string[]): { Titles: string[]; Processes: string[][] } {
    const container = this.#store.demand(ref);
    demandRunning(container);
    demandSettled(container);
    const seen = topOf(container, args, this.#host.world.now);
    this.events.add("container", "top", container.id, attributesOf(container));
    return seen;
  }

  containerStats(ref: string): Record<string, unknown> {
    const container = this.#store.demand(ref);
    const namespace = container.running ? (this.#networking.sandboxOf(container)?.namespace ?? null) : null;
    return statsOf(container, namespace, this.#host.world.now, MEMORY);
  }

  containerLogs(ref: string): ReturnType<DockerApi["containerLogs"]> {
    const { log, hostConfig } = this.#store.demand(ref);
    if (hostConfig.LogConfig.Type === "none")
      throw new DaemonError(500, "configured logging driver does not support reading");
    return {
      lines: log.records,
      changed: log.changed,
      get ends() {
        return log.ends;
      },
    };
  }

  containerAttach(ref: string, input: ExecInput | null): ReturnType<DockerApi["containerLogs"]> {
    const container = this.#store.demand(ref);
    if (input !== null) container.input.attach(input);
    this.events.add("container", "attach", container.id, attributesOf(container));
    return container.log;
  }

  exec(
    ref: string,
    config: ExecConfig,
    io: { out(text: string): void; err(text: string): void; input: ExecInput | null },
  ): ContainerProcess {
    const container = this.#store.demand(ref);
    demandRunning(container);
    if (container.paused) {
      throw new DaemonError(409, `Container ${container.name} is paused, unpause the container before exec`);
    }
    demandSettled(container);
    return this.#runner.exec(container, config, io);
  }

  imageList(options: { all: boolean; filters?: Filters }): ImageSummary[] {
    return imagesListed(this.images, options.filters ?? {});
  }

  imageInspect(ref: string): ImageResource {
    return resourceOfImage(this.images.demand(ref));
  }

  imagePull(ref: string): { readonly fresh: boolean; readonly digest: string; readonly tag: string } {
    return this.images.pull(ref);
  }

  reachRegistry(server: string, url?: string): void {
    this.images.reach(server, url);
  }

  imageTag(source: string, target: string): void {
    this.images.tag(source, target);
  }

  imageRemove(ref: string, force: boolean): { Untagged?: string; Deleted?: string }[] {
    return removeImage(this.images, ref, force, (image) =>
      this.#store.all.filter((one) => one.image === image),
    );
  }

  imagePrune(filters: Filters = {}): {
    ImagesDeleted: { Untagged?: string; Deleted?: string }[];
    SpaceReclaimed: number;
  } {
    const used = new Set(this.#store.all.map((one) => one.image));
    const pruned = pruneImages(this.images, filters, used, this.#host.world.now);
    this.events.pruned("image", pruned.SpaceReclaimed);
    return pruned;
  }

  volumeList(filters?: Filters): VolumeResource[] {
    return this.#volumes.list(filters);
  }

  volumeInspect(name: string): VolumeResource {
    return this.#volumes.inspect(name);
  }

  volumeCreate(request: VolumeCreateRequest): VolumeResource {
    return this.#volumes.create(request);
  }

  volumeRemove(name: string, force: boolean): void {
    this.#volumes.remove(name, force);
  }

  volumePrune(filters?: Filters): { VolumesDeleted: string[]; SpaceReclaimed: number } {
    return this.#volumes.prune(filters);
  }

  buildPrune(): { SpaceReclaimed: number } {
    this.events.pruned("builder", 0);
    return { SpaceReclaimed: 0 };
  }

  /** What lies in /var/lib/docker/containers. */
  get containerFiles(): ReturnType<typeof containerTree> {
    return containerTree(this.#store);
  }

  get #inspected(): Parameters<typeof resourceOf>[1] {
    return { links: this.#store.links };
  }

  /** The containers that mount a volume. */
  #usersOf(volume: string): string[] {
    return this.#store.all
      .filter(({ mounts }) => mounts.some(({ Name }) => Name === volume))
      .map(({ id }) => id);
  }

  /** Takes a stopped container away. @param volumes those that nobody named too */
  #forget(container: Container, volumes: boolean): void {
    container.removing = true;
    this.#store.remove(container);
    container.removed = true;
    if (volumes) this.#volumes.dropAnonymous(container.mounts);
    this.events.add("container", "destroy", container.id, attributesOf(container));
    container.changed.notify();
  }
}
