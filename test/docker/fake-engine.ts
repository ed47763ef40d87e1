import type { ArchiveApi } from "../../src/docker/api/archive-api.ts";
import type {
  ContainerCreateRequest,
  ContainerResource,
  ContainerSummary,
} from "../../src/docker/api/container-types.ts";
import { DaemonError } from "../../src/docker/api/daemon-error.ts";
import type { Call, DockerApi, Filters } from "../../src/docker/api/docker-api.ts";
import type { ImageResource, ImageSummary } from "../../src/docker/api/image-types.ts";
import type { NetworkCreateRequest, NetworkResource } from "../../src/docker/api/network-types.ts";
import type { VolumeCreateRequest, VolumeResource } from "../../src/docker/api/volume-types.ts";
import { atOnce } from "../../src/docker/cli/ask.ts";
import { WaitQueue } from "../../src/sim/wait-queue.ts";
import { containerAnswer, imageAnswer, networkAnswer, volumeAnswer } from "./answers.ts";

/** An engine of fixed answers that remembers what it was asked, to hold clients against each other. */
export class FakeEngine implements DockerApi {
  /** Each changing request, as `METHOD path` with its body. */
  readonly asked: { readonly what: string; readonly body: unknown }[] = [];
  readonly events = { list: [], changed: new WaitQueue(), ends: 0 };
  readonly #containers: readonly ContainerResource[];
  readonly #networks: readonly NetworkResource[];
  readonly #images: readonly ImageResource[];
  readonly #now: number;

