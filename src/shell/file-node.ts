/** Text, or the raw bytes of a file such as a capture. */
export type FileContent = string | Uint8Array;

/** What every file, directory and link has. */
abstract class Inode {
  mode: number;
  uid = 0;
  gid = 0;
  /** Virtual nanoseconds. */
  changed: number;
  /** It came with the image, and not with what runs on it: see {@link FileTree.seal}. */
  isLower = false;
  /** It came with the image and is no longer as it was there. */
  isAltered = false;

  constructor(mode: number, changed: number) {
    this.mode = mode;
    this.changed = changed;
  }

  /** Somebody changed it just now. */
  touch(now: number): void {
    this.changed = now;
    this.isAltered = this.isLower;
  }
}

export class FileNode extends Inode {
  readonly kind = "file";
  content: FileContent;

  constructor(content: FileContent, changed: number) {
    super(0o644, changed);
    this.content = content;
  }
}

export class SymlinkNode extends Inode {
  readonly kind = "symlink";
  readonly target: string;

  constructor(target: string, changed: number) {
    super(0o777, changed);
    this.target = target;
  }
}

/** Most directories of most systems stay empty: what they share is never written. */
const NO_ENTRIES: ReadonlyMap<string, Node> = new Map();
const NO_NAMES: ReadonlySet<string> = new Set();

export class DirectoryNode extends Inode {
  readonly kind = "directory";
  #entries: Map<string, Node> | null = null;
  #gone: Set<string> | null = null;

  constructor(changed: number) {
    super(0o755, changed);
  }

  /** By name, in the order of making. */
  get entries(): ReadonlyMap<string, Node> {
    return this.#entries ?? NO_ENTRIES;
  }

  /** The names that came with the image and were taken away since, though something else may bear them now. */
  get gone(): ReadonlySet<string> {
    return this.#gone ?? NO_NAMES;
  }

  set(name: string, node: Node): void {
    this.#entries ??= new Map();
    this.#entries.set(name, node);
  }

  delete(name: string): void {
    if (this.entries.get(name)?.isLower === true) {
      this.#gone ??= new Set();
      this.#gone.add(name);
    }
    this.#entries?.delete(name);
  }
}

export type Node = FileNode | DirectoryNode | SymlinkNode;

/** In bytes, as UTF-8. */
export function sizeOf(content: FileContent): number {
  if (typeof content !== "string") return content.length;
  let size = 0;
  for (const c of content) {
    const code = c.codePointAt(0)!;
    size += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return size;
}
