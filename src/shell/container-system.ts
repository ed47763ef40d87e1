import type { ArchivedFile, FileChange, FileLayer } from "../docker/api/archive-types.ts";
import {
  type ContainerRuntime,
  type ContainerSystem,
  type ProcessSpec,
  type StartedProcess,
  StartFailure,
  type SystemMount,
  type SystemOptions,
} from "../docker/container/container-runtime.ts";
import type { SystemLimits } from "../docker/container/limits.ts";
import { layerOf as layerDirectory } from "../docker/container/places.ts";
import type { NetworkNamespace } from "../net/network-namespace.ts";
import type { SeenProcess } from "../programs/procps/seen-process.ts";
import type { WholeFiles } from "../programs/program-context.ts";
import { SIGKILL } from "../sim/process.ts";
import { inUnits, letterOf } from "./builtins/ulimit.ts";
import { cgroupFiles } from "./cgroup-files.ts";
import { archiveOf, changesOf, everyFile, extractInto, fileAt, layerOf } from "./file-archive.ts";
import { DirectoryNode, FileNode } from "./file-node.ts";
import type { FileSystem } from "./file-system.ts";
import { INTERPRETER } from "./interpreter.ts";
import { Machine } from "./machine.ts";
import { hostPlace, type MountLine, memoryPlace, mountLines, mountsText } from "./mount-table.ts";
import { mountKernelTrees } from "./mounts.ts";
import type { ProcessEntry, Run } from "./process-table.ts";
import { seenProcess } from "./programs/process-name.ts";
import { findInstalled, type Installed, launch } from "./programs/run.ts";
import { ShellState } from "./shell-state.ts";
import { nullStream, type Stream } from "./stream.ts";

const keep = (): void => {};
/** As Go's runtime has in most starts. */
const RUNC_THREADS = 5;
/** What the engine writes for each container, and mounts over the image's. */
const OWN_FILES = ["/etc/resolv.conf", "/etc/hostname", "/etc/hosts"];

/** Runs containers on a machine: each is a machine of its own, whose processes the host sees too. */
export class MachineRuntime implements ContainerRuntime {
  readonly #machine: Machine;

  constructor(machine: Machine) {
    this.#machine = machine;
  }

  get host(): WholeFiles {
    return this.#machine.files.view(this.#machine.namespace);
  }

  create(options: SystemOptions): ContainerSystem {
    return new MachineSystem(this.#machine, options);
  }
}

class MachineSystem implements ContainerSystem {
  readonly #machine: Machine;
  readonly #outer: Machine;
  #namespace: NetworkNamespace;
  /** What is mounted besides what is mounted in every container, by its place. */
  readonly #places: Map<string, MountLine> = new Map(OWN_FILES.map((path) => [path, hostPlace(path, false)]));
  /** Nothing runs in it, what is started now neither. */
  #frozen = false;
  #limits: SystemLimits;
  /** Whose standard output and error others may write to. */
  #main: ProcessSpec | null = null;
  /** Who was started with a terminal, by its number. */
  readonly #terminals: Map<number, ProcessEntry> = new Map();