  /** @param now seconds since 1970 */
  constructor(now: number) {
    this.#now = now;
    this.#containers = [
      containerAnswer(1, "web", true),
      containerAnswer(2, "c1", false),
      containerAnswer(3, "db", false),
    ];
    this.#networks = [networkAnswer(2, "net10"), networkAnswer(1, "net2"), networkAnswer(3, "bridge")];
    this.#images = [imageAnswer(1, ["alpine:latest"]), imageAnswer(2, ["registry.example/a/nginx:1"])];
  }

  version(): Record<string, unknown> {
    return {};
  }

  info(): Record<string, unknown> {
    return { Swarm: { ControlAvailable: false } };
  }

  get archives(): ArchiveApi {
    throw new Error("no files here");
  }

  diskUsage(): ReturnType<DockerApi["diskUsage"]> {
    return { LayersSize: 0, Images: [], Containers: [], Volumes: [] };
  }

  networkList(filters: Filters = {}): NetworkResource[] {
    checkFilters(filters, ["driver", "type", "name", "id", "label", "scope", "dangling"]);
    return [...this.#networks];
  }

  networkInspect(ref: string): NetworkResource {
    return find(this.#networks, ref, (network) => network.Name, `network ${ref} not found`);
  }

  networkCreate(request: NetworkCreateRequest): { Id: string; Warning: string } {
    this.asked.push({ what: "POST /networks/create", body: request });
    if (request.Name === "net2") throw new DaemonError(409, "network with name net2 already exists");
    return { Id: "f".repeat(64), Warning: "" };
  }

  networkRemove(ref: string): void {
    this.networkInspect(ref);
    if (ref === "bridge") throw new DaemonError(403, "bridge is a pre-defined network and cannot be removed");
  }

  networkPrune(): { NetworksDeleted: string[] } {
    return { NetworksDeleted: ["net2", "net10"] };
  }

  networkConnect(ref: string, container: string, settings: unknown): void {
    this.networkInspect(ref);
    this.asked.push({
      what: "POST /networks/connect",
      body: { Container: container, EndpointConfig: settings },
    });
    if (container === "web")
      throw new DaemonError(403, `endpoint with name web already exists in network ${ref}`);
  }

  networkDisconnect(ref: string, container: string, force: boolean): void {
    this.networkInspect(ref);
    this.asked.push({ what: "POST /networks/disconnect", body: { Container: container, Force: force } });
  }

  containerList({ all, filters = {} }: { all: boolean; filters?: Filters }): ContainerSummary[] {
    checkFilters(filters, ["name", "id", "status", "label", "network", "publish", "expose", "ancestor"]);
    return this.#containers
      .filter(({ State }) => all || State.Running)
      .map((one) => summaryOf(one, this.#now));
  }

  containerInspect(ref: string): ContainerResource {
    return find(this.#containers, ref, ({ Name }) => Name.slice(1), `No such container: ${ref}`);
  }

  containerCreate(
    { Platform: _, ...request }: ContainerCreateRequest,
    name: string | null,
  ): { Id: string; Warnings: string[] } {
    const what = `POST /containers/create${name === null ? "" : `?name=${name}`}`;
    this.asked.push({ what, body: request });
    if (request.Config.Image === "nosuch") throw new DaemonError(404, "No such image: nosuch:latest");
    if (name === "web") {
      throw new DaemonError(409, 'Conflict. The container name "/web" is already in use by container "1".');
    }
    return { Id: "e".repeat(64), Warnings: request.HostConfig.NetworkMode === "host" ? ["a warning"] : [] };
  }

  containerStart(ref: string): Call<void> {
    return atOnce(() => {
      if (ref !== "e".repeat(64)) this.containerInspect(ref);
      if (ref === "db") throw new DaemonError(500, "driver failed programming external connectivity");
    });
  }

  containerStop(ref: string, timeout: number | null): Call<void> {
    return atOnce(() => {
      this.containerInspect(ref);
      this.asked.push({ what: "POST /containers/stop", body: { ref, timeout } });
    });
  }

  containerRestart(ref: string): Call<void> {
    return atOnce(() => {
      this.containerInspect(ref);
    });
  }

  containerKill(ref: string, signal: string): void {
    const { Id, State } = this.containerInspect(ref);
    this.asked.push({ what: "POST /containers/kill", body: { ref, signal } });
    if (!State.Running)
      throw new DaemonError(409, `Cannot kill container: ${ref}: Container ${Id} is not running`);
  }

  containerPause(ref: string): void {
    this.containerInspect(ref);
  }

  containerUnpause(ref: string): void {
    this.containerInspect(ref);
  }

  containerRename(ref: string, name: string): void {
    this.containerInspect(ref);
    if (name === "web") throw new DaemonError(409, "Error when allocating new name: Conflict.");
  }

  containerUpdate(ref: string, changes: Record<string, unknown>): { Warnings: string[] } {
    this.containerInspect(ref);
    this.asked.push({ what: "POST /containers/update", body: changes });
    return { Warnings: [] };
  }

  containerRemove(ref: string, options: unknown): Call<void> {
    return atOnce(() => {
      const { Id, State } = this.containerInspect(ref);
      this.asked.push({ what: "DELETE /containers", body: { ref, options } });
      if (State.Running) throw new DaemonError(409, `You cannot remove a running container ${Id}.`);
    });
  }

  containerPrune(): { ContainersDeleted: string[]; SpaceReclaimed: number } {
    return { ContainersDeleted: ["a".repeat(64)], SpaceReclaimed: 12_345 };
  }

  *containerWait(ref: string): Call<number> {
    // What was just created runs for ever.
    if (ref === "e".repeat(64)) yield { on: [], until: Number.POSITIVE_INFINITY };
    this.containerInspect(ref);
    return ref === "db" ? 137 : 0;
  }

  containerTop(ref: string): { Titles: string[]; Processes: string[][] } {
    this.containerInspect(ref);
    return {
      Titles: ["UID", "PID", "PPID", "C", "STIME", "TTY", "TIME", "CMD"],
      Processes: [["root", "4711", "4690", "0", "18:52", "?", "00:00:00", "sleep 100000"]],
    };
  }

  containerStats(): Record<string, unknown> {
    return {};
  }

  containerLogs(): { readonly lines: []; readonly changed: WaitQueue; readonly ends: number } {
    return { lines: [], changed: new WaitQueue(), ends: 0 };
  }

  containerAttach(): ReturnType<FakeEngine["containerLogs"]> {
    return this.containerLogs();
  }

  exec(): never {
    throw new DaemonError(500, "not in this engine");
  }

  imageList(): ImageSummary[] {
    return this.#images.map((image) => ({
      Id: image.Id,
      ParentId: "",
      RepoTags: image.RepoTags,
      RepoDigests: image.RepoDigests,
      Created: this.#now - 3600 * 24 * 40,
      Size: image.Size,
      SharedSize: -1,
      VirtualSize: image.VirtualSize,
      Labels: null,
      Containers: -1,
    }));
  }

  imageInspect(ref: string): ImageResource {
    return find(this.#images, ref, ({ RepoTags }) => RepoTags[0]!, `No such image: ${ref}`);
  }

  imagePull(): never {
    throw new DaemonError(
      404,
      "pull access denied for nosuch, repository does not exist or may require 'docker login'",
    );
  }

  reachRegistry(): void {}

  imageTag(source: string): void {
    this.imageInspect(source);
  }

  imageRemove(ref: string): { Untagged?: string; Deleted?: string }[] {
    this.imageInspect(ref);
    return [{ Untagged: ref }, { Deleted: "sha256:1" }];
  }

  volumeList(filters: Filters = {}): VolumeResource[] {
    checkFilters(filters, ["name", "driver", "label", "dangling"]);
    return [volumeAnswer("v10"), volumeAnswer("v2")];
  }

  volumeInspect(name: string): VolumeResource {
    if (!name.startsWith("v")) throw new DaemonError(404, `get ${name}: no such volume`);
    return volumeAnswer(name);
  }

  volumeCreate(request: VolumeCreateRequest): VolumeResource {
    this.asked.push({ what: "POST /volumes/create", body: request });
    return volumeAnswer(request.Name === "" ? "made-up" : request.Name);
  }

  volumeRemove(name: string): void {
    this.volumeInspect(name);
    if (name === "v2") throw new DaemonError(409, "remove v2: volume is in use - [1111]");
  }

  volumePrune(): { VolumesDeleted: string[]; SpaceReclaimed: number } {
    return { VolumesDeleted: ["v10"], SpaceReclaimed: 1234 };
  }

  buildPrune(): { SpaceReclaimed: number } {
    return { SpaceReclaimed: 0 };
  }

  imagePrune(): { ImagesDeleted: { Untagged?: string; Deleted?: string }[]; SpaceReclaimed: number } {
    return { ImagesDeleted: [{ Untagged: "a:b" }, { Deleted: "sha256:2" }], SpaceReclaimed: 5_540_000 };
  }
}

function find<T extends { Id: string }>(
  all: readonly T[],
  ref: string,
  name: (one: T) => string,
  missing: string,
): T {
  const found = all.find((one) => name(one) === ref || one.Id.startsWith(ref));
  if (found === undefined) throw new DaemonError(404, missing);
  return found;
}

function checkFilters(filters: Filters, known: readonly string[]): void {
  for (const key of Object.keys(filters)) {
    if (!known.includes(key)) throw new DaemonError(400, `Invalid filter '${key}'`);
  }
}

function summaryOf(container: ContainerResource, now: number): ContainerSummary {
  const running = container.State.Running;
  return {
    Id: container.Id,
    Names: running ? [container.Name, "/c1/alias"] : [container.Name],
    Image: container.Config.Image,
    ImageID: container.Image,
    Command: [container.Path, ...container.Args].join(" "),
    Created: now - 3 * 3600 - 5,
    Ports: Object.entries(container.NetworkSettings.Ports).flatMap(([port, bindings]) => {
      const [number, Type] = port.split("/") as [string, string];
      if (bindings === null) return [{ PrivatePort: Number(number), Type }];
      return bindings.map(({ HostIp, HostPort }) => ({
        IP: HostIp,
        PrivatePort: Number(number),
        PublicPort: Number(HostPort),
        Type,
      }));
    }),
    Labels: container.Config.Labels,
    State: container.State.Status,
    Status: running ? "Up 3 hours" : "Exited (0) 2 hours ago",
    HostConfig: { NetworkMode: container.HostConfig.NetworkMode },
    NetworkSettings: { Networks: container.NetworkSettings.Networks },
    Mounts: container.Mounts,
  };
}
