import type { Program } from "../../sim/process.ts";
import { EPOCH_SECONDS, SECOND } from "../../sim/time.ts";
import type { ImageSummary } from "../api/image-types.ts";
import { shortId } from "../ids.ts";
import { canonicalName, invalidReference, parseImageReference } from "../images/image-reference.ts";
import { humanDuration } from "../timestamps.ts";
import { confirm, MissingObject, naming, refusal } from "./ask.ts";
import { ClientError, type Invocation, type Runner } from "./client-context.ts";
import { humanSize } from "./human-text.ts";
import { importImage, loadImages, saveImages, showHistory } from "./image-archives.ts";
import { pullText } from "./image-pull.ts";
import { inspectAll } from "./inspect-output.ts";
import { type Listing, listText } from "./list-output.ts";
import { secondsText } from "./timestamps.ts";
import { unsimulated } from "./unsimulated.ts";

/** `docker image ...` */
export const IMAGE_RUNNERS: Readonly<Record<string, Runner>> = {
  "image history": showHistory,
  "image import": importImage,
  "image inspect": inspect,
  "image load": loadImages,
  "image ls": list,
  "image prune": prune,
  "image pull": pull,
  "image rm": remove,
  "image save": saveImages,
  "image tag": tag,
  "image build": unsimulated("building images"),
};

const HEAD = "table {{.Repository}}\t{{.Tag}}\t";
const TAIL = "{{.ID}}\t{{if .CreatedSince }}{{.CreatedSince}}{{else}}N/A{{end}}\t{{.Size}}";
const RAW = "repository: {{ .Repository }}\ntag: {{.Tag}}\n";
const RAW_TAIL = "image_id: {{.ID}}\ncreated_at: {{.CreatedAt}}\nvirtual_size: {{.Size}}\n";

/** A line of the list: an image under one of its names. */
interface ImageLine {
  readonly image: ImageSummary;
  readonly repository: string;
  readonly tag: string;
  readonly digest: string;
}

function list({ context, options, args, api }: Invocation): number {
  const filters = options.filters();
  const name = args[0];
  const wanted =
    name === undefined ? filters : { ...filters, reference: [...(filters["reference"] ?? []), name] };
  const images = api.imageList({ all: options.flag("all"), filters: wanted });
  const digests = options.flag("digests");
  const quiet = options.flag("quiet");
  const said = options.text("format");
  let format = said === "" ? "table" : said;
  if (format === "table") format = quiet ? "{{.ID}}" : HEAD + (digests ? "{{.Digest}}\t" : "") + TAIL;
  else if (format === "raw") {
    format = quiet ? "image_id: {{.ID}}" : RAW + (digests ? "digest: {{.Digest}}\n" : "") + RAW_TAIL;
  } else if (format.startsWith("table") && digests && !format.includes("{{.Digest}}"))
    format += "\t{{.Digest}}";
  const withDigests = digests || format.includes("{{.Digest}}");
  const lines = images.flatMap((image) => imageLines(image, withDigests));
  const now = EPOCH_SECONDS + context.now() / SECOND;
  context.out(listText(format, lines, imageListing(!options.flag("no-trunc"), now)));
  return 0;
}

const NONE = "<none>";

/** An image has a line for each of its tags, and for a repository that knows it only by its digest. */
function imageLines(image: ImageSummary, withDigests: boolean): ImageLine[] {
  const tags = (image.RepoTags ?? []).filter((one) => one !== "<none>:<none>");
  const digests = (image.RepoDigests ?? []).filter((one) => one !== "<none>@<none>");
  if (tags.length === 0 && digests.length === 0) {
    return [{ image, repository: NONE, tag: NONE, digest: NONE }];
  }
  const lines: ImageLine[] = [];
  const digestsOf = (repository: string): string[] =>
    digests.flatMap((one) => {
      const reference = parseImageReference(one);
      return reference?.name === repository && reference.digest !== null ? [reference.digest] : [];
    });
  const tagged = new Set<string>();
  for (const one of tags) {
    const reference = parseImageReference(one);
    if (reference === null || reference.tag === null) continue;
    const { name: repository, tag } = reference;
    tagged.add(repository);
    const known = withDigests ? digestsOf(repository) : [];
    for (const digest of known.length === 0 ? [NONE] : known) lines.push({ image, repository, tag, digest });
  }
  const others = new Set(
    digests.map((one) => parseImageReference(one)?.name ?? "").filter((one) => one !== ""),
  );
  for (const repository of others) {
    if (tagged.has(repository)) continue;
    const known = withDigests ? digestsOf(repository) : [""];
    for (const digest of known) lines.push({ image, repository, tag: NONE, digest });
  }
  return lines;
}

