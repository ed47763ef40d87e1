import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { differingLines } from "./agreement/compare.ts";
import { mask } from "./agreement/mask.ts";
import { readSessions } from "./agreement/records.ts";
import { replay } from "./agreement/replay.ts";

/** The chapter's commands, and what else a real engine was asked. */
const folders = ["recorded/docker", "recorded/docker-asked"].map((name) => join(import.meta.dirname, name));
const differences = join(import.meta.dirname, "../docs/differences.md");

test("A1-A12 what a real engine printed for the chapter's commands is what ours prints", async () => {
  const sessions = folders.flatMap(readSessions);
  const outcomes = (await Promise.all(sessions.map(replay))).flat();
  expect(outcomes.length).toBe(237 + 104 + 459 + 424 + 73 + 204 + 619 + 102 + 110 + 1672 + 583);
  const failed = outcomes.filter(({ found }) => found !== null);
  const report = failed.map(
    ({ command, found }) => `${command.record} ${command.n} $ ${command.command}\n${differingLines(found!)}`,
  );
  expect(failed.length / outcomes.length, report.join("\n")).toBeLessThanOrEqual(0.03);
  const listed = [...readFileSync(differences, "utf8").matchAll(/^\| ([amstvxyz]\d\w+) (\d+) \|/gm)].map(
    ([, record, n]) => `${record} ${n}`,
  );
  const names = failed.map(({ command }) => `${command.record.split("-")[0]} ${command.n}`);
  expect(names, report.join("\n")).toEqual(listed);
});

test("a mask hides what is random and nothing else", () => {
  const id = "0b1a2982dc600658218f258f7aafc8a180bc80de0c3933a34a64fb2334fc4cff";
  expect(mask(`${id}\n`).text).toBe("<ID>\n");
  expect(mask("inet 172.17.0.2/16 brd 172.17.255.255").text).toBe("inet 172.17.0.2/16 brd 172.17.255.255");
  expect(mask("link/ether 02:42:ac:11:00:02").text).toBe("link/ether 02:42:ac:11:00:02");
  expect(mask("link/ether 02:42:af:a4:8a:7b").text).toBe("link/ether <MAC>");
  expect(mask("80/tcp -> 0.0.0.0:32768").text).toBe("80/tcp -> 0.0.0.0:32768");
  expect(mask("2 packets transmitted, 0 packets received, 100% packet loss").text).toContain(
    "100% packet loss",
  );
});
