import type { Program } from "../../sim/process.ts";
import { EPOCH_SECONDS, SECOND } from "../../sim/time.ts";
import type { HistoryLine } from "../api/archive-types.ts";
import { writeTar } from "../archive/tar.ts";
import { shortId } from "../ids.ts";
import { invalidReference, parseImageReference } from "../images/image-reference.ts";
import { humanDuration } from "../timestamps.ts";
import { ClientError, type Invocation } from "./client-context.ts";
import { TAR_CLOCK, textOf, untar } from "./copy-files.ts";
import { humanSize } from "./human-text.ts";
import { type Listing, listText } from "./list-output.ts";
import { writeArchive } from "./output-file.ts";
import { allInput } from "./whole-input.ts";

const HISTORY = "table {{.ID}}\t{{.CreatedSince}}\t{{.CreatedBy}}\t{{.Size}}\t{{.Comment}}";
const EXACT_HISTORY = "table {{.ID}}\t{{.CreatedAt}}\t{{.CreatedBy}}\t{{.Size}}\t{{.Comment}}";
/** So much of a step's text is shown. */
const STEP_WIDTH = 45;

/** `docker image history` */
export function showHistory({ context, options, args, api }: Invocation): number {
  const human = options.flag("human");
  const said = options.text("format");
  const table = human ? HISTORY : EXACT_HISTORY;
  const format = said !== "" && said !== "table" ? said : options.flag("quiet") ? "{{.ID}}" : table;
  const now = EPOCH_SECONDS + context.now() / SECOND;
  const listing = historyListing(!options.flag("no-trunc"), human, now);
  context.out(listText(format, api.archives.imageHistory(args[0]!), listing));
  return 0;
}

function historyListing(short: boolean, human: boolean, now: number): Listing<HistoryLine> {
  return {
    type: "*image.historyContext",
    heads: {
      ID: "IMAGE",
      CreatedSince: "CREATED",
      CreatedAt: "CREATED AT",
      CreatedBy: "CREATED BY",
      Size: "SIZE",
      Comment: "COMMENT",
    },
    fields: ({ Id, Created, CreatedBy, Size, Comment }) => ({
      Comment,
      CreatedAt: () => new Date(Created * 1000).toISOString().replace(".000", ""),
      CreatedBy: shortened(CreatedBy.replaceAll("\t", " "), short),
      CreatedSince: () => `${humanDuration(now - Created)} ago`,
      ID: short ? shortId(Id) : Id,
      Size: human ? humanSize(Size, 3) : `${Size}`,
    }),
  };
}

function shortened(text: string, short: boolean): string {
  return short && text.length > STEP_WIDTH ? `${text.slice(0, STEP_WIDTH - 1)}…` : text;
}

/** `docker image save` */
export function saveImages({ context, options, args, api }: Invocation): number {
  return writeArchive(context, options.text("output"), "failed to save image", () =>
    writeTar(api.archives.imageSave(args), TAR_CLOCK),
  );
}

/** `docker image load` */
export function* loadImages({ context, options, api }: Invocation): Program {
  const path = options.text("input");
  let text: string;
  if (path !== "") text = readWhole(context, path, "load?quiet=1");
  else if (context.tty.input) throw new ClientError("requested load from stdin, but stdin is empty");
  else text = yield* allInput(context);
  const said = api.archives.imageLoad(untar(text));
  for (const line of said) context.out(`${line}\n`);
  return 0;
}

/** `request` is what the engine would have been sent it with. */
function readWhole({ cwd, files }: Invocation["context"], path: string, request: string): string {
  const place = path.startsWith("/") ? path : `${cwd}/${path}`;
  const stat = files.stat(place);
  if (stat === null) throw new ClientError(`open ${path}: no such file or directory`);
  if (stat.kind === "directory")
    throw new ClientError(
      `error during connect: Post "http://%2Fvar%2Frun%2Fdocker.sock/v1.41/images/${request}": read ${path}: is a directory`,
    );
  const content = files.readBytes(place);
  return typeof content === "string" ? content : textOf(content);
}

/** `docker image import` */
export function* importImage({ context, options, args, api }: Invocation): Program {
  const [source, name = ""] = args as [string, string?];
  if (name !== "" && parseImageReference(name) === null) throw new ClientError(invalidReference(name));
  if (/^https?:\/\//.test(source))
    throw new ClientError(
      `Error response from daemon: error downloading from ${source}: overmesh has no such server`,
    );
  const request = `create?fromSrc=-&message=${options.text("message")}&repo=${name}&tag=`;
  const text = source === "-" ? yield* allInput(context) : readWhole(context, source, request);
  const id = api.archives.imageImport(untar(text), {
    repository: name,
    comment: options.text("message"),
    changes: options.list("change"),
    from: "-",
  });
  context.out(`${id}\n`);
  return 0;
}
