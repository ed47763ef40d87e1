import { UserError } from "../base/user-error.ts";
import { exportPcapng } from "../capture/export-pcapng.ts";
import type { Journey } from "../capture/journey.ts";
import { DaemonError } from "../docker/api/daemon-error.ts";
import { DAEMON_FILE } from "../docker/daemon/daemon-file.ts";
import { DockerEngine } from "../docker/engine.ts";
import { CATALOGUE } from "../docker/images/catalogue.ts";
import type { IpamDriver } from "../docker/network/ipam/ipam-driver.ts";
import { NetworkController } from "../docker/network/network-controller.ts";
import type { NetworkDriver } from "../docker/network/network-driver.ts";
import type { Lab } from "../lab/lab.ts";
import type { Host } from "../net/host.ts";
import type { NetworkNamespace } from "../net/network-namespace.ts";
import type { AppliedCommand } from "../operations/applied-operation.ts";
import type { Operation } from "../operations/operation.ts";
import { OperationContext } from "../operations/operation-context.ts";
import { runTool, splitWords } from "../operations/run-tool.ts";
import { standardToolbox } from "../operations/standard-toolbox.ts";
import type { Toolbox } from "../operations/toolbox.ts";
import { CommandTable } from "../shell/command.ts";
import { registerDocker } from "../shell/commands/docker.ts";
import { registerTools } from "../shell/commands/network-tools.ts";
import { registerPrograms } from "../shell/commands/programs.ts";
import { registerServices } from "../shell/commands/services.ts";
import type { Completion } from "../shell/complete.ts";
import { MachineRuntime } from "../shell/container-system.ts";
import { HostDaemons } from "../shell/host-daemons.ts";
import { Machine } from "../shell/machine.ts";
import { mountKernelTrees } from "../shell/mounts.ts";
import { Shell } from "../shell/shell.ts";
import { EPOCH_SECONDS, type Nanos } from "../sim/time.ts";
import { LabQuestions } from "./lab-questions.ts";
import type { LessonWorld, Typed, WorldQuestions } from "./lesson-world.ts";

/** A machine that one can type on, for one start of its host. */
interface Seat {
  readonly root: NetworkNamespace;
  readonly machine: Machine;
  readonly shell: Shell;
  readonly docker: DockerEngine | null;
}

export interface LabWorldOptions {
  /** As at a prompt: bash tells of background jobs. */
  readonly interactive?: boolean;
  /** Write down every step of every frame, for journeys and captures; true unless said otherwise. */
  readonly record?: boolean;
  /** Drivers of somebody's own, each made once for each engine (docs/drivers.md). */
  readonly drivers?: readonly (() => NetworkDriver)[];
  readonly ipamDrivers?: readonly (() => IpamDriver)[];
}

/** The text of a file of the machine's; empty when there is none. */
function textOf(machine: Machine, path: string): string {
  const files = machine.files.view(machine.host.root);
  return files.stat(path) === null ? "" : files.read(path);
}

/** What Go says of a name that the host's name server does not know. @throws {DaemonError} always */
function noWayTo(server: string, url: string, machine: Machine): never {
  const [, address = "[::1]"] = /^nameserver\s+(\S+)/m.exec(textOf(machine, "/etc/resolv.conf")) ?? [];
  const words = `dial tcp: lookup ${server} on ${address}:53: no such host`;
  throw new DaemonError(500, `Get "${url}": ${words}`);
}

/** A lab whose hosts have shells: what a lesson, a prompt and the library's `run` type into. */
export class LabWorld implements LessonWorld {
  readonly lab: Lab;
  readonly toolbox: Toolbox = standardToolbox();
  readonly questions: WorldQuestions;
  readonly #commands: CommandTable = new CommandTable();
  readonly #seats: Map<string, Seat> = new Map();
  readonly #interactive: boolean;
  readonly #drivers: Pick<LabWorldOptions, "drivers" | "ipamDrivers">;

