/** What went wrong with a path, in the words of `strerror`. */
export class FileFailure extends Error {
  override readonly name = "FileFailure";
  readonly code: FileErrno;

  constructor(code: FileErrno, words: string = WORDS[code]) {
    super(words);
    this.code = code;
  }
}

const WORDS = {
  ENOENT: "No such file or directory",
  EISDIR: "Is a directory",
  ENOTDIR: "Not a directory",
  EEXIST: "File exists",
  EACCES: "Permission denied",
  ENOTEMPTY: "Directory not empty",
  EINVAL: "Invalid argument",
  ELOOP: "Too many levels of symbolic links",
  EPERM: "Operation not permitted",
  EROFS: "Read-only file system",
  EBUSY: "Device or resource busy",
} as const;
type FileErrno = keyof typeof WORDS;

/** The words of `strerror` for the name of an error: `ENOENT`; null when no path fails with it. */
export function errnoWords(name: string): string | null {
  return Object.hasOwn(WORDS, name) ? WORDS[name as FileErrno] : null;
}

/** So many symbolic links lead to a file at the most. */
export const MAX_LINKS = 40;

export interface FileStat {
  /** The thing itself, of which two names may tell; null for what is made at each look, as in /proc. */
  readonly self: object | null;
  readonly kind: "file" | "directory" | "symlink";
  readonly mode: number;
  /** How many names it has: a directory one for each directory in it besides. */
  readonly links: number;
  /** Whose it is: a user, and a group. */
  readonly uid: number;
  readonly gid: number;
  /** In bytes; a lazy file has 0, as in /proc. */
  readonly size: number;
  /** Virtual nanoseconds. */
  readonly changed: number;
}

/** The files of one host, as the processes of one network namespace see them. All paths are absolute and tidy. */
export interface FileSystem {
  /** The same files for whoever has opened one already: rights are asked for once. */
  readonly opened: FileSystem;
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
  /** Gives a file, or with `follow` false a link itself, to somebody. */
  chown(path: string, uid: number, gid: number, follow: boolean): void;
  /** Says when a file was changed, in virtual nanoseconds. */
  setChanged(path: string, time: number): void;
  move(from: string, to: string): void;
  /** True if the text is made at the moment of reading, as in /proc. */
  isLazy(path: string): boolean;
}
