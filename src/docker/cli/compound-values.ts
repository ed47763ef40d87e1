import type { Mount } from "../api/container-types.ts";
import { BadValue, parseBool, parseCsv, parseInt64, parseSize, parseUint } from "../go-parse.ts";
import { labelsOf } from "./plain-values.ts";

/** What `--network` says: a name, or `name=...,alias=...,ip=...`. */
export interface NetworkAttachment {
  readonly target: string;
  readonly aliases: string[];
  readonly driverOpts: Record<string, string>;
  readonly ip: string;
  readonly ip6: string;
}

export function readNetwork(text: string): NetworkAttachment {
  if (!/\w+=\w+(,\w+=\w+)*/.test(text)) return { target: text, aliases: [], driverOpts: {}, ip: "", ip6: "" };
  let [target, ip, ip6] = ["", "", ""];
  const aliases: string[] = [];
  const driverOpts: Record<string, string> = {};
  for (const field of parseCsv(text)) {
    const equals = field.indexOf("=");
    if (equals < 0) throw new BadValue(`invalid field ${field}`);
    const key = field.slice(0, equals).toLowerCase().trim();
    const value = field
      .slice(equals + 1)
      .toLowerCase()
      .trim();
    if (key === "name") target = value;
    else if (key === "alias") aliases.push(value);
    else if (key === "ip") ip = value;
    else if (key === "ip6") ip6 = value;
    else if (key === "driver-opt") {
      const at = value.indexOf("=");
      if (at < 0) throw new BadValue("invalid key value pair format in driver options");
      driverOpts[value.slice(0, at).trim()] = value.slice(at + 1).trim();
    } else throw new BadValue(`invalid field key ${key}`);
  }
  if (target === "") throw new BadValue("network name/id is not specified");
  return { target, aliases, driverOpts, ip, ip6 };
}

export interface Ulimit {
  readonly Name: string;
  readonly Hard: number;
  readonly Soft: number;
}

const ULIMITS = new Set(
  "core cpu data fsize locks memlock msgqueue nice nofile nproc rss rtprio rttime sigpending stack".split(
    " ",
  ),
);

/** `nofile=1024:2048` */
export function readUlimit(text: string): Ulimit {
  const equals = text.indexOf("=");
  if (equals < 0) throw new BadValue(`invalid ulimit argument: ${text}`);
  const Name = text.slice(0, equals);
  if (!ULIMITS.has(Name)) throw new BadValue(`invalid ulimit type: ${Name}`);
  const limits = text.slice(equals + 1).split(":");
  if (limits.length > 2) {
    const said = text.slice(equals + 1);
    throw new BadValue(`too many limit value arguments - ${said}, can only have up to two, \`soft[:hard]\``);
  }
  const hard = limits.length === 2 ? parseInt64(limits[1]!, 10) : null;
  const Soft = parseInt64(limits[0]!, 10);
  const Hard = hard ?? Soft;
  const rule = "ulimit soft limit must be less than or equal to hard limit:";
  if (Hard !== -1 && Soft === -1) throw new BadValue(`${rule} soft: -1 (unlimited), hard: ${Hard}`);
  if (Hard !== -1 && Soft > Hard) throw new BadValue(`${rule} ${Soft} > ${Hard}`);
  return { Name, Hard, Soft };
}

/** `type=bind,source=/a,target=/b,readonly` */
export function readMount(text: string): Mount {
  const mount: Mount = { Type: "volume", Target: "" };
  for (const field of parseCsv(text)) setMountField(mount, field);
  if (mount.Type === "") throw new BadValue("type is required");
  if (mount.Target === "") throw new BadValue("target is required");
  for (const [options, type] of [
    [mount.VolumeOptions, "volume"],
    [mount.BindOptions, "bind"],
    [mount.TmpfsOptions, "tmpfs"],
  ] as const) {
    if (options !== undefined && mount.Type !== type) {
      throw new BadValue(`cannot mix '${type}-*' options with mount type '${mount.Type}'`);
    }
  }
  return mount;
}

