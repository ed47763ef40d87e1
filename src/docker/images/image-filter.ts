import { DaemonError } from "../api/daemon-error.ts";
import type { Filters } from "../api/docker-api.ts";
import type { ImageSummary } from "../api/image-types.ts";
import { checkFilterKeys, truthFilter } from "../filters.ts";
import { hasLabel } from "../labels.ts";
import type { ImageStore } from "./image-store.ts";
import { sortedNames, summaryOf } from "./inspect.ts";

const KEYS = ["before", "dangling", "label", "reference", "since"];

/** The images that `docker image ls` lists with these filters, the newest first. @throws {DaemonError} 400 */
export function imagesListed(images: ImageStore, filters: Filters): ImageSummary[] {
  checkFilterKeys(filters, KEYS);
  const wanted = filters["reference"] ?? [];
  const dangling = truthFilter(filters, "dangling");
  const labels = filters["label"] ?? [];
  const all = images.list();
  // Newest first: who comes behind was there before.
  const places = (key: string): number[] =>
    (filters[key] ?? []).map((ref) => all.indexOf(images.demand(ref)));
  const [before, since] = [places("before"), places("since")];
  return all.flatMap((image, place) => {
    if (dangling !== undefined && dangling !== (image.tags.length === 0)) return [];
    if (!before.every((other) => place > other) || !since.every((other) => place < other)) return [];
    if (!labels.every((label) => hasLabel(image.config.Labels, label))) return [];
    const summary = summaryOf(image);
    if (wanted.length === 0) return [summary];
    // Of the names of an image those are shown that somebody asked for.
    const RepoTags = sortedNames(image.tags).filter((tag) =>
      wanted.some((pattern) => matchesName(pattern, tag)),
    );
    return RepoTags.length > 0 ? [{ ...summary, RepoTags }] : [];
  });
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
