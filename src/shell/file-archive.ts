import { resolvePath } from "../base/path.ts";
import type { ArchivedFile, FileChange, FileLayer } from "../docker/api/archive-types.ts";
import { type DirectoryNode, type Node, sizeOf } from "./file-node.ts";
import { FileFailure } from "./file-system.ts";
import type { FileTree } from "./file-tree.ts";

const CHANGED = 0;
const ADDED = 1;
const DELETED = 2;

/** What is kept apart of a tree since it was sealed; what is mounted over it is no part of it. */
export function changesOf(tree: FileTree): FileChange[] {
  return changesBelow(tree, "", tree.root);
}

function changesBelow(tree: FileTree, path: string, directory: DirectoryNode): FileChange[] {
  const { entries, gone } = directory;
  const found: FileChange[] = [];
  for (const name of [...new Set([...entries.keys(), ...gone])].sort()) {
    const node = entries.get(name);
    const place = `${path}/${name}`;
    if (node === undefined) {
      found.push({ Path: place, Kind: DELETED });
      continue;
    }
    const below = node.kind === "directory" ? changesBelow(tree, place, node) : [];
    if (!node.isLower) found.push({ Path: place, Kind: gone.has(name) ? CHANGED : ADDED });
    else if (node.isAltered || below.length > 0) found.push({ Path: place, Kind: CHANGED });
    found.push(...below);
  }
  return found;
}

/** The changed files of a tree themselves. */
export function layerOf(tree: FileTree): FileLayer {
  const files: ArchivedFile[] = [];
  const gone: string[] = [];
  let size = 0;
  for (const { Path, Kind } of changesOf(tree)) {
    if (Kind === DELETED) {
      gone.push(Path);
      continue;
    }
    const file = archived(tree.findCovered(Path)!, Path.slice(1));
    files.push(file);
    if (file.kind === "file") size += sizeOf(file.content);
  }
  return { files, gone, size };
}

/** All files of a tree, without what is mounted over it. */
export function everyFile(tree: FileTree): ArchivedFile[] {
  return below(tree.root, "");
}

/** What is at a path, under no name of its own. @throws {FileFailure} */
export function fileAt(tree: FileTree, path: string): ArchivedFile {
  const node = tree.find(path, false);
  if (node === null) throw new FileFailure("ENOENT");
  return archived(node, ".");
}

/** What is at a path and below, named as its last part, or `.` for the place itself; through what is mounted there. */
export function archiveOf(tree: FileTree, path: string, name: string): ArchivedFile[] {
  const node = tree.find(path, false);
  if (node === null) throw new FileFailure("ENOENT");
  return [archived(node, name), ...(node.kind === "directory" ? below(node, name) : [])];
}

function below(directory: DirectoryNode, path: string): ArchivedFile[] {
  const files: ArchivedFile[] = [];
  for (const [name, node] of [...directory.entries].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const place = path === "" ? name : `${path}/${name}`;
    files.push(archived(node, place), ...(node.kind === "directory" ? below(node, place) : []));
  }
  return files;
}

function archived(node: Node, path: string): ArchivedFile {
  const { kind, mode, uid, gid, changed } = node;
  const content = node.kind === "file" ? node.content : node.kind === "symlink" ? node.target : "";
  return { path, kind, mode, uid, gid, changed, content };
}

/** Lays files into a directory of a tree, over what is there. */
export function extractInto(tree: FileTree, directory: string, files: readonly ArchivedFile[]): void {
  for (const file of files) {
    // A name leads out of the directory at most to the root.
    const path = resolvePath(directory, file.path.replace(/^\/+/, ""));
    const present = tree.stat(path, false);
    if (present !== null && present.kind !== file.kind && file.path !== ".") tree.remove(path, true);
    if (file.kind === "directory") tree.makeDirectory(path, true);
    else {
      tree.makeDirectory(path.slice(0, path.lastIndexOf("/")) || "/", true);
      if (file.kind === "file") tree.write(path, file.content);
      else {
        if (present?.kind === "symlink") tree.remove(path, false);
        tree.link(String(file.content), path);
      }
    }
    if (file.path === "." || path === "/") continue;
    if (file.kind !== "symlink") tree.chmod(path, file.mode);
    tree.chown(path, file.uid, file.gid, false);
    if (file.kind !== "symlink") tree.setChanged(path, file.changed);
  }
}
