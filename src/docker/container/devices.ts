import type { ProgramFiles, WholeFiles } from "../../programs/program-context.ts";
import { DaemonError } from "../api/daemon-error.ts";
import { goWords, isFileFailure } from "../go-files.ts";
import type { Container } from "./container.ts";
import { StartFailure } from "./container-runtime.ts";
import { rootOf } from "./places.ts";

/** What a host has in /dev besides what its files show. */
const DEVICES = /^\/dev\/(?:null|zero|full|random|urandom|tty|ptmx|console|kmsg|fuse|net\/tun|vda1?|loop\d)$/;

/**
 * Puts the devices of `--device` into a container, as far as one sees that they are there.
 * @throws {DaemonError} for one that the host has not
 * @throws {StartFailure} where the container has no room for it
 */
export function addDevices({ id, hostConfig }: Container, host: WholeFiles, inside: ProgramFiles): void {
  const devices = (hostConfig.Devices ?? []) as readonly { PathOnHost: string; PathInContainer: string }[];
  for (const { PathOnHost, PathInContainer } of devices) {
    if (!DEVICES.test(PathOnHost) && host.stat(PathOnHost) === null)
      throw new DaemonError(
        500,
        `error gathering device information while adding custom device "${PathOnHost}": no such file or directory`,
      );
    const folder = PathInContainer.slice(0, PathInContainer.lastIndexOf("/")) || "/";
    try {
      if (inside.stat(PathInContainer) !== null) continue;
      inside.makeDirectory(folder, true);
      inside.write(PathInContainer, "");
    } catch (error) {
      if (!isFileFailure(error)) throw error;
      const wall = wallOn(inside, folder);
      const words =
        wall === null
          ? `mknod ${rootOf(id)}${PathInContainer}: ${goWords(error)}`
          : `mkdir ${rootOf(id)}${wall}: not a directory`;
      throw new StartFailure(128, `error during container init: error creating device nodes: ${words}`);
    }
  }
}

/** The file on the way to a directory, if one is in the way. */
function wallOn(files: ProgramFiles, folder: string): string | null {
  for (let end = folder.indexOf("/", 1); ; end = folder.indexOf("/", end + 1)) {
    const path = end < 0 ? folder : folder.slice(0, end);
    if (files.stat(path)?.kind === "file") return path;
    if (end < 0) return null;
  }
}
