import { EPOCH_SECONDS, SECOND } from "../../sim/time.ts";
import type { ContainerSummary } from "../api/container-types.ts";
import type { ImageSummary } from "../api/image-types.ts";
import type { VolumeResource } from "../api/volume-types.ts";
import { parseImageReference } from "../images/image-reference.ts";
import type { Invocation } from "./client-context.ts";
import { containerListing } from "./container-list.ts";
import { humanSize } from "./human-text.ts";
import { imageListing } from "./image-commands.ts";
import { type Listing, listText } from "./list-output.ts";
import { VOLUME_LISTING } from "./volume-commands.ts";

interface Usage {
  readonly type: string;
  readonly total: number;
  readonly active: number;
  readonly size: number;
  readonly reclaimable: number;
  /** Whether the part that can be gained is shown as a share of the whole. */
  readonly share: boolean;
}

const TABLE = "table {{.Type}}\t{{.TotalCount}}\t{{.Active}}\t{{.Size}}\t{{.Reclaimable}}";
const RAW =
  "type: {{.Type}}\ntotal: {{.TotalCount}}\nactive: {{.Active}}\nsize: {{.Size}}\nreclaimable: {{.Reclaimable}}\n";

const USAGE: Listing<Usage> = {
  type: "*formatter.diskUsageImagesContext",
  heads: { Type: "TYPE", TotalCount: "TOTAL", Active: "ACTIVE", Size: "SIZE", Reclaimable: "RECLAIMABLE" },
  fields: ({ type, total, active, size, reclaimable, share }) => ({
    Active: String(active),
    Reclaimable:
      humanSize(reclaimable) + (share && size > 0 ? ` (${Math.trunc((reclaimable * 100) / size)}%)` : ""),
    Size: humanSize(size),
    TotalCount: String(total),
    Type: type,
  }),
};

/** `docker system df` */
export function showDiskUsage(invocation: Invocation): number {
  const { context, options, api } = invocation;
  const usage = api.diskUsage();
  const said = options.text("format");
  if (options.flag("verbose") && (said === "" || said === "table")) {
    context.out(verboseText(invocation, usage));
    return 0;
  }
  const format = said === "" || said === "table" ? TABLE : said === "raw" ? RAW : said;
  const rows = [
    imageUsage(usage.Images, usage.LayersSize),
    containerUsage(usage.Containers),
    volumeUsage(usage.Volumes),
    BUILD_CACHE,
  ];
  context.out(listText(format, rows, USAGE));
  return 0;
}

/** Nothing is built here. */
const BUILD_CACHE: Usage = {
  type: "Build Cache",
  total: 0,
  active: 0,
  size: 0,
  reclaimable: 0,
  share: false,
};

/** What the images that are used share with others counts as if it could be gained, as in the real client. */
function imageUsage(images: readonly ImageSummary[], size: number): Usage {
  const used = images
    .filter(({ Containers, SharedSize }) => Containers !== 0 && SharedSize !== -1)
    .reduce((sum, { VirtualSize, SharedSize }) => sum + VirtualSize - SharedSize, 0);
  const active = images.filter(({ Containers }) => Containers > 0).length;
  return { type: "Images", total: images.length, active, size, reclaimable: size - used, share: true };
}

function containerUsage(containers: readonly ContainerSummary[]): Usage {
  const isActive = ({ State }: ContainerSummary): boolean => /running|paused|restarting/.test(State);
  const sum = (some: readonly { SizeRw?: number }[]): number =>
    some.reduce((size, { SizeRw }) => size + (SizeRw ?? 0), 0);
  return {
    type: "Containers",
    total: containers.length,
    active: containers.filter(isActive).length,
    size: sum(containers),
    reclaimable: sum(containers.filter((one) => !isActive(one))),
    share: true,
  };
}

function volumeUsage(volumes: readonly VolumeResource[]): Usage {
  const sum = (some: readonly VolumeResource[]): number =>
    some.reduce((size, { UsageData }) => size + Math.max(0, UsageData?.Size ?? 0), 0);
  const isUsed = ({ UsageData }: VolumeResource): boolean => (UsageData?.RefCount ?? 0) > 0;
  return {
    type: "Local Volumes",
    total: volumes.length,
    active: volumes.filter(isUsed).length,
    size: sum(volumes),
    reclaimable: sum(volumes.filter((one) => !isUsed(one))),
    share: true,
  };
}

const IMAGES =
  "table {{.Repository}}\t{{.Tag}}\t{{.ID}}\t{{.CreatedSince}}\t{{.VirtualSize}}\t{{.SharedSize}}\t{{.UniqueSize}}\t{{.Containers}}";
const CONTAINERS =
  "table {{.ID}}\t{{.Image}}\t{{.Command}}\t{{.LocalVolumes}}\t{{.Size}}\t{{.RunningFor}}\t{{.Status}}\t{{.Names}}";
const CACHE =
  "table {{.ID}}\t{{.CacheType}}\t{{.Size}}\t{{.CreatedSince}}\t{{.LastUsedSince}}\t{{.UsageCount}}\t{{.Shared}}";

const CACHE_LISTING: Listing<never> = {
  type: "*formatter.buildCacheContext",
  heads: {
    ID: "CACHE ID",
    CacheType: "CACHE TYPE",
    Size: "SIZE",
    CreatedSince: "CREATED",
    LastUsedSince: "LAST USED",
    UsageCount: "USAGE",
    Shared: "SHARED",
  },
  fields: () => ({}),
};

function verboseText(
  { context }: Invocation,
  { Images, Containers, Volumes }: ReturnType<Invocation["api"]["diskUsage"]>,
): string {
  const now = EPOCH_SECONDS + context.now() / SECOND;
  const images = Images.map((image) => {
    const first = image.RepoTags[0];
    const reference = first === undefined || first === "<none>:<none>" ? null : parseImageReference(first);
    return { image, repository: reference?.name ?? "<none>", tag: reference?.tag ?? "<none>", digest: "" };
  });
  return [
    `Images space usage:\n\n${listText(IMAGES, images, imageListing(true, now))}`,
    `Containers space usage:\n\n${listText(CONTAINERS, Containers, containerListing(true, now))}`,
    `Local Volumes space usage:\n\n${listText("table {{.Name}}\t{{.Links}}\t{{.Size}}", Volumes, VOLUME_LISTING)}`,
    `Build cache usage: 0B\n\n${listText(CACHE, [], CACHE_LISTING)}`,
  ].join("\n");
}
