import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { describe, expect, test } from "vitest";
import { FLOORS, houseViolations, type SourceFile } from "./house-rules.ts";
import { unusedExports } from "./unused-exports.ts";

const top: string = join(import.meta.dirname, "..");

function filesUnder(folder: string): SourceFile[] {
  if (!existsSync(join(top, folder))) return [];
  return readdirSync(join(top, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(ts|js|mjs)$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => ({ path: relative(top, path).split(sep).join("/"), text: readFileSync(path, "utf8") }));
}

function problems(path: string, text: string): string[] {
  return houseViolations([{ path, text }]);
}

const files: readonly SourceFile[] = ["src", "test", "bench"].flatMap(filesUnder);

/** All files are parsed: on a busy machine that takes its time, in milliseconds. */
const PATIENCE = 240_000;

test("the house keeps its own rules", { timeout: PATIENCE }, () => {
  expect(files.map((file) => file.path)).toContain("src/base/assert.ts");
  const found = houseViolations(files);
  expect(found, `\n${found.join("\n")}\n`).toEqual([]);
});

test("what a file exports, another imports", { timeout: PATIENCE }, () => {
  const found = unusedExports(files);
  expect(found, `\n${found.join("\n")}\n`).toEqual([]);
});

test("the architecture has a row for each room, and says its floor", () => {
  const text = readFileSync(join(top, "docs/architecture.md"), "utf8");
  const rows = [...text.matchAll(/^\| (\d+) \| `(\w+)` \|/gm)].map((row) => `${row[1]} ${row[2]}`);
  const rooms = readdirSync(join(top, "src"), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== "cli")
    .map((entry) => `${FLOORS.findIndex((floor) => floor.includes(entry.name))} ${entry.name}`);
  expect(rows.sort()).toEqual(rooms.sort());
});

describe("a planted violation is found:", () => {
  test("an import from a higher floor", () => {
    expect(problems("src/sim/x.ts", 'import { Bridge } from "../bridge/bridge.ts";\n')).toEqual([
      "src/sim/x.ts:1 imports ../bridge/bridge.ts: room sim (floor 2) may import only base, wire, control",
    ]);
  });

  test("device rooms and rooms of one floor import each other", () => {
    expect(problems("src/vxlan/x.ts", 'import type { Fdb } from "../bridge/fdb.ts";')).toHaveLength(1);
    expect(problems("src/netfilter/x.ts", 'import { a } from "../ipvs/a.ts";')).toHaveLength(1);
    expect(problems("src/capture/x.ts", 'import { a } from "../net/a.ts";')).toHaveLength(1);
  });

  test("an import that hides in import(), in export from, or in a type", () => {
    expect(problems("src/base/x.ts", 'export const x = () => import("../lab/lab.ts");')).toHaveLength(1);
    expect(problems("src/base/x.ts", 'export { a } from "../lab/lab.ts";')).toHaveLength(1);
    expect(problems("src/base/x.ts", 'export type A = import("../lab/lab.ts").Lab;')).toHaveLength(1);
    expect(problems("src/base/x.ts", "export const x = (n: string) => import(n);")).toHaveLength(1);
  });

  test("a room that nobody knows", () => {
    expect(problems("src/misc/x.ts", "")).toEqual([
      'src/misc/x.ts lies in "misc", which is no room of test/house-rules.ts',
    ]);
    expect(problems("src/lab/x.ts", 'import { a } from "../misc/x.ts";')).toHaveLength(1);
  });

  test("the engine imports outside src/", () => {
    expect(problems("src/lab/x.ts", 'import { a } from "../../test/a.ts";')).toHaveLength(1);
  });

  test("Node's modules below the command line", () => {
    expect(problems("src/scenario/x.ts", 'import { readFileSync } from "node:fs";')).toHaveLength(1);
    expect(problems("src/index.ts", 'import { readFileSync } from "node:fs";')).toHaveLength(1);
    expect(problems("src/cli/x.ts", 'import { readFileSync } from "node:fs";')).toEqual([]);
  });

  test("packages outside their rooms", () => {
    expect(problems("src/lab/x.ts", 'import { z } from "zod";')).toHaveLength(1);
    expect(problems("src/net/x.ts", 'import { parse } from "yaml";')).toHaveLength(1);
    expect(problems("src/scenario/x.ts", 'import { z } from "zod";')).toEqual([]);
    expect(problems("src/scenario/x.ts", 'import left from "left-pad";')).toHaveLength(1);
    expect(problems("src/scenario/x.ts", 'import { readFile } from "fs/promises";')).toHaveLength(1);
    expect(problems("src/lab/x.ts", 'import type { Bash } from "just-bash";')).toHaveLength(1);
  });

  test("just-bash loaded before anybody types", () => {
    expect(problems("src/shell/x.ts", 'import { Bash } from "just-bash";')).toHaveLength(1);
    expect(problems("src/shell/x.ts", 'import type { Bash } from "just-bash";')).toEqual([]);
    expect(problems("src/shell/x.ts", 'export const b = () => import("just-bash");')).toEqual([]);
  });

  test("the machine's clock and chance", () => {
    expect(problems("src/sim/x.ts", "export const t = Date.now();")).toHaveLength(1);
    expect(problems("src/cli/x.ts", "export const t = Math.random();")).toHaveLength(1);
    expect(problems("src/sim/x.ts", "export const t = new Date();")).toHaveLength(1);
    expect(problems("test/x.ts", "export const t = Date.now;")).toHaveLength(1);
    expect(problems("src/sim/x.ts", "export const t = new Date(0); // not Date.now()")).toEqual([]);
    expect(problems("bench/x.ts", "export const t = Date.now();")).toEqual([]);
  });

  test("export *", () => {
    expect(problems("src/lab/x.ts", 'export * from "./y.ts";')).toHaveLength(1);
    expect(problems("src/lab/x.ts", 'export * as y from "./y.ts";')).toEqual([]);
  });

  test("Node's globals below the command line, but not a name that the file binds itself", () => {
    for (const use of [
      "process.exit(1)",
      "Buffer.from([])",
      "setTimeout(f, 1)",
      "console.log(1)",
      "[console]",
    ]) {
      expect(problems("src/net/x.ts", `export const x = ${use};`), use).toHaveLength(1);
    }
    expect(problems("src/cli/x.ts", "process.exit(1);")).toEqual([]);
    expect(problems("src/sim/x.ts", "export const kill = (process: P): void => process.exit(1);")).toEqual(
      [],
    );
    expect(problems("src/sim/x.ts", "export const f = (t: T): void => t.setTimeout(t.process, 1);")).toEqual(
      [],
    );
    expect(problems("src/sim/x.ts", "export interface A { console: string }")).toEqual([]);
  });

  test("a long file and a file name in upper case", () => {
    expect(problems("src/lab/x.ts", "\n".repeat(501))).toEqual([
      "src/lab/x.ts has 501 lines: split it (at most 500)",
    ]);
    expect(problems("src/lab/x.ts", "\n".repeat(500))).toEqual([]);
    expect(problems("src/lab/netDevice.ts", "")).toHaveLength(1);
    expect(problems("src/lab/net_device.test.ts", "")).toHaveLength(1);
  });

  test("an export that no other file imports, by any of the ways to import", () => {
    const a = {
      path: "src/net/a.ts",
      text: "export const x = 1; export const f = () => x; export interface T { f: 1 } export class C {}",
    };
    const saying = (text: string, path = "src/net/b.ts"): number => unusedExports([a, { path, text }]).length;
    expect(unusedExports([a])).toEqual([
      "src/net/a.ts exports x, which no other file imports",
      "src/net/a.ts exports f, which no other file imports",
      "src/net/a.ts exports T, which no other file imports",
      "src/net/a.ts exports C, which no other file imports",
    ]);
    expect(saying('import { x, type T as U } from "./a.ts";')).toBe(2);
    expect(saying('import { x } from "./elsewhere.ts";')).toBe(4);
    expect(saying('export { f } from "./net/a.ts";', "src/index.ts")).toBe(3);
    expect(saying('import * as a from "./a.ts"; a.f(); let t: a.T; let other = { f: 1 }.f;')).toBe(2);
    expect(saying('import * as a from "./a.ts"; use(a);')).toBe(0);
    expect(saying('const { C } = await import("./a.ts");')).toBe(0);
    expect(saying('import { x } from "../../dist/net/a.js";', "bench/mesh/x.mjs")).toBe(3);
  });
});
