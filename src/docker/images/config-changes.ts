import type { ContainerConfig } from "../api/container-types.ts";
import { DaemonError } from "../api/daemon-error.ts";

/** The instructions of a Dockerfile that an image may be given when it is made of files. */
const KNOWN = "CMD ENTRYPOINT ENV EXPOSE LABEL ONBUILD STOPSIGNAL USER VOLUME WORKDIR".split(" ");
const BUILDER = "ADD ARG COPY FROM HEALTHCHECK MAINTAINER RUN SHELL".split(" ");

/** A configuration with lines such as `CMD ["sh"]` and `ENV A=1` applied. @throws {DaemonError} 400 */
export function withChanges(config: ContainerConfig, lines: readonly string[]): ContainerConfig {
  const changed: ContainerConfig = { ...config, Labels: { ...config.Labels } };
  for (const [at, line] of lines.entries()) apply(changed, line.trim(), at + 1);
  return changed;
}

function apply(config: ContainerConfig, line: string, number: number): void {
  const word = /^\S*/.exec(line)![0];
  const name = word.toUpperCase();
  const rest = line.slice(word.length).trim();
  if (!KNOWN.includes(name)) {
    const problem = BUILDER.includes(name)
      ? `${name.toLowerCase()} is not a valid change command`
      : `dockerfile parse error line ${number}: unknown instruction: ${name}`;
    throw new DaemonError(400, problem);
  }
  if (rest === "")
    throw new DaemonError(400, `dockerfile parse error line ${number}: ${name} requires arguments`);
  switch (name) {
    case "CMD":
      config.Cmd = command(rest);
      break;
    case "ENTRYPOINT":
      config.Entrypoint = command(rest);
      break;
    case "ENV": {
      const added = pairs(rest);
      const before = (config.Env ?? []).filter((one) => !added.some(([key]) => one.startsWith(`${key}=`)));
      config.Env = [...before, ...added.map(([key, value]) => `${key}=${value}`)];
      break;
    }
    case "EXPOSE":
      config.ExposedPorts = {
        ...config.ExposedPorts,
        ...Object.fromEntries(words(rest).map((port) => [port.includes("/") ? port : `${port}/tcp`, {}])),
      };
      break;
    case "LABEL":
      for (const [key, value] of pairs(rest)) config.Labels[key] = value;
      break;
    case "ONBUILD":
      config.OnBuild = [...(config.OnBuild ?? []), rest];
      break;
    case "STOPSIGNAL":
      config.StopSignal = rest;
      break;
    case "USER":
      config.User = rest;
      break;
    case "VOLUME":
      config.Volumes = {
        ...config.Volumes,
        ...Object.fromEntries((list(rest) ?? words(rest)).map((place) => [place, {}])),
      };
      break;
    default:
      config.WorkingDir = rest.startsWith("/") ? rest : `${config.WorkingDir.replace(/\/$/, "")}/${rest}`;
  }
}

/** `["a", "b"]`; null for anything else. */
function list(text: string): string[] | null {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) && value.every((one) => typeof one === "string") ? value : null;
  } catch {
    return null;
  }
}

/** Words in brackets, or a line for the shell. */
function command(text: string): string[] {
  return list(text) ?? ["/bin/sh", "-c", text];
}

function words(text: string): string[] {
  return text.split(/\s+/);
}

/** `A=1 B="two words"`, or `A the rest of the line`. */
function pairs(text: string): (readonly [string, string])[] {
  if (!/^[^\s=]+=/.test(text)) {
    const [, key = "", value = ""] = /^(\S+)\s*(.*)$/.exec(text)!;
    return [[key, value]];
  }
  return [...text.matchAll(/([^\s=]+)=("(?:\\.|[^"])*"|'[^']*'|(?:\\.|\S)*)/g)].map(([, key, value]) => [
    key!,
    value!.replace(/^(["'])(.*)\1$/s, "$2").replaceAll(/\\(.)/g, "$1"),
  ]);
}
