import { MILLISECOND } from "../../sim/time.ts";
import * as ip from "../../wire/ipv4-address.ts";
import type { ContainerConfig, ContainerCreateRequest, HostConfig } from "../api/container-types.ts";
import { DaemonError } from "../api/daemon-error.ts";
import type { EndpointSettings } from "../api/network-types.ts";
import type { Image } from "../images/image.ts";
import { inKeyOrder } from "../key-order.ts";
import { checkCapabilities } from "./capabilities.ts";
import { checkHostConfig } from "./host-config-checks.ts";
import { SHM_SIZE } from "./limits.ts";
import { NetworkWishes } from "./network-wishes.ts";

const MASKED_PATHS =
  "/proc/asound /proc/acpi /proc/kcore /proc/keys /proc/latency_stats /proc/timer_list /proc/timer_stats /proc/sched_debug /proc/scsi /sys/firmware".split(
    " ",
  );
const READONLY_PATHS = "/proc/bus /proc/fs /proc/irq /proc/sys /proc/sysrq-trigger".split(" ");

/** The image's configuration with the request's over it (moby daemon/commit.go, merge). */
export function mergedConfig(request: ContainerConfig, image: Image): ContainerConfig {
  const base = image.config;
  const exposed = { ...base.ExposedPorts, ...request.ExposedPorts };
  const volumes = { ...base.Volumes, ...request.Volumes };
  const wanted = request.Env ?? [];
  const named = new Set(wanted.map((line) => line.split("=")[0]));
  // A variable without a value is taken out of the environment, by whoever starts the process.
  const env = [...wanted, ...(base.Env ?? []).filter((line) => !named.has(line.split("=")[0]))];
  const withEntrypoint = request.Entrypoint !== null;
  const cleared = request.Entrypoint?.length === 1 && request.Entrypoint[0] === "";
  const config: ContainerConfig = {
    Hostname: request.Hostname,
    Domainname: request.Domainname,
    User: request.User || base.User,
    AttachStdin: request.AttachStdin,
    AttachStdout: request.AttachStdout,
    AttachStderr: request.AttachStderr,
    ...(Object.keys(exposed).length > 0 ? { ExposedPorts: inKeyOrder(exposed) } : {}),
    Tty: request.Tty,
    OpenStdin: request.OpenStdin,
    StdinOnce: request.StdinOnce,
    Env: env.length === 0 ? null : env,
    Cmd: request.Cmd ?? (withEntrypoint ? null : base.Cmd),
    ...(request.Healthcheck === undefined && base.Healthcheck === undefined
      ? {}
      : { Healthcheck: { ...(request.Healthcheck ?? base.Healthcheck!) } }),
    Image: request.Image,
    Volumes: Object.keys(volumes).length > 0 ? inKeyOrder(volumes) : null,
    WorkingDir: request.WorkingDir || base.WorkingDir,
    Entrypoint: cleared ? null : (request.Entrypoint ?? base.Entrypoint),
    OnBuild: null,
    ...(request.MacAddress === undefined ? {} : { MacAddress: request.MacAddress }),
    ...(request.NetworkDisabled === undefined ? {} : { NetworkDisabled: request.NetworkDisabled }),
    Labels: inKeyOrder({ ...base.Labels, ...request.Labels }),
    ...stopOf(request, base),
  };
  return config;
}

function stopOf(request: ContainerConfig, base: ContainerConfig): Partial<ContainerConfig> {
  const signal = request.StopSignal ?? base.StopSignal;
  return {
    ...(signal === undefined ? {} : { StopSignal: signal }),
    ...(request.StopTimeout === undefined ? {} : { StopTimeout: request.StopTimeout }),
  };
}

/** What the daemon fills in of the host's part, whose keys stay in their order. */
export function mergedHostConfig(request: HostConfig): HostConfig {
  const { Privileged } = request;
  return {
    ...request,
    ContainerIDFile: request["ContainerIDFile"] ?? "",
    LogConfig: { Type: request.LogConfig.Type || "json-file", Config: request.LogConfig.Config },
    NetworkMode: request.NetworkMode || "default",
    PortBindings: inKeyOrder(request.PortBindings),
    ...(request["Sysctls"] === undefined
      ? {}
      : { Sysctls: inKeyOrder(request["Sysctls"] as Record<string, string>) }),
    // Nothing asked for is nothing set, whatever stands for it in the request.
    MemorySwappiness: request.MemorySwappiness === -1 ? null : request.MemorySwappiness,
    MemorySwap:
      request.Memory > 0 && (request["MemorySwap"] ?? 0) === 0 ? 2 * request.Memory : request["MemorySwap"],
    PidsLimit: Number(request.PidsLimit ?? 0) <= 0 ? null : request.PidsLimit,
    CgroupnsMode: "host",
    IpcMode: request["IpcMode"] || "private",
    ShmSize: Number(request["ShmSize"] ?? 0) || SHM_SIZE,
    Runtime: request["Runtime"] || "runc",
    MaskedPaths: Privileged ? null : MASKED_PATHS,
    ReadonlyPaths: Privileged ? null : READONLY_PATHS,
  };
}

