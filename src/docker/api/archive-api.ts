import type { ArchivedFile, CommitRequest, FileChange, HistoryLine, PathStat } from "./archive-types.ts";

/** What the Engine API says and does about the files of containers and images. @throws {DaemonError} in the engine's words */
export interface ArchiveApi {
  /** GET /containers/NAME/changes */
  containerChanges(ref: string): readonly FileChange[];
  /** HEAD /containers/NAME/archive: what is at a path. 404 where there is nothing */
  pathStat(ref: string, path: string): PathStat;
  /** GET /containers/NAME/archive: what is at a path and below, named as its last part; `dir/.` is named `.` */
  containerArchive(ref: string, path: string): readonly ArchivedFile[];
  /** PUT /containers/NAME/archive: lays files into a directory */
  containerExtract(ref: string, directory: string, files: readonly ArchivedFile[]): void;
  /** GET /containers/NAME/export: all files, without those of volumes */
  containerExport(ref: string): readonly ArchivedFile[];
  /** POST /commit: the new image's id */
  commit(request: CommitRequest): string;
  /** GET /images/NAME/history */
  imageHistory(ref: string): readonly HistoryLine[];
  /** GET /images/get */
  imageSave(refs: readonly string[]): readonly ArchivedFile[];
  /** POST /images/load: the lines that the engine says */
  imageLoad(files: readonly ArchivedFile[]): readonly string[];
  /** POST /images/create?fromSrc: the new image's id */
  imageImport(
    files: readonly ArchivedFile[],
    options: {
      readonly repository: string;
      readonly comment: string;
      readonly changes: readonly string[];
      readonly from: string;
    },
  ): string;
}
