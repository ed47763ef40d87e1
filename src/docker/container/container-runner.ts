import type { NetworkNamespace } from "../../net/network-namespace.ts";
import type { ProgramFiles, WholeFiles } from "../../programs/program-context.ts";
import { type Program, SIGKILL, SIGTERM } from "../../sim/process.ts";
import { SECOND } from "../../sim/time.ts";
import type { World } from "../../sim/world.ts";
import type { ExecConfig } from "../api/container-types.ts";
import { DaemonError } from "../api/daemon-error.ts";
import type { Call, ExecInput } from "../api/docker-api.ts";
import type { DaemonSettings } from "../daemon/daemon-settings.ts";
import type { EventLog } from "../event-log.ts";
import { goWords, isFileFailure, unpacking } from "../go-files.ts";
import { GENERIC_COMMAND } from "../images/generic-image.ts";
import type { NetworkBackend } from "../network/network-backend.ts";
import { privilegesOf } from "./capabilities.ts";
import type { Container } from "./container.ts";
import { attributesOf, tellOfVolumes } from "./container-events.ts";
import type { ContainerNetworking } from "./container-networking.ts";
import {
  type ContainerRuntime,
  type ContainerSystem,
  type StartedProcess,
  StartFailure,
} from "./container-runtime.ts";
import type { ContainerStore } from "./container-store.ts";
import { addDevices } from "./devices.ts";
import { environmentOf } from "./environment.ts";
import { type Exec, HealthMonitor, healthCheckOf } from "./health-monitor.ts";
import { checkAtStart } from "./host-config-checks.ts";
import { addUlimits, limitsOf } from "./limits.ts";
import { linkedEnvironment } from "./link-index.ts";
import { isAbsolute } from "./mount-checks.ts";
import { mountAll } from "./mounting.ts";
import { makePlaces, rootOf } from "./places.ts";
import { RestartPolicy } from "./restart-policy.ts";
import { demandSignal } from "./signals.ts";
import { setSysctls } from "./sysctls.ts";
import { asDaemon, userIn } from "./user.ts";

/** Seconds that a container may take to stop unless somebody says otherwise. */
export const STOP_TIMEOUT = 10;

interface RunnerParts {
  readonly world: World;
  readonly hostname: string;
  readonly store: ContainerStore;
  readonly networks: NetworkBackend;
  readonly networking: ContainerNetworking;
  readonly runtime: ContainerRuntime;
  /** The files of the host. */
  readonly files: WholeFiles;
  /** The host's own namespace: where a container is until it has one. */
  readonly root: NetworkNamespace;
  readonly events: EventLog;
  newId(): string;
  settings(): DaemonSettings;
  /** Takes a container away whose `--rm` says so. */
  remove(container: Container): void;
}

/** Starts and ends containers: their sandboxes, systems and processes. */
export class ContainerRunner {
  readonly #parts: RunnerParts;
  readonly #policies: WeakMap<Container, RestartPolicy> = new WeakMap();
  readonly #monitors: Map<Container, HealthMonitor> = new Map();
  /** The engine itself ends: what it ends is not started again by its policy. */
  endsAll = false;

  constructor(parts: RunnerParts) {
    this.#parts = parts;
  }

  /** Makes what a new container needs of its files. @throws {DaemonError} */
  prepare(container: Container): void {
    const { config, mounts } = container;
    if (config.WorkingDir !== "" || mounts.length > 0) makePlaces(container, this.systemOf(container).files);
  }

  /** Its files and processes, made when they are first asked for. */
  systemOf(container: Container): ContainerSystem {
    const { runtime, hostname, root } = this.#parts;
    return (container.system ??= unpacking(() =>
      runtime.create({
        hostname,
        seedName: container.id,
        image: container.image.contents,
        privileged: container.hostConfig.Privileged,
        limits: limitsOf(container.hostConfig),
        namespace: root,
      }),
    ));
  }

