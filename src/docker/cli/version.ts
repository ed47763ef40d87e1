import { DaemonError } from "../api/daemon-error.ts";
import { API_VERSION, RELEASE } from "../release.ts";
import { evaluate } from "../templates/evaluate.ts";
import { FUNCTION_NAMES } from "../templates/functions.ts";
import { GoStruct, type GoValue } from "../templates/go-value.ts";
import type { Template } from "../templates/nodes.ts";
import { parseTemplate } from "../templates/parser.ts";
import { alignTabs } from "../templates/tab-writer.ts";
import { TemplateError } from "../templates/template-error.ts";
import { typedAnswer } from "./api-values.ts";
import { type ClientContext, ClientError, type Invocation } from "./client-context.ts";

/** Debian's build of the client: what it says of itself. */
export const CLIENT_VERSION: Readonly<
  Record<"Version" | "ApiVersion" | "GitCommit" | "GoVersion" | "Os" | "Arch" | "BuildTime", string>
> = {
  Version: RELEASE,
  ApiVersion: API_VERSION,
  GitCommit: "297e128",
  GoVersion: "go1.19.8",
  Os: "linux",
  Arch: "amd64",
  BuildTime: "Thu May  7 21:09:36 2026",
};

interface Component {
  readonly Name: string;
  readonly Version: string;
  readonly Details?: Record<string, string>;
}

/** `docker version`: the client's part is there even without an engine. */
export function showVersion(invocation: Invocation): number {
  const { context, options } = invocation;
  let server: Record<string, unknown> | null = null;
  let failure: unknown = null;
  try {
    server = invocation.api.version();
  } catch (error) {
    if (!(error instanceof ClientError) && !(error instanceof DaemonError)) throw error;
    failure = error;
  }
  const format = options.text("format");
  const text = format === "" ? layout(server) : formatted(context, format, server, failure);
  context.out(alignTabs(`${text}\n`, 20, 1));
  if (failure !== null) throw failure;
  return 0;
}

function layout(server: Record<string, unknown> | null): string {
  const client = CLIENT_VERSION;
  const rows = [
    "Client:",
    ` Version:\t${client.Version}`,
    ` API version:\t${client.ApiVersion}`,
    ` Go version:\t${client.GoVersion}`,
    ` Git commit:\t${client.GitCommit}`,
    ` Built:\t${client.BuildTime}`,
    ` OS/Arch:\t${client.Os}/${client.Arch}`,
    " Context:\tdefault",
    " Experimental:\ttrue",
  ];
  if (server === null) return rows.join("\n");
  const platform = (server["Platform"] as { Name?: string } | undefined)?.Name ?? "";
  rows.push("", `Server:${platform === "" ? "" : ` ${platform}`}`);
  for (const { Name, Version, Details = {} } of componentsOf(server)) {
    rows.push(` ${Name}:`, `  Version:\t${Version}`);
    const detail = (key: string): string => Details[key] ?? "";
    if (Name !== "Engine") {
      for (const key of Object.keys(Details).sort()) rows.push(`  ${key}:\t${detail(key)}`);
      continue;
    }
    rows.push(
      `  API version:\t${detail("ApiVersion")} (minimum version ${detail("MinAPIVersion")})`,
      `  Go version:\t${detail("GoVersion")}`,
      `  Git commit:\t${detail("GitCommit")}`,
      `  Built:\t${detail("BuildTime")}`,
      `  OS/Arch:\t${detail("Os")}/${detail("Arch")}`,
      `  Experimental:\t${detail("Experimental")}`,
    );
  }
  return rows.join("\n");
}

/** The parts of the engine; its build time is shown as a date. */
function componentsOf(server: Record<string, unknown>): Component[] {
  const given = (server["Components"] as Component[] | undefined) ?? [];
  return given.map((component) => {
    const built = component.Details?.["BuildTime"];
    if (component.Name !== "Engine" || built === undefined) return component;
    return { ...component, Details: { ...component.Details, BuildTime: ansiDate(built) } };
  });
}

/** `Thu May 18 08:38:34 2023`, from RFC 3339. */
function ansiDate(rfc3339: string): string {
  const date = new Date(rfc3339.replace(/\.\d+/, ""));
  if (Number.isNaN(date.getTime())) return rfc3339;
  const [week, day, month, year, time] = date.toUTCString().replace(",", "").split(" ") as [
    string,
    string,
    string,
    string,
    string,
  ];
  return `${week} ${month} ${String(Number(day)).padStart(2)} ${time} ${year}`;
}

function formatted(
  context: ClientContext,
  format: string,
  server: Record<string, unknown> | null,
  failure: unknown,
): string {
  let template: Template;
  try {
    template = parseTemplate(format, FUNCTION_NAMES, "version");
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    throw new ClientError(`template parsing error: ${error.message}`, 64);
  }
  try {
    return evaluate(template, versionValue(server));
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    context.out(`${error.written}\n`);
    // That there is no engine is the greater trouble.
    throw failure ?? new ClientError(error.message);
  }
}

function versionValue(server: Record<string, unknown> | null): GoStruct {
  const client = CLIENT_VERSION;
  const platform = new GoStruct("struct { Name string }", false, [field("Name", "")]);
  const clientFields = [
    field("Platform", platform),
    field("Version", client.Version),
    field("APIVersion", client.ApiVersion, "ApiVersion"),
    field("DefaultAPIVersion", client.ApiVersion),
    field("GitCommit", client.GitCommit),
    field("GoVersion", client.GoVersion),
    field("Os", client.Os),
    field("Arch", client.Arch),
    field("BuildTime", client.BuildTime),
    field("Context", "default"),
    field("Experimental", true),
  ];
  const known = server === null ? null : { ...server, Components: componentsOf(server) };
  return new GoStruct("system.versionInfo", false, [
    field("Client", new GoStruct("system.clientVersion", false, clientFields)),
    field("Server", known === null ? null : typedAnswer("types.Version", known, true)),
  ]);
}

function field(name: string, value: GoValue, json = name): GoStruct["fields"][number] {
  return { name, json, omitEmpty: false, value };
}
