import { evaluate } from "../templates/evaluate.ts";
import { FUNCTION_NAMES } from "../templates/functions.ts";
import { rawValue } from "../templates/go-value.ts";
import type { Template } from "../templates/nodes.ts";
import { parseTemplate } from "../templates/parser.ts";
import { TemplateError } from "../templates/template-error.ts";
import { typedAnswer } from "./api-values.ts";
import { ClientError, type Invocation } from "./client-context.ts";
import { bytesSize } from "./human-text.ts";

type Facts = Readonly<Record<string, unknown>>;

/** `docker info`: what the engine is, in the client's order; the client itself comes first and is there without an engine. */
export function showInfo(invocation: Invocation): number {
  const { context, options } = invocation;
  let facts: Facts | null = null;
  let failure = "";
  try {
    facts = invocation.api.info();
  } catch (error) {
    if (!(error instanceof ClientError)) throw error;
    failure = error.message;
  }
  const format = options.text("format");
  if (format !== "") {
    printFormatted((text) => context.out(text), format, facts, failure);
    return 0;
  }
  context.out("Client:\n Context:    default\n Debug Mode: false\n\nServer:\n");
  if (facts === null) {
    context.out(`ERROR: ${failure}\n`);
    throw new ClientError("errors pretty printing info");
  }
  context.out(`${serverLines(facts).join("\n")}\n\n`);
  const warnings = facts["Warnings"] as readonly string[] | null | undefined;
  if (warnings !== undefined && warnings !== null && warnings.length > 0)
    context.err(`${warnings.join("\n")}\n`);
  return 0;
}

function serverLines(facts: Facts): string[] {
  const lines: string[] = [];
  const text = (key: string): string => String(facts[key] ?? "");
  const always = (label: string, value: unknown): number => lines.push(` ${label}: ${value}`);
  const unlessEmpty = (label: string, key: string): void => {
    if (text(key) !== "") always(label, text(key));
  };
  const yes = (key: string): boolean => facts[key] === true;
  always("Containers", facts["Containers"] ?? 0);
  always(" Running", facts["ContainersRunning"] ?? 0);
  always(" Paused", facts["ContainersPaused"] ?? 0);
  always(" Stopped", facts["ContainersStopped"] ?? 0);
  always("Images", facts["Images"] ?? 0);
  unlessEmpty("Server Version", "ServerVersion");
  unlessEmpty("Storage Driver", "Driver");
  for (const [key, value] of (facts["DriverStatus"] as [string, string][] | undefined) ?? []) {
    always(` ${key}`, value);
  }
  unlessEmpty("Logging Driver", "LoggingDriver");
  unlessEmpty("Cgroup Driver", "CgroupDriver");
  unlessEmpty("Cgroup Version", "CgroupVersion");
  const plugins = (facts["Plugins"] as Record<string, readonly string[] | null> | undefined) ?? {};
  lines.push(" Plugins:");
  for (const kind of ["Volume", "Network", "Authorization", "Log"]) {
    const names = plugins[kind] ?? [];
    if (kind !== "Authorization" || names.length > 0) always(` ${kind}`, names.join(" "));
  }
  always("Swarm", (facts["Swarm"] as { LocalNodeState?: string } | undefined)?.LocalNodeState ?? "");
  const runtimes = Object.keys((facts["Runtimes"] as Record<string, unknown> | undefined) ?? {});
  if (runtimes.length > 0) {
    always("Runtimes", runtimes.join(" "));
    always("Default Runtime", text("DefaultRuntime"));
  }
  if (text("OSType") === "linux") linuxLines(facts, always, lines);
  unlessEmpty("Kernel Version", "KernelVersion");
  unlessEmpty("Operating System", "OperatingSystem");
  unlessEmpty("OSType", "OSType");
  unlessEmpty("Architecture", "Architecture");
  always("CPUs", facts["NCPU"] ?? 0);
  always("Total Memory", bytesSize(Number(facts["MemTotal"] ?? 0)));
  unlessEmpty("Name", "Name");
  unlessEmpty("ID", "ID");
  always("Docker Root Dir", text("DockerRootDir"));
  always("Debug Mode", yes("Debug"));
  unlessEmpty("HTTP Proxy", "HttpProxy");
  unlessEmpty("HTTPS Proxy", "HttpsProxy");
  unlessEmpty("No Proxy", "NoProxy");
  unlessEmpty("Registry", "IndexServerAddress");
  const labels = facts["Labels"] as readonly string[] | null | undefined;
  if (labels !== undefined && labels !== null) lines.push(" Labels:", ...labels.map((label) => `  ${label}`));
  always("Experimental", yes("ExperimentalBuild"));
  registryLines(facts, lines);
  always("Live Restore Enabled", yes("LiveRestoreEnabled"));
  unlessEmpty("Product License", "ProductLicense");
  const pools = facts["DefaultAddressPools"] as readonly { Base: string; Size: number }[] | null | undefined;
  if (pools !== undefined && pools !== null && pools.length > 0) {
    lines.push(
      " Default Address Pools:",
      ...pools.map(({ Base, Size }) => `   Base: ${Base}, Size: ${Size}`),
    );
  }
  return lines;
}

