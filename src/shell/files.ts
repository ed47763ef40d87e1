import type { NetworkNamespace } from "../net/network-namespace.ts";

/** A lazy part of the file system, such as `/proc/sys`: its text is made when somebody reads. Paths are relative to the mount point, "" is the mount point itself. */
export interface MountedTree {
  /** The names in a directory, or null if there is no such directory. */
  list(path: string): readonly string[] | null;
  /** The text of a file, or null if there is no such file. */
  read(path: string): string | null;
  /** Writes a file; null when it worked, else the words of the error, such as "Invalid argument". */
  write?(path: string, text: string): string | null;
}

/** Makes the tree as a process in `namespace` sees it. */
type MountSource = (namespace: NetworkNamespace) => MountedTree;

/** What went wrong with a path, in the words of `strerror`. */
export class FileFailure extends Error {
  override readonly name = "FileFailure";
  readonly code:
    | "ENOENT"
    | "EISDIR"
    | "ENOTDIR"
    | "EEXIST"
    | "EACCES"
    | "ENOTEMPTY"
    | "EINVAL"
    | "ELOOP"
    | "EPERM";

  constructor(code: FileFailure["code"], words: string = WORDS[code]) {
    super(words);
    this.code = code;
  }
}

const WORDS: Readonly<Record<FileFailure["code"], string>> = {
  ENOENT: "No such file or directory",
  EISDIR: "Is a directory",
  ENOTDIR: "Not a directory",
  EEXIST: "File exists",
  EACCES: "Permission denied",
  ENOTEMPTY: "Directory not empty",
  EINVAL: "Invalid argument",
  ELOOP: "Too many levels of symbolic links",
  EPERM: "Operation not permitted",
};

export interface FileStat {
  readonly kind: "file" | "directory" | "symlink";
  readonly mode: number;
  /** In bytes; a lazy file has 0, as in /proc. */
  readonly size: number;
  /** Virtual nanoseconds. */
  readonly changed: number;
}

interface FileNode {
  kind: "file";
  /** Text, or the raw bytes of a file such as a capture. */
  content: string | Uint8Array;
  mode: number;
  changed: number;
}
interface DirectoryNode {
  kind: "directory";
  entries: Map<string, Node>;
  mode: number;
  changed: number;
}
interface SymlinkNode {
  kind: "symlink";
  target: string;
  mode: number;
  changed: number;
}
type Node = FileNode | DirectoryNode | SymlinkNode;

/** Joins and tidies a path: absolute, no `.`, `..` or doubled slashes. */
export function resolvePath(cwd: string, path: string): string {
  const parts: string[] = [];
  for (const part of (path.startsWith("/") ? path : `${cwd}/${path}`).split("/")) {
    if (part === "" || part === ".") continue;
    if (part === "..") parts.pop();
    else parts.push(part);
  }
  return `/${parts.join("/")}`;
}

/** The files of one host, as the processes of one network namespace see them. All paths are absolute and tidy. */
export interface FileSystem {
  read(path: string): string;
  readBytes(path: string): string | Uint8Array;
  write(path: string, content: string | Uint8Array): void;
  append(path: string, text: string): void;
  list(path: string): readonly string[];
  stat(path: string, follow?: boolean): FileStat | null;
  makeDirectory(path: string, parents: boolean): void;
  remove(path: string, recursive: boolean): void;
  link(target: string, path: string): void;
  readLink(path: string): string;
  chmod(path: string, mode: number): void;
  move(from: string, to: string): void;
  /** True if the text is made at the moment of reading, as in /proc. */
  isLazy(path: string): boolean;
}

interface Mount {
  readonly point: string;
  readonly source: MountSource;
}

/** One in-memory file system per host. `view` gives the interface that processes use. */
export class HostFiles {
  readonly #now: () => number;
  readonly #root: DirectoryNode;
  readonly #mounts: Mount[] = [];

  constructor(now: () => number) {
    this.#now = now;
    this.#root = { kind: "directory", entries: new Map(), mode: 0o755, changed: now() };
    for (const path of [
      "/bin",
      "/dev",
      "/etc",
      "/proc",
      "/root",
      "/run",
      "/sys",
      "/tmp",
      "/usr/bin",
      "/var",
    ]) {
      this.#makeDirectory(path, true);
    }
  }

