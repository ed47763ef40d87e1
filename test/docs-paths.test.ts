import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const top: string = join(import.meta.dirname, "..");
const rooms: readonly string[] = readdirSync(join(top, "src"), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name);

/** Words in backquotes, and aims of links, that look like files of this project: from the top, or from `src/`. */
function pathsIn(text: string): string[] {
  const quoted = [...text.matchAll(/`([\w.-]+(?:\/[\w.-]+)*\/?)`/g)].map((match) => match[1]!);
  const linked = [...text.matchAll(/\]\((?![a-z]+:|#)([^)#\s]+)/g)].map((match) => match[1]!);
  const begins = ["src", "test", "docs", "bench", "scenarios", ...rooms];
  return [
    ...quoted.filter((path) => path.includes("/") && begins.includes(path.split("/")[0]!)),
    ...linked.filter((path) => /\.\w+$/.test(path)),
  ];
}

const pages: readonly string[] = [
  "README.md",
  "CONTRIBUTING.md",
  ...readdirSync(join(top, "docs"))
    .filter((name) => name.endsWith(".md"))
    .map((name) => `docs/${name}`),
];

test.each(pages)("every file that %s names exists", (page) => {
  const missing = pathsIn(readFileSync(join(top, page), "utf8")).filter(
    (path) => !["", "src", "docs"].some((folder) => existsSync(join(top, folder, path))),
  );
  expect(missing).toEqual([]);
});

test("the architecture names files, and the test would see a wrong one", () => {
  const paths = pathsIn(readFileSync(join(top, "docs/architecture.md"), "utf8"));
  expect(paths).toContain("programs/ping/ping.ts");
  expect(paths.length).toBeGreaterThan(20);
  expect(pathsIn("see `net/no-such.ts` and [this](gone.md)")).toEqual(["net/no-such.ts", "gone.md"]);
});