  constructor(outer: Machine, options: SystemOptions) {
    this.#namespace = options.namespace;
    this.#limits = options.limits;
    this.#outer = outer;
    this.#machine = new Machine({
      host: outer.host,
      commands: outer.commands,
      hostname: options.hostname,
      seedName: options.seedName,
      namespace: () => this.#namespace,
      container: {
        image: options.image,
        outer: outer.processes,
        readOnlySysctls: !options.privileged,
      },
    });
    mountKernelTrees(this.#machine.files, !options.privileged);
    const text = (): string =>
      mountsText(
        mountLines(layerDirectory(options.seedName), [...this.#places.values()], {
          privileged: options.privileged,
          shmSize: this.#limits.shmSize,
        }),
      );
    for (const point of ["/proc/mounts", "/proc/self/mounts", "/proc/1/mounts"])
      this.#machine.files.mount(point, () => ({
        list: () => null,
        read: (path) => (path === "" ? text() : null),
      }));
    this.#machine.files.mount("/sys/fs/cgroup", () =>
      cgroupFiles(
        () => this.#limits,
        () => this.processes().length,
      ),
    );
    this.#machine.files.mount("/proc/1/fd", () => ({
      list: (path) => (path === "" && this.#main !== null ? ["0", "1", "2"] : null),
      read: (path) => (this.#main !== null && /^[012]$/.test(path) ? "" : null),
      write: (path, text) => {
        if (path === "0") return "Permission denied";
        if (path === "1") this.#main?.out(text);
        else this.#main?.err(text);
        return null;
      },
    }));
    this.limits = options.limits;
    const files = this.files;
    for (const [path, text] of Object.entries(options.image.files)) {
      files.makeDirectory(path.slice(0, path.lastIndexOf("/")) || "/", true);
      files.write(path, text);
      if (!path.startsWith("/etc/")) files.chmod(path, 0o755);
    }
    const { tree } = this.#machine.files;
    for (const { files: added, gone } of options.image.layers ?? []) {
      for (const path of gone) if (tree.find(path, false) !== null) tree.remove(path, true);
      extractInto(tree, "/", added);
    }
    // The engine's own files lie over those of the image.
    const now = outer.world.now;
    for (const name of OWN_FILES) {
      if (!tree.exists(name)) tree.write(name, "");
      tree.mount(name, new FileNode(files.readBytes(name), now), false);
    }
    tree.seal();
  }

  get files(): FileSystem {
    return this.#machine.files.view(this.#namespace);
  }

  get hostname(): string {
    return this.#machine.hostname;
  }

  set hostname(name: string) {
    this.#machine.hostname = name;
  }

  get limits(): SystemLimits {
    return this.#limits;
  }

  set limits(limits: SystemLimits) {
    this.#limits = limits;
    this.#machine.oomScoreAdj = limits.oomScoreAdj;
  }

  set readOnly(readOnly: boolean) {
    this.#machine.files.tree.readOnly = readOnly;
  }

  mount({ destination, source, readOnly, fill, options }: SystemMount): void {
    this.#places.set(
      destination,
      source === null ? memoryPlace(destination, readOnly, options ?? "") : hostPlace(destination, readOnly),
    );
    const { tree } = this.#machine.files;
    const outer = this.#outer.files.tree;
    const node = source === null ? new DirectoryNode(this.#outer.world.now) : outer.find(source, true);
    // What the kernel shows there is made when somebody looks, and the same inside.
    if (node === null || node.kind === "symlink") return;
    const isEmpty = source !== null && node.kind === "directory" && node.entries.size === 0;
    if (fill && isEmpty) extractInto(outer, source, archiveOf(tree, destination, "."));
    tree.mount(destination, node, readOnly);
  }

  changes(): readonly FileChange[] {
    return changesOf(this.#machine.files.tree);
  }

  layer(): FileLayer {
    return layerOf(this.#machine.files.tree);
  }

  everyFile(): readonly ArchivedFile[] {
    return everyFile(this.#machine.files.tree);
  }

  fileAt(path: string): ArchivedFile {
    return fileAt(this.#machine.files.tree, path);
  }

  archive(path: string, name: string): readonly ArchivedFile[] {
    return archiveOf(this.#machine.files.tree, path, name);
  }

  extract(directory: string, files: readonly ArchivedFile[]): void {
    extractInto(this.#machine.files.tree, directory, files);
  }

  move(namespace: NetworkNamespace): void {
    this.#namespace = namespace;
  }

  start(spec: ProcessSpec): StartedProcess {
    const machine = this.#machine;
    const [word = ""] = spec.argv;
    const found = this.#executable(word, spec.cwd);
    const processes = machine.processes;
    const main = processes.list().length === 0;
    const own = this.#state(spec, main);
    if (main) processes.restart();
    const program = (entry: ProcessEntry): Run<number> => {
      own.process = entry;
      own.shellPid = entry.pid;
      return launch(own, found, spec.argv);
    };
    // Whoever starts a further one is outside, too.
    const entry = processes.start(0, spec.argv.join(" "), program, {
      namespace: spec.namespace,
      uid: spec.credentials.uid,
      gid: spec.credentials.gid,
      credentials: spec.credentials,
    });
    // The threads of runc, which becomes the process, had pids of their own.
    for (let thread = 0; thread < RUNC_THREADS; thread++) processes.takePid();
    if (main) this.#main = spec;
    if (spec.tty) this.#terminals.set(own.terminal, entry);
    entry.process.init = main;
    entry.process.frozen = this.#frozen;
    return new Started(entry, processes.outerPid(entry.pid));
  }

  /** The first number of a terminal that no process has. */
  #freeTerminal(): number {
    let number = 0;
    while (this.#terminals.has(number) && this.#terminals.get(number)!.process.status === null) number++;
    return number;
  }

  freeze(frozen: boolean): void {
    this.#frozen = frozen;
    for (const entry of this.#machine.processes.list()) entry.process.frozen = frozen;
  }

  stop(): void {
    for (const entry of this.#machine.processes.list()) entry.process.kill(SIGKILL);
  }

  processes(): readonly SeenProcess[] {
    const { processes } = this.#machine;
    return processes
      .list()
      .map((entry) => seenProcess(entry, processes.outerPid(entry.pid), processes.outerPid(entry.parent)));
  }

  /** What execve(2) would run, as runc looks for it. @throws {StartFailure} */
  #executable(word: string, cwd: string): Installed {
    const found = findInstalled(this.#machine, word, cwd, this.files);
    const quoted = `exec: ${JSON.stringify(word)}`;
    if (found === null) {
      if (!word.includes("/")) throw new StartFailure(127, `${quoted}: executable file not found in $PATH`);
      const there = this.files.stat(word.startsWith("/") ? word : `${cwd}/${word}`) !== null;
      if (there) throw new StartFailure(126, `${quoted}: permission denied`);
      throw new StartFailure(127, `${quoted}: stat ${word}: no such file or directory`);
    }
    if (found.kind === "script" && (this.files.stat(found.path)!.mode & 0o111) === 0) {
      throw new StartFailure(126, `${quoted}: permission denied`);
    }
    return found;
  }

  #state(spec: ProcessSpec, main: boolean): ShellState {
    const output = (write: (text: string) => void): Stream => ({
      input: null,
      pipe: null,
      terminal: spec.tty,
      write,
      retain: keep,
      release: keep,
    });
    const input: Stream =
      spec.input === null
        ? { ...nullStream(), terminal: spec.tty }
        : { ...nullStream(), input: spec.input, terminal: spec.tty };
    const streams = new Map<number, Stream>([
      [0, input],
      [1, output(spec.out)],
      [2, output(spec.err)],
    ]);
    // Only what reads bash's language needs the library that reads it, and loads it then.
    const state = new ShellState(this.#machine, null, INTERPRETER, streams);
    state.namespace = spec.namespace;
    state.cwd = spec.cwd;
    state.credentials = spec.credentials;
    if (spec.tty) state.terminal = this.#freeTerminal();
    state.naming = spec.tty ? { kind: "prompt" } : { kind: "ash", name: "sh", script: false };
    for (const { name, soft, hard } of this.#limits.processes) {
      const letter = letterOf(name);
      // The Go runtime of a runc that joins a container raises how many files may be open, and leaves it so.
      const raised = !main && name === "nofile" ? hard : soft;
      state.limits.set(letter, inUnits(letter, raised));
      state.hardLimits.set(letter, inUnits(letter, hard));
    }
    for (const [name, value] of spec.env) {
      state.variables.set(name, value);
      state.variables.demand(name).exported = true;
    }
    return state;
  }
}

class Started implements StartedProcess {
  readonly pid: number;
  readonly #entry: ProcessEntry;

  constructor(entry: ProcessEntry, pid: number) {
    this.#entry = entry;
    this.pid = pid;
  }

  get exited(): StartedProcess["exited"] {
    return this.#entry.process.exited;
  }

  get status(): number | null {
    return this.#entry.process.status;
  }

  kill(signal: number): void {
    this.#entry.process.kill(signal);
  }
}
