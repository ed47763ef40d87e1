import type { Prng } from "../../base/prng.ts";
import type { World } from "../../sim/world.ts";
import { DaemonError } from "../api/daemon-error.ts";
import type { EventLog } from "../event-log.ts";
import { newId } from "../ids.ts";
import { genericImage } from "./generic-image.ts";
import type { Image } from "./image.ts";
import { configOf, contentsOf } from "./image-config.ts";
import { historyOf, layerIdOf } from "./image-history.ts";
import { demandReference, localName } from "./image-reference.ts";
import type { ImageSpec } from "./image-spec.ts";

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

  /** Takes an image away with the layers that no other has: the ids of all that is gone, the uppermost layer first. */
  drop(image: Image): string[] {
    this.#images.delete(image.id);
    this.#events.add("image", "delete", image.id, { name: image.id });
    const kept = new Set([...this.#images.values()].flatMap(({ layers }) => layers.map(({ id }) => id)));
    const gone = image.layers.filter(({ id }) => !kept.has(id)).reverse();
    return [image.id, ...gone.map(({ id }) => id)];
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

/** The registry that a repository lies on. */
function serverOf(repository: string): string {
  const [first = "", ...rest] = repository.split("/");
  const isServer = rest.length > 0 && (/[.:]/.test(first) || first === "localhost");
  return isServer ? first : "registry-1.docker.io";
}

function withTag(ref: string): string {
  return /[:@]/.test(ref.slice(ref.lastIndexOf("/") + 1)) ? ref : `${ref}:latest`;
}
