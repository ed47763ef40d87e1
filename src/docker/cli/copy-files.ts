import { resolvePath } from "../../base/path.ts";
import { absolutePath } from "../../programs/program-context.ts";
import type { Program } from "../../sim/process.ts";
import { EPOCH_SECONDS, SECOND } from "../../sim/time.ts";
import type { ArchivedFile } from "../api/archive-types.ts";
import { DaemonError } from "../api/daemon-error.ts";
import { readTar, TarFailure, writeTar } from "../archive/tar.ts";
import { type ClientContext, ClientError, type Invocation } from "./client-context.ts";
import { allInput, bytesOf } from "./whole-input.ts";

/** How times stand in archives: whole seconds since 1970. */
export const TAR_CLOCK = {
  seconds: (changed: number): number => EPOCH_SECONDS + Math.floor(changed / SECOND),
  changed: (seconds: number): number => (seconds - EPOCH_SECONDS) * SECOND,
};

/** A place to copy to. */
interface Target {
  readonly path: string;
  readonly exists: boolean;
  readonly isDirectory: boolean;
}

/** `docker cp` (docker/cli, container/cp.go; the rules are those of moby's pkg/archive/copy.go). */
export function* copyFiles(invocation: Invocation): Program {
  const [from, to] = invocation.args.map(splitPlace) as [Place, Place];
  if (from.container !== "" && to.container !== "")
    throw new ClientError("copying between containers is not supported");
  if (from.container === "" && to.container === "")
    throw new ClientError("must specify at least one container source");
  if (from.container !== "") copyOut(invocation, from, to.path);
  else yield* copyIn(invocation, from.path, to);
  return 0;
}

interface Place {
  /** Empty for the host. */
  readonly container: string;
  readonly path: string;
}

/** `web:/etc`; what begins like a path is one. */
function splitPlace(text: string): Place {
  const colon = text.indexOf(":");
  if (text.startsWith("/") || text.startsWith(".") || colon < 0) return { container: "", path: text };
  return { container: text.slice(0, colon), path: text.slice(colon + 1) };
}

function copyOut(
  { context, options, api }: Invocation,
  { container, path: source }: Place,
  target: string,
): void {
  const ask = <T>(read: () => T): T => found(container, source, read);
  let path = source;
  if (target !== "-") {
    const place = absolutePath(context, target);
    const above = place.slice(0, place.lastIndexOf("/")) || "/";
    if (place !== "/" && context.files.stat(above) === null)
      throw new ClientError(`invalid output path: directory ${JSON.stringify(above)} does not exist`);
  }
  let name: string | null = null;
  if (options.flag("follow-link")) {
    const stat = ask(() => api.archives.pathStat(container, source));
    if (stat.kind === "symlink") {
      path = stat.linkTarget.startsWith("/")
        ? stat.linkTarget
        : `${source.slice(0, source.lastIndexOf("/") + 1)}${stat.linkTarget}`;
      name = stat.name;
    }
  }
  const files = renamed(
    ask(() => api.archives.containerArchive(container, path)),
    name,
  );
  if (target === "-") {
    context.out(textOf(writeTar(files, TAR_CLOCK)));
    return;
  }
  const place = absolutePath(context, target);
  const stat = context.files.stat(place);
  const into = prepared(
    files,
    { path: place, exists: stat !== null, isDirectory: stat?.kind === "directory" },
    /\/$/.test(target),
  );
  for (const file of into.files) layDown(context, into.directory, file);
}

