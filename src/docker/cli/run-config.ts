import { absolutePath } from "../../programs/program-context.ts";
import type {
  ContainerConfig,
  ContainerCreateRequest,
  HealthConfig,
  HostConfig,
  Mount,
} from "../api/container-types.ts";
import type { EndpointSettings } from "../api/network-types.ts";
import { BadValue, parseInt64 } from "../go-parse.ts";
import { goQuote } from "../templates/go-quote.ts";
import { type ClientContext, ClientError } from "./client-context.ts";
import type { NetworkAttachment } from "./compound-values.ts";
import { keyValues } from "./key-value-files.ts";
import type { OptionValues } from "./option-values.ts";
import { labelsOf, listOrNull } from "./plain-values.ts";
import { exposedPorts, parsePortSpecs } from "./port-specs.ts";
import { resourcesOf } from "./run-resources.ts";

/**
 * What the options of `docker run` and `docker create` ask the engine for.
 * @throws {ClientError} or {BadValue} in the client's words
 */
export function createRequest(
  context: ClientContext,
  options: OptionValues,
  args: readonly string[],
): ContainerCreateRequest {
  const config = containerConfig(context, options, args);
  const hostConfig = hostConfigOf(context, options);
  return {
    Config: config,
    HostConfig: hostConfig,
    NetworkingConfig: { EndpointsConfig: endpoints(options) },
  };
}

function containerConfig(
  context: ClientContext,
  options: OptionValues,
  args: readonly string[],
): ContainerConfig {
  const mac = options.text("mac-address");
  if (mac !== "" && !isMac(mac)) throw new ClientError(`${mac} is not a valid mac address`);
  const swappiness = options.number("memory-swappiness");
  if (swappiness !== -1 && (swappiness < 0 || swappiness > 100)) {
    throw new ClientError(`invalid value: ${swappiness}. Valid memory swappiness range is 0-100`);
  }
  const streams = options.list("attach");
  const all = streams.length === 0;
  const stdin = options.flag("interactive");
  const attachStdin = stdin || streams.includes("stdin");
  const { exposed } = parsePortSpecs(options.list("publish"));
  for (const spec of options.list("expose")) {
    for (const port of exposedPorts(spec)) exposed[port] = {};
  }
  const env = keyValues(context, options.list("env-file"), options.list("env"), (name) =>
    context.env.get(name),
  );
  const labels = keyValues(context, options.list("label-file"), options.list("label"), null);
  const entrypoint = options.text("entrypoint");
  const health = healthOf(options);
  return {
    Hostname: options.text("hostname"),
    Domainname: options.text("domainname"),
    User: options.text("user"),
    AttachStdin: attachStdin,
    AttachStdout: all || streams.includes("stdout"),
    AttachStderr: all || streams.includes("stderr"),
    ExposedPorts: exposed,
    Tty: options.flag("tty"),
    OpenStdin: stdin,
    StdinOnce: stdin && attachStdin,
    Env: env,
    Cmd: args.length > 1 ? [...args.slice(1)] : null,
    ...(health === null ? {} : { Healthcheck: health }),
    Image: args[0]!,
    Volumes: volumesOf(options.list("volume")),
    WorkingDir: options.text("workdir"),
    Entrypoint: options.given("entrypoint") ? [entrypoint] : null,
    ...(mac === "" ? {} : { MacAddress: mac }),
    OnBuild: null,
    Labels: labelsOf(labels),
    ...(options.given("stop-signal") ? { StopSignal: options.text("stop-signal") } : {}),
    ...(options.given("stop-timeout") ? { StopTimeout: options.number("stop-timeout") } : {}),
  };
}

function isMac(text: string): boolean {
  return /^([0-9a-fA-F]{2}([:-])([0-9a-fA-F]{2}\2){4,}[0-9a-fA-F]{2}|([0-9a-fA-F]{4}\.){2,}[0-9a-fA-F]{4})$/.test(
    text.trim(),
  );
}

/** The places of `-v` that name no source: anonymous volumes. */
function volumesOf(specs: readonly string[]): Record<string, Record<string, never>> {
  return Object.fromEntries(specs.filter((spec) => !isBind(spec)).map((spec) => [spec, {}]));
}

/** Whether something stands before the place; `a:` may be a drive of Windows (the loader of Compose files, ParseVolume). */
function isBind(spec: string): boolean {
  if (spec.length < 3) return false;
  const source = /^(?:\p{L}:)?[^:]*/u.exec(spec)![0];
  return source !== "" && spec[source.length] === ":";
}

