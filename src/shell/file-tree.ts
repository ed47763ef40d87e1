import { resolvePath } from "../base/path.ts";
import { DirectoryNode, type FileContent, FileNode, type Node, SymlinkNode, sizeOf } from "./file-node.ts";
import { FileFailure, type FileStat, MAX_LINKS } from "./file-system.ts";

/** A file or link as it was when somebody asked. Most want to know whether it is there: bytes are counted for the others. */
class ContentStat implements FileStat {
  readonly kind: "file" | "symlink";
  readonly links = 1;
  readonly self: object;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly changed: number;
  readonly #content: FileContent;

  constructor(node: FileNode | SymlinkNode) {
    this.self = node;
    this.kind = node.kind;
    this.mode = node.mode;
    this.uid = node.uid;
    this.gid = node.gid;
    this.changed = node.changed;
    this.#content = node.kind === "file" ? node.content : node.target;
  }

  get size(): number {
    return sizeOf(this.#content);
  }
}

/** What lies over a file or directory of a tree: another, perhaps of another tree. */
interface Mount {
  readonly node: FileNode | DirectoryNode;
  readonly readOnly: boolean;
}

/** Directories, files and symbolic links in memory. Paths are absolute and tidy; each method may throw {@link FileFailure}. */
export class FileTree {
  readonly #now: () => number;
  readonly #root: DirectoryNode;
  /** What lies over a node. */
  readonly #mounts: Map<Node, Mount> = new Map();
  #sealed = false;
  #readOnly = false;
  /** Whether the last lookup ended where nobody may write. */
  #foundReadOnly = false;

  constructor(now: () => number) {
    this.#now = now;
    this.#root = new DirectoryNode(now());
    this.#root.isLower = true;
  }

  /** All that is there came with the image; what changes from now on is kept apart (`file-changes.ts`). */
  seal(): void {
    this.#sealed = true;
  }

  /** Nobody may write to it, but where something else is mounted. */
  set readOnly(readOnly: boolean) {
    this.#readOnly = readOnly;
  }

  /** Its own, whatever is mounted. */
  get root(): DirectoryNode {
    return this.#root;
  }

  /** Lays a file or directory over what is at `path`, in place of what lay there already. */
  mount(path: string, node: Mount["node"], readOnly: boolean): void {
    this.#mounts.set(this.#found(path, true, true), { node, readOnly });
  }

  /** The thing itself, to be mounted elsewhere or packed; null where there is none. */
  find(path: string, follow: boolean): Node | null {
    return this.#find(path, follow);
  }

  /** The thing itself, not what is mounted over it. */
  findCovered(path: string): Node | null {
    return this.#find(path, false, true);
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
      this.#demandWritable();
      present.content = content;
      this.#alter(present);
      return;
    }
    this.#add(this.#followed(path), new FileNode(content, this.#now()));
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
    const node = this.#seen(path, follow);
    if (node === null) return null;
    if (node.kind === "directory") {
      const { kind, mode, uid, gid, changed } = node;
      return { self: node, kind, mode, links: linksOf(node), uid, gid, size: 4096, changed };
    }
    return new ContentStat(node);
  }

