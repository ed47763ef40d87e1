import type { ContainerConfig } from "../api/container-types.ts";
import type { ImageContents, ImageSpec } from "./image-spec.ts";

export const DEFAULT_PATH = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** `80` and `80/tcp` are the same. */
function portKey(port: string | number): string {
  return `${port}`.includes("/") ? `${port}` : `${port}/tcp`;
}

/** What an image sets for its containers, as the API shows it. */
export function configOf(spec: ImageSpec): ContainerConfig {
  const exposed = (spec.exposed ?? []).map((port) => [portKey(port), {}] as const);
  const volumes = (spec.volumes ?? []).map((path) => [path, {}] as const);
  return {
    Hostname: "",
    Domainname: "",
    User: spec.user ?? "",
    AttachStdin: false,
    AttachStdout: false,
    AttachStderr: false,
    ...(exposed.length > 0 ? { ExposedPorts: Object.fromEntries(exposed) } : {}),
    Tty: false,
    OpenStdin: false,
    StdinOnce: false,
    Env: (spec.env ?? []).length > 0 ? [...spec.env!] : null,
    Cmd: spec.command === undefined ? null : [...spec.command],
    Image: "",
    Volumes: volumes.length > 0 ? Object.fromEntries(volumes) : null,
    WorkingDir: spec.workingDir ?? "",
    Entrypoint: spec.entrypoint === undefined ? null : [...spec.entrypoint],
    OnBuild: null,
    Labels: { ...spec.labels },
    ...(spec.stopSignal === undefined ? {} : { StopSignal: spec.stopSignal }),
  };
}

export function contentsOf(spec: ImageSpec): ImageContents {
  return {
    system: spec.system ?? "busybox",
    programs: spec.programs ?? {},
    files: spec.files ?? {},
    layers: spec.layers ?? [],
  };
}
