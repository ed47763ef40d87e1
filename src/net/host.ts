import { type BacklogLimit, Cpu } from "../sim/cpu.ts";
import type { Packet } from "../sim/packet.ts";
import type { EntryRef } from "../sim/registry.ts";
import type { Nanos } from "../sim/time.ts";
import type { World } from "../sim/world.ts";
import { flowHash } from "./flow-hash.ts";
import { IpIdentifications } from "./ip-identifications.ts";
import type { Kernel } from "./kernel.ts";
import { KernelError } from "./kernel-error.ts";
import { KernelLog } from "./kernel-log.ts";
import { NeighbourLimits } from "./neighbour-limits.ts";
import { NetworkNamespace } from "./network-namespace.ts";
import * as reasons from "./reasons.ts";

/** A host's processors: how many, and what handling one packet costs (0: nothing, and there is no queue). */
export interface CpuOptions {
  readonly count: number;
  readonly cost: Nanos;
  /**
   * Which one gets a packet: that of its flow, as receive packet steering has it, unless said otherwise; or each in
   * turn, as when the threads that send run on processors of their own.
   */
  readonly steering?: "flow" | "turn";
}

const NO_LINKS: ReadonlyMap<string, NetworkNamespace | null> = new Map();

/** A machine: a kernel, processors, and network namespaces, of which the first has no name. */
export class Host implements BacklogLimit {
  readonly world: World;
  readonly kernel: Kernel;
  readonly name: string;
  /** The host's own namespace; a new one after each start of the machine. */
  root: NetworkNamespace;
  /** Named namespaces in the order of their making (/run/netns). */
  readonly namespaces: Map<string, NetworkNamespace> = new Map();
  /** Namespaces that are bound to a file elsewhere, by its path (`/run/docker/netns/0b1a2982dc60`), in order. */
  readonly boundNamespaces: Map<string, NetworkNamespace> = new Map();
  /** Files that namespaces were bound to, and until when they are still there with nothing bound to them. */
  readonly #leftFiles: Map<string, Nanos> = new Map();
  /** The directories that namespaces were ever bound in. */
  readonly #bindFolders: Set<string> = new Set();
  /** Called when a name is given: the first `ip netns add` makes the directory that names lie in. */
  makeNamesFolder: () => void = () => undefined;
  /** The processors; null when handling a packet costs nothing. */
  readonly cpus: readonly Cpu[] | null;
  /** For how long a processor that handles a packet does not see what the others do meanwhile; 0 with one processor. */
  readonly blindness: Nanos;
  /**
   * Symbolic links in /run/netns, by name, and what they lead to, null where there is nothing (any more): whoever keeps
   * the files says it.
   */
  linkedNamespaces: () => ReadonlyMap<string, NetworkNamespace | null> = () => NO_LINKS;
  /** Says whether processes live in a namespace: whoever runs them here sets it. */
  isInhabited: (ns: NetworkNamespace) => boolean = () => false;
  /** Namespaces that lost their last name while processes lived in them, with what is to be done at their end. */
  readonly #nameless: Map<NetworkNamespace, () => void> = new Map();
  readonly #inTurn: boolean;
  #turn = 0;
  #neighbourLimits: NeighbourLimits | null = null;
  #identifications: IpIdentifications | null = null;
  /** What its kernel wrote since it started. */
  readonly log: KernelLog = new KernelLog();
  poweredOn = true;
  /** net.core.netdev_max_backlog, as an unsigned number. */
  maxBacklog = 1000;

  constructor(world: World, kernel: Kernel, name: string, cpu: CpuOptions = { count: 1, cost: 0 }) {
    this.world = world;
    this.kernel = kernel;
    this.name = name;
    this.cpus =
      cpu.cost === 0
        ? null
        : Array.from(
            { length: cpu.count },
            (_, i) => new Cpu(world, cpu.cost, `${name} cpu${i} backlog`, this),
          );
    this.blindness = cpu.count > 1 ? cpu.cost : 0;
    this.#inTurn = cpu.steering === "turn";
    this.root = new NetworkNamespace(this, "");
  }

  /** What says how long the backlog may be; 0 while nobody observes. */
  get backlogLimit(): EntryRef {
    const name = "net.core.netdev_max_backlog";
    return reasons.setting(this.root, [name.replaceAll(".", "/")], `${name} = ${this.maxBacklog}`);
  }

  /** Made for the first neighbour. */
  get neighbourLimits(): NeighbourLimits {
    this.#neighbourLimits ??= new NeighbourLimits(this.world);
    return this.#neighbourLimits;
  }

  /** Made for the first packet that gets a number. */
  get identifications(): IpIdentifications {
    this.#identifications ??= new IpIdentifications(this.world, this.name);
    return this.#identifications;
  }

