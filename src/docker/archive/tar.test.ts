import { expect, test } from "vitest";
import type { ArchivedFile } from "../api/archive-types.ts";
import { readTar, TarFailure, writeTar } from "./tar.ts";

const clock = {
  seconds: (changed: number): number => changed,
  changed: (seconds: number): number => seconds,
};

function file(path: string, content: string | Uint8Array, more: Partial<ArchivedFile> = {}): ArchivedFile {
  return { path, kind: "file", mode: 0o644, uid: 5, gid: 6, changed: 1_700_000_000, content, ...more };
}

test("what is written into an archive is read from it", () => {
  const deep = `${"directory/".repeat(15)}name`;
  const files = [
    file(".", "", { kind: "directory", mode: 0o755 }),
    file("data", "", { kind: "directory", mode: 0o1777 }),
    file("data/a", "text\n"),
    file("data/empty", ""),
    file("data/ü", "ä".repeat(400)),
    file(
      "data/bytes",
      Uint8Array.from({ length: 1025 }, (_, at) => (at * 7) & 255),
    ),
    file("data/link", "/etc/hosts", { kind: "symlink", mode: 0o777 }),
    file(deep, "far"),
  ];
  const bytes = writeTar(files, clock);
  expect(bytes.length % 512).toBe(0);
  expect(readTar(bytes, clock)).toEqual(files);
});

test("an archive that is none, or ends too early, is refused", () => {
  const whole = writeTar([file("a", "x".repeat(600))], clock);
  expect(() => readTar(whole.subarray(0, 1024), clock)).toThrow(TarFailure);
  expect(() => readTar(new Uint8Array(512).fill(65), clock)).toThrow(TarFailure);
  expect(readTar(new Uint8Array(0), clock)).toEqual([]);
});

test("a header whose sum or numbers are wrong is refused, also a size that would lead backwards", () => {
  const damage = (at: number, text: string, sums: boolean): Uint8Array => {
    const bytes = writeTar([file("a", "x")], clock);
    bytes.set(new TextEncoder().encode(text), at);
    bytes.fill(0x20, 148, 156);
    const sum = bytes.subarray(0, 512).reduce((total, byte) => total + byte, 0) + (sums ? 0 : 1);
    bytes.set(new TextEncoder().encode(`${sum.toString(8).padStart(6, "0")}\0 `), 148);
    return bytes;
  };
  expect(readTar(damage(0, "b", true), clock)).toMatchObject([{ path: "b" }]);
  expect(() => readTar(damage(0, "b", false), clock)).toThrow("archive/tar: invalid tar header");
  expect(() => readTar(damage(124, "-0000001000\0", true), clock)).toThrow("archive/tar: invalid tar header");
  expect(() => readTar(damage(124, "0000000009\0\0", true), clock)).toThrow(
    "archive/tar: invalid tar header",
  );
});

test("names and links that have no room in a header are kept whole", () => {
  const long = "n".repeat(120);
  const files = [
    file(long, "name"),
    file(`${"d".repeat(160)}/line\nx`, "directory"),
    file(`${"ä".repeat(60)}/${"ö".repeat(40)}`, "letters of two bytes"),
    file("l", `/${"way/".repeat(40)}`, { kind: "symlink" }),
    file(`${long}/${long}`, `${long}=`, { kind: "symlink" }),
    file(`${long}/`.repeat(3).slice(0, -1), "", { kind: "directory" }),
    file("after", "short again"),
  ];
  expect(readTar(writeTar(files, clock), clock)).toEqual(files);
});

test("what other tools write is read: names that begin with ./, and the files of archives from before POSIX", () => {
  const [dot] = readTar(writeTar([file("./data/a", "x")], clock), clock);
  expect(dot!.path).toBe("data/a");
  const old = writeTar([file("a", "x")], clock);
  // The letter that tells the kind was 0 then; the sum is less by as much.
  old[156] = 0;
  const sum = old
    .subarray(0, 512)
    .reduce((total, byte, at) => total + (at >= 148 && at < 156 ? 32 : byte), 0);
  old.set(new TextEncoder().encode(`${sum.toString(8).padStart(6, "0")}\0 `), 148);
  expect(readTar(old, clock)).toMatchObject([{ path: "a", kind: "file", content: "x" }]);
});

test("an archive that ends within a header is one that ends too early", () => {
  const whole = writeTar([file("a", "x")], clock);
  expect(() => readTar(whole.subarray(0, 2 * 512 + 100), clock)).toThrow("unexpected EOF");
  // Without the empty blocks at its end it is whole all the same.
  expect(readTar(whole.subarray(0, 2 * 512), clock)).toHaveLength(1);
});