function healthOf(options: OptionValues): HealthConfig | null {
  const command = options.text("health-cmd");
  const times = {
    Interval: options.number("health-interval"),
    Timeout: options.number("health-timeout"),
    StartPeriod: options.number("health-start-period"),
    Retries: options.number("health-retries"),
  };
  const some = command !== "" || Object.values(times).some((time) => time !== 0);
  if (options.flag("no-healthcheck")) {
    if (some) throw new ClientError("--no-healthcheck conflicts with --health-* options");
    return { Test: ["NONE"], Interval: 0, Timeout: 0, StartPeriod: 0, Retries: 0 };
  }
  if (!some) return null;
  for (const [name, time] of [
    ["interval", times.Interval],
    ["timeout", times.Timeout],
    ["retries", times.Retries],
    ["start-period", times.StartPeriod],
  ] as const) {
    if (time < 0) throw new ClientError(`--health-${name} cannot be negative`);
  }
  return { Test: command === "" ? [] : ["CMD-SHELL", command], ...times };
}

function hostConfigOf(context: ClientContext, options: OptionValues): HostConfig {
  const { bindings } = parsePortSpecs(options.list("publish"));
  checkModes(options);
  const restart = restartPolicy(options.text("restart"));
  const loggingDriver = options.text("log-driver");
  const loggingOptions = options.list("log-opt");
  if (loggingDriver === "none" && loggingOptions.length > 0) {
    throw new ClientError(`invalid logging opts for driver ${loggingDriver}`);
  }
  const security = securityOptions(context, options.list("security-opt"));
  if (options.flag("rm") && restart.Name !== "no" && restart.Name !== "") {
    throw new ClientError("Conflicting options: --restart and --rm");
  }
  const unconfined = security.length !== options.list("security-opt").length;
  const mounts = options.objects<Mount>("mount");
  return {
    Binds: listOrNull(options.list("volume").filter(isBind)),
    ContainerIDFile: options.text("cidfile"),
    LogConfig: { Type: loggingDriver, Config: labelsOf(loggingOptions) },
    NetworkMode: options.objects<NetworkAttachment>("network")[0]?.target ?? "default",
    PortBindings: bindings,
    RestartPolicy: restart,
    AutoRemove: options.flag("rm"),
    VolumeDriver: options.text("volume-driver"),
    VolumesFrom: listOrNull(options.list("volumes-from")),
    CapAdd: listOrNull(options.list("cap-add")),
    CapDrop: listOrNull(options.list("cap-drop")),
    CgroupnsMode: options.text("cgroupns"),
    Dns: [...options.list("dns")],
    DnsOptions: [...options.list("dns-option")],
    DnsSearch: [...options.list("dns-search")],
    ExtraHosts: listOrNull(options.list("add-host")),
    GroupAdd: listOrNull(options.list("group-add")),
    IpcMode: options.text("ipc"),
    Cgroup: "",
    Links: listOrNull(options.list("link")),
    OomScoreAdj: options.number("oom-score-adj"),
    PidMode: options.text("pid"),
    Privileged: options.flag("privileged"),
    PublishAllPorts: options.flag("publish-all"),
    ReadonlyRootfs: options.flag("read-only"),
    SecurityOpt: listOrNull(security),
    ...storageOptions(options.list("storage-opt")),
    ...tmpfsOf(options.list("tmpfs")),
    UTSMode: options.text("uts"),
    UsernsMode: options.text("userns"),
    ShmSize: options.number("shm-size"),
    ...(Object.keys(options.map("sysctl")).length > 0 ? { Sysctls: { ...options.map("sysctl") } } : {}),
    Runtime: options.text("runtime"),
    ConsoleSize: [0, 0],
    Isolation: options.text("isolation"),
    ...resourcesOf(options),
    ...(mounts.length > 0 ? { Mounts: mounts } : {}),
    MaskedPaths: unconfined ? [] : null,
    ReadonlyPaths: unconfined ? [] : null,
    ...(options.given("init") ? { Init: options.flag("init") } : {}),
  };
}

function checkModes(options: OptionValues): void {
  const pid = options.text("pid");
  const container = /^container:.+$/;
  if (pid !== "" && pid !== "host" && !container.test(pid)) throw new ClientError("--pid: invalid PID mode");
  const uts = options.text("uts");
  if (uts !== "" && uts !== "host") throw new ClientError("--uts: invalid UTS mode");
  const userns = options.text("userns");
  if (userns !== "" && userns !== "host") throw new ClientError("--userns: invalid USER mode");
  const cgroupns = options.text("cgroupns");
  if (cgroupns !== "" && cgroupns !== "host" && cgroupns !== "private") {
    throw new ClientError("--cgroupns: invalid CGROUP mode");
  }
}

/** `on-failure:3`. Whether the engine knows the name is its own business. */
export function restartPolicy(text: string): { Name: string; MaximumRetryCount: number } {
  const parts = text.split(":");
  if (parts.length > 2) throw new ClientError("invalid restart policy format");
  let MaximumRetryCount = 0;
  if (parts.length === 2) {
    try {
      MaximumRetryCount = parseInt64(parts[1]!, 10, "Atoi");
    } catch (error) {
      if (!(error instanceof BadValue)) throw error;
      throw new ClientError("maximum retry count must be an integer");
    }
  }
  return { Name: parts[0]!, MaximumRetryCount };
}

