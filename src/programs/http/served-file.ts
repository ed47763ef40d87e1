import { EPOCH_SECONDS, SECOND } from "../../sim/time.ts";
import * as utf8 from "../../wire/utf8.ts";
import type { ProgramFiles } from "../program-context.ts";

/** A file as a server of HTTP reads it. */
export interface ServedFile {
  readonly content: Uint8Array;
  /** Its last change, in seconds since 1970. */
  readonly changed: number;
}

/** The file of that path, symbolic links followed; null if there is none, or if it is something else. */
export function readServedFile(files: ProgramFiles, path: string): ServedFile | null {
  const stat = files.stat(path);
  if (stat?.kind !== "file") return null;
  const content = files.readBytes(path);
  return {
    content: typeof content === "string" ? utf8.encode(content) : content,
    changed: EPOCH_SECONDS + Math.floor(stat.changed / SECOND),
  };
}
