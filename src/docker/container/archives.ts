import { own } from "../../base/own.ts";
import { resolvePath } from "../../base/path.ts";
import type { WholeFiles } from "../../programs/program-context.ts";
import { EPOCH_SECONDS, SECOND } from "../../sim/time.ts";
import type { World } from "../../sim/world.ts";
import type { ArchiveApi } from "../api/archive-api.ts";
import type {
  ArchivedFile,
  CommitRequest,
  FileChange,
  FileLayer,
  HistoryLine,
  PathStat,
} from "../api/archive-types.ts";
import type { ContainerConfig } from "../api/container-types.ts";
import { DaemonError } from "../api/daemon-error.ts";
import type { EventLog } from "../event-log.ts";
import { isFileFailure, unpacking } from "../go-files.ts";
import { withChanges } from "../images/config-changes.ts";
import { loadImages, savedImages } from "../images/image-archive.ts";
import { configOf } from "../images/image-config.ts";
import { demandReference, localName } from "../images/image-reference.ts";
import type { ImageStore } from "../images/image-store.ts";
import type { Container } from "./container.ts";
import { attributesOf, tellOfVolumes } from "./container-events.ts";
import type { ContainerRunner } from "./container-runner.ts";
import { type ContainerSystem, StartFailure } from "./container-runtime.ts";
import type { ContainerStore } from "./container-store.ts";
import { mountAll } from "./mounting.ts";

interface ArchivesParts {
  readonly world: World;
  readonly store: ContainerStore;
  readonly runner: ContainerRunner;
  readonly images: ImageStore;
  readonly events: EventLog;
  readonly host: WholeFiles;
}

/** What an engine does with the files of containers and images: copies, changes, and images made of them. */
export class Archives implements ArchiveApi {
  readonly #parts: ArchivesParts;

  constructor(parts: ArchivesParts) {
    this.#parts = parts;
  }

  containerChanges(ref: string): readonly FileChange[] {
    return this.#parts.store.demand(ref).system?.changes() ?? [];
  }