  /** Puts a lazy tree at `point`; of several, the longest matching mount point counts, and of equal ones the last. */
  mount(point: string, source: MountSource): void {
    this.#mounts.push({ point, source });
    this.#mounts.sort((a, b) => b.point.length - a.point.length);
  }

  view(namespace: NetworkNamespace): FileSystem {
    const at = (path: string) => this.#mounted(namespace, path);
    return {
      read: (path) => {
        const content = this.#read(at, path);
        return typeof content === "string" ? content : latin1(content);
      },
      readBytes: (path) => this.#read(at, path),
      write: (path, content) => this.#write(at, path, content),
      append: (path, text) => {
        if (at(path)?.read(this.#inside) != null) this.#write(at, path, text);
        else this.#write(at, path, this.#exists(path) ? joined(this.#read(at, path), text) : text);
      },
      list: (path) => this.#list(namespace, path),
      stat: (path, follow = true) => this.#stat(namespace, path, follow),
      makeDirectory: (path, parents) => this.#makeDirectory(path, parents),
      remove: (path, recursive) => this.#remove(path, recursive),
      link: (target, path) => {
        const { directory, name } = this.#parent(path);
        if (directory.entries.has(name)) throw new FileFailure("EEXIST");
        directory.entries.set(name, { kind: "symlink", target, mode: 0o777, changed: this.#now() });
      },
      readLink: (path) => {
        const node = this.#find(path, false);
        if (node === null) throw new FileFailure("ENOENT");
        if (node.kind !== "symlink") throw new FileFailure("EINVAL");
        return node.target;
      },
      chmod: (path, mode) => {
        const node = this.#find(path, true);
        if (node === null) throw new FileFailure("ENOENT");
        node.mode = mode;
      },
      move: (from, to) => {
        const source = this.#parent(from);
        const node = source.directory.entries.get(source.name);
        if (node === undefined) throw new FileFailure("ENOENT");
        const target = this.#parent(to);
        source.directory.entries.delete(source.name);
        target.directory.entries.set(target.name, node);
      },
      isLazy: (path) => at(path)?.read(this.#inside) != null,
    };
  }

  /** The path inside the tree that `#mounted` found last. */
  #inside = "";

  /** The lazy tree that knows this path as a file or a directory. */
  #mounted(namespace: NetworkNamespace, path: string): MountedTree | null {
    for (const { point, source } of this.#mounts) {
      if (path !== point && !path.startsWith(`${point}/`)) continue;
      const tree = source(namespace);
      const inside = path.slice(point.length + 1);
      if (tree.read(inside) === null && tree.list(inside) === null) continue;
      this.#inside = inside;
      return tree;
    }
    return null;
  }

  #read(at: (path: string) => MountedTree | null, path: string): string | Uint8Array {
    const tree = at(path);
    if (tree !== null) {
      const text = tree.read(this.#inside);
      if (text === null) throw new FileFailure("EISDIR");
      return text;
    }
    const node = this.#find(path, true);
    if (node === null) throw new FileFailure("ENOENT");
    if (node.kind !== "file") throw new FileFailure("EISDIR");
    return node.content;
  }

  #exists(path: string): boolean {
    return this.#find(path, true) !== null;
  }

  #write(at: (path: string) => MountedTree | null, path: string, content: string | Uint8Array): void {
    const tree = at(path);
    if (tree !== null) {
      if (tree.read(this.#inside) === null) throw new FileFailure("EISDIR");
      const words = tree.write === undefined ? "Permission denied" : tree.write(this.#inside, text(content));
      if (words !== null) throw new FileFailure("EINVAL", words);
      return;
    }
    const present = this.#find(path, true);
    if (present !== null) {
      if (present.kind !== "file") throw new FileFailure("EISDIR");
      present.content = content;
      present.changed = this.#now();
      return;
    }
    if (path.startsWith("/proc/") || path.startsWith("/sys/")) throw new FileFailure("ENOENT");
    const { directory, name } = this.#parent(this.#followed(path));
    directory.entries.set(name, { kind: "file", content, mode: 0o644, changed: this.#now() });
  }

  #list(namespace: NetworkNamespace, path: string): readonly string[] {
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
    const node = this.#find(path, true);
    if (node?.kind === "directory") for (const name of node.entries.keys()) names.add(name);
    else if (node !== null) throw new FileFailure("ENOTDIR");
    else if (!found) throw new FileFailure("ENOENT");
    return [...names].sort();
  }

  #stat(namespace: NetworkNamespace, path: string, follow: boolean): FileStat | null {
    const tree = this.#mounted(namespace, path);
    if (tree !== null) {
      const file = tree.read(this.#inside) !== null;
      const mode = file ? (tree.write === undefined ? 0o444 : 0o644) : 0o755;
      return { kind: file ? "file" : "directory", mode, size: 0, changed: this.#now() };
    }
    const node = this.#find(path, follow);
    if (node !== null) {
      const size =
        node.kind === "file" ? sizeOf(node.content) : node.kind === "symlink" ? node.target.length : 4096;
      return { kind: node.kind, mode: node.mode, size, changed: node.changed };
    }
    // A directory that exists only as the way to a mount point.
    if (this.#mounts.some(({ point }) => point.startsWith(`${path}/`))) {
      return { kind: "directory", mode: 0o755, size: 0, changed: 0 };
    }
    return null;
  }

  #find(path: string, follow: boolean, depth = 0): Node | null {
    if (depth > 40) throw new FileFailure("ELOOP");
    let node: Node = this.#root;
    const parts = path.split("/").filter((part) => part !== "");
    for (const [i, part] of parts.entries()) {
      if (node.kind !== "directory") return null;
      const next = node.entries.get(part);
      if (next === undefined) return null;
      node = next;
      if (node.kind === "symlink" && (follow || i < parts.length - 1)) {
        const base = `/${parts.slice(0, i).join("/")}`;
        const rest = parts.slice(i + 1).join("/");
        return this.#find(resolvePath(base, `${node.target}/${rest}`), follow, depth + 1);
      }
    }
    return node;
  }

  /** Where a write to `path` goes if `path` is a symbolic link to a file that does not exist yet. */
  #followed(path: string, depth = 0): string {
    const node = this.#find(path, false);
    if (node?.kind !== "symlink") return path;
    if (depth > 40) throw new FileFailure("ELOOP");
    return this.#followed(resolvePath(path.slice(0, path.lastIndexOf("/")), node.target), depth + 1);
  }

  #parent(path: string): { directory: DirectoryNode; name: string } {
    const cut = path.lastIndexOf("/");
    const node = this.#find(path.slice(0, cut) || "/", true);
    if (node === null) throw new FileFailure("ENOENT");
    if (node.kind !== "directory") throw new FileFailure("ENOTDIR");
    return { directory: node, name: path.slice(cut + 1) };
  }

  #makeDirectory(path: string, parents: boolean): void {
    if (path === "/") return;
    const present = this.#find(path, true);
    if (present !== null) {
      if (parents && present.kind === "directory") return;
      throw new FileFailure("EEXIST");
    }
    if (parents) this.#makeDirectory(path.slice(0, path.lastIndexOf("/")) || "/", true);
    const { directory, name } = this.#parent(path);
    directory.entries.set(name, { kind: "directory", entries: new Map(), mode: 0o755, changed: this.#now() });
  }

  #remove(path: string, recursive: boolean): void {
    const { directory, name } = this.#parent(path);
    const node = directory.entries.get(name);
    if (node === undefined) throw new FileFailure("ENOENT");
    if (node.kind === "directory" && node.entries.size > 0 && !recursive) throw new FileFailure("ENOTEMPTY");
    directory.entries.delete(name);
  }
}

function text(content: string | Uint8Array): string {
  return typeof content === "string" ? content : latin1(content);
}

function latin1(bytes: Uint8Array): string {
  let result = "";
  for (const byte of bytes) result += String.fromCharCode(byte);
  return result;
}

function joined(before: string | Uint8Array, more: string): string | Uint8Array {
  if (typeof before === "string") return before + more;
  const bytes = new Uint8Array(before.length + more.length);
  bytes.set(before);
  for (let i = 0; i < more.length; i++) bytes[before.length + i] = more.charCodeAt(i);
  return bytes;
}

function sizeOf(content: string | Uint8Array): number {
  if (typeof content !== "string") return content.length;
  let size = 0;
  for (const c of content) {
    const code = c.codePointAt(0)!;
    size += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return size;
}
