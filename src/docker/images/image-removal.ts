import type { Nanos } from "../../sim/time.ts";
import { DaemonError } from "../api/daemon-error.ts";
import type { Filters } from "../api/docker-api.ts";
import { truthFilter } from "../filters.ts";
import { shortId } from "../ids.ts";
import { pruneFilter } from "../prune-filters.ts";
import type { Image } from "./image.ts";
import { demandReference, localName } from "./image-reference.ts";
import type { ImageStore } from "./image-store.ts";
import { sortedNames } from "./inspect.ts";

/** What was taken away: a name, or an image. */
type Removed = { Untagged?: string; Deleted?: string };

/** A container that uses an image. */
interface User {
  readonly id: string;
  readonly running: boolean;
}

/**
 * `docker image rm`: takes a name away, or an image with all its names.
 * @param users the containers that use an image
 * @throws {DaemonError} 404 when it is not there, 409 when it may not go
 */
export function removeImage(
  images: ImageStore,
  ref: string,
  force: boolean,
  users: (image: Image) => readonly User[],
): Removed[] {
  const image = images.demand(ref);
  const byId = !image.tags.includes(nameOrEmpty(ref));
  const using = users(image);
  const short = shortId(image.id);
  const removed: Removed[] = [];
  if (byId) {
    if (image.tags.length > 1 && !force) {
      const words = `unable to delete ${short} (must be forced) - image is referenced in multiple repositories`;
      throw new DaemonError(409, `conflict: ${words}`);
    }
    refuseUsed(short, using, force);
  } else if (image.tags.length === 1) {
    const shown = `unable to remove repository reference "${ref}"`;
    const user = using[0];
    if (user !== undefined && !force) {
      const words = `container ${shortId(user.id)} is using its referenced image ${short}`;
      throw new DaemonError(409, `conflict: ${shown} (must force) - ${words}`);
    }
  }
  const names = byId ? sortedNames(image.tags) : [localName(demandReference(ref))];
  for (const name of names) {
    image.tags.splice(image.tags.indexOf(name), 1);
    removed.push({ Untagged: name });
    images.tell("untag", image);
  }
  if (image.tags.length > 0 || using.length > 0) return removed;
  for (const digest of image.digests) {
    removed.push({ Untagged: digest });
    images.tell("untag", image);
  }
  removed.push(...deletedOf(images.drop(image)));
  return removed;
}

/**
 * Takes away images that no container uses: those without a name, or with the filter `dangling=false` all.
 * @param used the images that containers use. @throws {DaemonError} 400
 */
export function pruneImages(
  images: ImageStore,
  filters: Filters,
  used: ReadonlySet<Image>,
  now: Nanos,
): { ImagesDeleted: Removed[]; SpaceReclaimed: number } {
  const passes = pruneFilter(filters, now, ["dangling", "until"]);
  const all = truthFilter(filters, "dangling", [
    ["false", "0"],
    ["true", "1"],
  ]);
  const deleted: Removed[] = [];
  let space = 0;
  for (const image of images.list().reverse()) {
    if (used.has(image) || (all !== true && image.tags.length > 0)) continue;
    if (!passes({ labels: image.config.Labels, createdAt: image.created })) continue;
    for (const name of sortedNames(image.tags)) {
      deleted.push({ Untagged: name });
      images.tell("untag", image);
    }
    for (const digest of image.digests) deleted.push({ Untagged: digest });
    space += image.size - images.sharedSize(image);
    deleted.push(...deletedOf(images.drop(image)));
  }
  return { ImagesDeleted: deleted, SpaceReclaimed: space };
}

/** @throws {DaemonError} 409 when an image that was named by its id is in use */
function refuseUsed(short: string, using: readonly User[], force: boolean): void {
  const refusal = (how: string, { id, running }: User): DaemonError =>
    new DaemonError(
      409,
      `conflict: unable to delete ${short} (${how}) - image is being used by ${running ? "running" : "stopped"} container ${shortId(id)}`,
    );
  const running = using.find((user) => user.running);
  if (running !== undefined) throw refusal("cannot be forced", running);
  if (using[0] !== undefined && !force) throw refusal("must be forced", using[0]);
}

function deletedOf(ids: readonly string[]): Removed[] {
  return ids.map((id) => ({ Deleted: id }));
}

/** An id need not be a name that one can give. */
function nameOrEmpty(ref: string): string {
  try {
    return localName(demandReference(ref));
  } catch (error) {
    if (error instanceof DaemonError) return "";
    throw error;
  }
}
