import type { Program } from "../../sim/process.ts";
import type { Nanos } from "../../sim/time.ts";
import type { ContainerConfig, HostConfig } from "../api/container-types.ts";
import { DaemonError } from "../api/daemon-error.ts";
import type { LogLine } from "../api/docker-api.ts";
import { matches } from "../filters.ts";
import { instantOf } from "../timestamps.ts";
import { naming } from "./ask.ts";
import { ClientError, type Invocation } from "./client-context.ts";
import { rfc3339Nanos } from "./timestamps.ts";

/** `docker logs`: what a container's main process wrote, and with `-f` what it goes on to write. */
export function* showLogs({ context, options, args, api }: Invocation): Program {
  const ref = args[0]!;
  const { Id, Config, HostConfig } = naming("container", ref, () => api.containerInspect(ref));
  const since = bound(context.now(), options.text("since"), "since");
  const until = bound(context.now(), options.text("until"), "until");
  const log = api.containerLogs(Id);
  const timestamps = options.flag("timestamps");
  const details = options.flag("details") ? `${detailsOf(Config, HostConfig)} ` : "";
  const within = ({ at }: LogLine): boolean =>
    (since === null || at >= since) && (until === null || at <= until);
  const show = (line: LogLine): void => {
    const text = `${timestamps ? `${rfc3339Nanos(line.at)} ` : ""}${details}${line.text}`;
    if (line.stream === "stdout" || Config.Tty) context.out(text);
    else context.err(text);
  };
  const tail = options.text("tail");
  const all = log.lines.filter(within);
  const chosen = /^\d+$/.test(tail) ? all.slice(Math.max(0, all.length - Number(tail))) : all;
  let seen = log.lines.length;
  const { ends } = log;
  for (const line of chosen) show(line);
  if (!options.flag("follow")) return 0;
  for (;;) {
    for (; seen < log.lines.length; seen++) if (within(log.lines[seen]!)) show(log.lines[seen]!);
    // The driver lets go of who follows when the process ends, also when it starts again (moby daemon, handleContainerExit).
    if (log.ends !== ends || !runs(() => api.containerInspect(Id).State)) return 0;
    if (until !== null && context.now() >= until) return 0;
    yield { on: [log.changed], until: until ?? Number.POSITIVE_INFINITY };
  }
}

/** What the driver notes of each line: the labels and variables that `--log-opt labels=...` and `env=...` name, in order. */
function detailsOf({ Labels, Env }: ContainerConfig, { LogConfig }: HostConfig): string {
  const options = LogConfig.Config;
  const env = new Map(
    (Env ?? []).map((line): [string, string] => {
      const [name = "", value = ""] = line.split(/=(.*)/s);
      return [name, value];
    }),
  );
  const chosen = [
    ...pick(Object.entries(Labels ?? {}), options["labels"], options["labels-regex"]),
    ...pick([...env], options["env"], options["env-regex"]),
  ];
  return chosen
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
    .join(",");
}

function pick(
  all: readonly (readonly [string, string])[],
  names: string | undefined,
  pattern: string | undefined,
): readonly (readonly [string, string])[] {
  const named = (names ?? "").split(",");
  return all.filter(([name]) => named.includes(name) || (pattern !== undefined && matches(pattern, name)));
}

/** A container that was removed does not run, nor one that waits for its next start. */
function runs(ask: () => { readonly Running: boolean; readonly Restarting: boolean }): boolean {
  try {
    const { Running, Restarting } = ask();
    return Running && !Restarting;
  } catch (error) {
    if (error instanceof DaemonError) return false;
    throw error;
  }
}

function bound(now: Nanos, text: string, option: string): Nanos | null {
  if (text === "") return null;
  const instant = instantOf(text, now);
  if (instant === null) {
    throw new ClientError(
      `invalid value for "${option}": failed to parse value as time or duration: "${text}"`,
    );
  }
  return instant;
}