  pathStat(ref: string, path: string): PathStat {
    const container = this.#parts.store.demand(ref);
    const place = resolvePath("/", path);
    const file = this.#mounted(container, (system) =>
      asMissing(path, container.name, () => system.fileAt(place)),
    );
    return {
      name: place.slice(place.lastIndexOf("/") + 1) || "/",
      kind: file.kind,
      linkTarget: file.kind === "symlink" ? String(file.content) : "",
    };
  }

  containerArchive(ref: string, path: string): readonly ArchivedFile[] {
    const container = this.#parts.store.demand(ref);
    const place = resolvePath("/", path);
    const name = /(?:^|\/)\.$/.test(path) || place === "/" ? "." : place.slice(place.lastIndexOf("/") + 1);
    return this.#mounted(container, (system) => {
      const files = asMissing(path, container.name, () => system.archive(place, name));
      this.#tell("archive-path", container);
      return files;
    });
  }

  containerExtract(ref: string, directory: string, files: readonly ArchivedFile[]): void {
    const container = this.#parts.store.demand(ref);
    this.#mounted(container, (system) => this.#extract(container, system, directory, files));
  }

  #extract(
    container: Container,
    system: ContainerSystem,
    directory: string,
    files: readonly ArchivedFile[],
  ): void {
    const place = resolvePath("/", directory);
    const at = asMissing(directory, container.name, () => system.fileAt(place));
    if (at.kind !== "directory") throw new DaemonError(400, "extraction point is not a directory");
    const volume = container.mounts.find(
      ({ Destination }) => place === Destination || place.startsWith(`${Destination}/`),
    );
    if (volume !== undefined && !volume.RW) throw new DaemonError(403, "mounted volume is marked read-only");
    if (volume === undefined && own(container.hostConfig, "ReadonlyRootfs") === true)
      throw new DaemonError(403, "container rootfs is marked read-only");
    unpacking(() => {
      refuseOtherKinds(system.files, place, files);
      system.extract(place, files);
    });
    this.#tell("extract-to-dir", container);
  }

  containerExport(ref: string): readonly ArchivedFile[] {
    const container = this.#parts.store.demand(ref);
    const files = this.#parts.runner.systemOf(container).everyFile();
    this.#tell("export", container);
    return files;
  }

  commit({ container: ref, repository, author, comment, changes, pause }: CommitRequest): string {
    const { store, runner, images, world, events } = this.#parts;
    const container = store.demand(ref);
    if (container.restarting)
      throw new DaemonError(
        409,
        `Container ${container.id} is restarting, wait until the container is running`,
      );
    const config = withChanges(container.config, changes);
    const named = repository === "" ? null : localName(demandReference(repository));
    const pauses = pause && container.running && !container.paused;
    if (pauses) this.#tell("pause", container);
    const layer = runner.systemOf(container).layer();
    const { image } = container;
    const id = images.newId();
    const added = layer.files.length + layer.gone.length > 0;
    images.put({
      id,
      tags: [],
      digests: [],
      created: world.now,
      size: image.size + layer.size,
      config,
      contents: { ...image.contents, layers: [...(image.contents.layers ?? []), layer] },
      generic: image.generic,
      layers: [
        ...image.layers,
        ...(added ? [{ id: images.layerNamed(contentOf(layer)), size: layer.size }] : []),
      ],
      history: [
        ...image.history,
        {
          created: world.now,
          createdBy: container.argv.join(" "),
          comment,
          size: layer.size,
          image: id,
        },
      ],
      author,
      comment,
      committed: { container: container.id, config: container.config },
      parent: image.id,
      tagged: null,
    });
    if (named !== null) images.name(images.demand(id), named);
    events.add("container", "commit", container.id, {
      comment,
      ...attributesOf(container),
      imageID: id,
      imageRef: named ?? "",
    });
    if (pauses) this.#tell("unpause", container);
    return id;
  }

  imageHistory(ref: string): readonly HistoryLine[] {
    const { images } = this.#parts;
    const image = images.demand(ref);
    return [...image.history].reverse().map(({ created, createdBy, comment, size, image: made }) => {
      const found = made === null ? null : images.list().find(({ id }) => id === made);
      return {
        Id: found?.id ?? "<missing>",
        Created: EPOCH_SECONDS + Math.floor(created / SECOND),
        CreatedBy: createdBy,
        Tags: found !== undefined && found !== null && found.tags.length > 0 ? [...found.tags] : null,
        Size: size,
        Comment: comment,
      };
    });
  }

  imageSave(refs: readonly string[]): readonly ArchivedFile[] {
    return savedImages(this.#parts.images, refs, this.#parts.world.now);
  }

  imageLoad(files: readonly ArchivedFile[]): readonly string[] {
    return loadImages(this.#parts.images, files);
  }

  imageImport(
    files: readonly ArchivedFile[],
    { repository, comment, changes, from }: Parameters<ArchiveApi["imageImport"]>[1],
  ): string {
    const { images, world } = this.#parts;
    const named = repository === "" ? null : localName(demandReference(repository));
    const config: ContainerConfig = withChanges(configOf({ names: [] }), changes);
    const size = files.reduce((sum, { content }) => sum + content.length, 0);
    const id = images.newId();
    const said = comment === "" ? `Imported from ${from}` : comment;
    const image = images.put({
      id,
      tags: [],
      digests: [],
      created: world.now,
      size,
      config,
      contents: { system: "busybox", programs: {}, files: {}, layers: [{ files, gone: [], size }] },
      generic: false,
      layers: [{ id: images.layerNamed(contentOf({ files, gone: [], size })), size }],
      history: [{ created: world.now, createdBy: "", comment: said, size, image: id }],
      author: "",
      comment: said,
      committed: null,
      parent: "",
      tagged: null,
    });
    if (named !== null) images.name(image, named);
    images.tell("import", image);
    return id;
  }

  /** Does something with its files and what is mounted over them, whether it runs or not. */
  #mounted<T>(container: Container, act: (system: ContainerSystem) => T): T {
    const { events } = this.#parts;
    const system = this.#system(container);
    tellOfVolumes(events, container, "mount");
    try {
      return act(system);
    } finally {
      tellOfVolumes(events, container, "unmount");
    }
  }

  #system(container: Container): ContainerSystem {
    const system = this.#parts.runner.systemOf(container);
    try {
      if (!container.running) mountAll(container, system, this.#parts.host);
    } catch (error) {
      if (!(error instanceof StartFailure)) throw error;
      throw new DaemonError(500, error.message);
    }
    return system;
  }

  #tell(action: string, container: Container): void {
    this.#parts.events.add("container", action, container.id, attributesOf(container));
  }
}

/** What tells a layer from others: the bytes of its archive, in which times are whole seconds. */
function contentOf({ files, gone }: FileLayer): string {
  return JSON.stringify([
    files.map((file) => ({
      ...file,
      changed: Math.floor(file.changed / SECOND),
      content: String(file.content),
    })),
    gone,
  ]);
}

function asMissing<T>(path: string, name: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!isFileFailure(error)) throw error;
    throw new DaemonError(404, `Could not find the file ${path} in container ${name}`);
  }
}

/** Directories take the place of nothing else, nor anything else theirs (moby pkg/archive, Unpack). @throws {DaemonError} */
function refuseOtherKinds(present: WholeFiles, directory: string, files: readonly ArchivedFile[]): void {
  for (const { path, kind } of files) {
    if (path === ".") continue;
    const place = resolvePath(directory, path);
    const there = present.stat(place, false)?.kind;
    if (there === undefined || (there === "directory") === (kind === "directory")) continue;
    const [old, other] =
      there === "directory" ? ["directory", "non-directory"] : ["non-directory", "directory"];
    throw new DaemonError(
      500,
      `Error processing tar file(exit status 1): cannot overwrite ${old} "${place}" with ${other} "${directory}"`,
    );
  }
}