/** Refuses what cannot go together, in the words of moby's runconfig and daemon. @throws {DaemonError} 400 */
export function checkRequest({ Config, HostConfig, NetworkingConfig }: ContainerCreateRequest): void {
  for (const { IPAMConfig } of Object.values(NetworkingConfig.EndpointsConfig)) {
    const address = IPAMConfig?.IPv4Address ?? "";
    if (address !== "" && ip.parse(address) === null)
      throw new DaemonError(400, `invalid IPv4 address: ${address}`);
  }
  const mode = HostConfig.NetworkMode;
  const conflict = (words: string): DaemonError => new DaemonError(400, `conflicting options: ${words}`);
  if (mode.startsWith("container:")) {
    if (mode.split(":")[1] === "") {
      throw new DaemonError(400, "Invalid network mode: invalid container format container:<name|id>");
    }
    if (Config.Hostname !== "") throw conflict("hostname and the network mode");
    if ((HostConfig.Links?.length ?? 0) > 0)
      throw conflict("container type network can't be used with links");
    if (HostConfig.Dns.length > 0) throw conflict("dns and the network mode");
    if ((HostConfig.ExtraHosts?.length ?? 0) > 0)
      throw conflict("custom host-to-IP mapping and the network mode");
    if ((Config.MacAddress ?? "") !== "") {
      throw conflict("mac-address and the network mode");
    }
    if (Object.keys(HostConfig.PortBindings).length > 0 || HostConfig.PublishAllPorts) {
      throw conflict("port publishing and the container type network mode");
    }
    if (Object.keys(Config.ExposedPorts ?? {}).length > 0) {
      throw conflict("port exposing and the container type network mode");
    }
  }
  if (mode === "host" && (Config.MacAddress ?? "") !== "") throw conflict("mac-address and the network mode");
  if (mode === "host" && (HostConfig.Links?.length ?? 0) > 0) {
    throw conflict("host type networking can't be used with links. This would result in undefined behavior");
  }
  if (
    (mode === "host" || mode.startsWith("container:")) &&
    HostConfig.UTSMode === "host" &&
    Config.Hostname !== ""
  ) {
    throw conflict("hostname and the UTS mode");
  }
  checkCapabilities(HostConfig);
  checkHealth(Config.Healthcheck);
  if (Config.WorkingDir !== "" && !Config.WorkingDir.startsWith("/"))
    throw new DaemonError(
      400,
      `the working directory '${Config.WorkingDir}' is invalid, it needs to be an absolute path`,
    );
  checkHostConfig(HostConfig);
  if (HostConfig.AutoRemove && !["", "no"].includes(HostConfig.RestartPolicy.Name)) {
    throw new DaemonError(400, "can't create 'AutoRemove' container with restart policy");
  }
}

/** @throws {DaemonError} 400 */
function checkHealth(config: ContainerConfig["Healthcheck"]): void {
  if (config === undefined) return;
  for (const key of ["Interval", "Timeout", "StartPeriod"] as const)
    if (config[key] !== 0 && config[key] < MILLISECOND)
      throw new DaemonError(400, `${key} in Healthcheck cannot be less than 1ms`);
  if (config.Retries < 0) throw new DaemonError(400, "Retries in Healthcheck cannot be negative");
}

/** What a container wishes of its networks, the one of its mode first. */
export function wishesOf(
  hostConfig: HostConfig,
  config: Record<string, Partial<EndpointSettings>>,
): NetworkWishes {
  const mode = hostConfig.NetworkMode;
  const wishes = new NetworkWishes();
  if (mode.startsWith("container:")) return wishes;
  const first = mode === "default" ? "bridge" : mode;
  wishes.set(first, config[first] ?? config[mode] ?? {});
  for (const [name, wish] of Object.entries(config))
    if (name !== mode && name !== first) wishes.set(name, wish);
  return wishes;
}
