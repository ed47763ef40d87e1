import { own } from "../../base/own.ts";
import type { Nanos } from "../../sim/time.ts";
import type { ArchivedFile } from "../api/archive-types.ts";
import { DaemonError } from "../api/daemon-error.ts";
import { goQuote } from "../templates/go-quote.ts";
import type { Image } from "./image.ts";
import { demandReference, localName } from "./image-reference.ts";
import type { ImageStore } from "./image-store.ts";
import { resourceOf } from "./inspect.ts";

/** What `manifest.json` says of an image. */
interface ManifestItem {
  readonly Config: string;
  readonly RepoTags: readonly string[] | null;
}

/** The archive of GET /images/get: it names images and layers, and what runs in them stays in this world. @throws {DaemonError} */
export function savedImages(
  images: ImageStore,
  refs: readonly string[],
  now: Nanos,
): readonly ArchivedFile[] {
  const saved = namesOf(images, refs);
  for (const image of saved.keys()) images.tell("save", image);
  const file = (path: string, content: string): ArchivedFile => ({
    path,
    kind: "file",
    mode: 0o644,
    uid: 0,
    gid: 0,
    changed: now,
    content,
  });
  const directory = (path: string): ArchivedFile => ({ ...file(path, ""), kind: "directory", mode: 0o755 });
  const layers = new Set([...saved.keys()].flatMap((image) => image.layers.map(({ id }) => id.slice(7))));
  const manifest = [...saved].map(([image, names]) => ({
    Config: `${image.id.slice(7)}.json`,
    RepoTags: names.size > 0 ? [...names] : null,
    Layers: image.layers.map(({ id }) => `${id.slice(7)}/layer.tar`),
  }));
  const repositories = repositoriesOf(saved);
  return [
    ...[...layers]
      .sort()
      .flatMap((id) => [
        directory(id),
        file(`${id}/VERSION`, "1.0"),
        file(`${id}/json`, JSON.stringify({ id })),
        file(`${id}/layer.tar`, ""),
      ]),
    ...[...saved.keys()].map((image) => file(`${image.id.slice(7)}.json`, JSON.stringify(resourceOf(image)))),
    file("manifest.json", `${JSON.stringify(manifest)}\n`),
    ...(repositories === null ? [] : [file("repositories", `${repositories}\n`)]),
  ];
}

/** The images that are meant, and the names under which: a name without a tag means all of its tags (moby tarexport, parseNames). */
function namesOf(images: ImageStore, refs: readonly string[]): ReadonlyMap<Image, ReadonlySet<string>> {
  const saved = new Map<Image, Set<string>>();
  const add = (image: Image, name: string | null): void => {
    const names = saved.get(image) ?? new Set();
    saved.set(image, names);
    if (name !== null) names.add(name);
  };
  for (const ref of refs) {
    const image = images.find(ref);
    const reference = /^(?:sha256:)?[0-9a-f]{64}$/.test(ref) ? null : demandReference(ref);
    const all =
      reference === null || reference.tag !== null || reference.digest !== null
        ? []
        : images
            .list()
            .flatMap((one) => one.tags.map((tag) => [one, tag] as const))
            .filter(([, tag]) => tag.slice(0, tag.lastIndexOf(":")) === reference.name)
            .sort(([, a], [, b]) => (a < b ? -1 : 1));
    for (const [one, tag] of all) add(one, tag);
    if (all.length > 0) continue;
    if (image === null) throw new DaemonError(404, `No such image: ${ref}`);
    const name = reference === null ? null : localName(reference);
    add(image, name !== null && image.tags.includes(name) ? name : null);
  }
  return saved;
}

/** The text of `repositories`: by name and tag the uppermost layer; null when nothing has a name. */
function repositoriesOf(saved: ReadonlyMap<Image, ReadonlySet<string>>): string | null {
  const repositories = new Map<string, Map<string, string>>();
  for (const [image, names] of saved)
    for (const name of names) {
      const cut = name.lastIndexOf(":");
      const tags = repositories.get(name.slice(0, cut)) ?? new Map<string, string>();
      repositories.set(name.slice(0, cut), tags.set(name.slice(cut + 1), image.layers.at(-1)!.id.slice(7)));
    }
  if (repositories.size === 0) return null;
  return JSON.stringify(
    Object.fromEntries([...repositories].map(([name, tags]) => [name, Object.fromEntries(tags)])),
  );
}

/** Puts the images of an archive on the host; the lines that the engine says. @throws {DaemonError} */
export function loadImages(images: ImageStore, files: readonly ArchivedFile[]): readonly string[] {
  const text = files.find(({ path }) => path === "manifest.json")?.content;
  if (typeof text !== "string")
    throw new DaemonError(
      500,
      "open /var/lib/docker/tmp/docker-import/repositories: no such file or directory",
    );
  const said: string[] = [];
  for (const { Config, RepoTags } of readManifest(text)) {
    const id = `sha256:${Config.replace(/\.json$/, "")}`;
    const names = (RepoTags ?? []).map(taggedName);
    let image = images.list().find((one) => one.id === id);
    if (image === undefined) {
      const remembered = images.remembered(id);
      // What an image runs is a program of this world: an archive names it.
      if (remembered === null) throw new DaemonError(500, "invalid manifest, layers length mismatch");
      image = images.put({ ...remembered, tags: [], digests: [], tagged: null });
    }
    for (const name of names) {
      images.nameLoaded(image, name);
      said.push(`Loaded image: ${name}`);
    }
    images.tell("load", image);
    if (RepoTags === null) said.push(`Loaded image ID: ${id}`);
  }
  return said;
}

/** @throws {DaemonError} in the words of Go's encoding/json for what is no list of images */
function readManifest(text: string): readonly ManifestItem[] {
  let manifest: unknown;
  try {
    manifest = JSON.parse(text);
  } catch {
    const first = text.trimStart().charAt(0);
    throw new DaemonError(
      500,
      first === "" || /[[{"\d-]/.test(first)
        ? "unexpected EOF"
        : `invalid character '${first}' looking for beginning of value`,
    );
  }
  if (!Array.isArray(manifest)) throw wrongKind(manifest, "value of type []tarexport.manifestItem");
  return manifest.map((item: unknown) => {
    if (typeof item !== "object" || item === null || Array.isArray(item))
      throw wrongKind(item, "value of type tarexport.manifestItem");
    const fields = item as Readonly<Record<string, unknown>>;
    const Config = own(fields, "Config") ?? "";
    const RepoTags = own(fields, "RepoTags") ?? null;
    if (typeof Config !== "string")
      throw wrongKind(Config, "struct field manifestItem.Config of type string");
    if (RepoTags !== null && !isTexts(RepoTags))
      throw wrongKind(RepoTags, "struct field manifestItem.RepoTags of type []string");
    return { Config, RepoTags };
  });
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((one) => typeof one === "string");
}

function wrongKind(value: unknown, wanted: string): DaemonError {
  const kind = Array.isArray(value) ? "array" : typeof value === "boolean" ? "bool" : typeof value;
  return new DaemonError(500, `json: cannot unmarshal ${kind} into Go ${wanted}`);
}

/** A name that an archive gives its image. @throws {DaemonError} */
function taggedName(text: string): string {
  const reference = demandReference(text);
  if (reference.tag === null) throw new DaemonError(500, `invalid tag ${goQuote(text)}`);
  return localName(reference);
}
