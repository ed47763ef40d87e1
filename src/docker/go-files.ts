import type { WholeFiles } from "../programs/program-context.ts";
import { DaemonError } from "./api/daemon-error.ts";

/** Whether a file or directory failed, as whoever keeps the files says it: an Error of that name, with strerror's words. */
export function isFileFailure(error: unknown): error is Error {
  return error instanceof Error && error.name === "FileFailure";
}

/** Words of an error of a file as Go has them: in small letters. */
export function goWords({ message }: Error): string {
  return message.charAt(0).toLowerCase() + message.slice(1);
}

/**
 * Files whose failures are told as Go's os package tells them: `open /etc/x: permission denied`.
 * @param tell makes what is thrown of such words
 */
export function goFiles(files: WholeFiles, tell: (words: string) => Error): WholeFiles {
  const told = <T>(call: string, path: string, act: () => T): T => {
    try {
      return act();
    } catch (error) {
      if (!isFileFailure(error)) throw error;
      const words = goWords(error);
      // A directory can be opened, and not be read.
      const failed = call === "read" && words !== "is a directory" ? "open" : call;
      throw tell(`${failed} ${path}: ${words}`);
    }
  };
  return {
    read: (path) => told("read", path, () => files.read(path)),
    readBytes: (path) => told("read", path, () => files.readBytes(path)),
    write: (path, content) => told("open", path, () => files.write(path, content)),
    append: (path, text) => told("open", path, () => files.append(path, text)),
    list: (path) => told("open", path, () => files.list(path)),
    stat: (path, follow) => told("stat", path, () => files.stat(path, follow)),
    makeDirectory(path, parents) {
      // MkdirAll names what stands in its way.
      const wall = parents ? prefixesOf(path).find((one) => files.stat(one)?.kind === "file") : undefined;
      if (wall !== undefined) throw tell(`mkdir ${wall}: not a directory`);
      told("mkdir", path, () => files.makeDirectory(path, parents));
    },
    remove: (path, recursive) => told("unlinkat", path, () => files.remove(path, recursive)),
    link: (target, path) => told("symlink", `${target} ${path}`, () => files.link(target, path)),
    readLink: (path) => told("readlink", path, () => files.readLink(path)),
    chmod: (path, mode) => told("chmod", path, () => files.chmod(path, mode)),
  };
}

/** `/a`, `/a/b` and `/a/b/c` of the last of them. */
function prefixesOf(path: string): string[] {
  const parts = path.split("/").filter((part) => part !== "");
  return parts.map((_, at) => `/${parts.slice(0, at + 1).join("/")}`);
}

/** @throws {DaemonError} for files that cannot be laid where they belong */
export function unpacking<T>(act: () => T): T {
  try {
    return act();
  } catch (error) {
    if (!isFileFailure(error)) throw error;
    throw new DaemonError(500, `Error processing tar file(exit status 1): ${goWords(error)}`);
  }
}
