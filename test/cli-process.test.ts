import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { holds, outputLines } from "../src/scenario/expected-text.ts";

const top: string = join(import.meta.dirname, "..");
const main: string = join(top, "src/cli/main.ts");

interface Ended {
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

/** Runs the command line from its sources, as a process of its own, with a text for its standard input. */
function overmesh(args: readonly string[], input = ""): Promise<Ended> {
  return new Promise((resolve) => {
    const env = { ...process.env, FORCE_COLOR: "", NODE_OPTIONS: "" };
    const child = execFile(
      process.execPath,
      ["--import", "tsx", main, ...args],
      { cwd: top, env },
      (error, out, err) => {
        resolve({ status: error === null ? 0 : Number(error.code), out, err });
      },
    );
    child.stdin!.end(input);
  });
}

/** Each starts a process, which takes longer than what it does: they start together. */
describe.concurrent("overmesh as a process", () => {
  test("--version is the package's", async () => {
    const { version } = JSON.parse(readFileSync(join(top, "package.json"), "utf8")) as { version: string };
    expect(await overmesh(["--version"])).toEqual({ status: 0, out: `${version}\n`, err: "" });
  });

  test("a mistake is one line on standard error, status 2, and no stack", async () => {
    expect(await overmesh(["run", "no-such.md"])).toEqual({
      status: 2,
      out: "",
      err: "overmesh: no-such.md: no such file or directory\n",
    });
  });

  test("explain says what the README shows of it", async () => {
    const readme = readFileSync(join(top, "README.md"), "utf8");
    const [, command] = /`npx overmesh (explain [^`]*)`/.exec(readme)!;
    const [, shown] = /^```text\n(IP [\s\S]*?)```$/m.exec(readme)!;
    const { status, out } = await overmesh(command!.split(" "));
    expect(status).toBe(0);
    const [expected, said] = [outputLines(shown!), outputLines(out)];
    expect(holds(expected, said), out).toBe(true);
  });

  test("overmesh shell reads a pipe to its end: two hosts, ssh between them, a loop over several lines", async () => {
    const lines = [
      "hostname",
      "ssh b",
      "hostname",
      "x=5",
      "exit",
      "echo $x.",
      "for i in 1 2",
      "do echo $i",
      "done",
    ];
    expect(await overmesh(["shell", "--hosts", "2"], lines.join("\n"))).toEqual({
      status: 0,
      out: "a\nb\n.\n1\n2\n",
      err: "",
    });
  });
});
