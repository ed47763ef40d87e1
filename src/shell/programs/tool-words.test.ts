import { expect, test } from "vitest";
import { Host } from "../../net/host.ts";
import { Kernel } from "../../net/kernel.ts";
import { World } from "../../sim/world.ts";
import { CommandTable } from "../command.ts";
import { Machine } from "../machine.ts";
import { Shell } from "../shell.ts";

async function typed(line: string): Promise<string> {
  const host = new Host(new World(1), new Kernel(), "a");
  const shell = new Shell(new Machine({ host, commands: new CommandTable() }));
  return (await shell.type(line)).output;
}

// mawk 1.3.4 and GNU grep 3.8 print the same, but for rand() itself and the time.
test.each([
  ["awk 'BEGIN { srand(5); x = rand(); srand(5); print (x == rand()), srand(7), srand() }'", "1 5 7\n"],
  ["awk 'BEGIN { print systime(), srand(), srand(), \"rand()\" }'", "1767225600 0 1767225600 rand()\n"],
  ["awk 'BEGIN { for (i = 0; i < 99; i++) { x = rand(); if (x < 0 || x >= 1) print x } }'", ""],
  ["jq -n 'now | floor'", "1767225600\n"],
  ["sleep 1.5; jq -nc '[now, {now: \"now\"}]'", '[1767225601.5,{"now":"now"}]\n'],
  ["printf 'x\\ny\\nz\\n' | grep -e x -e z", "x\nz\n"],
  ["printf 'x\\ny\\nz\\n' | grep -c -ex --regexp=z", "2\n"],
  ["printf 'x\\ny\\nz\\nq\\n' | grep -vE -e 'x|y' -e q", "z\n"],
  ["printf 'ab\\nCd\\n' | grep -oie A -e D", "a\nd\n"],
  ["printf 'x\\ny\\nz\\n' | egrep -A 1 -e x", "x\ny\n"],
  ["printf 'e\\n' | grep -m1 e", "e\n"],
  [
    "echo x | grep -F -e x -e y",
    "grep: several fixed strings (-F) are not simulated: use several -e without -F\n",
  ],
  ["printf 'a\\0b\\n' | tr '\\0' x", "axb\n"],
  ["printf 'abc\\n' | tr 'a\\142' 'x\\\\'", "x\\c\n"],
  ["printf 'ab\\n' | tr -d '\\012'", "ab"],
  ["find / -mtime 1", "find: the age of files is not simulated\n"],
] as const)("%s", async (line, output) => {
  expect(await typed(line)).toBe(output);
});

test("chance and the time of day of text tools are the world's: twice the same", async () => {
  const line = "awk 'BEGIN { print rand(); srand(); print rand(), systime() }'; jq -n now";
  expect(await typed(line)).toBe(await typed(line));
  expect((await typed("awk 'BEGIN { print rand(); print rand() }'")).split("\n")[0]).not.toBe(
    (await typed("awk 'BEGIN { print rand(); print rand() }'")).split("\n")[1],
  );
});
