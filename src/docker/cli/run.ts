import { absolutePath } from "../../programs/program-context.ts";
import type { Program } from "../../sim/process.ts";
import type { ContainerCreateRequest } from "../api/container-types.ts";
import { DaemonError } from "../api/daemon-error.ts";
import type { Call } from "../api/docker-api.ts";
import { BadValue } from "../go-parse.ts";
import { invalidReference, parseImageReference, taggedName } from "../images/image-reference.ts";
import { refusal } from "./ask.ts";
import { type ClientContext, ClientError, type Invocation } from "./client-context.ts";
import { pullText } from "./image-pull.ts";
import { logLine } from "./log-line.ts";
import { createFile } from "./output-file.ts";
import { createRequest } from "./run-config.ts";
import { attachTo, checkTty } from "./streams.ts";

/** `docker create`: prints the id. */
export function* createContainer(invocation: Invocation): Program {
  const request = requestOf(invocation, "create");
  const id = yield* create(invocation, request);
  invocation.context.out(`${id}\n`);
  return 0;
}

/** `docker run`: creates, starts, and stays with it unless it is detached. */
export function* runContainer(invocation: Invocation): Program {
  const { context, options, api } = invocation;
  const request = requestOf(invocation, "run");
  const { Config: config, HostConfig: hostConfig } = request;
  if (options.flag("detach")) {
    if (options.list("attach").length > 0) throw new ClientError("Conflicting options: -a and -d");
    Object.assign(config, { AttachStdin: false, AttachStdout: false, AttachStderr: false, StdinOnce: false });
  } else checkTty(context, config.AttachStdin, config.Tty);
  let id: string;
  try {
    id = yield* create(invocation, request);
  } catch (error) {
    throw giveUp(refusal(error), true);
  }
  const shows = config.AttachStdout || config.AttachStderr;
  if (!shows) context.out(`${id}\n`);
  const attached = shows || config.AttachStdin;
  let started = false;
  const start = function* (): Call<void> {
    yield* api.containerStart(id);
    started = true;
  };
  try {
    if (!attached) {
      yield* start();
      return 0;
    }
    const attachment = {
      container: id,
      stdin: config.AttachStdin,
      stdinOnce: config.StdinOnce,
      stdout: config.AttachStdout,
      stderr: config.AttachStderr,
      proxySignals: options.flag("sig-proxy"),
      tty: config.Tty,
    };
    const ended = api.containerWait(id, hostConfig.AutoRemove ? "removed" : "next-exit");
    const status = yield* attachTo(context, api, attachment, ended, start);
    return shows ? status : 0;
  } catch (error) {
    if (started || !(error instanceof DaemonError)) throw error;
    const failure = giveUp(refusal(error), false);
    if (!attached) throw failure;
    context.err(`${failure.message}\n`);
    // Only who waits for the container's removal is still there to tell.
    if (hostConfig.AutoRemove)
      context.err(logLine(context, "error", "error waiting for container: context canceled"));
    throw new ClientError("", failure.status);
  }
}

function requestOf({ context, options, args }: Invocation, name: "create" | "run"): ContainerCreateRequest {
  try {
    return createRequest(context, options, args);
  } catch (error) {
    if (!(error instanceof ClientError) && !(error instanceof BadValue)) throw error;
    throw new ClientError(complaint(name, error.message, true), 125);
  }
}

function complaint(name: string, message: string, withHelp: boolean): string {
  const help = withHelp ? `\nSee 'docker ${name} --help'.` : "";
  return `docker: ${message.replace(/\.$/, "")}.${help}`;
}

/** 127: there is no such command; 126: it cannot be run; 125: all else that the engine refuses. */
function giveUp(message: string, withHelp: boolean): ClientError {
  let status = 125;
  if (
    /executable file not found|no such file or directory|system cannot find the file specified/.test(message)
  ) {
    status = 127;
  } else if (message.includes("permission denied")) status = 126;
  return new ClientError(complaint("run", message, withHelp), status);
}

/** The file for the container's id is opened before the container is made. */
function checkCidFile(context: ClientContext, path: string): void {
  try {
    createFile(context, path);
    context.files.remove(absolutePath(context, path), false);
  } catch (error) {
    if (!(error instanceof ClientError)) throw error;
    throw new ClientError(`failed to create the container ID file: ${error.message}`);
  }
}

/** Creates the container, after pulling its image where that is wanted. */
function* create({ context, options, api }: Invocation, request: ContainerCreateRequest): Call<string> {
  const { HostConfig: hostConfig, Config: config } = request;
  if (hostConfig["OomKillDisable"] === true && hostConfig.Memory === 0) {
    context.err(
      "WARNING: Disabling the OOM killer on containers without setting a '-m/--memory' limit may be dangerous.\n",
    );
  }
  const local = hostConfig.Dns.find((address) => /127\.([0-9]{1,3}\.){2}[0-9]{1,3}|::1$/.test(address));
  if (local !== undefined) {
    context.err(`WARNING: Localhost DNS setting (--dns=${local}) may fail in containers.\n`);
  }
  const cidFile = options.text("cidfile");
  const cidPath = absolutePath(context, cidFile);
  if (cidFile !== "" && context.files.stat(cidPath) !== null) {
    throw new ClientError(
      `container ID file found, make sure the other container isn't running or delete ${cidFile}`,
    );
  }
  if (cidFile !== "") checkCidFile(context, cidFile);
  const reference = parseImageReference(config.Image);
  if (reference === null && !/^[a-f0-9]{64}$/.test(config.Image)) {
    throw new ClientError(invalidReference(config.Image));
  }
  const platform = options.text("platform");
  const name = options.text("name") === "" ? null : options.text("name");
  const pull = options.text("pull");
  const ask = (): { Id: string; Warnings: string[] } =>
    api.containerCreate(platform === "" ? request : { ...request, Platform: platform }, name);
  const fetch = function* (): Call<void> {
    context.err(yield* pullText(api, config.Image));
  };
  if (pull === "always") yield* fetch();
  let made: { Id: string; Warnings: string[] };
  try {
    made = ask();
  } catch (error) {
    const missing = error instanceof DaemonError && error.status === 404;
    if (!missing || reference === null || pull !== "missing") throw error;
    context.err(`Unable to find image '${taggedName(reference)}' locally\n`);
    yield* fetch();
    made = ask();
  }
  for (const warning of made.Warnings) context.err(`WARNING: ${warning}\n`);
  if (cidFile !== "") context.files.write(cidPath, made.Id);
  return made.Id;
}
