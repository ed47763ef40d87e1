import type { ProgramFiles, WholeFiles } from "../../programs/program-context.ts";
import type { HostConfig } from "../api/container-types.ts";
import { DaemonError } from "../api/daemon-error.ts";

/** What a host has in /dev besides what its files show. */
const DEVICES = /^\/dev\/(?:null|zero|full|random|urandom|tty|ptmx|console|kmsg|fuse|net\/tun|vda1?|loop\d)$/;

/** Puts the devices of `--device` into a container, as far as one sees that they are there. @throws {DaemonError} */
export function addDevices({ Devices }: HostConfig, host: WholeFiles, inside: ProgramFiles): void {
  const devices = (Devices ?? []) as readonly { PathOnHost: string; PathInContainer: string }[];
  for (const { PathOnHost, PathInContainer } of devices) {
    if (!DEVICES.test(PathOnHost) && host.stat(PathOnHost) === null)
      throw new DaemonError(
        500,
        `error gathering device information while adding custom device "${PathOnHost}": no such file or directory`,
      );
    if (inside.stat(PathInContainer) !== null) continue;
    inside.makeDirectory(PathInContainer.slice(0, PathInContainer.lastIndexOf("/")) || "/", true);
    inside.write(PathInContainer, "");
  }
}