  /** Chooses a processor. */
  steer(packet: Packet, place: number): void {
    const cpus = this.cpus!;
    if (this.#inTurn) {
      this.#turn = (this.#turn + 1) % cpus.length;
      cpus[this.#turn]!.enqueue(packet, place);
      return;
    }
    cpus[cpus.length === 1 ? 0 : (flowHash(packet) >>> 0) % cpus.length]!.enqueue(packet, place);
  }

  /** @throws {KernelError} EEXIST */
  addNamespace(name: string): NetworkNamespace {
    if (this.namespaces.has(name)) throw new KernelError("EEXIST");
    this.makeNamesFolder();
    const ns = new NetworkNamespace(this, name);
    this.namespaces.set(name, ns);
    return ns;
  }

  /** Gives a namespace a name, perhaps one more. */
  nameNamespace(name: string, ns: NetworkNamespace): void {
    this.makeNamesFolder();
    this.namespaces.set(name, ns);
    this.#nameless.delete(ns);
  }

  /** All its namespaces, its own first. */
  get allNamespaces(): readonly NetworkNamespace[] {
    const named = [this.root, ...this.namespaces.values(), ...this.boundNamespaces.values()];
    return this.#nameless.size === 0 ? named : [...named, ...this.#nameless.keys()];
  }

  /** What a file of /run/netns leads to, a link's end included; null for none. */
  namespaceIn(name: string): NetworkNamespace | null {
    return this.namespaces.get(name) ?? this.linkedNamespaces().get(name) ?? null;
  }

  /** The namespace that shows under that name, as in `host/name`: one of /run/netns before one bound elsewhere. */
  namespaceCalled(name: string): NetworkNamespace | null {
    const named = this.namespaces.get(name);
    if (named !== undefined) return named;
    for (const ns of this.boundNamespaces.values()) if (ns.name === name) return ns;
    return null;
  }

  /** The namespace that is bound to the file of that path, or null. */
  boundNamespace(path: string): NetworkNamespace | null {
    return this.boundNamespaces.get(canonical(path)) ?? null;
  }

  /** Makes a namespace and binds it to the file of that path; it shows under `name`. @throws {KernelError} EEXIST */
  bindNamespace(path: string, name: string): NetworkNamespace {
    if (this.boundNamespace(path) !== null) throw new KernelError("EEXIST");
    const ns = new NetworkNamespace(this, name, path);
    this.boundNamespaces.set(canonical(path), ns);
    this.#makeBindFolder(path);
    return ns;
  }

  /**
   * Unmounts such a file: the namespace goes with all its devices, at once or when the last process that lives in it
   * does. @throws {KernelError} ENOENT
   */
  unbindNamespace(path: string): NetworkNamespace {
    const ns = this.boundNamespace(path);
    if (ns === null) throw new KernelError("ENOENT");
    this.boundNamespaces.delete(canonical(path));
    this.#nameless.set(ns, () => undefined);
    this.left(ns);
    return ns;
  }

  /** Whether a namespace was ever bound to a file of that directory: the first one makes it, and it stays. */
  hasBindFolder(directory: string): boolean {
    return this.#bindFolders.has(canonical(directory));
  }

  /** The files of a directory that namespaces are or were bound to, with what they lead to. */
  filesBoundIn(directory: string): ReadonlyMap<string, NetworkNamespace | null> {
    const found = new Map<string, NetworkNamespace | null>();
    const at = `${canonical(directory)}/`;
    for (const [path, ns] of this.boundNamespaces)
      if (path.startsWith(at)) found.set(path.slice(at.length), ns);
    for (const [path, until] of this.#leftFiles)
      if (until > this.world.now && path.startsWith(at)) found.set(path.slice(at.length), null);
    return found;
  }

  /** A file that a namespace was bound to stays behind for a while, empty. */
  leaveFile(path: string, until: Nanos): void {
    for (const [old, end] of this.#leftFiles) {
      // One that stays for ever must not keep those behind it.
      if (end === Number.POSITIVE_INFINITY) continue;
      if (end > this.world.now) break;
      this.#leftFiles.delete(old);
    }
    this.#leftFiles.set(canonical(path), until);
    this.#makeBindFolder(path);
  }

  #makeBindFolder(path: string): void {
    this.#bindFolders.add(canonical(path).replace(/\/[^/]*$/, ""));
  }

  /** The machine stops: everything in it is gone, and with it all that was configured by hand. */
  powerOff(): void {
    this.poweredOn = false;
    for (const path of [...this.boundNamespaces.keys()].reverse()) this.unbindNamespace(path);
    for (const name of [...this.namespaces.keys()].reverse()) this.removeNamespace(name);
    for (const ns of [...this.#nameless.keys()].reverse()) this.#end(ns);
    this.#leftFiles.clear();
    this.#bindFolders.clear();
    this.root.destroy();
  }

  /** The machine starts with an empty namespace; whoever built it puts its cards back. */
  powerOn(): void {
    this.log.clear();
    this.root = new NetworkNamespace(this, "");
    this.poweredOn = true;
  }

  /**
   * Takes a namespace's name away. Without another name it ends, with all its devices, and `ended` is called: at once, or
   * when the last process that lives in it does (net/core/net_namespace.c, put_net). @throws {KernelError} ENOENT
   */
  removeNamespace(name: string, ended: () => void = () => undefined): void {
    const ns = this.namespaces.get(name);
    if (ns === undefined) throw new KernelError("ENOENT");
    this.namespaces.delete(name);
    if (this.allNamespaces.includes(ns)) return;
    this.#nameless.set(ns, ended);
    this.left(ns);
  }

  /** A process that lived in a namespace ended, or went elsewhere. */
  left(ns: NetworkNamespace): void {
    if (this.#nameless.has(ns) && !this.isInhabited(ns)) this.#end(ns);
  }

  #end(ns: NetworkNamespace): void {
    const ended = this.#nameless.get(ns)!;
    ended();
    this.#nameless.delete(ns);
    ns.destroy();
  }
}

/** /var/run is a link to /run. */
function canonical(path: string): string {
  return path.startsWith("/var/run/") ? path.slice("/var".length) : path;
}
