import type { ProgramFiles, WholeFiles } from "../../programs/program-context.ts";
import type { World } from "../../sim/world.ts";
import { DaemonError, withPrefix } from "../api/daemon-error.ts";
import type { Filters } from "../api/docker-api.ts";
import type { VolumeCreateRequest, VolumeResource } from "../api/volume-types.ts";
import type { EventLog } from "../event-log.ts";
import { checkFilterKeys, matches, truthFilter } from "../filters.ts";
import { hasLabel } from "../labels.ts";
import { pruneFilter } from "../prune-filters.ts";
import { rfc3339 } from "../timestamps.ts";

/** What uses a volume, as the store asks for it. */
type VolumeUsers = (name: string) => readonly string[];

const FILTERS = ["dangling", "driver", "label", "name"];

/** The volumes of an engine: names, labels and who uses them. What is in them lies in directories of the host. */
export class VolumeStore {
  readonly #world: World;
  readonly #ids: () => string;
  readonly #users: VolumeUsers;
  readonly #host: WholeFiles;
  readonly #events: EventLog;
  readonly #volumes: Map<string, VolumeResource> = new Map();

  /** @param users the ids of the containers that use a volume */
  constructor(world: World, host: WholeFiles, events: EventLog, ids: () => string, users: VolumeUsers) {
    this.#events = events;
    this.#world = world;
    this.#host = host;
    this.#ids = ids;
    this.#users = users;
  }

  /** @throws {DaemonError} */
  list(filters: Filters = {}): VolumeResource[] {
    checkFilterKeys(filters, FILTERS);
    const dangling = truthFilter(filters, "dangling", [
      ["true", "1"],
      ["false", "0"],
    ]);
    const some = (key: string, test: (value: string) => boolean): boolean => filters[key]?.some(test) ?? true;
    return [...this.#volumes.values()].filter(
      (volume) =>
        some("name", (value) => matches(value, volume.Name)) &&
        some("driver", (value) => volume.Driver === value) &&
        (dangling === undefined || this.#isUnused(volume) === dangling) &&
        (filters["label"] ?? []).every((value) => hasLabel(volume.Labels ?? {}, value)),
    );
  }

  #isUnused({ Name }: VolumeResource): boolean {
    return this.#users(Name).length === 0;
  }

  /** @throws {DaemonError} */
  inspect(name: string): VolumeResource {
    const volume = this.#volumes.get(name);
    if (volume === undefined) throw new DaemonError(404, `get ${name}: no such volume`);
    return volume;
  }

  /** One that is there already stays as it is. @throws {DaemonError} */
  create({ Name, Driver, DriverOpts, Labels }: VolumeCreateRequest): VolumeResource {
    const name = Name === "" ? this.#ids() : Name;
    if (!/^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/.test(name)) {
      const rule =
        'only "[a-zA-Z0-9][a-zA-Z0-9_.-]" are allowed. If you intended to pass a host directory, use absolute path';
      const problem =
        name.length === 1
          ? `volume name is too short, names should be at least two alphanumeric characters`
          : `"${name}" includes invalid characters for a local volume name, ${rule}`;
      throw new DaemonError(400, `create ${name}: ${problem}`);
    }
    if (Driver !== "" && Driver !== "local") {
      throw new DaemonError(
        404,
        `create ${name}: error looking up volume plugin ${Driver}: plugin "${Driver}" not found`,
      );
    }
    const there = this.#volumes.get(name);
    if (there !== undefined) {
      this.#tell("create", there);
      return there;
    }
    const volume: VolumeResource = {
      CreatedAt: rfc3339(Math.floor(this.#world.now / 1e9) * 1e9),
      Driver: "local",
      Labels: Object.keys(Labels).length === 0 && Name !== "" ? {} : Labels,
      Mountpoint: `/var/lib/docker/volumes/${name}/_data`,
      Name: name,
      Options: Object.keys(DriverOpts).length === 0 ? {} : DriverOpts,
      Scope: "local",
    };
    withPrefix(`create ${name}: error while creating volume path '${volume.Mountpoint}'`, () =>
      this.#host.makeDirectory(volume.Mountpoint, true),
    );
    this.#volumes.set(name, volume);
    this.#tell("create", volume);
    return volume;
  }

  #tell(action: string, { Name, Driver }: VolumeResource): void {
    this.#events.add("volume", action, Name, { driver: Driver });
  }

  /** Takes a volume away with all that is in it. */
  #drop(name: string, told = true): void {
    if (told) this.#tell("destroy", this.#volumes.get(name)!);
    this.#volumes.delete(name);
    const place = `/var/lib/docker/volumes/${name}`;
    if (this.#host.stat(place) !== null) this.#host.remove(place, true);
  }

  /** What is in a volume, in bytes. */
  sizeOf({ Mountpoint }: VolumeResource): number {
    return sizeBelow(this.#host, Mountpoint);
  }

  /** Makes a volume because a container wants it: nobody said anything about it. The event is told of one that is there too. */
  ensure(name: string, driver: string): void {
    const there = this.#volumes.get(name);
    if (there !== undefined) {
      this.#tell("create", there);
      return;
    }
    this.create({ Name: name, Driver: driver, DriverOpts: {}, Labels: {} });
    this.#volumes.set(name, { ...this.#volumes.get(name)!, Labels: null, Options: null });
  }

  /** @throws {DaemonError} */
  remove(name: string, force: boolean): void {
    if (!this.#volumes.has(name)) {
      if (force) return;
      throw new DaemonError(404, `get ${name}: no such volume`);
    }
    const users = this.#users(name);
    if (users.length > 0) {
      throw new DaemonError(409, `remove ${name}: volume is in use - [${users.join(", ")}]`);
    }
    this.#drop(name);
  }

  /** Volumes that nobody named go with the container that they were made for. */
  dropAnonymous(mounts: readonly { readonly Name?: string }[]): void {
    for (const { Name = "" } of mounts)
      if (/^[0-9a-f]{64}$/.test(Name) && this.#volumes.has(Name) && this.#users(Name).length === 0)
        this.#drop(Name);
  }

  /** @throws {DaemonError} 400 */
  prune(filters: Filters = {}): { VolumesDeleted: string[]; SpaceReclaimed: number } {
    const passes = pruneFilter(filters, this.#world.now, []);
    const unused = [...this.#volumes.values()].filter(
      (one) => this.#isUnused(one) && passes({ labels: one.Labels ?? {}, createdAt: 0 }),
    );
    let SpaceReclaimed = 0;
    for (const volume of unused) {
      SpaceReclaimed += this.sizeOf(volume);
      this.#drop(volume.Name, false);
    }
    this.#events.pruned("volume", SpaceReclaimed);
    return { VolumesDeleted: unused.map(({ Name }) => Name), SpaceReclaimed };
  }
}

function sizeBelow(files: ProgramFiles, path: string): number {
  const stat = files.stat(path, false);
  if (stat?.kind !== "directory") return stat?.size ?? 0;
  return files.list(path).reduce((sum, name) => sum + sizeBelow(files, `${path}/${name}`), 0);
}
