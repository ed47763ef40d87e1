import { resolvePath } from "../base/path.ts";
import type { Prng } from "../base/prng.ts";
import type { ImageContents } from "../docker/images/image-spec.ts";
import type { Host } from "../net/host.ts";
import type { NetworkNamespace } from "../net/network-namespace.ts";
import type { Process } from "../sim/process.ts";
import { EPOCH_SECONDS, type Nanos, SECOND } from "../sim/time.ts";
import type { World } from "../sim/world.ts";
import { BUSYBOX_NAMES } from "./busybox-names.ts";
import type { CommandTable } from "./command.ts";
import { HostFiles } from "./host-files.ts";
import { Outside } from "./outside.ts";
import { mountProcesses } from "./proc-files.ts";
import { ProcessTable } from "./process-table.ts";
import { nameOf } from "./programs/process-name.ts";

/** What a host (or container) brings, so that somebody can type on it. */
interface MachineOptions {
  readonly host: Host;
  readonly commands: CommandTable;
  /** The host's name unless given. */
  readonly hostname?: string;
  /** Names its stream of chance; the host name unless given. */
  readonly seedName?: string;
  /** Where shells start: the host's own namespace unless given. */
  readonly namespace?: () => NetworkNamespace;
  /** For a container: what its image holds, and the processes of the host that it runs on. */
  readonly container?: {
    readonly image: ImageContents;
    readonly outer: ProcessTable;
    /** It is not privileged: its /proc/sys and /sys are mounted read-only. */
    readonly readOnlySysctls: boolean;
  };
}

/** What runc puts into the /dev of every container. */
const CONTAINER_DEVICES: readonly string[] =
  "core fd full mqueue null ptmx pts random shm stderr stdin stdout tty urandom zero".split(" ");

/** Where named namespaces lie. */
const NAMED = /^\/(?:var\/)?run\/netns\/([^/]+)$/;

/** A process's namespace as a file. */
const OF_PROCESS = /^\/proc\/(\d+)\/ns\/net$/;
/** Where container engines bind theirs. */
const SANDBOXES = "/run/docker/netns";
/** /var/run is a link to /run, but what is mounted below one is not below the other. */
const NAMED_FOLDERS = ["/run/netns", "/var/run/netns"] as const;

/** One simulated Linux system as its processes see it: files, processes, a name and a clock. Shells run on it. */
export class Machine {
  readonly world: World;
  readonly host: Host;
  readonly commands: CommandTable;
  readonly files: HostFiles;
  readonly processes: ProcessTable;
  readonly outside: Outside;
  /** What the container's image holds; null for a host. */
  readonly image: ImageContents | null;
  /** Nobody may write to /proc/sys and /sys. */
  readonly readOnlySysctls: boolean;
  /** How soon its processes are ended for want of memory (proc(5), oom_score_adj). */
  oomScoreAdj = 0;
  /** For `$RANDOM` and `mktemp`. */
  readonly prng: Prng;
  hostname: string;
  /** Where the line that runs now stands (`lesson.md:12`), for the memory of causes; empty when somebody types it. */
  place = "";
  readonly #options: MachineOptions;