function setMountField(mount: Mount, field: string): void {
  const equals = field.indexOf("=");
  const key = (equals < 0 ? field : field.slice(0, equals)).toLowerCase();
  const said = equals < 0 ? null : field.slice(equals + 1);
  const volume = (): NonNullable<Mount["VolumeOptions"]> => {
    mount.VolumeOptions ??= { Labels: {}, DriverConfig: {} };
    return mount.VolumeOptions;
  };
  const yes = (name: string): boolean => {
    if (said === null) return true;
    return valueOr(() => parseBool(said), `invalid value for ${name}: ${said}`);
  };
  switch (key) {
    case "readonly":
    case "ro":
      mount.ReadOnly = yes(key);
      return;
    case "volume-nocopy":
      volume().NoCopy = yes(key);
      return;
    case "bind-nonrecursive":
      mount.BindOptions = { ...mount.BindOptions, NonRecursive: yes(key) };
      return;
  }
  if (said === null) throw new BadValue(`invalid field '${field}' must be a key=value pair`);
  switch (key) {
    case "type":
      mount.Type = said.toLowerCase();
      return;
    case "source":
    case "src":
      mount.Source = said;
      return;
    case "target":
    case "dst":
    case "destination":
      mount.Target = said;
      return;
    case "consistency":
      mount.Consistency = said.toLowerCase();
      return;
    case "bind-propagation":
      mount.BindOptions = { ...mount.BindOptions, Propagation: said.toLowerCase() };
      return;
    case "volume-label":
      Object.assign(volume().Labels, labelsOf([said]));
      return;
    case "volume-driver":
      volume().DriverConfig.Name = said;
      return;
    case "volume-opt":
      volume().DriverConfig.Options = { ...volume().DriverConfig.Options, ...labelsOf([said]) };
      return;
    case "tmpfs-size": {
      const SizeBytes = valueOr(() => parseSize(said), `invalid value for ${key}: ${said}`);
      mount.TmpfsOptions = { ...mount.TmpfsOptions, SizeBytes };
      return;
    }
    case "tmpfs-mode": {
      const Mode = valueOr(() => parseUint(said, 32, 8), `invalid value for ${key}: ${said}`);
      mount.TmpfsOptions = { ...mount.TmpfsOptions, Mode };
      return;
    }
  }
  throw new BadValue(`unexpected key '${key}' in '${field}'`);
}

function valueOr<T>(read: () => T, refusal: string): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof BadValue) throw new BadValue(refusal);
    throw error;
  }
}

/** A device request of the Engine API, from `--gpus`. */
interface DeviceRequest {
  Driver: string;
  Count: number;
  DeviceIDs: string[] | null;
  Capabilities: string[][];
  Options: Record<string, string>;
}

/** `all`, `2` or `count=2,driver=nvidia,capabilities=...` */
export function readGpuRequest(text: string): DeviceRequest {
  const request: DeviceRequest = { Driver: "", Count: 0, DeviceIDs: null, Capabilities: [], Options: {} };
  const seen = new Set<string>();
  for (const field of parseCsv(text)) {
    const equals = field.indexOf("=");
    const key = (equals < 0 ? "count" : field.slice(0, equals)).toLowerCase();
    const value = equals < 0 ? field : field.slice(equals + 1);
    if (seen.has(key)) throw new BadValue(`gpu request key '${key}' can be specified only once`);
    seen.add(key);
    if (key === "driver") request.Driver = value;
    else if (key === "count") request.Count = gpuCount(value);
    else if (key === "device") request.DeviceIDs = value.split(",");
    else if (key === "capabilities") request.Capabilities = [[...value.split(","), "gpu"]];
    else if (key === "options") Object.assign(request.Options, labelsOf(parseCsv(value)));
    else throw new BadValue(`unexpected key '${key}' in '${field}'`);
  }
  if (!seen.has("count") && request.DeviceIDs === null) request.Count = 1;
  if (request.Capabilities.length === 0) request.Capabilities = [["gpu"]];
  return request;
}

function gpuCount(text: string): number {
  if (text === "all") return -1;
  try {
    return parseInt64(text, 10, "Atoi");
  } catch (error) {
    if (error instanceof BadValue) throw new BadValue(`count must be an integer: ${error.message}`);
    throw error;
  }
}
