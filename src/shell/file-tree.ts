import { FileFailure, type FileStat, resolvePath } from "./file-system.ts";

/** Text, or the raw bytes of a file such as a capture. */
export type FileContent = string | Uint8Array;

interface FileNode {
  kind: "file";
  content: FileContent;
  mode: number;
  changed: number;
}

/** Most directories of most systems stay empty: what they share is never written. */
const NO_ENTRIES: ReadonlyMap<string, Node> = new Map();

class DirectoryNode {
  readonly kind = "directory";
  mode = 0o755;
  changed: number;
  #entries: Map<string, Node> | null = null;

  constructor(changed: number) {
    this.changed = changed;
  }

  /** By name, in the order of making. */
  get entries(): ReadonlyMap<string, Node> {
    return this.#entries ?? NO_ENTRIES;
  }

  set(name: string, node: Node): void {
    this.#entries ??= new Map();
    this.#entries.set(name, node);
  }

  delete(name: string): void {
    this.#entries?.delete(name);
  }
}

interface SymlinkNode {
  kind: "symlink";
  target: string;
  mode: number;
  changed: number;
}
type Node = FileNode | DirectoryNode | SymlinkNode;

/** A file or link as it was when somebody asked. Most want to know whether it is there: bytes are counted for the others. */
class ContentStat implements FileStat {
  readonly kind: "file" | "symlink";
  readonly mode: number;
  readonly changed: number;
  readonly #content: FileContent;

  constructor(node: FileNode | SymlinkNode) {
    this.kind = node.kind;
    this.mode = node.mode;
    this.changed = node.changed;
    this.#content = node.kind === "file" ? node.content : node.target;
  }

  get size(): number {
    return sizeOf(this.#content);
  }
}

/** So many symbolic links lead to a file at the most. */
const MAX_LINKS = 40;

/** Directories, files and symbolic links in memory. Paths are absolute and tidy; each method may throw {@link FileFailure}. */
export class FileTree {
  readonly #now: () => number;
  readonly #root: DirectoryNode;

  constructor(now: () => number) {
    this.#now = now;
    this.#root = new DirectoryNode(now());
  }

  exists(path: string): boolean {
    return this.#find(path, true) !== null;
  }

  read(path: string): FileContent {
    const node = this.#found(path, true);
    if (node.kind !== "file") throw new FileFailure("EISDIR");
    return node.content;
  }

  write(path: string, content: FileContent): void {
    const present = this.#find(path, true);
    if (present !== null) {
      if (present.kind !== "file") throw new FileFailure("EISDIR");
      present.content = content;
      present.changed = this.#now();
      return;
    }
    const { directory, name } = this.#parent(this.#followed(path));
    directory.set(name, { kind: "file", content, mode: 0o644, changed: this.#now() });
  }

  append(path: string, text: string): void {
    this.write(path, this.exists(path) ? joined(this.read(path), text) : text);
  }

  /** The names in a directory; null where there is nothing. */
  list(path: string): readonly string[] | null {
    const node = this.#find(path, true);
    if (node === null) return null;
    if (node.kind !== "directory") throw new FileFailure("ENOTDIR");
    return [...node.entries.keys()];
  }

  stat(path: string, follow: boolean): FileStat | null {
    const node = this.#find(path, follow);
    if (node === null) return null;
    if (node.kind === "directory") {
      const { kind, mode, changed } = node;
      return { kind, mode, size: 4096, changed };
    }
    return new ContentStat(node);
  }

  makeDirectory(path: string, parents: boolean): void {
    if (path === "/") return;
    const present = this.#find(path, true);
    if (present !== null) {
      if (parents && present.kind === "directory") return;
      throw new FileFailure("EEXIST");
    }
    if (parents) this.makeDirectory(path.slice(0, path.lastIndexOf("/")) || "/", true);
    const { directory, name } = this.#parent(path);
    directory.set(name, new DirectoryNode(this.#now()));
  }

  remove(path: string, recursive: boolean): void {
    const { directory, name } = this.#parent(path);
    const node = directory.entries.get(name);
    if (node === undefined) throw new FileFailure("ENOENT");
    if (node.kind === "directory" && node.entries.size > 0 && !recursive) throw new FileFailure("ENOTEMPTY");
    directory.delete(name);
  }

  link(target: string, path: string): void {
    const { directory, name } = this.#parent(path);
    if (directory.entries.has(name)) throw new FileFailure("EEXIST");
    directory.set(name, { kind: "symlink", target, mode: 0o777, changed: this.#now() });
  }

  readLink(path: string): string {
    const node = this.#found(path, false);
    if (node.kind !== "symlink") throw new FileFailure("EINVAL");
    return node.target;
  }

  chmod(path: string, mode: number): void {
    this.#found(path, true).mode = mode;
  }

  move(from: string, to: string): void {
    const source = this.#parent(from);
    const node = source.directory.entries.get(source.name);
    if (node === undefined) throw new FileFailure("ENOENT");
    const target = this.#parent(to);
    source.directory.delete(source.name);
    target.directory.set(target.name, node);
  }

  #found(path: string, follow: boolean): Node {
    const node = this.#find(path, follow);
    if (node === null) throw new FileFailure("ENOENT");
    return node;
  }

  #find(path: string, follow: boolean, depth = 0): Node | null {
    if (depth > MAX_LINKS) throw new FileFailure("ELOOP");
    let node: Node = this.#root;
    for (let from = 0, end = 0; from < path.length; from = end + 1) {
      end = path.indexOf("/", from);
      if (end < 0) end = path.length;
      if (end === from) continue;
      if (node.kind !== "directory") return null;
      const next = node.entries.get(path.slice(from, end));
      if (next === undefined) return null;
      node = next;
      if (node.kind === "symlink" && (follow || end < path.length)) {
        const there = resolvePath(path.slice(0, from), `${node.target}${path.slice(end)}`);
        return this.#find(there, follow, depth + 1);
      }
    }
    return node;
  }

  /** Where a write to `path` goes if `path` is a symbolic link to a file that does not exist yet. */
  #followed(path: string, depth = 0): string {
    const node = this.#find(path, false);
    if (node?.kind !== "symlink") return path;
    if (depth > MAX_LINKS) throw new FileFailure("ELOOP");
    return this.#followed(resolvePath(path.slice(0, path.lastIndexOf("/")), node.target), depth + 1);
  }

  #parent(path: string): { directory: DirectoryNode; name: string } {
    const cut = path.lastIndexOf("/");
    const node = this.#found(path.slice(0, cut) || "/", true);
    if (node.kind !== "directory") throw new FileFailure("ENOTDIR");
    return { directory: node, name: path.slice(cut + 1) };
  }
}

function joined(before: FileContent, more: string): FileContent {
  if (typeof before === "string") return before + more;
  const bytes = new Uint8Array(before.length + more.length);
  bytes.set(before);
  for (let i = 0; i < more.length; i++) bytes[before.length + i] = more.charCodeAt(i);
  return bytes;
}

function sizeOf(content: FileContent): number {
  if (typeof content !== "string") return content.length;
  let size = 0;
  for (const c of content) {
    const code = c.codePointAt(0)!;
    size += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return size;
}
