import type { BufferEncoding, FileContent, FsStat, IFileSystem } from "just-bash";
import { resolvePath } from "../../base/path.ts";
import { EPOCH_SECONDS, SECOND } from "../../sim/time.ts";
import { FileFailure, type FileSystem } from "../file-system.ts";
import type { Machine } from "../machine.ts";

const MILLIS = 1000;
/** just-bash looks for its own tools here. */
const TOOL = /^\/(?:usr\/)?bin\/[^/]+$/;

/** The host's files in the shape that just-bash's tools expect, as the process sees them that called last. */
export class ToolFiles implements IFileSystem {
  #files: FileSystem;
  /** By which a tool tells whether two names are one file's. */
  readonly #identities: WeakMap<object, string> = new WeakMap();
  #known = 0;
  /** `rm` and `ln` look at a link, not at where it leads. */
  #follows = true;

  constructor(machine: Machine) {
    this.#files = machine.files.view(machine.namespace);
  }

  /** The next tool runs with this view. Only one runs at a time. */
  enter(files: FileSystem, tool: string): void {
    this.#files = files;
    this.#follows = tool !== "rm" && tool !== "ln";
  }

  async readFile(path: string): Promise<string> {
    return this.#try(path, () => this.#files.read(path));
  }

  async readFileBuffer(path: string): Promise<Uint8Array> {
    const content = this.#try(path, () => this.#files.readBytes(path));
    return typeof content === "string" ? new TextEncoder().encode(content) : content;
  }

  async writeFile(
    path: string,
    content: FileContent,
    options?: { encoding?: BufferEncoding } | BufferEncoding,
  ): Promise<void> {
    const encoding = typeof options === "string" ? options : options?.encoding;
    this.#try(path, () => this.#files.write(path, decoded(content, encoding)));
  }

  async appendFile(
    path: string,
    content: FileContent,
    options?: { encoding?: BufferEncoding } | BufferEncoding,
  ): Promise<void> {
    const encoding = typeof options === "string" ? options : options?.encoding;
    const text = decoded(content, encoding);
    this.#try(path, () =>
      this.#files.append(path, typeof text === "string" ? text : new TextDecoder("latin1").decode(text)),
    );
  }

  async exists(path: string): Promise<boolean> {
    return TOOL.test(path) || this.#files.stat(path, this.#follows) !== null;
  }

  async stat(path: string): Promise<FsStat> {
    return this.#stat(path, this.#follows);
  }

  async lstat(path: string): Promise<FsStat> {
    return this.#stat(path, false);
  }

  async mkdir(path: string, options?: { recursive?: boolean }): Promise<void> {
    this.#try(path, () => this.#files.makeDirectory(path, options?.recursive ?? false));
  }

  async readdir(path: string): Promise<string[]> {
    return [...this.#try(path, () => this.#files.list(path))];
  }

  async rm(path: string, options?: { recursive?: boolean; force?: boolean }): Promise<void> {
    if (options?.force && this.#files.stat(path, false) === null) return;
    this.#try(path, () => this.#files.remove(path, options?.recursive ?? false));
  }

  async cp(from: string, to: string, options?: { recursive?: boolean }): Promise<void> {
    if (this.#files.stat(from)?.kind !== "directory") {
      this.#try(from, () => this.#files.write(to, this.#files.readBytes(from)));
      return;
    }
    if (!options?.recursive) throw new Error(`EISDIR: is a directory, cp '${from}'`);
    this.#files.makeDirectory(to, true);
    for (const name of this.#files.list(from)) await this.cp(`${from}/${name}`, `${to}/${name}`, options);
  }

  async mv(from: string, to: string): Promise<void> {
    this.#try(from, () => this.#files.move(from, to));
  }

  resolvePath(base: string, path: string): string {
    return resolvePath(base, path);
  }

  getAllPaths(): string[] {
    return [];
  }

  async chmod(path: string, mode: number): Promise<void> {
    this.#try(path, () => this.#files.chmod(path, mode));
  }

  async symlink(target: string, path: string): Promise<void> {
    this.#try(path, () => this.#files.link(target, path));
  }

  async link(from: string, to: string): Promise<void> {
    this.#try(from, () => this.#files.write(to, this.#files.readBytes(from)));
  }

  async readlink(path: string): Promise<string> {
    return this.#try(path, () => this.#files.readLink(path));
  }

  async realpath(path: string): Promise<string> {
    if (this.#files.stat(path) === null)
      throw new Error(`ENOENT: no such file or directory, realpath '${path}'`);
    return path;
  }

  async utimes(path: string): Promise<void> {
    if (this.#files.stat(path) === null)
      throw new Error(`ENOENT: no such file or directory, utimes '${path}'`);
  }

  #stat(path: string, follow: boolean): FsStat {
    if (TOOL.test(path)) {
      return {
        identity: path,
        isFile: true,
        isDirectory: false,
        isSymbolicLink: false,
        mode: 0o755,
        size: 0,
        mtime: new Date(0),
      };
    }
    const stat = this.#try(path, () => this.#files.stat(path, follow));
    if (stat === null) throw new Error(`ENOENT: no such file or directory, stat '${path}'`);
    return {
      identity: stat.self === null ? path : this.#identityOf(stat.self),
      isFile: stat.kind === "file",
      isDirectory: stat.kind === "directory",
      isSymbolicLink: stat.kind === "symlink",
      mode: stat.mode,
      size: stat.size,
      mtime: new Date(EPOCH_SECONDS * MILLIS + Math.floor((stat.changed / SECOND) * MILLIS)),
    };
  }

  #identityOf(file: object): string {
    let identity = this.#identities.get(file);
    if (identity === undefined) this.#identities.set(file, (identity = `${++this.#known}`));
    return identity;
  }

  /** just-bash reads the code at the beginning of the message, as in Node. */
  #try<T>(path: string, action: () => T): T {
    try {
      return action();
    } catch (error) {
      if (!(error instanceof FileFailure)) throw error;
      throw new Error(`${error.code}: ${error.message.toLowerCase()}, open '${path}'`);
    }
  }
}

function decoded(content: FileContent, encoding: BufferEncoding | undefined): string | Uint8Array {
  if (typeof content === "string") {
    if (encoding !== "binary" && encoding !== "latin1") return content;
    return text(Uint8Array.from(content, (c) => c.charCodeAt(0)));
  }
  return text(content);
}

/** Bytes that are UTF-8 are kept as text. */
function text(bytes: Uint8Array): string | Uint8Array {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return bytes;
  }
}
