import type { FileChange } from "../api/archive-types.ts";
import { writeTar } from "../archive/tar.ts";
import { invalidReference, parseImageReference } from "../images/image-reference.ts";
import { ClientError, type Invocation } from "./client-context.ts";
import { TAR_CLOCK } from "./copy-files.ts";
import { writeArchive } from "./output-file.ts";

const LETTERS: Readonly<Record<FileChange["Kind"], string>> = { 0: "C", 1: "A", 2: "D" };

/** `docker diff` */
export function showChanges({ context, args, api }: Invocation): number {
  const [ref] = args as [string];
  if (ref === "") throw new ClientError("Container name cannot be empty");
  for (const { Path, Kind } of api.archives.containerChanges(ref)) context.out(`${LETTERS[Kind]} ${Path}\n`);
  return 0;
}

/** `docker export` */
export function exportContainer({ context, options, args, api }: Invocation): number {
  return writeArchive(context, options.text("output"), "failed to export container", () =>
    writeTar(api.archives.containerExport(args[0]!), TAR_CLOCK),
  );
}

/** `docker commit` */
export function commitContainer({ context, options, args, api }: Invocation): number {
  const [container, name = ""] = args as [string, string?];
  if (name !== "" && parseImageReference(name) === null) throw new ClientError(invalidReference(name));
  const id = api.archives.commit({
    container,
    repository: name,
    author: options.text("author"),
    comment: options.text("message"),
    changes: options.list("change"),
    pause: options.flag("pause"),
  });
  context.out(`${id}\n`);
  return 0;
}
