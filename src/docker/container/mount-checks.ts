import type { Mount } from "../api/container-types.ts";
import { DaemonError } from "../api/daemon-error.ts";

/** The words of a mode, of each row at most one (moby volume/mounts, linux_parser.go). */
const MODES: readonly ReadonlySet<string>[] = [
  "rw ro",
  "z Z",
  "private rprivate slave rslave shared rshared",
  "nocopy",
  "consistent cached delegated",
].map((row) => new Set(row.split(" ")));
const PROPAGATIONS = MODES[2]!;

export function isAbsolute(path: string): boolean {
  return path.startsWith("/");
}

/** A path without `.`, `..` and doubled slashes (Go's path.Clean). */
export function cleanPath(path: string): string {
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === "" || part === ".") continue;
    if (part === ".." && parts.length > 0 && parts.at(-1) !== "..") parts.pop();
    else if (part !== ".." || !isAbsolute(path)) parts.push(part);
  }
  return `${isAbsolute(path) ? "/" : ""}${parts.join("/")}`;
}

function isMode(mode: string): boolean {
  const words = mode === "" ? [] : mode.split(",");
  const rows = words.map((word) => MODES.findIndex((row) => row.has(word)));
  return !rows.includes(-1) && new Set(rows).size === rows.length;
}

/** What `-v SOURCE:PLACE[:MODE]` asks for. @throws {DaemonError} 400, in the words of moby's volume/mounts */
export function parseBind(text: string): { readonly mount: Mount; readonly mode: string } {
  const wrong = `invalid volume specification: '${text}'`;
  const parts = text.split(":");
  const [Source = "", Target, mode = ""] = parts;
  if (parts.length > 3 || Source === "" || Target === undefined || (parts.length === 2 && isMode(Target)))
    throw new DaemonError(400, wrong);
  if (!isMode(mode)) throw new DaemonError(400, `invalid mode: ${mode}`);
  const words = mode.split(",");
  const Propagation = words.find((word) => PROPAGATIONS.has(word));
  const mount: Mount = {
    Type: isAbsolute(Source) ? "bind" : "volume",
    Source,
    Target,
    ...(words.includes("ro") ? { ReadOnly: true } : {}),
    ...(Propagation === undefined ? {} : { BindOptions: { Propagation } }),
  };
  try {
    checkMount(mount);
  } catch (error) {
    throw error instanceof DaemonError ? new DaemonError(400, `${wrong}: ${error.message}`) : error;
  }
  return { mount, mode };
}

/** Refuses what cannot be mounted, whatever there is on the host. @throws {DaemonError} 400 */
export function checkMount({
  Type,
  Source = "",
  Target,
  BindOptions,
  VolumeOptions,
  TmpfsOptions,
}: Mount): void {
  const problem = ((): string | null => {
    if (Target === "") return "field Target must not be empty";
    if (cleanPath(Target) === "/") return "invalid specification: destination can't be '/'";
    const relative = [Target, ...(Type === "bind" ? [Source] : [])].find(
      (path) => path !== "" && !isAbsolute(path),
    );
    if (relative !== undefined) return `invalid mount path: '${relative}' mount path must be absolute`;
    const options = { bind: BindOptions, volume: VolumeOptions, tmpfs: TmpfsOptions };
    if (!Object.hasOwn(options, Type)) return "mount type unknown";
    for (const [kind, given] of Object.entries(options))
      if (given !== undefined && kind !== Type)
        return `field ${kind[0]!.toUpperCase()}${kind.slice(1)}Options must not be specified`;
    if (Type === "bind" && Source === "") return "field Source must not be empty";
    return Type === "tmpfs" && Source !== "" ? "field Source must not be specified" : null;
  })();
  if (problem !== null) throw new DaemonError(400, `invalid mount config for type "${Type}": ${problem}`);
}
