import { openDatagrams } from "./datagrams.ts";
import { expandQuoted, expandWord, expandWords } from "./expand.ts";
import { FileFailure } from "./file-system.ts";
import type { Run } from "./process-table.ts";
import type { ShellState } from "./shell-state.ts";
import { deviceStream, fileInput, fileOutput, type Stream } from "./stream.ts";
import type { HereDocNode, RedirectionNode } from "./syntax.ts";

/**
 * Runs `body` with redirections in force and takes them back afterwards. A redirection that fails has printed its
 * error, and the status is 1.
 */
export function* withRedirections(
  state: ShellState,
  redirections: readonly RedirectionNode[],
  body: () => Run<number>,
): Run<number> {
  if (redirections.length === 0) return yield* body();
  const before = state.streams;
  state.streams = new Map(before);
  const opened: Stream[] = [];
  try {
    for (const redirection of redirections) {
      if (!(yield* redirect(state, redirection, opened))) return 1;
    }
    return yield* body();
  } finally {
    state.streams = before;
    for (const stream of opened) stream.release();
  }
}

/** As {@link withRedirections}, for good: `exec > file`. */
export function* redirectForGood(state: ShellState, redirections: readonly RedirectionNode[]): Run<boolean> {
  for (const redirection of redirections) if (!(yield* redirect(state, redirection, []))) return false;
  return true;
}

function put(state: ShellState, fd: number, stream: Stream, opened: Stream[]): void {
  stream.retain();
  opened.push(stream);
  state.streams.set(fd, stream);
}

function* redirect(state: ShellState, redirection: RedirectionNode, opened: Stream[]): Run<boolean> {
  const { operator, target } = redirection;
  const reads = operator.startsWith("<");
  const fd = redirection.fd ?? (redirection.fdVariable !== undefined ? freeDescriptor(state) : reads ? 0 : 1);
  if (redirection.fdVariable !== undefined) state.variables.set(redirection.fdVariable, `${fd}`);
  if (target.type === "HereDoc") {
    put(state, fd, fileInput(yield* hereDocument(state, target)), opened);
    return true;
  }
  if (operator === "<<<") {
    put(state, fd, fileInput(`${yield* expandWord(state, target)}\n`), opened);
    return true;
  }
  const words = yield* expandWords(state, [target]);
  if (words.length !== 1) {
    state.complain(`${words.join(" ")}: ambiguous redirect`);
    return false;
  }
  const word = words[0]!;
  if (operator === ">&" || operator === "<&") {
    if (word === "-") {
      state.streams.delete(fd);
      return true;
    }
    if (/^\d+-?$/.test(word)) {
      const source = state.stream(Number.parseInt(word, 10));
      if (source === null) {
        state.complain(`${Number.parseInt(word, 10)}: Bad file descriptor`);
        return false;
      }
      put(state, fd, source, opened);
      return true;
    }
    if (operator === "<&" || redirection.fd !== null) {
      state.complain(`${word}: ambiguous redirect`);
      return false;
    }
  }
  try {
    const stream = open(state, word, operator);
    put(state, fd, stream, opened);
    if (operator === "&>" || operator === "&>>" || (operator === ">&" && redirection.fd === null)) {
      put(state, 2, stream, opened);
    }
    return true;
  } catch (error) {
    if (!(error instanceof FileFailure)) throw error;
    state.complain(
      state.naming.kind === "ash" ? ashWords(word, operator, error) : `${word}: ${error.message}`,
    );
    return false;
  }
}

/** How busybox's shell says that a file cannot be opened. */
function ashWords(word: string, operator: RedirectionNode["operator"], error: FileFailure): string {
  if (operator === "<")
    return `can't open ${word}: ${error.code === "ENOENT" ? "no such file" : error.message}`;
  const nowhere = error.code === "ENOENT" || error.code === "ENOTDIR";
  return `can't create ${word}: ${nowhere ? "nonexistent directory" : error.message}`;
}

function freeDescriptor(state: ShellState): number {
  let fd = 10;
  while (state.streams.has(fd)) fd++;
  return fd;
}

function open(state: ShellState, word: string, operator: RedirectionNode["operator"]): Stream {
  const path = state.path(word);
  const device = openDevice(state, path);
  if (device !== null) return device;
  const files = state.files;
  if (operator === "<") return fileInput(files.read(path));
  if (operator === "<>") {
    if (files.stat(path) === null) files.write(path, "");
    const output = fileOutput(files, path, true);
    return { ...fileInput(files.read(path)), write: output.write };
  }
  if (files.stat(path)?.kind === "directory") throw new FileFailure("EISDIR");
  if (files.isLazy(path) && state.machine.readOnlySysctls && /^\/(?:proc\/)?sys\//.test(path))
    throw new FileFailure("EROFS");
  if (
    state.options.has("noclobber") &&
    (operator === ">" || operator === "&>") &&
    files.stat(path) !== null
  ) {
    throw new FileFailure("EEXIST", "cannot overwrite existing file");
  }
  return fileOutput(files, path, operator === ">>" || operator === "&>>");
}

function openDevice(state: ShellState, path: string): Stream | null {
  const descriptor =
    path === "/dev/stdin" ? 0 : path === "/dev/stdout" ? 1 : path === "/dev/stderr" ? 2 : null;
  const fd = descriptor ?? (/^\/dev\/fd\/\d+$/.test(path) ? Number(path.slice(8)) : null);
  if (fd !== null) {
    const stream = state.stream(fd);
    if (stream === null) throw new FileFailure("ENOENT");
    return stream;
  }
  const device = deviceStream(path);
  if (device !== null) return device;
  const socket = /^\/dev\/(udp|tcp)\/([^/]+)\/([^/]+)$/.exec(path);
  if (socket === null) return null;
  if (socket[1] === "tcp") throw new FileFailure("EINVAL", "/dev/tcp is not simulated: only /dev/udp is");
  return openDatagrams(state, socket[2]!, socket[3]!);
}

function* hereDocument(state: ShellState, node: HereDocNode): Run<string> {
  let word = node.content;
  if (node.stripTabs) {
    // Tabs go away at the beginning of each line of the source, before anything is expanded.
    let atStart = true;
    const parts = word.parts.map((part) => {
      if (part.type !== "Literal") {
        atStart = false;
        return part;
      }
      const value = (atStart ? part.value.replace(/^\t+/, "") : part.value).replace(/\n\t+/g, "\n");
      atStart = part.value.endsWith("\n");
      return { ...part, value };
    });
    word = { ...word, parts };
  }
  if (node.quoted) return word.parts.map((part) => ("value" in part ? part.value : "")).join("");
  return yield* expandQuoted(state, word);
}
