import type { WholeFiles } from "../../programs/program-context.ts";
import type { MountPoint } from "../api/container-types.ts";
import type { Container } from "./container.ts";
import type { ContainerSystem } from "./container-runtime.ts";
import { makePlace } from "./places.ts";

/** Lays volumes, files of the host and memory over the files of a container, outer places first. @throws {StartFailure} */
export function mountAll(container: Container, system: ContainerSystem, host: WholeFiles): void {
  const places = [...container.mounts].sort((a, b) => depthOf(a) - depthOf(b));
  for (const { Type, Source, Destination, RW, Mode } of places) {
    if (Type === "tmpfs") {
      mountMemory(system, Destination, !RW);
      continue;
    }
    // What is not there is made as a directory, as `-v` has it.
    if (host.stat(Source) === null) host.makeDirectory(Source, true);
    const kind = host.stat(Source)!.kind === "file" ? "file" : "directory";
    makePlace(system.files, { Source, Destination, kind });
    const fill = Type === "volume" && !Mode.split(",").includes("nocopy");
    system.mount({ destination: Destination, source: Source, readOnly: !RW, fill });
  }
  for (const [Destination, options] of Object.entries(container.hostConfig.Tmpfs ?? {}))
    mountMemory(system, Destination, false, options);
}

function mountMemory(system: ContainerSystem, Destination: string, readOnly: boolean, options = ""): void {
  makePlace(system.files, { Source: "tmpfs", Destination, kind: "directory" });
  system.mount({ destination: Destination, source: null, readOnly, fill: false, options });
}

function depthOf({ Destination }: MountPoint): number {
  return Destination.split("/").length;
}
