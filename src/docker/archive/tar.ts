import * as utf8 from "../../wire/utf8.ts";
import type { ArchivedFile } from "../api/archive-types.ts";

/** A header and each file's content fill whole blocks; two empty ones are the end (POSIX.1-1988 ustar, tar(5)). */
const BLOCK = 512;
const KINDS = { file: "0", symlink: "2", directory: "5" } as const;

/** Field places in a header: where each begins, and its length. */
const NAME = [0, 100] as const;
const MODE = [100, 8] as const;
const UID = [108, 8] as const;
const GID = [116, 8] as const;
const SIZE = [124, 12] as const;
const TIME = [136, 12] as const;
const SUM = [148, 8] as const;
const KIND = 156;
const LINK = [157, 100] as const;
const MAGIC = [257, 8] as const;
const PREFIX = [345, 155] as const;

type Field = readonly [start: number, length: number];

/** An archive that is none, or ends too early: Go's words. */
export class TarFailure extends Error {
  override readonly name = "TarFailure";
}

const INVALID = (): TarFailure => new TarFailure("archive/tar: invalid tar header");

/** Nanoseconds of virtual time as seconds since 1970, and back. */
interface TarClock {
  readonly seconds: (changed: number) => number;
  readonly changed: (seconds: number) => number;
}

/** The bytes of an archive. */
export function writeTar(files: readonly ArchivedFile[], clock: TarClock): Uint8Array {
  const parts: Uint8Array[] = [];
  for (const file of files) {
    const content =
      file.kind !== "file"
        ? new Uint8Array(0)
        : typeof file.content === "string"
          ? utf8.encode(file.content)
          : file.content;
    parts.push(headerOf(file, content.length, clock), content);
    const rest = content.length % BLOCK;
    if (rest > 0) parts.push(new Uint8Array(BLOCK - rest));
  }
  parts.push(new Uint8Array(2 * BLOCK));
  return joined(parts);
}

function headerOf(file: ArchivedFile, size: number, clock: TarClock): Uint8Array {
  const header = new Uint8Array(BLOCK);
  const put = ([start, length]: Field, text: string): void =>
    header.set(utf8.encode(text).subarray(0, length), start);
  const number = (field: Field, value: number): void =>
    put(field, `${value.toString(8).padStart(field[1] - 1, "0")}\0`);
  const name = file.kind === "directory" ? `${file.path}/` : file.path;
  // A long name is cut at a slash, and its beginning stands elsewhere.
  const cut = name.length > NAME[1] ? name.indexOf("/", name.length - NAME[1] - 1) : -1;
  put(NAME, cut < 0 ? name : name.slice(cut + 1));
  if (cut >= 0) put(PREFIX, name.slice(0, cut));
  number(MODE, file.mode & 0o7777);
  number(UID, file.uid);
  number(GID, file.gid);
  number(SIZE, size);
  number(TIME, clock.seconds(file.changed));
  header[KIND] = KINDS[file.kind].charCodeAt(0);
  if (file.kind === "symlink") put(LINK, String(file.content));
  put(MAGIC, "ustar\x0000");
  put(SUM, `${sumOf(header).toString(8).padStart(6, "0")}\0 `);
  return header;
}

/** The sum of a header's bytes, of which those of the sum itself count as blanks. */
function sumOf(header: Uint8Array): number {
  const [start, length] = SUM;
  return header.reduce((sum, byte, at) => sum + (at >= start && at < start + length ? 0x20 : byte), 0);
}

/** What is in an archive. @throws {TarFailure} */
export function readTar(bytes: Uint8Array, clock: TarClock): ArchivedFile[] {
  const files: ArchivedFile[] = [];
  for (let at = 0; at + BLOCK <= bytes.length; ) {
    const header = bytes.subarray(at, at + BLOCK);
    if (header.every((byte) => byte === 0)) return files;
    const text = ([start, length]: Field): string => {
      const field = header.subarray(start, start + length);
      const end = field.indexOf(0);
      return utf8.decode(end < 0 ? field : field.subarray(0, end));
    };
    const number = (field: Field): number => {
      const digits = text(field).trim();
      if (!/^[0-7]*$/.test(digits)) throw INVALID();
      return digits === "" ? 0 : Number.parseInt(digits, 8);
    };
    if (!text(MAGIC).startsWith("ustar") || number(SUM) !== sumOf(header)) throw INVALID();
    const size = number(SIZE);
    const start = at + BLOCK;
    if (start + size > bytes.length) throw new TarFailure("unexpected EOF");
    const letter = String.fromCharCode(header[KIND]!);
    const prefix = text(PREFIX);
    const path = `${prefix === "" ? "" : `${prefix}/`}${text(NAME)}`.replace(/^\/+|\/+$/g, "");
    const common = {
      path: path === "" ? "." : path.replace(/^\.\/(?=.)/, ""),
      mode: number(MODE),
      uid: number(UID),
      gid: number(GID),
      changed: clock.changed(number(TIME)),
    };
    if (letter === KINDS.directory) files.push({ ...common, kind: "directory", content: "" });
    else if (letter === KINDS.symlink) files.push({ ...common, kind: "symlink", content: text(LINK) });
    else if (letter === KINDS.file || letter === "\0")
      files.push({ ...common, kind: "file", content: textOrBytes(bytes.slice(start, start + size)) });
    at = start + Math.ceil(size / BLOCK) * BLOCK;
  }
  if (bytes.length % BLOCK !== 0) throw new TarFailure("unexpected EOF");
  return files;
}

/** Text is kept as text, so that tools find it so. */
function textOrBytes(bytes: Uint8Array): string | Uint8Array {
  const text = utf8.decode(bytes);
  return text.includes("\ufffd") ? bytes : text;
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