  constructor(options: MachineOptions) {
    const { host, commands } = options;
    this.#options = options;
    this.host = host;
    this.world = host.world;
    this.commands = commands;
    this.hostname = options.hostname ?? host.name;
    this.files = new HostFiles(() => host.world.now);
    this.image = options.container?.image ?? null;
    this.readOnlySysctls = options.container?.readOnlySysctls ?? false;
    this.processes = new ProcessTable(host.world, options.container?.outer);
    this.outside = Outside.of(host.world);
    this.prng = host.world.prng.fork(`shell/${options.seedName ?? this.hostname}`);
    if (this.image === null) {
      this.files.view(host.root).link("/run", "/var/run");
      host.isInhabited = (ns) => this.processes.list().some((entry) => entry.namespace === ns);
      host.makeNamesFolder = () => this.files.view(host.root).makeDirectory("/run/netns", true);
      host.linkedNamespaces = () => this.#linkedNamespaces();
      for (const folder of NAMED_FOLDERS)
        this.files.mount(folder, () => ({
          list: (path) => (path === "" && host.namespaces.size > 0 ? [...host.namespaces.keys()] : null),
          read: (path) => (host.namespaces.has(path) ? "" : null),
        }));
      for (const run of ["/run", "/var/run"])
        this.files.mount(`${run}/docker/netns`, () => ({
          list: (path) =>
            path === "" && host.hasBindFolder(SANDBOXES) ? [...host.filesBoundIn(SANDBOXES).keys()] : null,
          read: (path) => (host.filesBoundIn(SANDBOXES).has(path) ? "" : null),
        }));
    }
    const devices = this.image === null ? ["null"] : CONTAINER_DEVICES;
    this.files.mount("/dev", () => ({
      list: (path) => (path === "" ? devices : null),
      read: (path) => (devices.includes(path) ? "" : null),
      write: () => null,
    }));
    mountProcesses(this.files, this.processes, this);
    if (this.image?.system === "busybox")
      this.files.mount("/bin", () => ({
        list: (path) => (path === "" ? [...BUSYBOX_NAMES] : null),
        read: (path) => (BUSYBOX_NAMES.has(path) ? "" : null),
        mode: 0o755,
      }));
    const etc = this.files.view(host.root);
    etc.write("/etc/hosts", "127.0.0.1\tlocalhost\n");
    etc.write("/etc/hostname", `${this.hostname}\n`);
    etc.write("/etc/passwd", `root:x:0:0:root:/root:/bin/${this.image === null ? "bash" : "sh"}\n`);
    etc.write("/etc/group", "root:x:0:\n");
    etc.chmod("/tmp", 0o777);
    this.files.mount("/proc/sys/kernel", () => ({
      list: (path) => (path === "" ? ["hostname"] : null),
      read: (path) => (path === "hostname" ? `${this.hostname}\n` : null),
    }));
  }

  /** Where a shell starts. */
  get namespace(): NetworkNamespace {
    return this.#options.namespace?.() ?? this.host.root;
  }

  /** The time of day: seconds since 1970, and nanoseconds within the second. */
  clock(): { readonly seconds: number; readonly nanos: Nanos } {
    const now = this.world.now;
    return { seconds: EPOCH_SECONDS + Math.floor(now / SECOND), nanos: now % SECOND };
  }

  /** The links that somebody made where named namespaces lie (`ln -s /proc/PID/ns/net /run/netns/blue`). */
  #linkedNamespaces(): ReadonlyMap<string, NetworkNamespace | null> {
    const found = new Map<string, NetworkNamespace | null>();
    const files = this.files.view(this.host.root);
    const { namespaces } = this.host;
    for (const folder of NAMED_FOLDERS) {
      const kind = files.stat(folder, false)?.kind;
      // The whole directory may be a link: `ln -s /var/run/docker/netns /var/run/netns`.
      if (kind === "symlink")
        for (const [name, ns] of this.host.filesBoundIn(resolvePath("/run", files.readLink(folder))))
          found.set(name, ns);
      if (kind !== "directory") continue;
      for (const name of files.list(folder)) {
        const path = `${folder}/${name}`;
        if (namespaces.has(name) || files.stat(path, false)?.kind !== "symlink") continue;
        const end = resolvePath(folder, files.readLink(path));
        const other = NAMED.exec(end)?.[1];
        // A link to a link is not followed: it might lead to itself.
        found.set(name, other === undefined ? this.findNamespace(end) : (namespaces.get(other) ?? null));
      }
    }
    return found;
  }

  /** A process as `ps` and `ss` name it here; null if none of this table's. */
  processOf(process: Process): { readonly pid: number; readonly name: string } | null {
    const entry = this.processes.list().find((one) => one.process === process);
    return entry === undefined ? null : { pid: entry.pid, name: nameOf(entry) };
  }

  /** The namespace behind a path such as `/run/netns/blue`; null if there is none. */
  findNamespace(path: string): NetworkNamespace | null {
    const name = NAMED.exec(path)?.[1];
    if (name !== undefined) return this.host.namespaceIn(name);
    const pid = OF_PROCESS.exec(path)?.[1];
    if (pid === undefined) return this.host.boundNamespace(path);
    const entry = this.processes.find(Number(pid));
    return entry === null ? null : (entry.namespace ?? this.host.root);
  }
}