function linuxLines(facts: Facts, always: (label: string, value: unknown) => number, lines: string[]): void {
  always("Init Binary", String(facts["InitBinary"] ?? ""));
  for (const [name, key] of [
    ["containerd", "ContainerdCommit"],
    ["runc", "RuncCommit"],
    ["init", "InitCommit"],
  ] as const) {
    const { ID = "", Expected = "" } = (facts[key] as { ID?: string; Expected?: string } | undefined) ?? {};
    always(`${name} version`, ID === Expected ? ID : `${ID} (expected: ${Expected})`);
  }
  const security = (facts["SecurityOptions"] as readonly string[] | undefined) ?? [];
  if (security.length === 0) return;
  lines.push(" Security Options:");
  for (const option of security) {
    for (const part of option.split(",")) {
      const [key, value] = part.split("=");
      if (key === "name") lines.push(`  ${value}`);
      else if (key === "profile") lines.push(`   Profile: ${value}`);
    }
  }
}

function registryLines(facts: Facts, lines: string[]): void {
  const registry = facts["RegistryConfig"] as
    | {
        InsecureRegistryCIDRs?: readonly string[] | null;
        IndexConfigs?: Readonly<Record<string, { Name: string; Secure: boolean }>>;
        Mirrors?: readonly string[] | null;
      }
    | undefined;
  if (registry === undefined) return;
  const indexes = Object.values(registry.IndexConfigs ?? {});
  const cidrs = registry.InsecureRegistryCIDRs ?? [];
  if (indexes.length > 0 || cidrs.length > 0) {
    lines.push(" Insecure Registries:");
    for (const { Name, Secure } of indexes) if (!Secure) lines.push(`  ${Name}`);
    for (const cidr of cidrs) lines.push(`  ${cidr}`);
  }
  const mirrors = registry.Mirrors ?? [];
  if (mirrors.length > 0) lines.push(" Registry Mirrors:", ...mirrors.map((mirror) => `  ${mirror}`));
}

/** Prints by a template; what went well of it is printed when it fails. @throws {ClientError} */
function printFormatted(
  out: (text: string) => void,
  format: string,
  facts: Facts | null,
  failure: string,
): void {
  const ClientInfo = { Debug: false, Context: "default", Plugins: [], Warnings: null };
  let template: Template;
  try {
    template = parseTemplate(format, FUNCTION_NAMES);
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    throw new ClientError(`template parsing error: ${error.message}`, 64);
  }
  const value =
    facts === null
      ? rawValue({ ServerErrors: [failure], ClientInfo })
      : typedAnswer("system.info", { ...facts, ClientInfo });
  try {
    out(`${evaluate(template, value)}\n`);
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    out(`${error.written}\n`);
    throw new ClientError(error.message);
  }
}
