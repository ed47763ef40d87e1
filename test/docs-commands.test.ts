import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { standardToolbox } from "../src/operations/standard-toolbox.ts";
import { CommandTable } from "../src/shell/command.ts";
import { registerTools } from "../src/shell/commands/network-tools.ts";
import { registerPrograms } from "../src/shell/commands/programs.ts";

const page = (name: string): string => readFileSync(join(import.meta.dirname, "../docs", name), "utf8");

test("every command that is installed on a host stands in the docs", () => {
  const commands = new CommandTable();
  registerPrograms(commands);
  registerTools(commands, standardToolbox());
  const told = new Set(
    [...`${page("commands.md")}${page("shell.md")}`.matchAll(/`([\w.-]+)[^`]*`/g)].map((m) => m[1]),
  );
  expect(commands.names()).toContain("iptables");
  expect(commands.names().filter((name) => !told.has(name))).toEqual([]);
});
