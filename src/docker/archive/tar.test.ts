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
