import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { Host } from "../src/net/host.ts";
import { Kernel } from "../src/net/kernel.ts";
import { CommandTable } from "../src/shell/command.ts";
import { Machine } from "../src/shell/machine.ts";
import { Shell } from "../src/shell/shell.ts";
import { World } from "../src/sim/world.ts";

function shell(): Shell {
  const commands = new CommandTable();
  commands.register("ip", (context) => {
    context.out("ip ran\n");
    return 0;
  });
  return new Shell(new Machine({ host: new Host(new World(1), new Kernel(), "a"), commands }));
}

async function output(line: string): Promise<string> {
  return (await shell().type(line)).output;
}

const LIMITS: Readonly<Record<string, () => Promise<void>>> = {
  "`find -mtime`, and `grep -F` with several patterns": async () => {
    expect(await output("find / -mtime 1; echo $?")).toBe("find: the age of files is not simulated\n2\n");
    expect(await output("echo a | grep -F -e a -e b")).toContain("not simulated");
  },
  "A loop that never waits is ended": async () => {
    expect(await output("while true; do :; done")).toContain("endless loop");
    expect(await output("for ((;;)); do sleep 1; ((++i < 100)) || break; done; echo $i")).toBe("100\n");
  },
  "A line that has not ended after an hour": async () => {
    const result = await shell().type("while true; do sleep 60; echo x; done | grep -c x");
    expect(result.output).toContain(
      "this line had not ended after 3600 s of virtual time, so it was interrupted",
    );
    expect(result.status).toBe(130);
  },
  "A line that waits for something that can never happen": async () => {
    expect(await output("sleep inf & wait")).toContain("waits for something that can never happen");
  },
  "A text tool gets its input when": async () => {
    const loop = "for i in 1 2; do echo $i; sleep 1; done";
    expect(await output(`${loop} | grep . | while read x; do echo $x $SECONDS; done`)).toBe("1 2\n2 2\n");
    expect(await output(`${loop} | cat | while read x; do echo $x $SECONDS; done`)).toBe("1 0\n2 1\n");
  },
  "Output process substitution": async () => {
    expect(await output("echo x > >(cat)")).toBe("bash: line 1: >(...) is not simulated: only <(...) is\n");
    expect(await output("cat <(sleep 1; echo a) <(echo b); echo $SECONDS")).toBe("a\nb\n1\n");
  },
  "`select` and `coproc`": async () => {
    expect(await output("select x in a; do :; done")).toContain(
      "syntax error near unexpected token `select'",
    );
    expect(await output("coproc cat")).toContain("syntax error near unexpected token `coproc'");
  },
  "`/dev/tcp` is refused": async () => {
    expect(await output("echo x > /dev/tcp/127.0.0.1/80")).toBe(
      "bash: line 1: /dev/tcp/127.0.0.1/80: /dev/tcp is not simulated: only /dev/udp is\n",
    );
  },
  "Ctrl-Z, `bg` and stopped jobs": async () => {
    expect(await output("bg")).toBe("bash: line 1: bg: no job control\n");
    expect(await output("sleep 5 & kill -STOP $!; wait $!; echo $?")).toContain("147\n");
  },
  "`find -exec` and `awk`'s `system()`": async () => {
    expect(await output("touch f; find . -name f -exec ip {} \\;")).not.toContain("ip ran");
    expect(await output("touch f; find . -name f | xargs ip")).toBe("ip ran\n");
  },
  "Programs write text": async () => {
    const one = shell();
    one.machine.files.view(one.machine.namespace).write("/root/b", new Uint8Array([0xa1, 0xb2, 0xc3, 0xd4]));
    expect((await one.type("cp b c; cmp b c; stat -c %s c")).output).toContain("4\n");
    expect((await one.type("cat b > d; stat -c %s d")).output).not.toBe("4\n");
  },
  "`diff` prints the unified form only": async () => {
    expect(await output("echo a > x; echo b > y; diff x y")).toContain("@@");
  },
  "`TIMEFORMAT`,": async () => {
    expect(await output("TIMEFORMAT=%R; time true")).toContain("real\t0m0.000s");
    expect(await output("x=1; echo $".concat("{x@A}"))).toContain("not simulated");
  },
  "A bind, a mount or another user": async () => {
    expect(await output("sudo whoami; mount")).toContain("mount: command not found");
    expect(await output("sudo -n -u root echo hi; sudo nosuch; sudo")).toBe(
      "hi\nsudo: nosuch: command not found\nsudo: a command is needed: nothing else is simulated\n",
    );
  },
};

describe("what bash cannot do here:", () => {
  const page = readFileSync(join(import.meta.dirname, "../docs/shell.md"), "utf8");
  const lines = page
    .slice(page.indexOf("## What bash cannot do here"))
    .split("\n")
    .filter((line) => line.startsWith("- "));

  test("every line of docs/shell.md has its test, and no test is without a line", () => {
    const untested = lines.filter(
      (line) => !Object.keys(LIMITS).some((words) => line.startsWith(`- ${words}`)),
    );
    expect(untested).toEqual([]);
    expect(lines).toHaveLength(Object.keys(LIMITS).length);
  });

  test.each(Object.entries(LIMITS))("%s", (_, check) => check());
});