/** @param now seconds since 1970 */
export function imageListing(short: boolean, now: number): Listing<ImageLine> {
  return {
    type: "*formatter.imageContext",
    heads: {
      ID: "IMAGE ID",
      Repository: "REPOSITORY",
      Tag: "TAG",
      Digest: "DIGEST",
      CreatedSince: "CREATED",
      CreatedAt: "CREATED AT",
      Size: "SIZE",
      Containers: "CONTAINERS",
      VirtualSize: "SIZE",
      SharedSize: "SHARED SIZE",
      UniqueSize: "UNIQUE SIZE",
    },
    fields: ({ image, repository, tag: ofTag, digest }) => ({
      Containers: image.Containers === -1 ? "N/A" : String(image.Containers),
      CreatedAt: () => secondsText(image.Created),
      CreatedSince: () => `${humanDuration(now - image.Created)} ago`,
      Digest: digest,
      ID: short ? shortId(image.Id) : image.Id,
      Repository: repository,
      SharedSize: image.SharedSize === -1 ? "N/A" : humanSize(image.SharedSize),
      Size: humanSize(image.Size, 3),
      Tag: ofTag,
      UniqueSize: image.SharedSize === -1 ? "N/A" : humanSize(image.VirtualSize - image.SharedSize),
      VirtualSize: humanSize(image.VirtualSize),
    }),
  };
}

function inspect({ context, options, args, api }: Invocation): number {
  return inspectAll(context, args, options.text("format"), (ref) => ({
    type: "types.ImageInspect",
    answer: naming("image", ref, () => api.imageInspect(ref)),
  }));
}

function* pull({ context, options, args, api }: Invocation): Program {
  const image = args[0]!;
  const reference = parseImageReference(image);
  if (reference === null) throw new ClientError(invalidReference(image));
  if (options.flag("all-tags") && (reference.tag !== null || reference.digest !== null)) {
    throw new ClientError("tag can't be used with --all-tags/-a");
  }
  const quiet = options.flag("quiet");
  if (reference.tag === null && reference.digest === null && !options.flag("all-tags") && !quiet) {
    context.out("Using default tag: latest\n");
  }
  const text = yield* pullText(api, image);
  if (!quiet) context.out(text);
  context.out(`${fullName(image)}\n`);
  return 0;
}

/** `docker.io/library/alpine:latest` */
function fullName(image: string): string {
  const { name, tag: ofTag, digest } = parseImageReference(image)!;
  return `${canonicalName(name)}${digest === null ? `:${ofTag ?? "latest"}` : `@${digest}`}`;
}

function tag({ args, api }: Invocation): number {
  const [source, target] = args as [string, string];
  for (const [ref, what] of [
    [source, "a source"],
    [target, "refusing to create a tag with"],
  ] as const) {
    if (parseImageReference(ref) !== null || (what === "a source" && /^[a-f0-9]{64}$/.test(ref))) continue;
    throw new ClientError(
      `Error parsing reference: "${ref}" is not a valid repository/tag: ${invalidReference(ref)}`,
    );
  }
  api.imageTag(source, target);
  return 0;
}

function remove({ context, options, args, api }: Invocation): number {
  const force = options.flag("force");
  const refusals: string[] = [];
  let fatal = false;
  for (const ref of args) {
    try {
      for (const { Deleted, Untagged } of naming("image", ref, () => api.imageRemove(ref, force))) {
        context.out(Deleted === undefined ? `Untagged: ${Untagged}\n` : `Deleted: ${Deleted}\n`);
      }
    } catch (error) {
      if (!(error instanceof MissingObject)) fatal = true;
      refusals.push(refusal(error));
    }
  }
  if (refusals.length === 0) return 0;
  if (!force || fatal) throw new ClientError(refusals.join("\n"));
  context.err(`${refusals.join("\n")}\n`);
  return 0;
}

const DANGLING = "WARNING! This will remove all dangling images.\nAre you sure you want to continue?";
const UNUSED =
  "WARNING! This will remove all images without at least one container associated to them.\nAre you sure you want to continue?";

function* prune(invocation: Invocation): Program {
  const { context, options } = invocation;
  const all = options.flag("all");
  const agreed = options.flag("force") || (yield* confirm(invocation, all ? UNUSED : DANGLING));
  const { text, space } = agreed ? pruneImages(invocation, all) : { text: "", space: 0 };
  if (text !== "") context.out(`${text}\n`);
  context.out(`Total reclaimed space: ${humanSize(space)}\n`);
  return 0;
}

/** What pruning images says, and how many bytes it gained. */
export function pruneImages(
  { options, api }: Invocation,
  all: boolean,
): { readonly text: string; readonly space: number } {
  const filters = options.filters();
  const dangling = [...(filters["dangling"] ?? []), `${!all}`];
  const { ImagesDeleted, SpaceReclaimed } = api.imagePrune({ ...filters, dangling });
  if (ImagesDeleted.length === 0) return { text: "", space: 0 };
  const lines = ImagesDeleted.map(({ Untagged, Deleted }) =>
    Untagged === undefined ? `deleted: ${Deleted}\n` : `untagged: ${Untagged}\n`,
  );
  return { text: `Deleted Images:\n${lines.join("")}`, space: SpaceReclaimed };
}
