import type { Program } from "../../sim/process.ts";
import type { VolumeResource } from "../api/volume-types.ts";
import { confirm, naming, refusal } from "./ask.ts";
import { ClientError, type Invocation, type Runner } from "./client-context.ts";
import { humanSize } from "./human-text.ts";
import { inspectAll } from "./inspect-output.ts";
import { type Listing, labelMethod, labelsText, listText } from "./list-output.ts";
import { naturalOrder } from "./natural-order.ts";
import { labelsOf } from "./plain-values.ts";

/** `docker volume ...` */
export const VOLUME_RUNNERS: Readonly<Record<string, Runner>> = {
  "volume create": create,
  "volume inspect": inspect,
  "volume ls": list,
  "volume prune": prune,
  "volume rm": remove,
};

export const VOLUME_LISTING: Listing<VolumeResource> = {
  type: "*formatter.volumeContext",
  heads: {
    Name: "VOLUME NAME",
    Driver: "DRIVER",
    Scope: "SCOPE",
    Mountpoint: "MOUNTPOINT",
    Labels: "LABELS",
    Links: "LINKS",
    Size: "SIZE",
  },
  fields: (volume) => ({
    Driver: volume.Driver,
    Label: labelMethod(volume.Labels),
    Labels: () => labelsText(volume.Labels),
    Links: volume.UsageData === undefined ? "N/A" : String(volume.UsageData.RefCount),
    Mountpoint: volume.Mountpoint,
    Name: volume.Name,
    Scope: volume.Scope,
    Size: volume.UsageData === undefined ? "N/A" : humanSize(volume.UsageData.Size),
  }),
};

function create({ context, options, args, api }: Invocation): number {
  const { Name } = api.volumeCreate({
    Name: args[0] ?? "",
    Driver: options.text("driver"),
    DriverOpts: { ...options.map("opt") },
    Labels: labelsOf(options.list("label")),
  });
  context.out(`${Name}\n`);
  return 0;
}

function list({ context, options, api }: Invocation): number {
  const volumes = [...api.volumeList(options.filters())].sort((a, b) => naturalOrder(a.Name, b.Name));
  const quiet = options.flag("quiet");
  const said = options.text("format");
  let format = said === "" ? "table" : said;
  if (format === "table") format = quiet ? "{{.Name}}" : "table {{.Driver}}\t{{.Name}}";
  else if (format === "raw") format = quiet ? "name: {{.Name}}" : "name: {{.Name}}\ndriver: {{.Driver}}\n";
  context.out(listText(format, volumes, VOLUME_LISTING));
  return 0;
}

function inspect({ context, options, args, api }: Invocation): number {
  return inspectAll(context, args, options.text("format"), (ref) => ({
    type: "types.Volume",
    answer: naming("volume", ref, () => api.volumeInspect(ref)),
  }));
}

function remove({ context, options, args, api }: Invocation): number {
  const refusals: string[] = [];
  for (const name of args) {
    try {
      naming("volume", name, () => api.volumeRemove(name, options.flag("force")));
      context.out(`${name}\n`);
    } catch (error) {
      refusals.push(refusal(error));
    }
  }
  if (refusals.length > 0) throw new ClientError(refusals.join("\n"));
  return 0;
}

const QUESTION =
  "WARNING! This will remove all local volumes not used by at least one container.\nAre you sure you want to continue?";

function* prune(invocation: Invocation): Program {
  const { context, options } = invocation;
  const agreed = options.flag("force") || (yield* confirm(invocation, QUESTION));
  const { text, space } = agreed ? pruneVolumes(invocation) : { text: "", space: 0 };
  if (text !== "") context.out(`${text}\n`);
  context.out(`Total reclaimed space: ${humanSize(space)}\n`);
  return 0;
}

/** What pruning volumes says, and how many bytes it gained. */
export function pruneVolumes({ options, api }: Invocation): {
  readonly text: string;
  readonly space: number;
} {
  const { VolumesDeleted, SpaceReclaimed } = api.volumePrune(options.filters());
  if (VolumesDeleted.length === 0) return { text: "", space: 0 };
  return {
    text: `Deleted Volumes:\n${VolumesDeleted.map((name) => `${name}\n`).join("")}`,
    space: SpaceReclaimed,
  };
}
