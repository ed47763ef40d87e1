import type { Prng } from "../../base/prng.ts";
import type { World } from "../../sim/world.ts";
import type { ContainerConfig } from "../api/container-types.ts";
import { DaemonError } from "../api/daemon-error.ts";
import type { Filters } from "../api/docker-api.ts";
import type { ImageConfig, ImageResource, ImageSummary } from "../api/image-types.ts";
import type { EventLog } from "../event-log.ts";
import { checkFilterKeys, truthFilter } from "../filters.ts";
import { newId, shortId } from "../ids.ts";
import { hasLabel } from "../labels.ts";
import { pruneFilter } from "../prune-filters.ts";
import { RELEASE } from "../release.ts";
import { NEVER, rfc3339, unixSeconds } from "../timestamps.ts";
import { genericImage } from "./generic-image.ts";
import type { Image } from "./image.ts";
import { configOf, contentsOf } from "./image-config.ts";
import { historyOf, layerIdOf } from "./image-history.ts";
import { canonicalName, demandReference, localName } from "./image-reference.ts";
import type { ImageSpec } from "./image-spec.ts";

/** What `docker image ls --filter` knows. */
const FILTERS = ["before", "dangling", "label", "reference", "since"];

/** What was taken away: a name, or an image. */
type Removed = { Untagged?: string; Deleted?: string };

/** The images of a host, and the registry behind it, from which any name can be had. */
export class ImageStore {
  readonly #world: World;
  readonly #prng: Prng;
  readonly #events: EventLog;
  readonly #reach: (server: string, url: string) => void;
  readonly #images: Map<string, Image> = new Map();
  /** What is known of images by name, wherever they lie. */
  readonly #known: Map<string, ImageSpec> = new Map();

  /** The ids of layers that descriptions name. */
  readonly #layers: Map<string, string> = new Map();

  /** @param reach throws when there is no way to a registry */
  constructor(
    world: World,
    prng: Prng,
    events: EventLog,
    reach: (server: string, url: string) => void = () => {},
  ) {
    this.#reach = reach;
    this.#events = events;
    this.#world = world;
    this.#prng = prng;
  }

