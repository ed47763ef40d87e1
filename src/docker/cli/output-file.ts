import { absolutePath } from "../../programs/program-context.ts";
import { type ClientContext, ClientError } from "./client-context.ts";
import { textOf } from "./copy-files.ts";

/** What os.CreateTemp lets everybody do with a file: nothing but its owner. */
const PRIVATE = 0o600;

/** Makes an empty file, as os.Create does. @throws {ClientError} in Go's words */
export function createFile(context: ClientContext, path: string): void {
  try {
    context.files.write(absolutePath(context, path), "");
  } catch (error) {
    if (!(error instanceof ClientError)) throw error;
    // The path is told as it was said.
    throw new ClientError(`open ${path}: ${error.message.slice(error.message.lastIndexOf(": ") + 2)}`);
  }
}

/**
 * Writes an archive where it is wanted; a terminal is no place for one. `failure` is what goes before the words about a
 * path that cannot be. (docker/cli, command.ValidateOutputPath and CopyToFile: a file beside it is renamed at the end.)
 */
export function writeArchive(
  context: ClientContext,
  output: string,
  failure: string,
  make: () => Uint8Array,
): number {
  if (output === "") {
    if (context.tty.output)
      throw new ClientError("cowardly refusing to save to a terminal. Use the -o flag or redirect");
    context.out(textOf(make()));
    return 0;
  }
  const { files } = context;
  const cut = output.lastIndexOf("/");
  const above = cut < 0 ? "." : output.slice(0, cut) || "/";
  if (files.stat(absolutePath(context, above)) === null)
    throw new ClientError(
      `${failure}: invalid output path: directory ${JSON.stringify(above)} does not exist`,
    );
  const path = absolutePath(context, output);
  if (path.startsWith("/dev/"))
    throw new ClientError(
      `${failure}: invalid output path: ${JSON.stringify(output)} must be a directory or a regular file: got a device`,
    );
  const archive = make();
  const beside = `${above === "/" ? "" : above}/.docker_temp_${context.now() % 2 ** 32}`;
  createFile(context, beside);
  files.remove(absolutePath(context, beside), false);
  if (files.stat(path)?.kind === "directory")
    throw new ClientError(`rename ${beside} ${output}: file exists`);
  files.write(path, archive);
  files.chmod(path, PRIVATE);
  return 0;
}
