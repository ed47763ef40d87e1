import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { type CommandGroup, isGroup } from "../../src/docker/cli/command-spec.ts";
import { DOCKER } from "../../src/docker/cli/command-tree.ts";
import { LINES, ourExchange, RECORDS, realExchanges } from "./client-exchange.ts";
import { realClientIsHere, runOurs, runReal } from "./client-run.ts";

/**
 * With `RECORD=1` the real client is asked everything and the records are written anew; else it is asked a small part of
 * it, since starting it takes long, and our client is held against the records.
 */
const ALL = process.env["RECORD"] === "1";
const here = await realClientIsHere();

function some<T>(items: readonly T[]): readonly T[] {
  return items.filter((_, at) => ALL || at % 16 === 0);
}

/** Every command of the client, as words after `docker`. */
function commandPaths(group: CommandGroup, path: readonly string[] = []): string[][] {
  return group.commands.flatMap((command) => {
    const own = [...path, command.name];
    return isGroup(command) ? [own, ...commandPaths(command, own)] : [own];
  });
}

describe("the docker client says what Debian's client of 20.10.24 says", () => {
  const recorded = new Map(
    readFileSync(`${RECORDS}client.txt`, "utf8")
      .split(/^(?=\$ docker )/m)
      .map((text) => [text.slice("$ docker ".length, text.indexOf("\n")), text]),
  );

  test.each(LINES)("docker %s", (line) => {
    expect(ourExchange(line)).toBe(recorded.get(line));
  });

  test.skipIf(!here)("and what it says today", { timeout: 600_000 }, async () => {
    const lines = some(LINES);
    const exchanges = await realExchanges(lines);
    if (ALL) writeFileSync(`${RECORDS}client.txt`, exchanges.join(""));
    expect(exchanges).toEqual(lines.map((line) => recorded.get(line)));
  });
});

describe("help of every command", () => {
  /** The four say at length how each shell is set up; that is not repeated here. */
  const SHELLS = /^completion (bash|fish|powershell|zsh)$/;
  const paths = [[], ...commandPaths(DOCKER)].filter((path) => !SHELLS.test(path.join(" ")));
  const digest = (path: readonly string[], text: string): string =>
    `${createHash("sha256").update(text).digest("hex").slice(0, 16)} docker ${path.join(" ")}`.trimEnd();

  test("is byte for byte that of the real client, by its digests", () => {
    const digests = readFileSync(`${RECORDS}help.txt`, "utf8").trimEnd().split("\n");
    expect(paths.map((path) => digest(path, runOurs(null, [...path, "--help"]).out))).toEqual(digests);
  });

  test.skipIf(!here)("is byte for byte that of the real client", { timeout: 600_000 }, async () => {
    const texts: string[] = [];
    for (const path of some(paths)) texts.push((await runReal("/nowhere", [...path, "--help"])).out);
    if (ALL)
      writeFileSync(`${RECORDS}help.txt`, paths.map((path, at) => `${digest(path, texts[at]!)}\n`).join(""));
    expect(some(paths).map((path) => runOurs(null, [...path, "--help"]).out)).toEqual(texts);
  });
});