  constructor(lab: Lab, options: LabWorldOptions = {}) {
    this.lab = lab;
    this.#interactive = options.interactive ?? false;
    const { drivers = [], ipamDrivers = [] } = options;
    this.#drivers = { drivers, ipamDrivers };
    this.questions = new LabQuestions(lab, this.toolbox);
    if (options.record ?? true) lab.record();
    registerTools(this.#commands, this.toolbox);
    registerPrograms(this.#commands);
    registerDocker(this.#commands, (host) => {
      const { docker } = this.#seat(host);
      return docker?.service.running === true ? docker : null;
    });
    this.#registerPower();
    registerServices(this.#commands, (host) => this.#seat(host).docker?.service ?? null);
    // Engines start with their machines, whether or not somebody sits down at them.
    for (const { name } of lab.topology.hosts) this.#startEngine(name);
    lab.world.settle();
  }

  #startEngine(hostName: string): void {
    const spec = this.lab.topology.hosts.find(({ name }) => name === hostName);
    if (spec?.docker !== undefined) this.#seat(this.lab.host(hostName));
  }

  get now(): number {
    return this.lab.now;
  }

  /** Types a text at a host's prompt. `line` says where it stands, for the memory of causes. @throws {UserError} */
  async type(
    hostName: string,
    text: string,
    line = "",
  ): Promise<Typed & { readonly stdout: string; readonly stderr: string; readonly ended: boolean }> {
    const host = this.lab.host(hostName);
    if (!host.poweredOn) {
      const output = `${hostName} is switched off\n`;
      return { output, stdout: "", stderr: output, status: 255, ended: false };
    }
    const { machine, shell } = this.#seat(host);
    machine.place = line;
    const { output, stdout, stderr, status } = await shell.type(text);
    return { output, stdout, stderr, status, ended: shell.ended };
  }

  /**
   * Does what one command says, at once and without a shell: `apply("a/c1", "ip route add default via 10.3.0.1")`, or an
   * operation as a value. `where` is `host` or `host/namespace`.
   * @throws {UserError} REFUSED with the tool's own words, when it does not end with status 0
   */
  apply(where: string, operation: string | Operation): void {
    this.ask(where, typeof operation === "string" ? operation : this.toolbox.print(operation));
  }

  /** What a command prints: `ask("a", "ip -j route")`. @throws {UserError} as {@link apply} */
  ask(where: string, command: string): string {
    return this.#ask(this.lab.namespace(where), command.trim(), splitWords(command));
  }

  #ask(namespace: NetworkNamespace, command: string, words: readonly string[]): string {
    const [tool = "", ...args] = words;
    if (!this.toolbox.tools.has(tool)) {
      const what = tool === "" ? "no command was given" : `${command}: ${tool} needs a shell`;
      const hint = `without a shell there are ${[...this.toolbox.tools.keys()].join(", ")}`;
      throw new UserError("NO_TOOL", what, null, hint);
    }
    const context = new OperationContext(this.toolbox, namespace);
    const result = runTool(tool, args, context);
    if (result.exec !== undefined) {
      const { netns, argv } = result.exec;
      const inside = netns === null ? null : context.named(netns);
      if (inside === null)
        throw new UserError("REFUSED", `${command}: Cannot open network namespace "${netns ?? "-all"}"`);
      return this.#ask(inside, command, argv);
    }
    if (result.status !== 0)
      throw new UserError("REFUSED", `${command}: ${result.stderr.trim().replaceAll(/\s*\n\s*/g, "; ")}`);
    this.lab.world.settle();
    return result.stdout;
  }

  /** Lets virtual time pass. */
  advance(duration: Nanos): void {
    this.lab.advance(duration);
  }

  /** The journeys of all packets that began at or after `since`. @throws {UserError} when nothing is recorded */
  journeys(since: Nanos = 0): readonly Journey[] {
    this.checkRecorded();
    return this.lab.journeys(since);
  }

  /** @throws {UserError} NOT_RECORDED */
  checkRecorded(): void {
    if (!this.lab.recorded) {
      throw new UserError(
        "NOT_RECORDED",
        "no journeys were recorded",
        null,
        "lab(..., { record: true }), or send a packet first",
      );
    }
  }

