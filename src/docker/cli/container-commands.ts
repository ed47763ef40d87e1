import type { Program } from "../../sim/process.ts";
import type { Call } from "../api/docker-api.ts";
import { parsePortRange, splitProtocol } from "../port-range.ts";
import { alignTabs } from "../templates/tab-writer.ts";
import { atOnce, confirm, MissingObject, naming, namingCall, refusal, sideBySide, toEach } from "./ask.ts";
import { ClientError, type Invocation, type Runner } from "./client-context.ts";
import { listContainers } from "./container-list.ts";
import { copyFiles } from "./copy-files.ts";
import { checkDetachKeys } from "./detach-keys.ts";
import { execInContainer } from "./exec.ts";
import { commitContainer, exportContainer, showChanges } from "./file-commands.ts";
import { humanSize } from "./human-text.ts";
import { inspectAll } from "./inspect-output.ts";
import { showLogs } from "./logs.ts";
import { createContainer, runContainer } from "./run.ts";
import { restartPolicy } from "./run-config.ts";
import { showStats } from "./stats.ts";
import { attachTo, checkTty } from "./streams.ts";

/** `docker container ...` */
export const CONTAINER_RUNNERS: Readonly<Record<string, Runner>> = {
  "container attach": attach,
  "container commit": commitContainer,
  "container cp": copyFiles,
  "container create": createContainer,
  "container diff": showChanges,
  "container exec": execInContainer,
  "container export": exportContainer,
  "container inspect": inspect,
  "container kill": kill,
  "container logs": showLogs,
  "container ls": listContainers,
  "container pause": (invocation) =>
    toEach(invocation, (ref) => atOnce(() => invocation.api.containerPause(ref))),
  "container port": port,
  "container prune": prune,
  "container rename": rename,
  "container restart": restart,
  "container rm": remove,
  "container run": runContainer,
  "container start": start,
  "container stats": showStats,
  "container stop": stop,
  "container top": top,
  "container unpause": (invocation) =>
    toEach(invocation, (ref) => atOnce(() => invocation.api.containerUnpause(ref))),
  "container update": update,
  "container wait": wait,
};

function inspect({ context, options, args, api }: Invocation): number {
  return inspectAll(context, args, options.text("format"), (ref) => ({
    type: "types.ContainerJSON",
    answer: naming("container", ref, () => api.containerInspect(ref, options.flag("size"))),
  }));
}

function kill(invocation: Invocation): Program {
  const signal = invocation.options.text("signal");
  return toEach(invocation, (ref) => atOnce(() => invocation.api.containerKill(ref, signal)));
}

function stop(invocation: Invocation): Program {
  const timeout = invocation.options.given("time") ? invocation.options.number("time") : null;
  return toEach(invocation, (ref) => invocation.api.containerStop(ref, timeout));
}

/** One after the other, unlike `stop`: the first has its addresses again before the second gives up its own. */
function* restart({ context, options, args, api }: Invocation): Program {
  const timeout = options.given("time") ? options.number("time") : null;
  const refusals: string[] = [];
  for (const ref of args) {
    try {
      yield* api.containerRestart(ref, timeout);
      context.out(`${ref}\n`);
    } catch (error) {
      refusals.push(refusal(error));
    }
  }
  if (refusals.length > 0) throw new ClientError(refusals.join("\n"));
  return 0;
}

function rename({ args, api }: Invocation): number {
  const [from, to] = args.map((name) => name.trim()) as [string, string];
  if (from === "" || to === "") throw new ClientError("Error: Neither old nor new names may be empty");
  try {
    api.containerRename(from, to);
  } catch (error) {
    throw new ClientError(`${refusal(error)}\nError: failed to rename container named ${from}`);
  }
  return 0;
}

function* remove(invocation: Invocation): Program {
  const { context, options, args, api } = invocation;
  const force = options.flag("force");
  const settings = { force, volumes: options.flag("volumes"), link: options.flag("link") };
  const one = function* (said: string): Call<void> {
    const ref = said.replace(/^\/+|\/+$/g, "");
    if (ref === "") throw new ClientError("Container name cannot be empty");
    yield* namingCall("container", ref, api.containerRemove(ref, settings));
  };
  const outcomes = yield* sideBySide(args.map(one));
  const refusals: string[] = [];
  for (const [at, outcome] of outcomes.entries()) {
    if (!("error" in outcome)) context.out(`${args[at]!}\n`);
    else if (force && outcome.error instanceof MissingObject) context.err(`${outcome.error.message}\n`);
    else refusals.push(refusal(outcome.error));
  }
  if (refusals.length > 0) throw new ClientError(refusals.join("\n"));
  return 0;
}

function* start(invocation: Invocation): Program {
  const { context, options, args, api } = invocation;
  if (options.flag("attach") || options.flag("interactive")) return yield* startAttached(invocation);
  const failed: string[] = [];
  for (const ref of args) {
    try {
      yield* api.containerStart(ref);
      context.out(`${ref}\n`);
    } catch (error) {
      context.err(`${refusal(error)}\n`);
      failed.push(ref);
    }
  }
  if (failed.length > 0) throw new ClientError(`Error: failed to start containers: ${failed.join(", ")}`);
  return 0;
}

function* startAttached({ context, options, args, api }: Invocation): Program {
  if (args.length > 1) throw new ClientError("you cannot start and attach multiple containers at once");
  const ref = args[0]!;
  const { Id, Config, HostConfig } = naming("container", ref, () => api.containerInspect(ref));
  const attachment = {
    container: Id,
    stdin: options.flag("interactive") && Config.OpenStdin,
    stdinOnce: Config.StdinOnce,
    stdout: true,
    stderr: true,
    proxySignals: true,
    tty: Config.Tty,
  };
  const ended = api.containerWait(Id, HostConfig.AutoRemove ? "removed" : "next-exit");
  return yield* attachTo(context, api, attachment, ended, () => api.containerStart(Id));
}