/** Without `systempaths=unconfined`, which says what the client leaves unmasked. */
function securityOptions(context: ClientContext, said: readonly string[]): string[] {
  return said
    .map((option) => {
      const at = /[=]/.test(option) ? option.indexOf("=") : option.indexOf(":");
      if (at < 0 && option !== "no-new-privileges")
        throw new ClientError(`Invalid --security-opt: ${goQuote(option)}`);
      const [kind, value] = [option.slice(0, at), option.slice(at + 1)];
      if (kind !== "seccomp" || value === "unconfined") return option;
      const stat = context.files.stat(absolutePath(context, value));
      if (stat === null) {
        throw new ClientError(
          `opening seccomp profile (${value}) failed: open ${value}: no such file or directory`,
        );
      }
      return option;
    })
    .filter((option) => option !== "systempaths=unconfined");
}

function storageOptions(said: readonly string[]): { StorageOpt?: Record<string, string> } {
  if (said.some((option) => !option.includes("="))) throw new ClientError("invalid storage option");
  return said.length === 0 ? {} : { StorageOpt: labelsOf(said) };
}

function tmpfsOf(said: readonly string[]): { Tmpfs?: Record<string, string> } {
  if (said.length === 0) return {};
  const entries = said.map((text) => {
    const colon = text.indexOf(":");
    return colon < 0 ? [text, ""] : [text.slice(0, colon), text.slice(colon + 1)];
  });
  return { Tmpfs: Object.fromEntries(entries) };
}

/** The networks and what is wished of each; the old options belong to the first. */
function endpoints(options: OptionValues): Record<string, Partial<EndpointSettings>> {
  const attachments = options.objects<NetworkAttachment>("network");
  const found: Record<string, Partial<EndpointSettings>> = {};
  for (const [at, attachment] of attachments.entries()) {
    const settings = endpoint(
      at === 0 ? withOldOptions(attachment, options) : { ...attachment, links: [], localIps: [] },
    );
    if (found[attachment.target] !== undefined) {
      throw new ClientError(`network ${goQuote(attachment.target)} is specified multiple times`);
    }
    if (attachments.length === 1 && settings === null) continue;
    found[attachment.target] = settings ?? {};
  }
  const own = attachments.map(({ target }) => isUserDefined(target));
  if (own.includes(true) && own.includes(false)) {
    throw new ClientError(
      "conflicting options: cannot attach both user-defined and non-user-defined network-modes",
    );
  }
  return found;
}

interface Wishes extends NetworkAttachment {
  readonly links: readonly string[];
  readonly localIps: readonly string[];
}

function withOldOptions(attachment: NetworkAttachment, options: OptionValues): Wishes {
  const aliases = options.list("network-alias");
  const conflict = (option: string, what: string): never => {
    throw new ClientError(`conflicting options: cannot specify both --${option} and per-network ${what}`);
  };
  if (attachment.aliases.length > 0 && aliases.length > 0) conflict("network-alias", "alias");
  if (attachment.ip !== "" && options.text("ip") !== "") conflict("ip", "IPv4 address");
  if (attachment.ip6 !== "" && options.text("ip6") !== "") conflict("ip6", "IPv6 address");
  return {
    ...attachment,
    aliases: aliases.length > 0 ? [...aliases] : attachment.aliases,
    ip: options.text("ip") || attachment.ip,
    ip6: options.text("ip6") || attachment.ip6,
    links: options.list("link"),
    localIps: options.list("link-local-ip"),
  };
}

/** Null when nothing is wished. */
function endpoint({
  target,
  aliases,
  driverOpts,
  ip,
  ip6,
  links,
  localIps,
}: Wishes): Partial<EndpointSettings> | null {
  if (target.trim() === "") throw new ClientError("no name set for network");
  if (!isUserDefined(target)) {
    if (aliases.length > 0)
      throw new ClientError("network-scoped aliases are only supported for user-defined networks");
    if (links.length > 0) throw new ClientError("links are only supported for user-defined networks");
  }
  const settings: Partial<EndpointSettings> = {};
  if (aliases.length > 0) settings.Aliases = [...aliases];
  if (Object.keys(driverOpts).length > 0) settings.DriverOpts = driverOpts;
  if (links.length > 0) settings.Links = [...links];
  if (ip !== "" || ip6 !== "" || localIps.length > 0) {
    settings.IPAMConfig = {
      ...(ip === "" ? {} : { IPv4Address: ip }),
      ...(ip6 === "" ? {} : { IPv6Address: ip6 }),
      ...(localIps.length === 0 ? {} : { LinkLocalIPs: [...localIps] }),
    };
  }
  return Object.keys(settings).length === 0 ? null : settings;
}

function isUserDefined(network: string): boolean {
  return !["default", "bridge", "host", "none"].includes(network) && !network.startsWith("container:");
}