  /** What Tab offers at a host's prompt for a line with the cursor at `cursor`. @throws {UserError} */
  async complete(hostName: string, line: string, cursor: number): Promise<Completion> {
    const host = this.lab.host(hostName);
    if (!host.poweredOn) return { from: cursor, candidates: [] };
    const machines = this.lab.hosts.map((one) => one.name);
    return await this.#seat(host).shell.complete(line, cursor, machines);
  }

  /** The prompt of a shell that was opened on a host, as by `docker run -it`; null when the host's own is shown. */
  innerPrompt(hostName: string): string | null {
    return this.#seats.get(hostName)?.shell.innerPrompt ?? null;
  }

  /** Ctrl-C. */
  interrupt(hostName: string): void {
    this.#seats.get(hostName)?.shell.interrupt();
  }

  accounts(): readonly string[] {
    return this.lab.accounts();
  }

  /** What engines did, from that operation of the world on: all that was asked for by another command. */
  engineCommands(since: number): { readonly count: number; readonly commands: readonly AppliedCommand[] } {
    const { applied } = this.toolbox;
    return {
      count: applied.length,
      commands: applied.slice(since).filter((operation) => operation.for !== undefined),
    };
  }

  pcapng(): Uint8Array {
    return exportPcapng(this.lab.world, this.lab.record(), EPOCH_SECONDS);
  }

  #seat(host: Host): Seat {
    const there = this.#seats.get(host.name);
    if (there?.root === host.root) return there;
    const machine = new Machine({ host, commands: this.#commands });
    mountKernelTrees(machine.files);
    const docker = this.#docker(host, machine);
    const shell = new Shell(machine, { interactive: this.#interactive });
    const seat = { root: host.root, machine, shell, docker };
    this.#seats.set(host.name, seat);
    return seat;
  }

  /** The Docker Engine of a host; null for one that has none. @throws {UserError} */
  docker(hostName: string): DockerEngine | null {
    return this.#seat(this.lab.host(hostName)).docker;
  }

  #docker(host: Host, machine: Machine): DockerEngine | null {
    const spec = this.lab.topology.hosts.find((one) => one.name === host.name);
    if (spec?.docker === undefined) return null;
    const { docker: options } = spec;
    const folder = machine.files.view(host.root);
    folder.makeDirectory("/etc/docker", true);
    const said = Object.entries(options).filter(([, value]) => value !== undefined);
    if (said.length > 0) folder.write(DAEMON_FILE, `${JSON.stringify(Object.fromEntries(said), null, 2)}\n`);
    const engine = new DockerEngine({
      host,
      runtime: new MachineRuntime(machine),
      ...(this.lab.topology.offline === true
        ? { registry: (server, url) => noWayTo(server, url, machine) }
        : {}),
      networks: () =>
        new NetworkController({
          host,
          toolbox: this.toolbox,
          processes: new HostDaemons(machine),
          resolvConf: () => textOf(machine, "/etc/resolv.conf"),
          hostsFile: () => textOf(machine, "/etc/hosts"),
          options,
          ...this.#drivers,
        }),
    });
    machine.files.mount("/var/lib/docker/containers", () => engine.containerFiles);
    for (const image of [...CATALOGUE, ...(this.lab.topology.images ?? [])])
      engine.images.describe(image, true);
    return engine;
  }

  /** `poweroff` stops the machine that it is typed on, or another one; `poweron HOST` starts one. */
  #registerPower(): void {
    const command = (name: string, act: (host: string) => void): void => {
      this.#commands.register(
        name,
        (context) => {
          const target = context.args[0] ?? (name === "poweroff" ? context.host.name : undefined);
          const known = this.lab.hosts.some((host) => host.name === target);
          if (target === undefined || !known || context.args.length > 1) {
            const hosts = this.lab.hosts.map((host) => host.name).join(", ");
            context.err(
              `${name}: ${target === undefined ? "which host?" : `no host ${target}`} (there are ${hosts})\n`,
            );
            return 1;
          }
          act(target);
          return 0;
        },
        { complete: () => ({ words: [], values: ["machine"] }) },
      );
    };
    command("poweroff", (host) => this.lab.powerOff(host));
    command("poweron", (host) => {
      this.lab.powerOn(host);
      this.#startEngine(host);
    });
  }
}
