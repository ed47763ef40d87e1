import type { ContainerConfig, HostConfig } from "../api/container-types.ts";

/** A volume or a directory of the host in a container, as `docker inspect` shows it. */
export interface MountPoint {
  readonly Type: "volume" | "bind";
  readonly Name?: string;
  readonly Source: string;
  readonly Destination: string;
  readonly Driver?: string;
  readonly Mode: string;
  readonly RW: boolean;
  readonly Propagation: string;
}

/**
 * What `-v` and the image's volumes ask for. Nothing is shared through them: files are the container's own.
 * @param newName names a volume that nobody named
 */
export function mountPointsOf(
  { Binds }: Pick<HostConfig, "Binds">,
  { Volumes }: Pick<ContainerConfig, "Volumes">,
  newName: () => string,
): MountPoint[] {
  const points = (Binds ?? []).map((bind): MountPoint => {
    const [source = "", destination = "", mode = ""] = bind.split(":");
    const RW = !mode.split(",").includes("ro");
    return source.startsWith("/")
      ? {
          Type: "bind",
          Source: source,
          Destination: destination,
          Mode: mode,
          RW,
          Propagation: "rprivate",
        }
      : volume(source, destination, mode === "" ? "z" : mode, RW);
  });
  const taken = new Set(points.map(({ Destination }) => Destination));
  const further = Object.keys(Volumes ?? {}).filter((path) => !taken.has(path));
  return [...points, ...further.map((path) => volume(newName(), path, "", true))];
}

function volume(name: string, destination: string, mode: string, RW: boolean): MountPoint {
  return {
    Type: "volume",
    Name: name,
    Source: `/var/lib/docker/volumes/${name}/_data`,
    Destination: destination,
    Driver: "local",
    Mode: mode,
    RW,
    Propagation: "",
  };
}
