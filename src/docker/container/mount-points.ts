import type { HostConfig, Mount, MountPoint } from "../api/container-types.ts";
import { DaemonError } from "../api/daemon-error.ts";
import { checkMount, cleanPath, isAbsolute, parseBind } from "./mount-checks.ts";

/** What a container's mounts are made of, besides its own options. */
interface MountSources {
  /** The volumes of the image and of `-v PLACE`. */
  readonly volumes: readonly string[];
  /** Names a volume that nobody named. */
  newName(): string;
  /** Whether the host has a file or directory. */
  isThere(path: string): boolean;
  /** The mounts of a container, for `--volumes-from`; null when there is none of that name. */
  mountsOf(ref: string): readonly MountPoint[] | null;
}

/**
 * What `--volumes-from`, `-v`, `--mount` and the image's volumes ask for, in this order (moby daemon, registerMountPoints).
 * @throws {DaemonError}
 */
export function mountPointsOf(
  { Binds, Mounts, VolumesFrom, Tmpfs }: HostConfig,
  { volumes, newName, isThere, mountsOf }: MountSources,
): MountPoint[] {
  for (const mount of Mounts ?? []) {
    checkMount(mount);
    // `-v` makes what is not there, `--mount` does not.
    if (mount.Type === "bind" && !isThere(mount.Source!))
      throw new DaemonError(
        400,
        `invalid mount config for type "bind": bind source path does not exist: ${mount.Source!}`,
      );
  }
  for (const place of Object.keys(Tmpfs ?? {}))
    if (!isAbsolute(place))
      throw new DaemonError(400, `invalid mount path: '${place}' mount path must be absolute`);
  const points = new Map<string, MountPoint>();
  for (const text of VolumesFrom ?? []) {
    const colon = text.indexOf(":");
    const [ref, mode] = colon < 0 ? [text, ""] : [text.slice(0, colon), text.slice(colon + 1)];
    if (!["", "ro", "rw", "z", "Z"].includes(mode)) throw new DaemonError(500, `invalid mode: ${mode}`);
    const others = mountsOf(ref);
    if (others === null) throw new DaemonError(400, `No such container: ${ref}`);
    for (const point of others) {
      if (point.Source === "") throw new DaemonError(404, "get : no such volume");
      points.set(point.Destination, { ...point, Mode: "", RW: point.RW && mode !== "ro" });
    }
  }
  const taken = new Set<string>();
  const add = (mount: Mount, mode: string): void => {
    const point = pointOf(mount, mode, newName);
    const { Destination } = point;
    if (taken.has(Destination) || Object.hasOwn(Tmpfs ?? {}, Destination))
      throw new DaemonError(400, `Duplicate mount point: ${Destination}`);
    taken.add(Destination);
    points.set(Destination, point);
  };
  for (const bind of Binds ?? []) {
    const { mount, mode } = parseBind(bind);
    add(mount, mount.Type === "volume" && mode === "" ? "z" : mode);
  }
  for (const mount of Mounts ?? []) add(mount, mount.Type === "volume" ? "z" : "");
  for (const place of volumes) {
    const Target = cleanPath(place);
    if (!points.has(Target)) points.set(Target, pointOf({ Type: "volume", Target }, "", newName));
  }
  return [...points.values()];
}

/** A mount as `docker inspect` shows it. */
function pointOf(
  { Type, Source = "", Target, ReadOnly, BindOptions }: Mount,
  Mode: string,
  newName: () => string,
): MountPoint {
  const rest = { Destination: cleanPath(Target), Mode, RW: ReadOnly !== true };
  if (Type !== "volume") {
    const Propagation = Type === "bind" ? (BindOptions?.Propagation ?? "rprivate") : "";
    return { Type, Source, ...rest, Propagation };
  }
  const Name = Source === "" ? newName() : Source;
  const { Destination, ...flags } = rest;
  return {
    Type,
    Name,
    Source: `/var/lib/docker/volumes/${Name}/_data`,
    Destination,
    Driver: "local",
    ...flags,
    Propagation: "",
  };
}
