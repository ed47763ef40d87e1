import type { ContainerConfig } from "../api/container-types.ts";
import type { ImageConfig, ImageResource, ImageSummary } from "../api/image-types.ts";
import { RELEASE } from "../release.ts";
import { NEVER, rfc3339, unixSeconds } from "../timestamps.ts";
import type { Image } from "./image.ts";
import { configOf } from "./image-config.ts";
import { canonicalName } from "./image-reference.ts";

/** An image as `GET /images/json` lists it. */
export function summaryOf(image: Image): ImageSummary {
  return {
    Id: image.id,
    ParentId: image.parent,
    RepoTags: image.tags.length > 0 ? sortedNames(image.tags) : ["<none>:<none>"],
    RepoDigests: image.digests.length > 0 ? [...image.digests] : [],
    Created: unixSeconds(image.created),
    Size: image.size,
    SharedSize: -1,
    VirtualSize: image.size,
    Labels: Object.keys(image.config.Labels).length > 0 ? { ...image.config.Labels } : null,
    Containers: -1,
  };
}

/** An image as `docker image inspect` shows it. */
export function resourceOf(image: Image): ImageResource {
  const id = image.id.slice(7);
  return {
    Id: image.id,
    RepoTags: sortedNames(image.tags),
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

/** Names as the engine keeps them: by their whole text, the registry's name in front. */
export function sortedNames(tags: readonly string[]): string[] {
  return [...tags].sort((a, b) => (canonicalName(a) < canonicalName(b) ? -1 : 1));
}

function shownConfig(config: ContainerConfig): ImageConfig {
  return { ...config, Labels: Object.keys(config.Labels).length > 0 ? { ...config.Labels } : null };
}