  /** Of no effect on one that runs. @throws {DaemonError} */
  start(container: Container): void {
    if (container.removing)
      throw new DaemonError(409, "container is marked for removal and cannot be started");
    if (container.paused) throw new DaemonError(409, "cannot start a paused container, try unpause instead");
    if (container.running && !container.restarting) return;
    container.restarting = false;
    // Whoever starts it by hand begins to count anew (moby container, ResetRestartManager).
    container.restartCount = 0;
    this.#policies.delete(container);
    this.#begin(container);
    container.stoppedByHand = false;
  }

  /** As {@link start}, and waits until the main process has taken its first step. */
  *starting(container: Container): Call<void> {
    this.start(container);
    yield { on: [], until: this.#parts.world.now };
  }

  #begin(container: Container): void {
    const { events } = this.#parts;
    try {
      checkAtStart(container.hostConfig);
      this.#parts.networking.join(container);
      tellOfVolumes(events, container, "mount");
      this.#launch(container);
    } catch (error) {
      this.#parts.networking.leave(container);
      tellOfVolumes(events, container, "unmount");
      if (error instanceof StartFailure) {
        container.exitCode = error.status;
        container.error = `failed to create shim task: OCI runtime create failed: runc create failed: ${error.words}`;
        this.#failed(container);
        throw new DaemonError(400, container.error);
      }
      if (error instanceof DaemonError) {
        if (container.exitCode === 0) container.exitCode = 128;
        container.error = error.message;
        this.#failed(container);
      }
      throw error;
    }
  }