  /** Makes an image known to the registry, and, if `local`, puts it on the host. A later one of a name takes its place. */
  describe(spec: ImageSpec, local: boolean): void {
    const names = spec.names.map((name) => localName(demandReference(name)));
    for (const name of names) this.#known.set(name, spec);
    if (!local) return;
    for (const name of names) this.#untag(name);
    // What it stands for was never there.
    for (const { id, tags } of [...this.#images.values()]) if (tags.length === 0) this.#images.delete(id);
    this.#add(spec, names, false);
  }

  /** The image of a name or id; null when it is not on the host. @throws {DaemonError} 400 */
  find(ref: string): Image | null {
    const plain = ref.replace(/^sha256:/, "");
    if (/^[0-9a-f]{64}$/.test(plain)) return this.#images.get(`sha256:${plain}`) ?? null;
    const reference = demandReference(ref);
    const name = localName(reference);
    for (const image of this.#images.values()) {
      if (reference.digest !== null) {
        if (image.digests.some((one) => one === `${reference.name}@${reference.digest}`)) return image;
      } else if (image.tags.includes(name)) return image;
    }
    if (!/^[0-9a-f]{3,64}$/.test(plain)) return null;
    const found = [...this.#images.values()].filter((image) => image.id.startsWith(`sha256:${plain}`));
    return found.length === 1 ? found[0]! : null;
  }

  /** @throws {DaemonError} 404 */
  demand(ref: string): Image {
    const image = this.find(ref);
    if (image === null)
      throw new DaemonError(404, `No such image: ${/^[0-9a-f]{64}$/.test(ref) ? ref : withTag(ref)}`);
    return image;
  }

  /** The one that came last first. */
  list(): Image[] {
    return [...this.#images.values()].reverse();
  }

  /** @throws {DaemonError} when there is no way to a registry */
  reach(server: string, url = `https://${server}/v2/`): void {
    this.#reach(server, url);
  }

  /** True when it was not there before. Any name can be pulled: one that nobody described is a server of its own. */
  pull(ref: string): { readonly fresh: boolean; readonly digest: string; readonly tag: string } {
    const reference = demandReference(ref);
    this.reach(serverOf(reference.name));
    const name = localName(reference);
    let image = this.find(name);
    const fresh = image === null;
    if (image === null) {
      const spec = this.#known.get(name);
      image = this.#add(spec ?? genericImage(name), [name], spec === undefined);
    }
    let digest = image.digests.find((one) => one.startsWith(`${reference.name}@`));
    if (digest === undefined) {
      digest = `${reference.name}@sha256:${newId(this.#prng)}`;
      image.digests.push(digest);
    }
    this.tell("pull", image, reference.name, name);
    return { fresh, digest: digest.slice(digest.indexOf("@") + 1), tag: reference.tag ?? "latest" };
  }

  tag(source: string, target: string): void {
    const image = this.demand(source);
    this.name(image, localName(demandReference(target)));
  }

  /** An event about an image. @param name what it is called there: its id unless given */
  tell(action: string, { id, config }: Image, name: string = id, subject: string = id): void {
    this.#events.add("image", action, subject, { ...config.Labels, name });
  }

  /** @param users the containers that use an image, as `{ id, running }`. */
  remove(
    ref: string,
    force: boolean,
    users: (image: Image) => readonly { readonly id: string; readonly running: boolean }[],
  ): Removed[] {
    const image = this.demand(ref);
    const byId = !image.tags.includes(nameOrEmpty(ref));
    const using = users(image);
    const short = shortId(image.id);
    const removed: Removed[] = [];
    if (byId) {
      if (image.tags.length > 1 && !force) {
        const words = `unable to delete ${short} (must be forced) - image is referenced in multiple repositories`;
        throw new DaemonError(409, `conflict: ${words}`);
      }
      this.#refuseUsed(short, using, force, "unable to delete", "cannot be forced");
    } else if (image.tags.length === 1) {
      const shown = `unable to remove repository reference "${ref}"`;
      const user = using[0];
      if (user !== undefined && !force) {
        const words = `container ${shortId(user.id)} is using its referenced image ${short}`;
        throw new DaemonError(409, `conflict: ${shown} (must force) - ${words}`);
      }
    }
    const names = byId ? inOrder(image.tags) : [localName(demandReference(ref))];
    for (const name of names) {
      image.tags.splice(image.tags.indexOf(name), 1);
      removed.push({ Untagged: name });
      this.tell("untag", image);
    }
    if (image.tags.length > 0 || using.length > 0) return removed;
    for (const digest of image.digests) {
      removed.push({ Untagged: digest });
      this.tell("untag", image);
    }
    removed.push(...this.#delete(image));
    return removed;
  }

  /**
   * Takes away images that no container uses: those without a name, or with the filter `dangling=false` all.
   * @param used the images that containers use. @throws {DaemonError} 400
   */
  prune(filters: Filters, used: ReadonlySet<Image>): { ImagesDeleted: Removed[]; SpaceReclaimed: number } {
    const passes = pruneFilter(filters, this.#world.now, ["dangling", "until"]);
    const all = truthFilter(filters, "dangling", [
      ["false", "0"],
      ["true", "1"],
    ]);
    const deleted: Removed[] = [];
    let space = 0;
    for (const image of [...this.#images.values()]) {
      if (used.has(image) || (all !== true && image.tags.length > 0)) continue;
      if (!passes({ labels: image.config.Labels, createdAt: image.created })) continue;
      for (const name of inOrder(image.tags)) {
        deleted.push({ Untagged: name });
        this.tell("untag", image);
      }
      for (const digest of image.digests) deleted.push({ Untagged: digest });
      space += image.size - this.sharedSize(image);
      deleted.push(...this.#delete(image));
    }
    this.#events.pruned("image", space);
    return { ImagesDeleted: deleted, SpaceReclaimed: space };
  }

  summary(image: Image): ImageSummary {
    return {
      Id: image.id,
      ParentId: image.parent,
      RepoTags: image.tags.length > 0 ? inOrder(image.tags) : ["<none>:<none>"],
      RepoDigests: image.digests.length > 0 ? [...image.digests] : [],
      Created: unixSeconds(image.created),
      Size: image.size,
      SharedSize: -1,
      VirtualSize: image.size,
      Labels: Object.keys(image.config.Labels).length > 0 ? { ...image.config.Labels } : null,
      Containers: -1,
    };
  }

  /** @throws {DaemonError} 400 */
  summaries(filters: Filters): ImageSummary[] {
    checkFilterKeys(filters, FILTERS);
    const wanted = filters["reference"] ?? [];
    const dangling = truthFilter(filters, "dangling");
    const labels = filters["label"] ?? [];
    const all = this.list();
    // Newest first: who comes behind was there before.
    const places = (key: string): number[] =>
      (filters[key] ?? []).map((ref) => all.indexOf(this.demand(ref)));
    const [before, since] = [places("before"), places("since")];
    return all.flatMap((image, place) => {
      if (dangling !== undefined && dangling !== (image.tags.length === 0)) return [];
      if (!before.every((other) => place > other) || !since.every((other) => place < other)) return [];
      if (!labels.every((label) => hasLabel(image.config.Labels, label))) return [];
      const summary = this.summary(image);
      if (wanted.length === 0) return [summary];
      // Of the names of an image those are shown that somebody asked for.
      const RepoTags = inOrder(image.tags).filter((tag) =>
        wanted.some((pattern) => matchesName(pattern, tag)),
      );
      return RepoTags.length > 0 ? [{ ...summary, RepoTags }] : [];
    });
  }

  resource(image: Image): ImageResource {
    const id = image.id.slice(7);
    return {
      Id: image.id,
      RepoTags: inOrder(image.tags),
      RepoDigests: [...image.digests],
      Parent: image.parent,
      Comment: image.comment,
      Created: rfc3339(image.created),
      Container: image.committed?.container ?? "",
      ContainerConfig: shownConfig(image.committed?.config ?? configOf({ names: [] })),
      DockerVersion: RELEASE,
      Author: image.author,
      Config: shownConfig(image.config),
      Architecture: "amd64",
      Os: "linux",
      Size: image.size,
      VirtualSize: image.size,
      GraphDriver: {
        Data: {
          MergedDir: `/var/lib/docker/overlay2/${id}/merged`,
          UpperDir: `/var/lib/docker/overlay2/${id}/diff`,
          WorkDir: `/var/lib/docker/overlay2/${id}/work`,
        },
        Name: "overlay2",
      },
      RootFS: { Type: "layers", Layers: image.layers.map((layer) => layer.id) },
      Metadata: { LastTagTime: image.tagged === null ? NEVER : rfc3339(image.tagged) },
    };
  }

  #refuseUsed(
    short: string,
    using: readonly { readonly id: string; readonly running: boolean }[],
    force: boolean,
    what: string,
    how: string,
  ): void {
    const running = using.find((user) => user.running);
    if (running !== undefined) {
      const words = `image is being used by running container ${shortId(running.id)}`;
      throw new DaemonError(409, `conflict: ${what} ${short} (${how}) - ${words}`);
    }
    if (using[0] !== undefined && !force) {
      const words = `image is being used by stopped container ${shortId(using[0].id)}`;
      throw new DaemonError(409, `conflict: ${what} ${short} (must be forced) - ${words}`);
    }
  }

  #add(spec: ImageSpec, tags: readonly string[], generic: boolean): Image {
    const id = `sha256:${newId(this.#prng)}`;
    const size = spec.size ?? 5_000_000;
    const config = configOf(spec);
    const created = this.#world.now;
    return this.put({
      id,
      tags: [...tags],
      digests: [],
      created,
      size,
      config,
      contents: contentsOf(spec),
      generic,
      layers: [{ id: spec.layer === undefined ? layerIdOf(id) : this.layerNamed(spec.layer), size }],
      history: historyOf(spec, { id, size, config, created }),
      author: "",
      comment: spec.comment ?? "",
      committed: null,
      parent: "",
      tagged: created,
    });
  }

  /** Puts an image on the host. */
  put(image: Image): Image {
    this.#images.set(image.id, image);
    everyImageOf(this.#world).set(image.id, image);
    return image;
  }

  /** An image that was on some host of this world, by its id. */
  remembered(id: string): Image | null {
    return everyImageOf(this.#world).get(id) ?? null;
  }

  /** A new id for an image or a layer. */
  newId(): string {
    return `sha256:${newId(this.#prng)}`;
  }

  /** The id of a layer: what is the same has the same. */
  layerNamed(name: string): string {
    let id = this.#layers.get(name);
    if (id === undefined) this.#layers.set(name, (id = this.newId()));
    return id;
  }

  /** Takes an image away with the layers that no other has, the uppermost first. */
  #delete(image: Image): Removed[] {
    this.#images.delete(image.id);
    this.#events.add("image", "delete", image.id, { name: image.id });
    const kept = new Set([...this.#images.values()].flatMap(({ layers }) => layers.map(({ id }) => id)));
    const gone = image.layers.filter(({ id }) => !kept.has(id)).reverse();
    return [{ Deleted: image.id }, ...gone.map(({ id }) => ({ Deleted: id }))];
  }

  /** How many bytes of an image's layers others on this host have too. */
  sharedSize(image: Image): number {
    const others = [...this.#images.values()].filter((one) => one !== image);
    return image.layers
      .filter(({ id }) => others.some(({ layers }) => layers.some((layer) => layer.id === id)))
      .reduce((sum, { size }) => sum + size, 0);
  }

  /** The bytes of all layers on this host. */
  layersSize(): number {
    const sizes = new Map(
      [...this.#images.values()].flatMap(({ layers }) => layers.map(({ id, size }) => [id, size])),
    );
    return [...sizes.values()].reduce((sum, size) => sum + size, 0);
  }

  /** Gives an image a name, which another loses that had it. */
  name(image: Image, name: string): void {
    this.nameLoaded(image, name);
    this.tell("tag", image, name);
  }

  /** As {@link name}, with the name that an archive gives it: nobody is told. */
  nameLoaded(image: Image, name: string): void {
    this.#untag(name);
    image.tags.push(name);
    image.tagged = this.#world.now;
  }

  #untag(name: string): void {
    for (const image of this.#images.values()) {
      const at = image.tags.indexOf(name);
      if (at >= 0) image.tags.splice(at, 1);
    }
  }
}

/** All images that were ever on a host of a world: an archive of one can be loaded on another. */
function everyImageOf(world: World): Map<string, Image> {
  let images = everyImage.get(world);
  if (images === undefined) everyImage.set(world, (images = new Map()));
  return images;
}

const everyImage: WeakMap<World, Map<string, Image>> = new WeakMap();

/** Names as the engine keeps them: by their whole text, the registry's name in front. */
function inOrder(tags: readonly string[]): string[] {
  return [...tags].sort((a, b) => (canonicalName(a) < canonicalName(b) ? -1 : 1));
}

/** The registry that a repository lies on. */
function serverOf(repository: string): string {
  const [first = "", ...rest] = repository.split("/");
  const isServer = rest.length > 0 && (/[.:]/.test(first) || first === "localhost");
  return isServer ? first : "registry-1.docker.io";
}

function withTag(ref: string): string {
  return /[:@]/.test(ref.slice(ref.lastIndexOf("/") + 1)) ? ref : `${ref}:latest`;
}

function nameOrEmpty(ref: string): string {
  try {
    return localName(demandReference(ref));
  } catch (error) {
    if (error instanceof DaemonError) return "";
    throw error;
  }
}

function shownConfig(config: ContainerConfig): ImageConfig {
  return { ...config, Labels: Object.keys(config.Labels).length > 0 ? { ...config.Labels } : null };
}

/** Go's path.Match on the whole name or on the repository alone. @throws {DaemonError} 500 */
function matchesName(pattern: string, tag: string): boolean {
  const expression = pattern
    .replace(/[.+^${}()|\\]/g, "\\$&")
    .replaceAll("*", "[^/]*")
    .replaceAll("?", "[^/]");
  let whole: RegExp;
  try {
    whole = new RegExp(`^${expression}$`);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new DaemonError(500, "syntax error in pattern");
  }
  return whole.test(tag) || whole.test(tag.slice(0, tag.lastIndexOf(":")));
}
