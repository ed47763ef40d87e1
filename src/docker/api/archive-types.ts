/** A file, directory or symbolic link as an archive carries it (tar(5)). */
export interface ArchivedFile {
  /** Relative: `data/a`; `.` is the place itself that the archive is laid into. */
  readonly path: string;
  readonly kind: "file" | "directory" | "symlink";
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Virtual nanoseconds. */
  readonly changed: number;
  /** What is in a file, or where a link leads; of a directory nothing. */
  readonly content: string | Uint8Array;
}

/** What changed in a container's files since they were its image's (GET /containers/NAME/changes). */
export interface FileChange {
  Path: string;
  /** 0: changed, 1: added, 2: deleted. */
  Kind: 0 | 1 | 2;
}

/** What a container has made of its image's files: a layer of a further image. */
export interface FileLayer {
  readonly files: readonly ArchivedFile[];
  /** Paths that are no longer there. */
  readonly gone: readonly string[];
  /** What is in its files, in bytes. */
  readonly size: number;
}

/** What is at a path in a container (HEAD /containers/NAME/archive). */
export interface PathStat {
  readonly name: string;
  readonly kind: ArchivedFile["kind"];
  /** Where a link leads; else empty. */
  readonly linkTarget: string;
}

/** What `docker commit` says about the new image. */
export interface CommitRequest {
  readonly container: string;
  readonly repository: string;
  readonly author: string;
  readonly comment: string;
  /** Lines of a Dockerfile. */
  readonly changes: readonly string[];
  readonly pause: boolean;
}

/** A line of GET /images/NAME/history, the newest first. */
export interface HistoryLine {
  Id: string;
  /** Seconds since 1970. */
  Created: number;
  CreatedBy: string;
  Tags: string[] | null;
  Size: number;
  Comment: string;
}
