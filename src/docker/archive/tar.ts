import * as utf8 from "../../wire/utf8.ts";
import type { ArchivedFile } from "../api/archive-types.ts";

/** A header and each file's content fill whole blocks; two empty ones are the end (POSIX.1-1988 ustar, tar(5)). */
const BLOCK = 512;
const KINDS = { file: "0", symlink: "2", directory: "5" } as const;
/** Regular files of archives from before POSIX. */
const OLD_FILE = "\0";
/** No file, but what the header of the next one has no room for (POSIX.1-2001 pax). */
const EXTENDED = "x";

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
  const add = (header: Header, content: Uint8Array): void => {
    parts.push(headerOf(header, content.length), content);
    const rest = content.length % BLOCK;
    if (rest > 0) parts.push(new Uint8Array(BLOCK - rest));
  };
  for (const file of files) {
    const name = file.kind === "directory" ? `${file.path}/` : file.path;
    const link = file.kind === "symlink" ? String(file.content) : "";
    const place = placeOf(name);
    const seconds = clock.seconds(file.changed);
    const common = { ...(place ?? { name, prefix: "" }), link, seconds };
    const records =
      (place === null ? record("path", name) : "") +
      (lengthOf(link) > LINK[1] ? record("linkpath", link) : "");
    if (records !== "") {
      const base = file.path.slice(file.path.lastIndexOf("/") + 1);
      const shown = { name: `PaxHeaders.0/${base}`, prefix: "", link: "", seconds: 0 };
      add({ ...shown, mode: 0, uid: 0, gid: 0, letter: EXTENDED }, utf8.encode(records));
    }
    const { mode, uid, gid, kind } = file;
    add({ ...common, mode, uid, gid, letter: KINDS[kind] }, contentOf(file));
  }
  parts.push(new Uint8Array(2 * BLOCK));
  return joined(parts);
}

function contentOf({ kind, content }: ArchivedFile): Uint8Array {
  if (kind !== "file") return new Uint8Array(0);
  return typeof content === "string" ? utf8.encode(content) : content;
}

function lengthOf(text: string): number {
  return utf8.encode(text).length;
}

/** A long name is cut at a slash, and its beginning stands elsewhere; null where that does not help. */
function placeOf(name: string): { readonly name: string; readonly prefix: string } | null {
  if (lengthOf(name) <= NAME[1]) return { name, prefix: "" };
  for (let cut = name.indexOf("/"); cut >= 0; cut = name.indexOf("/", cut + 1)) {
    const [prefix, rest] = [name.slice(0, cut), name.slice(cut + 1)];
    if (rest !== "" && lengthOf(rest) <= NAME[1] && lengthOf(prefix) <= PREFIX[1])
      return { name: rest, prefix };
  }
  return null;
}

/** `LENGTH KEY=VALUE` and the end of the line: the length is that of the whole record, itself included. */
function record(key: string, value: string): string {
  const rest = ` ${key}=${value}\n`;
  let length = lengthOf(rest);
  while (length !== lengthOf(`${length}${rest}`)) length = lengthOf(`${length}${rest}`);
  return `${length}${rest}`;
}

/** What a header says besides how long the content is. What is too long for its field is cut. */
interface Header {
  readonly name: string;
  readonly prefix: string;
  readonly link: string;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly seconds: number;
  readonly letter: string;
}

function headerOf(fields: Header, size: number): Uint8Array {
  const header = new Uint8Array(BLOCK);
  const put = ([start, length]: Field, text: string): void =>
    header.set(utf8.encode(text).subarray(0, length), start);
  const number = (field: Field, value: number): void =>
    put(field, `${value.toString(8).padStart(field[1] - 1, "0")}\0`);
  put(NAME, fields.name);
  put(PREFIX, fields.prefix);
  number(MODE, fields.mode & 0o7777);
  number(UID, fields.uid);
  number(GID, fields.gid);
  number(SIZE, size);
  number(TIME, fields.seconds);
  header[KIND] = fields.letter.charCodeAt(0);
  put(LINK, fields.link);
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
  let extended: ReadonlyMap<string, string> = new Map();
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
    const content = bytes.slice(start, start + size);
    const prefix = text(PREFIX);
    const name = extended.get("path") ?? `${prefix === "" ? "" : `${prefix}/`}${text(NAME)}`;
    const path = name.replace(/^\/+|\/+$/g, "");
    const common = {
      path: path === "" ? "." : path.replace(/^\.\/(?=.)/, ""),
      mode: number(MODE),
      uid: number(UID),
      gid: number(GID),
      changed: clock.changed(number(TIME)),
    };
    if (letter === KINDS.directory) files.push({ ...common, kind: "directory", content: "" });
    else if (letter === KINDS.symlink)
      files.push({ ...common, kind: "symlink", content: extended.get("linkpath") ?? text(LINK) });
    else if (letter === KINDS.file || letter === OLD_FILE)
      files.push({ ...common, kind: "file", content: textOrBytes(content) });
    extended = letter === EXTENDED ? recordsOf(content) : new Map();
    at = start + Math.ceil(size / BLOCK) * BLOCK;
  }
  if (bytes.length % BLOCK !== 0) throw new TarFailure("unexpected EOF");
  return files;
}

/** @throws {TarFailure} */
function recordsOf(bytes: Uint8Array): ReadonlyMap<string, string> {
  const records = new Map<string, string>();
  for (let at = 0; at < bytes.length; ) {
    const length = Number.parseInt(utf8.decode(bytes.subarray(at, at + 20)), 10);
    const [, key, value] = /^\d+ ([^=]*)=(.*)\n$/s.exec(utf8.decode(bytes.subarray(at, at + length))) ?? [];
    if (key === undefined || value === undefined) throw INVALID();
    records.set(key, value);
    at += length;
  }
  return records;
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