  #failed(container: Container): void {
    container.running = false;
    container.restarting = false;
    container.changed.notify();
    if (container.hostConfig.AutoRemove) this.#parts.remove(container);
  }

  #launch(container: Container): void {
    const { world, events, store, hostname, files: host } = this.#parts;
    const { config, hostConfig } = container;
    const sandbox = this.#parts.networking.sandboxOf(container)!;
    const shared =
      container.networkKind === "container"
        ? store.find(hostConfig.NetworkMode.slice("container:".length))
        : null;
    if (shared !== null) config.Hostname = shared.config.Hostname;
    const { Hostname } = config;
    const system = this.systemOf(container);
    system.readOnly = false;
    addUlimits(hostConfig, this.#parts.settings().ulimits);
    system.limits = limitsOf(hostConfig);
    system.move(sandbox.namespace);
    system.hostname = hostConfig.UTSMode === "host" ? hostname : Hostname;
    setSysctls(container, sandbox, this.#parts.networks);
    this.#parts.networking.writeFiles(container);
    const { files } = system;
    files.write("/etc/hostname", `${Hostname}\n`);
    const cwd = config.WorkingDir || "/";
    mountAll(container, system, host);
    addDevices(container, host, files);
    makeCwd(container, files, cwd);
    system.readOnly = hostConfig["ReadonlyRootfs"] === true;
    if (files.stat(cwd)?.kind !== "directory") throw notDirectory(cwd, 127);
    const linked = linkedEnvironment(this.#parts.networking.linksOf(container));
    const user = asDaemon(() => userIn(container, config.User));
    const process = system.start({
      argv: this.#argvOf(container),
      env: environmentOf(container, linked, user.home),
      credentials: { ...user, ...privilegesOf(hostConfig, user) },
      cwd,
      namespace: sandbox.namespace,
      tty: config.Tty,
      input: config.OpenStdin ? container.input : null,
      out: (text) => container.log.write("stdout", text),
      err: (text) => container.log.write(config.Tty ? "stdout" : "stderr", text),
    });
    container.process = process;
    container.namespace = sandbox.namespace;
    container.running = true;
    container.exitCode = 0;
    container.error = "";
    container.startedAt = world.now;
    events.add("container", "start", container.id, attributesOf(container));
    this.#monitorHealth(container);
    container.changed.notify();
    world.start(this.#watch(container, process));
  }

  #monitorHealth(container: Container): void {
    const { world, events } = this.#parts;
    const check = healthCheckOf(container);
    if (check === null) {
      container.health = null;
      return;
    }
    const exec: Exec = (config, io) => this.exec(container, config, io);
    this.#monitors.set(container, new HealthMonitor(container, check, world, exec, events));
  }

  /** A server that nobody described learns its ports from what is exposed and published. */
  #argvOf(container: Container): readonly string[] {
    const words = this.#wordsOf(container);
    return container.hostConfig["Init"] === true ? ["/sbin/docker-init", "--", ...words] : words;
  }

  #wordsOf(container: Container): readonly string[] {
    const { argv, config, hostConfig, image } = container;
    if (!image.generic || argv[0] !== GENERIC_COMMAND) return argv;
    const ports = [...Object.keys(config.ExposedPorts ?? {}), ...Object.keys(hostConfig.PortBindings)];
    const tcp = ports.filter((port) => port.endsWith("/tcp")).map((port) => port.slice(0, -4));
    return [...argv, ...[...new Set(tcp)].sort((a, b) => Number(a) - Number(b))];
  }

  /** Waits for the main process, and does what its end asks for. */
  *#watch(container: Container, process: StartedProcess): Program {
    while (process.status === null) yield { on: [process.exited], until: Number.POSITIVE_INFINITY };
    if (container.process === process) this.#ended(container, process.status);
    return 0;
  }

  #ended(container: Container, status: number): void {
    const { world, events } = this.#parts;
    container.process = null;
    container.input.attach(null);
    container.paused = false;
    this.#monitors.get(container)?.stop();
    this.#monitors.delete(container);
    container.system?.stop();
    container.execs.clear();
    container.exitCode = status;
    container.finishedAt = world.now;
    container.exits++;
    let policy = this.#policies.get(container);
    if (policy === undefined) this.#policies.set(container, (policy = new RestartPolicy()));
    const uptime = world.now - (container.startedAt ?? 0);
    const again = policy.next(
      container.hostConfig.RestartPolicy,
      status,
      container.stoppedByHand || this.endsAll,
      uptime,
      container.restartCount,
    );
    events.add("container", "die", container.id, { exitCode: `${status}`, ...attributesOf(container) });
    container.running = again !== null;
    container.restarting = again !== null;
    this.#parts.networking.leave(container);
    tellOfVolumes(events, container, "unmount");
    container.changed.notify();
    // Whoever follows what it writes waits for its end too.
    container.log.end();
    if (again === null) {
      if (container.hostConfig.AutoRemove) this.#parts.remove(container);
      return;
    }
    world.after(again, () => this.#restart(container));
  }

  #restart(container: Container): void {
    if (!container.restarting || container.removed || container.stoppedByHand) return;
    container.restarting = false;
    container.restartCount++;
    try {
      this.#begin(container);
    } catch (error) {
      if (!(error instanceof DaemonError)) throw error;
      // The daemon logs it and gives up, as its log says: restartmanger start error.
      container.finishedAt = this.#parts.world.now;
    }
  }

  /** A further process. @throws {DaemonError | StartFailure} */
  exec(
    container: Container,
    config: ExecConfig,
    io: { out(text: string): void; err(text: string): void; input: ExecInput | null },
  ): StartedProcess {
    const system = container.system!;
    const { events, world } = this.#parts;
    const linked = linkedEnvironment(this.#parts.networking.linksOf(container));
    const id = this.#parts.newId();
    const attributes = { execID: id, ...attributesOf(container) };
    // The engine puts its arguments behind a blank, whether there are any or not.
    const [program = "", ...rest] = config.Cmd;
    const words = `${program} ${rest.join(" ")}`;
    events.add("container", `exec_create: ${words}`, container.id, attributes);
    events.add("container", `exec_start: ${words}`, container.id, attributes);
    const user = userIn(container, config.User || container.config.User);
    const { hostConfig } = container;
    const privileges = { ...hostConfig, Privileged: hostConfig.Privileged || config.Privileged };
    const cwd = config.WorkingDir || container.config.WorkingDir || "/";
    if (!isAbsolute(cwd)) throw new StartFailure(126, "Cwd must be an absolute path", "config");
    const stat = system.files.stat(cwd);
    if (stat?.kind !== "directory") throw notDirectory(cwd, 126, stat === null);
    const process = asExec(() =>
      system.start({
        argv: config.Cmd,
        env: environmentOf(container, linked, user.home, config.Env, config.Tty),
        credentials: { ...user, ...privilegesOf(privileges, user) },
        cwd,
        // Where the main process is, whatever has become of the sandbox since.
        namespace: container.namespace ?? this.#parts.networking.sandboxOf(container)!.namespace,
        tty: config.Tty,
        input: config.AttachStdin ? io.input : null,
        out: io.out,
        err: config.Tty ? io.out : io.err,
      }),
    );
    container.execs.set(id, process);
    world.start(
      (function* (): Program {
        while (process.status === null) yield { on: [process.exited], until: Number.POSITIVE_INFINITY };
        if (!container.execs.delete(id)) return 0;
        const exitCode = `${process.status}`;
        events.add("container", "exec_die", container.id, {
          execID: id,
          exitCode,
          ...attributesOf(container),
        });
        return 0;
      })(),
    );
    return process;
  }

  /** Sends its stop signal, waits, and kills it. `timeout` in seconds, below zero for ever. */
  *stop(container: Container, timeout: number | null): Call<void> {
    const { world, events } = this.#parts;
    if (!container.running) return;
    container.stoppedByHand = true;
    if (container.restarting) {
      container.restarting = false;
      container.running = false;
      container.changed.notify();
      return;
    }
    const process = container.process!;
    const signal = container.config.StopSignal;
    this.signal(container, signal === undefined ? SIGTERM : demandSignal(signal));
    const seconds = timeout ?? container.config.StopTimeout ?? STOP_TIMEOUT;
    const until = seconds < 0 ? Number.POSITIVE_INFINITY : world.now + seconds * SECOND;
    yield* this.#untilEnded(container, process, until);
    if (container.process === process) {
      this.signal(container, SIGKILL);
      yield* this.#untilEnded(container, process, Number.POSITIVE_INFINITY);
    }
    events.add("container", "stop", container.id, attributesOf(container));
  }

  /** Kills it and waits until it has ended, as a forced removal does. */
  *kill(container: Container): Call<void> {
    container.stoppedByHand = true;
    const { process } = container;
    if (process === null) {
      container.restarting = false;
      container.running = false;
      return;
    }
    this.signal(container, SIGKILL);
    yield* this.#untilEnded(container, process, Number.POSITIVE_INFINITY);
  }

  *#untilEnded(container: Container, process: StartedProcess, until: number): Call<void> {
    const { world } = this.#parts;
    while (container.process === process && world.now < until) yield { on: [container.changed], until };
  }

  /** Sends a signal to the main process, with the event that tells of it. */
  signal(container: Container, signal: number): void {
    const attributes = { ...attributesOf(container), signal: `${signal}` };
    this.#parts.events.add("container", "kill", container.id, attributes);
    container.process?.kill(signal);
    if (container.paused) this.pause(container, false);
  }

  /** Freezes its processes, or lets them go. A signal lets them go too. */
  pause(container: Container, paused: boolean): void {
    container.paused = paused;
    container.system?.freeze(paused);
    container.changed.notify();
  }
}

/** Makes the directory to start in where it is not there, as runc does. @throws {StartFailure} */
function makeCwd({ id }: Container, files: ProgramFiles, cwd: string): void {
  try {
    if (files.stat(cwd, false) === null) files.makeDirectory(cwd, true);
  } catch (error) {
    if (!isFileFailure(error)) throw error;
    throw new StartFailure(128, `error during container init: mkdir ${rootOf(id)}${cwd}: ${goWords(error)}`);
  }
}

/** What is no directory to start a process in. */
function notDirectory(cwd: string, status: 126 | 127, missing = false): StartFailure {
  const why = missing ? "no such file or directory" : "not a directory";
  return new StartFailure(status, `chdir to cwd ("${cwd}") set in config.json failed: ${why}`);
}

/** Where `run` tells a program that is missing from one that cannot be run, exec says 126 of both. */
function asExec<T>(start: () => T): T {
  try {
    return start();
  } catch (error) {
    throw error instanceof StartFailure ? new StartFailure(126, error.message) : error;
  }
}
