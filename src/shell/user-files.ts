import { FileFailure, type FileSystem } from "./file-system.ts";

const WORLD_WRITES = 0o002;

/**
 * The files of a system as somebody sees them who is not root: he reads all, and changes what is his own or what everybody
 * may change.
 * @param owned the paths that he has made, which grows
 */
export function filesOfUser(files: FileSystem, owned: Set<string>): FileSystem {
  const mayChange = (path: string): boolean => {
    const stat = files.stat(path);
    return stat === null ? mayFill(parentOf(path)) : owned.has(path) || (stat.mode & WORLD_WRITES) !== 0;
  };
  const mayFill = (directory: string): boolean =>
    owned.has(directory) || ((files.stat(directory)?.mode ?? WORLD_WRITES) & WORLD_WRITES) !== 0;
  const demand = (allowed: boolean): void => {
    if (!allowed) throw new FileFailure("EACCES");
  };
  const making = (path: string, make: () => void): void => {
    const fresh = files.stat(path) === null;
    demand(mayChange(path) || files.isLazy(path));
    make();
    if (fresh) owned.add(path);
  };
  return {
    read: (path) => files.read(path),
    readBytes: (path) => files.readBytes(path),
    list: (path) => files.list(path),
    stat: (path, follow) => files.stat(path, follow),
    readLink: (path) => files.readLink(path),
    isLazy: (path) => files.isLazy(path),
    write: (path, content) => making(path, () => files.write(path, content)),
    append: (path, text) => making(path, () => files.append(path, text)),
    makeDirectory: (path, parents) => {
      if (files.stat(path) !== null) files.makeDirectory(path, parents);
      else {
        let there = path;
        while (files.stat(parentOf(there)) === null) there = parentOf(there);
        demand(mayFill(parentOf(there)));
        files.makeDirectory(path, parents);
        for (let made = path; made !== parentOf(there); made = parentOf(made)) owned.add(made);
      }
    },
    remove: (path, recursive) => {
      demand(files.stat(path, false) === null || mayFill(parentOf(path)));
      files.remove(path, recursive);
      owned.delete(path);
    },
    link: (target, path) => making(path, () => files.link(target, path)),
    chmod: (path, mode) => {
      if (files.stat(path) !== null && !owned.has(path)) throw new FileFailure("EPERM");
      files.chmod(path, mode);
    },
    move: (from, to) => {
      demand(mayFill(parentOf(from)) && mayFill(parentOf(to)));
      files.move(from, to);
      owned.add(to);
    },
  };
}

function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/")) || "/";
}
