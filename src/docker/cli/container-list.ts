import { EPOCH_SECONDS, SECOND } from "../../sim/time.ts";
import type { ContainerSummary } from "../api/container-types.ts";
import { shortId } from "../ids.ts";
import { parseImageReference } from "../images/image-reference.ts";
import { goQuote } from "../templates/go-quote.ts";
import { humanDuration } from "../timestamps.ts";
import type { Invocation } from "./client-context.ts";
import { humanSize } from "./human-text.ts";
import { ellipsis, type Listing, labelMethod, labelsText, listText, tryFormat } from "./list-output.ts";
import { secondsText } from "./timestamps.ts";

const TABLE = "table {{.ID}}\t{{.Image}}\t{{.Command}}\t{{.RunningFor}}\t{{.Status}}\t{{.Ports}}\t{{.Names}}";
const RAW = `container_id: {{.ID}}
image: {{.Image}}
command: {{.Command}}
created_at: {{.CreatedAt}}
state: {{- pad .State 1 0}}
status: {{- pad .Status 1 0}}
names: {{.Names}}
labels: {{- pad .Labels 1 0}}
ports: {{- pad .Ports 1 0}}
`;

/** `docker container ls`, `docker ps` */
export function listContainers({ context, options, api }: Invocation): number {
  const last = options.given("last") ? options.number("last") : -1;
  const limit = options.flag("latest") && last === -1 ? 1 : last;
  const said = options.text("format");
  const size = options.flag("size") || asksForSize(said);
  const containers = api.containerList({
    all: options.flag("all") || limit > 0,
    ...(limit > 0 ? { limit } : {}),
    size,
    filters: options.filters(),
  });
  const quiet = options.flag("quiet");
  let format = said === "" ? "table" : said;
  if (format === "table") format = quiet ? "{{.ID}}" : TABLE + (size ? "\t{{.Size}}" : "");
  else if (format === "raw")
    format = quiet ? "container_id: {{.ID}}" : RAW + (size ? "size: {{.Size}}\n" : "");
  const now = EPOCH_SECONDS + context.now() / SECOND;
  context.out(listText(format, containers, containerListing(!options.flag("no-trunc"), now)));
  return 0;
}

/**
 * Whether a format uses the size, which the engine is asked for only then: the client tries it on a container that is
 * nothing. @throws {ClientError} when that fails
 */
function asksForSize(format: string): boolean {
  if (format === "") return false;
  let asked = false;
  const listing = containerListing(true, 0);
  const noting: Listing<ContainerSummary> = {
    ...listing,
    fields: (container) => ({
      ...listing.fields(container),
      Size: () => {
        asked = true;
        return "0B";
      },
    }),
  };
  tryFormat(format, NOBODY, noting);
  return asked;
}

const NOBODY: ContainerSummary = {
  Id: "",
  Names: [],
  Image: "",
  ImageID: "",
  Command: "",
  Created: 0,
  Ports: [],
  Labels: {},
  State: "",
  Status: "",
  HostConfig: { NetworkMode: "" },
  NetworkSettings: { Networks: {} },
  Mounts: [],
};

/** @param now seconds since 1970 */
export function containerListing(short: boolean, now: number): Listing<ContainerSummary> {
  return {
    type: "*formatter.ContainerContext",
    heads: {
      ID: "CONTAINER ID",
      Names: "NAMES",
      Image: "IMAGE",
      Command: "COMMAND",
      CreatedAt: "CREATED AT",
      RunningFor: "CREATED",
      Ports: "PORTS",
      State: "STATE",
      Status: "STATUS",
      Size: "SIZE",
      Labels: "LABELS",
      Mounts: "MOUNTS",
      LocalVolumes: "LOCAL VOLUMES",
      Networks: "NETWORKS",
    },
    fields: (container) => ({
      Command: () => goQuote(short ? ellipsis(container.Command, 20) : container.Command),
      CreatedAt: () => secondsText(container.Created),
      ID: short ? shortId(container.Id) : container.Id,
      Image: () => imageText(container, short),
      Label: labelMethod(container.Labels),
      Labels: () => labelsText(container.Labels),
      LocalVolumes: () => String(container.Mounts.filter(({ Driver }) => Driver === "local").length),
      Mounts: () =>
        container.Mounts.map(({ Name, Source }) => Name || Source)
          .map((name) => (short ? ellipsis(name, 15) : name))
          .join(","),
      Names: () => namesText(container.Names, short),
      Networks: () => Object.keys(container.NetworkSettings.Networks).join(","),
      Ports: () => portsText(container.Ports),
      RunningFor: () => `${humanDuration(now - container.Created)} ago`,
      Size: () => sizeText(container),
      State: container.State,
      Status: container.Status,
    }),
  };
}

/** A linked container has more names than its own; those have a second slash. */
function namesText(names: readonly string[], short: boolean): string {
  const bare = names.map((name) => name.slice(1));
  const own = short ? bare.find((name) => !name.includes("/")) : undefined;
  return own ?? bare.join(",");
}

function imageText({ Image, ImageID }: ContainerSummary, short: boolean): string {
  if (Image === "") return "<no image>";
  if (!short) return Image;
  if (shortId(ImageID) === shortId(Image)) return shortId(ImageID);
  const reference = parseImageReference(Image);
  if (reference === null) return Image;
  return reference.tag === null ? reference.name : `${reference.name}:${reference.tag}`;
}

function sizeText(container: ContainerSummary): string {
  const own = humanSize(container.SizeRw ?? 0, 3);
  const all = container.SizeRootFs ?? 0;
  return all > 0 ? `${own} (virtual ${humanSize(all, 3)})` : own;
}

type Port = ContainerSummary["Ports"][number];

/** `0.0.0.0:8080->80/tcp, 443/tcp`: neighbouring ports that are published as themselves are one range. */
function portsText(ports: readonly Port[]): string {
  const sorted = [...ports].sort(
    (a, b) =>
      a.PrivatePort - b.PrivatePort ||
      order(a.IP ?? "", b.IP ?? "") ||
      (a.PublicPort ?? 0) - (b.PublicPort ?? 0) ||
      order(a.Type, b.Type),
  );
  const texts: string[] = [];
  const mapped: string[] = [];
  const groups = new Map<string, { first: number; last: number; ip: string; type: string }>();
  for (const { IP = "", PrivatePort, PublicPort = 0, Type } of sorted) {
    if (IP !== "" && PublicPort !== PrivatePort) {
      mapped.push(`${IP}:${PublicPort}->${PrivatePort}/${Type}`);
      continue;
    }
    const key = `${IP}/${Type}`;
    const group = groups.get(key);
    if (group !== undefined && PrivatePort === group.last + 1) {
      group.last = PrivatePort;
      continue;
    }
    if (group !== undefined) texts.push(rangeText(group));
    groups.set(key, { first: PrivatePort, last: PrivatePort, ip: IP, type: Type });
  }
  for (const group of groups.values()) texts.push(rangeText(group));
  return [...texts, ...mapped].join(", ");
}

function rangeText({
  first,
  last,
  ip,
  type,
}: {
  first: number;
  last: number;
  ip: string;
  type: string;
}): string {
  const range = first === last ? String(first) : `${first}-${last}`;
  return ip === "" ? `${range}/${type}` : `${ip}:${range}->${range}/${type}`;
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
