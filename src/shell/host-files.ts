import type { NetworkNamespace } from "../net/network-namespace.ts";
import type { FileContent } from "./file-node.ts";
import { FileFailure, type FileStat, type FileSystem } from "./file-system.ts";
import { FileTree } from "./file-tree.ts";

/** A lazy part of the file system, such as `/proc/sys`: its text is made when somebody reads. Paths are relative to the mount point, "" is the mount point itself. */
export interface MountedTree {
  /** The names in a directory, or null if there is no such directory. */
  list(path: string): readonly string[] | null;
  /** The text of a file, or null if there is no such file. */
  read(path: string): string | null;
  /** Writes a file; null when it worked, else the words of the error, such as "Invalid argument". */
  write?(path: string, text: string): string | null;
  /** That of its files, where it is not what whoever may read or write them implies. */
  readonly mode?: number;
}

/** Makes the tree as a process in `namespace` sees it. */
type MountSource = (namespace: NetworkNamespace) => MountedTree;

interface Mount {
  readonly point: string;
  readonly source: MountSource;
}

/** What a lazy tree has under a path: `inside` is the path within it, `text` is null for a directory. */
interface Mounted {
  readonly tree: MountedTree;
  readonly inside: string;
  readonly text: string | null;
}

const SELF = "/proc/self";
const DIRECTORIES = ["/bin", "/dev", "/etc", "/proc", "/root", "/run", "/sys", "/tmp", "/usr/bin", "/var"];

/** The files of one host: those in memory, and the lazy trees that are mounted over them. */
export class HostFiles {
  readonly #now: () => number;
  /** Those in memory. */
  readonly tree: FileTree;
  readonly #mounts: Mount[] = [];

  constructor(now: () => number) {
    this.#now = now;
    this.tree = new FileTree(now);
    for (const path of DIRECTORIES) this.tree.makeDirectory(path, true);
  }

  /** Puts a lazy tree at `point`; of several, the longest matching mount point counts, and of equal ones the last. */
  mount(point: string, source: MountSource): void {
    const mounts = this.#mounts;
    let at = mounts.length;
    while (at > 0 && mounts[at - 1]!.point.length < point.length) at--;
    mounts.splice(at, 0, { point, source });
  }

  /** The files as processes in `namespace` see them. @param pid whose /proc/self it is */
  view(namespace: NetworkNamespace, pid: number | null = null): FileSystem {
    return new FilesView(this, this.tree, namespace, pid);
  }

  /** The lazy tree that knows this path as a file or a directory. */
  mounted(namespace: NetworkNamespace, path: string): Mounted | null {
    for (const { point, source } of this.#mounts) {
      if (path !== point && !path.startsWith(`${point}/`)) continue;
      const tree = source(namespace);
      const inside = path.slice(point.length + 1);
      const text = tree.read(inside);
      if (text !== null || tree.list(inside) !== null) return { tree, inside, text };
    }
    return null;
  }

  read(namespace: NetworkNamespace, path: string): FileContent {
    const mounted = this.mounted(namespace, path);
    if (mounted === null) return this.tree.read(path);
    if (mounted.text === null) throw new FileFailure("EISDIR");
    return mounted.text;
  }

  /** Writes into a lazy tree; false when none knows the path, and it is for the files in memory. */
  writeMounted(namespace: NetworkNamespace, path: string, content: FileContent): boolean {
    const mounted = this.mounted(namespace, path);
    if (mounted === null) {
      const isKernels = path.startsWith("/proc/") || path.startsWith("/sys/");
      if (isKernels && !this.tree.exists(path)) throw new FileFailure("ENOENT");
      return false;
    }
    const { tree, inside, text } = mounted;
    if (text === null) throw new FileFailure("EISDIR");
    const words = tree.write === undefined ? "Permission denied" : tree.write(inside, textOf(content));
    if (words !== null) throw new FileFailure("EINVAL", words);
    return true;
  }

