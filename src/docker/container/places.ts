import type { ProgramFiles } from "../../programs/program-context.ts";
import type { MountPoint } from "../api/container-types.ts";
import { DaemonError } from "../api/daemon-error.ts";
import { goWords, isFileFailure } from "../go-files.ts";
import type { Container } from "./container.ts";
import { StartFailure } from "./container-runtime.ts";
import { cleanPath } from "./mount-checks.ts";

/** Where overlay2 keeps the files of a container. */
export function layerOf(id: string): string {
  return `/var/lib/docker/overlay2/${[...id].reverse().join("")}`;
}

/** Where all files of a container are seen from outside. */
export function rootOf(id: string): string {
  return `${layerOf(id)}/merged`;
}

/** Makes the working directory of a new container, and refuses files where it or a volume is to be (moby daemon, create_unix.go). @throws {DaemonError} 500 */
export function makePlaces({ id, config, mounts }: Container, files: ProgramFiles): void {
  const root = rootOf(id);
  const { WorkingDir } = config;
  if (WorkingDir !== "") {
    const place = cleanPath(WorkingDir);
    if (foldersAbove(place).some((one) => isFile(files, one)))
      throw new DaemonError(500, `lstat ${root}${place}: not a directory`);
    if (isFile(files, place)) throw new DaemonError(500, `Cannot mkdir: ${WorkingDir} is not a directory`);
    files.makeDirectory(place, true);
  }
  for (const { Type, Destination } of mounts)
    if (Type === "volume" && isFile(files, Destination))
      throw new DaemonError(500, `source ${root}${Destination} is not directory`);
}

/** Whether something is there that is no directory and leads to none. */
function isFile(files: ProgramFiles, path: string): boolean {
  return files.stat(path, false) !== null && files.stat(path)?.kind !== "directory";
}

/** What a mount needs to know of what is mounted. */
interface Mounted extends Pick<MountPoint, "Source" | "Destination"> {
  readonly kind: "file" | "directory";
}

/** Makes the file or directory that something is mounted on, as runc does. @param root where the container's files lie @throws {StartFailure} where it cannot be, as where the other of the two is */
export function makePlace(root: string, files: ProgramFiles, { Source, Destination, kind }: Mounted): void {
  const path = `/${Destination.replace(/^\//, "")}`;
  const refuse = (status: StartFailure["status"], why: string): StartFailure =>
    new StartFailure(
      status,
      `error during container init: error mounting "${Source}" to rootfs at "${Destination}": ${why}`,
    );
  if (path === "/proc")
    throw refuse(128, `"${root}${path}" cannot be mounted because it is not of type proc`);
  if (path.startsWith("/proc/"))
    throw refuse(128, `"${root}${path}" cannot be mounted because it is inside /proc`);
  const folders = foldersAbove(path);
  const present = files.stat(path)?.kind;
  const wrong = present !== undefined && (present === "file") !== (kind === "file");
  if (wrong || folders.some((one) => isFile(files, one))) {
    const mount = `mount ${Source}:${Destination} (via /proc/self/fd/6), flags: 0x5000: not a directory`;
    throw refuse(127, mount);
  }
  try {
    if (kind === "directory") files.makeDirectory(path, true);
    else if (present === undefined) {
      files.makeDirectory(folders.at(-1) ?? "/", true);
      files.write(path, "");
    }
  } catch (error) {
    if (!isFileFailure(error)) throw error;
    const made = `${kind === "directory" ? "mkdir" : "open"} ${root}${path}: ${goWords(error)}`;
    throw refuse(128, made);
  }
}

/** `/a`, `/a/b` of `/a/b/c`. */
function foldersAbove(path: string): string[] {
  const parts = path.split("/").slice(1, -1);
  return parts.map((_, at) => `/${parts.slice(0, at + 1).join("/")}`);
}