function* attach({ context, options, args, api }: Invocation): Program {
  const ref = args[0]!;
  const { Id, Config, State } = naming("container", ref, () => api.containerInspect(ref));
  const cannot = (kind: string, cure: string): never => {
    throw new ClientError(`You cannot attach to a ${kind} container, ${cure}`);
  };
  if (!State.Running) cannot("stopped", "start it first");
  if (State.Paused) cannot("paused", "unpause it first");
  if (State.Restarting) cannot("restarting", "wait until it is running");
  const stdin = !options.flag("no-stdin");
  checkTty(context, stdin, Config.Tty);
  checkDetachKeys(options, "attach");
  const attachment = {
    container: Id,
    stdin: stdin && Config.OpenStdin,
    stdinOnce: Config.StdinOnce,
    stdout: true,
    stderr: true,
    proxySignals: options.flag("sig-proxy"),
    tty: Config.Tty,
  };
  return yield* attachTo(context, api, attachment, api.containerWait(Id, "not-running"), null);
}

function port({ context, args, api }: Invocation): number {
  const [ref, wanted] = args as [string, string?];
  const { Ports } = naming("container", ref, () => api.containerInspect(ref)).NetworkSettings;
  if (wanted === undefined || wanted === "") {
    for (const [name, bindings] of Object.entries(Ports)) {
      for (const { HostIp, HostPort } of bindings ?? []) context.out(`${name} -> ${HostIp}:${HostPort}\n`);
    }
    return 0;
  }
  const slash = wanted.indexOf("/");
  const { port: number, protocol } =
    slash < 0 || slash === wanted.length - 1
      ? { port: wanted, protocol: "tcp" }
      : { port: wanted.slice(0, slash), protocol: wanted.slice(slash + 1) };
  const { first, last } = parsePortRange(splitProtocol(number).port);
  const bindings = Ports[`${first === last ? first : `${first}-${last}`}/${protocol}`] ?? null;
  if (bindings === null)
    throw new ClientError(`Error: No public port '${number}/${protocol}' published for ${ref}`);
  for (const { HostIp, HostPort } of bindings) context.out(`${HostIp}:${HostPort}\n`);
  return 0;
}

function top({ context, args, api }: Invocation): number {
  const { Titles, Processes } = api.containerTop(args[0]!, args.slice(1));
  const lines = [Titles, ...Processes].map((cells) => `${cells.join("\t")}\n`);
  context.out(alignTabs(lines.join(""), 20, 3));
  return 0;
}

function* wait(invocation: Invocation): Program {
  const { context, args, api } = invocation;
  const refusals: string[] = [];
  for (const ref of args) {
    try {
      context.out(`${yield* api.containerWait(ref, "not-running")}\n`);
    } catch (error) {
      refusals.push(refusal(error));
    }
  }
  if (refusals.length > 0) throw new ClientError(refusals.join("\n"));
  return 0;
}

function* prune(invocation: Invocation): Program {
  const { context, options } = invocation;
  const question = "WARNING! This will remove all stopped containers.\nAre you sure you want to continue?";
  const agreed = options.flag("force") || (yield* confirm(invocation, question));
  const { text, space } = agreed ? pruneContainers(invocation) : { text: "", space: 0 };
  if (text !== "") context.out(`${text}\n`);
  context.out(`Total reclaimed space: ${humanSize(space)}\n`);
  return 0;
}

/** What pruning containers says, and how many bytes it gained. */
export function pruneContainers({ options, api }: Invocation): {
  readonly text: string;
  readonly space: number;
} {
  const { ContainersDeleted, SpaceReclaimed } = api.containerPrune(options.filters());
  if (ContainersDeleted.length === 0) return { text: "", space: 0 };
  return {
    text: `Deleted Containers:\n${ContainersDeleted.map((id) => `${id}\n`).join("")}`,
    space: SpaceReclaimed,
  };
}

const UPDATES = {
  "blkio-weight": "BlkioWeight",
  "cpu-period": "CpuPeriod",
  "cpu-quota": "CpuQuota",
  "cpu-rt-period": "CpuRealtimePeriod",
  "cpu-rt-runtime": "CpuRealtimeRuntime",
  "cpu-shares": "CpuShares",
  cpus: "NanoCpus",
  "kernel-memory": "KernelMemory",
  memory: "Memory",
  "memory-reservation": "MemoryReservation",
  "memory-swap": "MemorySwap",
  "pids-limit": "PidsLimit",
} as const;

function update({ context, options, args, api }: Invocation): number {
  const changes: Record<string, unknown> = {};
  for (const [option, key] of Object.entries(UPDATES))
    if (options.given(option)) changes[key] = options.number(option);
  for (const [option, key] of [
    ["cpuset-cpus", "CpusetCpus"],
    ["cpuset-mems", "CpusetMems"],
  ] as const) {
    if (options.given(option)) changes[key] = options.text(option);
  }
  if (!options.given("restart") && Object.keys(changes).length === 0) {
    throw new ClientError("you must provide one or more flags when using this command");
  }
  if (options.text("restart") !== "") changes["RestartPolicy"] = restartPolicy(options.text("restart"));
  const warnings: string[] = [];
  const refusals: string[] = [];
  for (const ref of args) {
    try {
      warnings.push(...api.containerUpdate(ref, changes).Warnings);
      context.out(`${ref}\n`);
    } catch (error) {
      refusals.push(refusal(error));
    }
  }
  if (warnings.length > 0) context.out(`${warnings.join("\n")}\n`);
  if (refusals.length > 0) throw new ClientError(refusals.join("\n"));
  return 0;
}
