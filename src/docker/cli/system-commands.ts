import type { Program } from "../../sim/process.ts";
import { confirm } from "./ask.ts";
import { ClientError, type Invocation, type Runner } from "./client-context.ts";
import { pruneContainers } from "./container-commands.ts";
import { showDiskUsage } from "./disk-usage.ts";
import { showEvents } from "./events.ts";
import { humanSize } from "./human-text.ts";
import { pruneImages } from "./image-commands.ts";
import { showInfo } from "./info.ts";
import { listText } from "./list-output.ts";
import { naturalOrder } from "./natural-order.ts";
import { pruneNetworks } from "./network-commands.ts";
import { showVersion } from "./version.ts";
import { pruneVolumes } from "./volume-commands.ts";

/** `docker system ...`, `docker version` and what the client asks of places that are not here. */
export const SYSTEM_RUNNERS: Readonly<Record<string, Runner>> = {
  "system df": showDiskUsage,
  "system events": showEvents,
  "system info": showInfo,
  "system prune": prune,
  version: showVersion,
  "builder prune": pruneBuilds,
  "plugin ls": listPlugins,
};

/** Nothing is built here, and nothing left over. */
function* pruneBuilds(invocation: Invocation): Program {
  const { context, options, api } = invocation;
  const what = options.flag("all") ? "all build cache" : "all dangling build cache";
  const question = `WARNING! This will remove ${what}. Are you sure you want to continue?`;
  const agreed = options.flag("force") || (yield* confirm(invocation, question));
  context.out(`Total reclaimed space: ${humanSize(agreed ? api.buildPrune().SpaceReclaimed : 0)}\n`);
  return 0;
}

/** No plug-in is installed: drivers of somebody's own are part of the engine (docs/drivers.md). */
function listPlugins({ context, options }: Invocation): number {
  const said = options.text("format");
  const format =
    said === "" || said === "table" ? "table {{.ID}}\t{{.Name}}\t{{.Description}}\t{{.Enabled}}" : said;
  if (!options.flag("quiet"))
    context.out(
      listText<never>(format, [], {
        type: "*plugin.pluginContext",
        heads: { ID: "ID", Name: "NAME", Description: "DESCRIPTION", Enabled: "ENABLED" },
        fields: () => ({}),
      }),
    );
  return 0;
}

function* prune(invocation: Invocation): Program {
  const { context, options, api } = invocation;
  if (options.flag("volumes") && options.filters()["until"] !== undefined) {
    throw new ClientError('ERROR: The "until" filter is not supported with "--volumes"');
  }
  if (!options.flag("force") && !(yield* confirm(invocation, question(invocation)))) return 0;
  const all = options.flag("all");
  const parts = [
    () => pruneContainers(invocation),
    () => ({ text: pruneNetworks(invocation), space: 0 }),
    ...(options.flag("volumes") ? [() => pruneVolumes(invocation)] : []),
    () => pruneImages(invocation, all),
    () => ({ text: "", space: api.buildPrune().SpaceReclaimed }),
  ];
  let total = 0;
  for (const part of parts) {
    const { text, space } = part();
    total += space;
    if (text !== "") context.out(`${text}\n`);
  }
  context.out(`Total reclaimed space: ${humanSize(total)}\n`);
  return 0;
}

function question({ options }: Invocation): string {
  const all = options.flag("all");
  const lines = [
    "all stopped containers",
    "all networks not used by at least one container",
    ...(options.flag("volumes") ? ["all volumes not used by at least one container"] : []),
    all ? "all images without at least one container associated to them" : "all dangling images",
    all ? "all build cache" : "all dangling build cache",
  ];
  let text = `WARNING! This will remove:${lines.map((line) => `\n  - ${line}`).join("")}\n`;
  const filters = Object.entries(options.filters())
    .filter(([key]) => key === "label" || key === "label!" || key === "until")
    .flatMap(([key, values]) => values.map((value) => `${key}=${value}`))
    .sort(naturalOrder);
  if (filters.length > 0) {
    text += `\n  Items to be pruned will be filtered with:${filters.map((line) => `\n  - ${line}`).join("")}\n`;
  }
  return `${text}\nAre you sure you want to continue?`;
}
