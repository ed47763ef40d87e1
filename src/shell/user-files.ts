import { resolvePath } from "../base/path.ts";
import { type Credentials, isCapable } from "../programs/credentials.ts";
import { FileFailure, type FileStat, type FileSystem, MAX_LINKS } from "./file-system.ts";

const READ = 4;
const WRITE = 2;
const PASS = 1;
const STICKY = 0o1000;
/** What a new file and a new directory may be, before the mask takes from it. */
const FILE_MODE = 0o666;
const DIRECTORY_MODE = 0o777;

/** The mask that everybody has who has not asked for another: group and others do not write. */
export const USUAL_MASK = 0o022;

/**
 * The files of a system as somebody sees them: what he may read, change and make by owners and modes (path_resolution(7)),
 * and to whom belongs what he makes.
 * @param mask the umask(2) of the process
 */
export function filesOfUser(files: FileSystem, who: Credentials, mask: number): FileSystem {
  // root may do what he likes, and what he makes has the owner and the mode that it has anyway.
  if (who.uid === 0 && who.gid === 0 && mask === USUAL_MASK && isCapable(who, "DAC_OVERRIDE")) return files;
  return new UserFiles(files, who, mask);
}

class UserFiles implements FileSystem {
  readonly #files: FileSystem;
  readonly #who: Credentials;
  readonly #mask: number;

  constructor(files: FileSystem, who: Credentials, mask: number) {
    this.#files = files;
    this.#who = who;
    this.#mask = mask;
  }

  get opened(): FileSystem {
    return this.#files.opened;
  }

  read(path: string): string {
    this.#demand(path, READ);
    return this.#files.read(path);
  }

  readBytes(path: string): string | Uint8Array {
    this.#demand(path, READ);
    return this.#files.readBytes(path);
  }

  list(path: string): readonly string[] {
    this.#demand(path, READ);
    return this.#files.list(path);
  }

  stat(path: string, follow?: boolean): FileStat | null {
    return this.#files.stat(path, follow);
  }

  readLink(path: string): string {
    return this.#files.readLink(path);
  }

  isLazy(path: string): boolean {
    return this.#files.isLazy(path);
  }

  write(path: string, content: string | Uint8Array): void {
    this.#making(path, FILE_MODE, () => this.#files.write(path, content));
  }

  append(path: string, text: string): void {
    this.#making(path, FILE_MODE, () => this.#files.append(path, text));
  }

  link(target: string, path: string): void {
    this.#making(path, null, () => this.#files.link(target, path));
  }

  makeDirectory(path: string, parents: boolean): void {
    if (path === "/" || this.#files.stat(path) !== null) {
      this.#files.makeDirectory(path, parents);
      return;
    }
    const above = parentOf(path);
    if (parents && this.#files.stat(above) === null) this.makeDirectory(above, true);
    this.#making(path, DIRECTORY_MODE, () => this.#files.makeDirectory(path, false));
  }

  remove(path: string, recursive: boolean): void {
    if (this.#files.stat(path, false) !== null) this.#demandChangeOf(path);
    this.#files.remove(path, recursive);
  }

  move(from: string, to: string): void {
    if (this.#files.stat(from, false) !== null) this.#demandChangeOf(from);
    if (this.#files.stat(to, false) !== null) this.#demandChangeOf(to);
    else this.#demand(parentOf(to), WRITE | PASS);
    this.#files.move(from, to);
  }

  chmod(path: string, mode: number): void {
    this.#demandOwner(path);
    this.#files.chmod(path, mode);
  }

  chown(path: string, uid: number, gid: number, follow: boolean): void {
    const stat = this.#files.stat(path, follow);
    const own = stat?.uid === this.#who.uid && stat.uid === uid;
    if (stat !== null && !isCapable(this.#who, "CHOWN") && !(own && this.#isIn(gid)))
      throw new FileFailure("EPERM");
    this.#files.chown(path, uid, gid, follow);
  }

  setChanged(path: string, time: number): void {
    const stat = this.#files.stat(path);
    if (stat !== null && !this.#allows(stat, WRITE)) this.#demandOwner(path);
    this.#files.setChanged(path, time);
  }

  /** Does what makes or fills a file; what is new is his who made it. `mode` is null where there is none, as of a link. */
  #making(path: string, mode: number | null, make: () => void): void {
    const present = this.#files.stat(path);
    if (present !== null) {
      if (!this.#files.isLazy(path)) this.#demand(path, WRITE);
      make();
      return;
    }
    const place = mode === null ? path : this.#placeOf(path);
    this.#demand(parentOf(place), WRITE | PASS);
    make();
    this.#files.chown(place, this.#who.uid, this.#who.gid, false);
    if (mode !== null) this.#files.chmod(place, mode & ~this.#mask);
  }

  /** Where a file is made: a link that leads to nothing yet says it. */
  #placeOf(path: string): string {
    let place = path;
    for (let links = 0; links < MAX_LINKS && this.#files.stat(place, false)?.kind === "symlink"; links++)
      place = resolvePath(parentOf(place), this.#files.readLink(place));
    return place;
  }

  /** What is taken from a directory must be one's own there, if the directory is sticky as /tmp is. */
  #demandChangeOf(path: string): void {
    const above = parentOf(path);
    this.#demand(above, WRITE | PASS);
    const directory = this.#files.stat(above);
    if (directory === null || (directory.mode & STICKY) === 0 || directory.uid === this.#who.uid) return;
    this.#demandOwner(path);
  }

  #demandOwner(path: string): void {
    const stat = this.#files.stat(path, false);
    if (stat !== null && stat.uid !== this.#who.uid && !isCapable(this.#who, "FOWNER"))
      throw new FileFailure("EPERM");
  }

  #demand(path: string, wish: number): void {
    this.#demandWay(path);
    const stat = this.#files.stat(path);
    if (stat !== null && !this.#allows(stat, wish)) throw new FileFailure("EACCES");
  }

  /** All directories on the way may be passed. */
  #demandWay(path: string): void {
    for (let at = path.indexOf("/", 1); at > 0; at = path.indexOf("/", at + 1)) {
      const stat = this.#files.stat(path.slice(0, at));
      if (stat?.kind === "directory" && !this.#allows(stat, PASS)) throw new FileFailure("EACCES");
    }
  }

  #allows({ uid, gid, mode }: FileStat, wish: number): boolean {
    if (isCapable(this.#who, "DAC_OVERRIDE")) return true;
    const shift = uid === this.#who.uid ? 6 : this.#isIn(gid) ? 3 : 0;
    return ((mode >> shift) & wish) === wish;
  }

  #isIn(gid: number): boolean {
    return gid === this.#who.gid || this.#who.groups.includes(gid);
  }
}

function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/")) || "/";
}