  list(namespace: NetworkNamespace, path: string): readonly string[] {
    const names = new Set<string>();
    let found = false;
    for (const { point, source } of this.#mounts) {
      if (path === point || path.startsWith(`${point}/`)) {
        const tree = source(namespace);
        const inside = path.slice(point.length + 1);
        const entries = tree.list(inside);
        if (entries !== null) {
          found = true;
          for (const entry of entries) names.add(entry);
        } else if (tree.read(inside) !== null) throw new FileFailure("ENOTDIR");
      } else {
        const prefix = path === "/" ? "/" : `${path}/`;
        if (point.startsWith(prefix)) {
          found = true;
          names.add(point.slice(prefix.length).split("/")[0]!);
        }
      }
    }
    const inMemory = this.tree.list(path);
    if (inMemory === null && !found) throw new FileFailure("ENOENT");
    for (const name of inMemory ?? []) names.add(name);
    return [...names].sort();
  }

  stat(namespace: NetworkNamespace, path: string, follow: boolean): FileStat | null {
    const mounted = this.mounted(namespace, path);
    if (mounted !== null) {
      const file = mounted.text !== null;
      const { write, mode: own } = mounted.tree;
      const mode = file ? (own ?? (write === undefined ? 0o444 : 0o644)) : 0o755;
      return {
        self: null,
        kind: file ? "file" : "directory",
        mode,
        links: 1,
        uid: 0,
        gid: 0,
        size: 0,
        changed: this.#now(),
      };
    }
    const stat = this.tree.stat(path, follow);
    if (stat !== null) return stat;
    // A directory that exists only as the way to a mount point.
    const isWay = this.#mounts.some(({ point }) => point.startsWith(`${path}/`));
    if (!isWay) return null;
    return { self: null, kind: "directory", mode: 0o755, links: 1, uid: 0, gid: 0, size: 0, changed: 0 };
  }
}

/** The files of a host as the processes of one namespace see them. */
class FilesView implements FileSystem {
  readonly #host: HostFiles;
  readonly #files: FileTree;
  readonly #namespace: NetworkNamespace;

  readonly #pid: number | null;

  /** @param files those in memory. */
  constructor(host: HostFiles, files: FileTree, namespace: NetworkNamespace, pid: number | null) {
    this.#host = host;
    this.#files = files;
    this.#namespace = namespace;
    this.#pid = pid;
  }

  /** Where a path leads that goes by /proc/self. */
  #at(path: string): string {
    if (this.#pid === null || !/^\/proc\/self(?:\/|$)/.test(path)) return path;
    if (path !== SELF && this.#host.mounted(this.#namespace, path) !== null) return path;
    return `/proc/${this.#pid}${path.slice(SELF.length)}`;
  }

  get opened(): FileSystem {
    return this;
  }

  read(path: string): string {
    return textOf(this.readBytes(path));
  }

  readBytes(path: string): FileContent {
    return this.#host.read(this.#namespace, this.#at(path));
  }

  write(path: string, content: FileContent): void {
    if (!this.#host.writeMounted(this.#namespace, this.#at(path), content)) this.#files.write(path, content);
  }

  append(path: string, text: string): void {
    if (!this.#host.writeMounted(this.#namespace, this.#at(path), text)) this.#files.append(path, text);
  }

  list(path: string): readonly string[] {
    return this.#host.list(this.#namespace, this.#at(path));
  }

  stat(path: string, follow = true): FileStat | null {
    return this.#host.stat(this.#namespace, this.#at(path), follow);
  }

  makeDirectory(path: string, parents: boolean): void {
    this.#files.makeDirectory(path, parents);
  }

  remove(path: string, recursive: boolean): void {
    this.#files.remove(path, recursive);
  }

  link(target: string, path: string): void {
    this.#files.link(target, path);
  }

  readLink(path: string): string {
    return this.#files.readLink(path);
  }

  chmod(path: string, mode: number): void {
    this.#files.chmod(path, mode);
  }

  chown(path: string, uid: number, gid: number, follow: boolean): void {
    this.#files.chown(path, uid, gid, follow);
  }

  setChanged(path: string, time: number): void {
    this.#files.setChanged(path, time);
  }

  move(from: string, to: string): void {
    this.#files.move(from, to);
  }

  isLazy(path: string): boolean {
    return this.#host.mounted(this.#namespace, this.#at(path))?.text != null;
  }
}

/** The text of a file; raw bytes as characters of the same numbers. */
function textOf(content: FileContent): string {
  if (typeof content === "string") return content;
  let text = "";
  for (const byte of content) text += String.fromCharCode(byte);
  return text;
}