  /** What is to be seen at a path: a link that leads to itself leads to nothing. */
  #seen(path: string, follow: boolean): Node | null {
    try {
      return this.#find(path, follow);
    } catch (error) {
      if (error instanceof FileFailure && error.code === "ELOOP") return null;
      throw error;
    }
  }

  makeDirectory(path: string, parents: boolean): void {
    if (path === "/") return;
    const present = this.#find(path, true);
    if (present !== null) {
      if (parents && present.kind === "directory") return;
      throw new FileFailure("EEXIST");
    }
    if (parents) this.makeDirectory(path.slice(0, path.lastIndexOf("/")) || "/", true);
    this.#add(path, new DirectoryNode(this.#now()));
  }

  remove(path: string, recursive: boolean): void {
    const { directory, name, node } = this.#entry(path);
    this.#demandWritable();
    if (this.#mounts.has(node)) throw new FileFailure("EBUSY");
    if (node.kind === "directory" && node.entries.size > 0) {
      if (!recursive) throw new FileFailure("ENOTEMPTY");
      for (const below of node.entries.keys()) this.remove(`${path}/${below}`, true);
    }
    directory.delete(name);
    this.#alter(directory);
  }

  link(target: string, path: string): void {
    this.#add(path, new SymlinkNode(target, this.#now()));
  }

  readLink(path: string): string {
    const node = this.#found(path, false);
    if (node.kind !== "symlink") throw new FileFailure("EINVAL");
    return node.target;
  }

  chmod(path: string, mode: number): void {
    const node = this.#changeable(path, true);
    node.mode = mode;
  }

  chown(path: string, uid: number, gid: number, follow: boolean): void {
    const node = this.#changeable(path, follow);
    node.uid = uid;
    node.gid = gid;
  }

  /** Says that a file was changed at a time. */
  setChanged(path: string, time: number): void {
    this.#changeable(path, true).changed = time;
  }

  move(from: string, to: string): void {
    const source = this.#entry(from);
    this.#demandWritable();
    if (this.#mounts.has(source.node)) throw new FileFailure("EBUSY");
    const target = this.#parent(to);
    this.#demandWritable();
    const present = target.directory.entries.get(target.name);
    if (present === source.node) return;
    if (holds(source.node, target.directory)) throw new FileFailure("EINVAL");
    if (present !== undefined) this.#demandReplaceable(present, source.node);
    source.directory.delete(source.name);
    target.directory.delete(target.name);
    target.directory.set(target.name, fresh(source.node));
    this.#alter(source.directory);
    this.#alter(target.directory);
  }

  /** rename(2): only a directory takes the place of a directory, which is empty. */
  #demandReplaceable(present: Node, node: Node): void {
    if (this.#mounts.has(present)) throw new FileFailure("EBUSY");
    if (present.kind === "directory" && node.kind !== "directory") throw new FileFailure("EISDIR");
    if (present.kind !== "directory" && node.kind === "directory") throw new FileFailure("ENOTDIR");
    if (present.kind === "directory" && present.entries.size > 0) throw new FileFailure("ENOTEMPTY");
  }

  #add(path: string, node: Node): void {
    const { directory, name } = this.#parent(path);
    this.#demandWritable();
    if (directory.entries.has(name)) throw new FileFailure("EEXIST");
    node.isLower = !this.#sealed;
    directory.set(name, node);
    this.#alter(directory);
  }

  /** What somebody is about to change other than in its content. */
  #changeable(path: string, follow: boolean): Node {
    const node = this.#found(path, follow);
    this.#demandWritable();
    if (this.#sealed) node.isAltered = node.isLower;
    return node;
  }

  #alter(node: Node): void {
    node.changed = this.#now();
    if (this.#sealed) node.isAltered = node.isLower;
  }

  #demandWritable(): void {
    if (this.#foundReadOnly) throw new FileFailure("EROFS");
  }

  #found(path: string, follow: boolean, covered = false): Node {
    const node = this.#find(path, follow, covered);
    if (node === null) throw new FileFailure("ENOENT");
    return node;
  }

  /** @param covered the thing itself, not what is mounted over it */
  #find(path: string, follow: boolean, covered = false, depth = 0): Node | null {
    if (depth > MAX_LINKS) throw new FileFailure("ELOOP");
    this.#foundReadOnly = this.#readOnly;
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
        return this.#find(there, follow, covered, depth + 1);
      }
      if (this.#mounts.size === 0 || (covered && end === path.length)) continue;
      const mount = this.#mounts.get(node);
      if (mount === undefined) continue;
      node = mount.node;
      this.#foundReadOnly = mount.readOnly;
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

  #entry(path: string): { directory: DirectoryNode; name: string; node: Node } {
    const { directory, name } = this.#parent(path);
    const node = directory.entries.get(name);
    if (node === undefined) throw new FileFailure("ENOENT");
    return { directory, name, node };
  }

  #parent(path: string): { directory: DirectoryNode; name: string } {
    const cut = path.lastIndexOf("/");
    const node = this.#found(path.slice(0, cut) || "/", true);
    if (node.kind !== "directory") throw new FileFailure("ENOTDIR");
    return { directory: node, name: path.slice(cut + 1) };
  }
}

/** Its own two names, and one in each directory below; overlayfs does not count those of one whose image and changes it shows together. */
function linksOf(directory: DirectoryNode): number {
  let below = 0;
  for (const node of directory.entries.values()) if (node.kind === "directory") below++;
  return directory.isAltered ? 1 : 2 + below;
}

/** Whether a directory is a thing itself, or somewhere below it. */
function holds(node: Node, directory: DirectoryNode): boolean {
  if (node.kind !== "directory") return false;
  if (node === directory) return true;
  for (const below of node.entries.values()) if (holds(below, directory)) return true;
  return false;
}

/** A thing as it is after it was moved: all of it is new where it is now. */
function fresh(node: Node): Node {
  node.isLower = false;
  node.isAltered = false;
  if (node.kind === "directory") for (const below of node.entries.values()) fresh(below);
  return node;
}

function joined(before: FileContent, more: string): FileContent {
  if (typeof before === "string") return before + more;
  const bytes = new Uint8Array(before.length + more.length);
  bytes.set(before);
  for (let i = 0; i < more.length; i++) bytes[before.length + i] = more.charCodeAt(i);
  return bytes;
}
