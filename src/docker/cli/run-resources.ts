import { parseSize } from "../go-parse.ts";
import { ClientError } from "./client-context.ts";
import type { Ulimit } from "./compound-values.ts";
import type { OptionValues } from "./option-values.ts";
import { listOrNull } from "./plain-values.ts";

/** The limits and devices of a container: accepted, kept, and without effect on packets. */
export function resourcesOf(options: OptionValues): Record<string, unknown> & { Memory: number } {
  return {
    CpuShares: options.number("cpu-shares"),
    Memory: options.number("memory"),
    NanoCpus: options.number("cpus"),
    CgroupParent: options.text("cgroup-parent"),
    BlkioWeight: options.number("blkio-weight"),
    BlkioWeightDevice: devices(options.list("blkio-weight-device"), "Weight"),
    BlkioDeviceReadBps: throttles(options.list("device-read-bps")),
    BlkioDeviceWriteBps: throttles(options.list("device-write-bps")),
    BlkioDeviceReadIOps: throttles(options.list("device-read-iops")),
    BlkioDeviceWriteIOps: throttles(options.list("device-write-iops")),
    CpuPeriod: options.number("cpu-period"),
    CpuQuota: options.number("cpu-quota"),
    CpuRealtimePeriod: options.number("cpu-rt-period"),
    CpuRealtimeRuntime: options.number("cpu-rt-runtime"),
    CpusetCpus: options.text("cpuset-cpus"),
    CpusetMems: options.text("cpuset-mems"),
    Devices: options.list("device").map(deviceMapping),
    DeviceCgroupRules: listOrNull(options.list("device-cgroup-rule")),
    DeviceRequests: options.objects("gpus").length === 0 ? null : options.objects("gpus"),
    KernelMemory: options.number("kernel-memory"),
    KernelMemoryTCP: 0,
    MemoryReservation: options.number("memory-reservation"),
    MemorySwap: options.number("memory-swap"),
    MemorySwappiness: options.number("memory-swappiness"),
    OomKillDisable: options.flag("oom-kill-disable"),
    PidsLimit: options.number("pids-limit"),
    Ulimits: options.objects("ulimit").length === 0 ? null : options.objects<Ulimit>("ulimit"),
    CpuCount: 0,
    CpuPercent: 0,
    IOMaximumIOps: 0,
    IOMaximumBandwidth: 0,
  };
}

/** `/dev/sda:100` */
function devices(specs: readonly string[], key: "Weight" | "Rate"): { Path: string }[] {
  return specs.map((spec) => {
    const colon = spec.indexOf(":");
    return { Path: spec.slice(0, colon), [key]: parseSize(spec.slice(colon + 1)) };
  });
}

function throttles(specs: readonly string[]): { Path: string }[] | null {
  return specs.length === 0 ? null : devices(specs, "Rate");
}

interface DeviceMapping {
  readonly PathOnHost: string;
  readonly PathInContainer: string;
  readonly CgroupPermissions: string;
}

/** `/dev/x[:/dev/y][:rwm]` */
function deviceMapping(spec: string): DeviceMapping {
  const parts = spec.split(":");
  if (parts.length > 3 || parts[0] === "") throw new ClientError(`bad format for path: ${spec}`);
  const [host, second, third] = parts as [string, string?, string?];
  if (third !== undefined && !isDeviceMode(third)) throw new ClientError(`bad mode specified: ${third}`);
  const secondIsMode = third === undefined && second !== undefined && isDeviceMode(second);
  const inside = second === undefined || secondIsMode ? host : second;
  if (!inside.startsWith("/")) throw new ClientError(`${inside} is not an absolute path`);
  const mode = third ?? (secondIsMode ? second : "rwm");
  return { PathOnHost: host, PathInContainer: inside, CgroupPermissions: mode };
}

function isDeviceMode(text: string): boolean {
  return /^[rwm]+$/.test(text) && new Set(text).size === text.length;
}
