import type { WholeFiles } from "../../programs/program-context.ts";
import type { MountPoint } from "../api/container-types.ts";
import { withPrefix } from "../api/daemon-error.ts";
import { goWords, isFileFailure } from "../go-files.ts";
import type { Container } from "./container.ts";
import { type ContainerSystem, StartFailure, type SystemMount } from "./container-runtime.ts";
import { makePlace, rootOf } from "./places.ts";

/** Lays volumes, files of the host and memory over the files of a container, outer places first. @throws {StartFailure | DaemonError} */
export function mountAll(container: Container, system: ContainerSystem, host: WholeFiles): void {
  const places = [...container.mounts].sort((a, b) => depthOf(a) - depthOf(b));
  for (const { Type, Source, Destination, RW, Mode } of places) {
    if (Type === "tmpfs") {
      mountMemory(container, system, Destination, !RW);
      continue;
    }
    // What is not there is made as a directory, as `-v` has it.
    if (host.stat(Source) === null)
      withPrefix(`error while creating mount source path '${Source}'`, () =>
        host.makeDirectory(Source, true),
      );
    const kind = host.stat(Source)!.kind === "file" ? "file" : "directory";
    const fill = Type === "volume" && !Mode.split(",").includes("nocopy");
    lay(container, system, kind, { destination: Destination, source: Source, readOnly: !RW, fill });
  }
  for (const [Destination, options] of Object.entries(container.hostConfig.Tmpfs ?? {}))
    mountMemory(container, system, Destination, false, options);
}

function mountMemory(
  container: Container,
  system: ContainerSystem,
  destination: string,
  readOnly: boolean,
  options = "",
): void {
  lay(container, system, "directory", { destination, source: null, readOnly, fill: false, options });
}

/** @throws {StartFailure} where there is no place for it */
function lay(
  { id }: Container,
  system: ContainerSystem,
  kind: "file" | "directory",
  mount: SystemMount,
): void {
  const Source = mount.source ?? "tmpfs";
  const Destination = mount.destination;
  makePlace(rootOf(id), system.files, { Source, Destination, kind });
  try {
    system.mount(mount);
  } catch (error) {
    if (!isFileFailure(error)) throw error;
    throw new StartFailure(
      128,
      `error during container init: error mounting "${Source}" to rootfs at "${Destination}": ${goWords(error)}`,
    );
  }
}

function depthOf({ Destination }: MountPoint): number {
  return Destination.split("/").length;
}
