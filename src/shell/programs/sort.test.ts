import { expect, test } from "vitest";
import { Host } from "../../net/host.ts";
import { Kernel } from "../../net/kernel.ts";
import { World } from "../../sim/world.ts";
import { CommandTable } from "../command.ts";
import { Machine } from "../machine.ts";
import { Shell } from "../shell.ts";

const LINES = ["b 10 x", "a 9 y", "B 10 w", "a:2:z", " a 1", "10", "9", "-1"];

// GNU coreutils 9.1 prints this in the C locale.
test.each([
  ["sort", " a 1\n-1\n10\n9\nB 10 w\na 9 y\na:2:z\nb 10 x\n"],
  ["sort -r", "b 10 x\na:2:z\na 9 y\nB 10 w\n9\n10\n-1\n a 1\n"],
  ["sort -n", "-1\n a 1\nB 10 w\na 9 y\na:2:z\nb 10 x\n9\n10\n"],
  ["sort -u -k1,1", " a 1\n-1\n10\n9\nB 10 w\na 9 y\na:2:z\nb 10 x\n"],
  ["sort -k2n", "-1\n10\n9\na:2:z\n a 1\na 9 y\nB 10 w\nb 10 x\n"],
  ["sort -t: -k2", " a 1\n-1\n10\n9\nB 10 w\na 9 y\nb 10 x\na:2:z\n"],
  ["sort -f", " a 1\n-1\n10\n9\na 9 y\na:2:z\nB 10 w\nb 10 x\n"],
  ["sort -b", "-1\n10\n9\nB 10 w\n a 1\na 9 y\na:2:z\nb 10 x\n"],
  ["sort -s -k2,2", "a:2:z\n10\n9\n-1\n a 1\nb 10 x\nB 10 w\na 9 y\n"],
  ["sort -nr", "10\n9\nb 10 x\na:2:z\na 9 y\nB 10 w\n a 1\n-1\n"],
] as const)("%s", async (line, output) => {
  const host = new Host(new World(1), new Kernel(), "a");
  const shell = new Shell(new Machine({ host, commands: new CommandTable() }));
  const words = LINES.map((each) => `'${each}'`).join(" ");
  expect((await shell.type(`printf '%s\\n' ${words} | ${line}`)).output).toBe(output);
});