function* copyIn({ context, options, api }: Invocation, source: string, { container, path }: Place): Program {
  let target: Target = { path: path === "" ? "/" : path, exists: false, isDirectory: false };
  try {
    let stat = api.archives.pathStat(container, path);
    if (stat.kind === "symlink") {
      const there = stat.linkTarget.startsWith("/")
        ? stat.linkTarget
        : `${path.slice(0, path.lastIndexOf("/") + 1)}${stat.linkTarget}`;
      target = { ...target, path: there };
      stat = api.archives.pathStat(container, there);
    }
    target = { ...target, exists: true, isDirectory: stat.kind === "directory" };
  } catch (error) {
    // Whoever lays the files down will say what is wrong.
    if (!(error instanceof DaemonError)) throw error;
  }
  if (source === "-") {
    const text = yield* allInput(context);
    if (!target.isDirectory) throw new ClientError(`destination "${container}:${path}" must be a directory`);
    const files = text === "" ? [] : untar(text);
    found(container, target.path, () => api.archives.containerExtract(container, target.path, files));
    return 0;
  }
  const place = absolutePath(context, source);
  const stat = context.files.stat(place, options.flag("follow-link"));
  if (stat === null) throw new ClientError(`lstat ${place}: no such file or directory`);
  if (/\/$/.test(source) && stat.kind === "file") throw new ClientError("not a directory");
  const name = /(?:^|\/)\.$/.test(source) ? "." : place.slice(place.lastIndexOf("/") + 1) || ".";
  const { directory, files } = prepared(packed(context, place, name), target, /\/$/.test(path));
  found(container, directory, () => api.archives.containerExtract(container, directory, files));
  return 0;
}

/** The client has words of its own for a path or container that is not there. */
function found<T>(container: string, path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof DaemonError && error.status === 404)
      throw new ClientError(`Error: No such container:path: ${container}:${path}`);
    throw error;
  }
}

/** Where an archive's files go, and under which names. */
function prepared(
  files: readonly ArchivedFile[],
  target: Target,
  wantsDirectory: boolean,
): { readonly directory: string; readonly files: readonly ArchivedFile[] } {
  const isDirectory = files[0]?.kind === "directory";
  if (target.exists && target.isDirectory) return { directory: target.path, files };
  if (target.exists && isDirectory) throw new ClientError("cannot copy directory");
  if (!target.exists && !isDirectory && wantsDirectory) throw new ClientError("no such directory");
  const path = target.path.replace(/\/+$/, "");
  const cut = path.lastIndexOf("/");
  return { directory: path.slice(0, cut) || "/", files: renamed(files, path.slice(cut + 1)) };
}

/** The files of an archive whose first part has another name. */
function renamed(files: readonly ArchivedFile[], name: string | null): readonly ArchivedFile[] {
  const old = files[0]?.path ?? "";
  if (name === null || old === "") return files;
  return files.map((file) => {
    const rest =
      old === "." && file.path !== "." ? file.path.replace(/^(?:\.\/)?/, "/") : file.path.slice(old.length);
    return { ...file, path: `${name}${rest}` };
  });
}

/** The files of the host, as an archive has them. */
function packed(context: ClientContext, path: string, name: string): ArchivedFile[] {
  const { files } = context;
  const { kind, mode, uid, gid, changed } = files.stat(path, false)!;
  const content = kind === "file" ? files.readBytes(path) : kind === "symlink" ? files.readLink(path) : "";
  const file: ArchivedFile = { path: name, kind, mode, uid, gid, changed, content };
  if (kind !== "directory") return [file];
  return [file, ...files.list(path).flatMap((one) => packed(context, `${path}/${one}`, `${name}/${one}`))];
}

/** Puts a file of an archive on the host: it belongs to whoever runs the client. */
function layDown({ files }: ClientContext, directory: string, file: ArchivedFile): void {
  const path = resolvePath(directory, file.path);
  const present = files.stat(path, false);
  if (file.kind === "directory") {
    if (present !== null && present.kind !== "directory")
      throw new ClientError(`cannot overwrite non-directory "${path}" with directory "${directory}"`);
    files.makeDirectory(path, true);
    if (present === null) files.chmod(path, file.mode);
    return;
  }
  if (present?.kind === "directory")
    throw new ClientError(`cannot overwrite directory "${path}" with non-directory "${directory}"`);
  if (file.kind === "symlink") {
    if (present !== null) files.remove(path, false);
    files.link(String(file.content), path);
    return;
  }
  files.write(path, file.content);
  files.chmod(path, file.mode);
}

/** The files of an archive that somebody wrote. @throws {ClientError} in the engine's words */
export function untar(text: string): ArchivedFile[] {
  try {
    return readTar(bytesOf(text), TAR_CLOCK);
  } catch (error) {
    if (!(error instanceof TarFailure)) throw error;
    throw new DaemonError(500, `Error processing tar file(exit status 1): ${error.message}`);
  }
}

/** Bytes as characters of the same numbers, as pipes carry them. */
export function textOf(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}
