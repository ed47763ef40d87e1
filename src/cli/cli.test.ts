import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Completion } from "../shell/complete.ts";
import type { CliWorld, MakeWorld, TypedAtPrompt, WorldOptions } from "./cli-world.ts";
import { runCli } from "./program.ts";
import { ShellSession } from "./shell-session.ts";

const LESSON =
  "---\ntitle: T\nhosts: { a: 10.0.0.1, b: 10.0.0.2 }\n---\n# Part\n```console a\n$ greet\nhello\n```\n";

let folder: string;
let made: WorldOptions[];
let out: string;
let err: string;
/** What every command prints, and its status. */
let answer: { output: string; status: number };

const makeWorld: MakeWorld = (options) => {
  made.push(options);
  return Promise.resolve(new EchoWorld());
};

/** A world in which each command prints the same; it says where it was typed. */
class EchoWorld implements CliWorld {
  now = 0;
  readonly typed: string[] = [];
  readonly questions = { journeys: () => [], counters: () => null, entries: () => null, frames: () => 0 };

  type(host: string, text: string): Promise<TypedAtPrompt> {
    this.typed.push(`${host}$ ${text}`);
    if (text.startsWith("for ") && !text.endsWith("done")) {
      const output = "bash: -c: line 2: syntax error: unexpected end of file\n";
      return Promise.resolve({ output, status: 2, ended: false });
    }
    return Promise.resolve({ ...answer, ended: text === "exit" });
  }

  complete(host: string, line: string, cursor: number): Promise<Completion> {
    return Promise.resolve({ from: cursor - 1, candidates: [`${host}:${line} `] });
  }

  /** What somebody inside a container is asked with. */
  inner: string | null = null;

  innerPrompt(): string | null {
    return this.inner;
  }

  interrupt(host: string): void {
    this.typed.push(`${host}$ ^C`);
  }

  accounts(): readonly string[] {
    return [];
  }

  engineCommands(since: number): ReturnType<CliWorld["engineCommands"]> {
    const commands = this.typed.slice(since).filter((line) => line.includes("docker"));
    const operation = { host: "a", command: "ip link add docker0 type bridge", for: "docker network create" };
    return { count: this.typed.length, commands: commands.map(() => operation) };
  }

  pcapng(): Uint8Array {
    return new Uint8Array([1, 2, 3]);
  }
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "overmesh-"));
  made = [];
  out = "";
  err = "";
  answer = { output: "hello\n", status: 0 };
  vi.spyOn(process.stdout, "write").mockImplementation((text) => {
    out += text;
    return true;
  });
  vi.spyOn(process.stderr, "write").mockImplementation((text) => {
    err += text;
    return true;
  });
});

afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

function write(name: string, text: string): string {
  const path = join(folder, name);
  mkdirSync(join(path, ".."), { recursive: true });
  writeFileSync(path, text);
  return path;
}

function cli(...args: string[]): Promise<number> {
  return runCli(args, "1.2.3", makeWorld);
}

describe("overmesh run", () => {
  test("a lesson that holds: status 0, the steps on standard output, nothing on standard error", async () => {
    const path = write("l.md", LESSON);
    expect(await cli("run", path)).toBe(0);
    expect(out).toBe(
      `T  ${path}, seed 1\n\n  Part\n  ok     a$ greet\n      hello\n\n1 step held, 0 s of virtual time\n`,
    );
    expect(err).toBe("");
  });

  test("a lesson that does not hold: status 1, file, line and difference", async () => {
    answer = { output: "good bye\n", status: 0 };
    const path = write("l.md", LESSON);
    expect(await cli("run", path)).toBe(1);
    expect(out).toContain(`${path}:7: the output is not as expected:`);
    expect(out).toContain("-hello\n        +good bye\n");
  });

  test("journeys below a heading that no lesson has: status 2, and nothing runs", async () => {
    const path = write("l.md", LESSON);
    expect(await cli("run", path, "--journeys-in", "Prat")).toBe(2);
    expect(err).toContain('no lesson has the heading "Prat" (did you mean Part?)');
    expect([out, made]).toEqual(["", []]);
    err = "";
    expect(await cli("run", path, "--journeys-in", "Part")).toBe(0);
  });

  test("mistakes in files: status 2, all of them on standard error, and nothing runs", async () => {
    write("a.md", LESSON.replace("console a", "console c"));
    write("b.md", LESSON.replace("title", "titel"));
    write("c.md", LESSON);
    expect(await cli("run", folder)).toBe(2);
    expect(err.split("\n").map((line) => line.replace(folder, ""))).toEqual([
      '/a.md:6:1: there is no host "c" (did you mean a?)',
      '/b.md:2:1: unknown key "titel" (did you mean title?)',
      '/b.md:2:1: the key "title" is missing',
      "",
    ]);
    expect([out, made]).toEqual(["", []]);
  });

  test("a folder: one line for each lesson, in order, pages without front matter left out", async () => {
    write("two.md", LESSON);
    write("deep/one.sh", "greet\n");
    write("README.md", "# About these lessons\n");
    expect(await cli("run", folder)).toBe(0);
    expect(out.replaceAll(folder, "")).toBe(
      "ok     /deep/one.sh  one.sh, 1 step\nok     /two.md  T, 1 step\n\nall 2 lessons held\n",
    );
  });

  test("the seed: asked for, or the lesson's own", async () => {
    const free = write("free.md", LESSON);
    const own = write("own.md", LESSON.replace("title: T", "title: T\nseed: 9"));
    await cli("run", "--seed", "5", free, own);
    expect(made.map((options) => options.seed)).toEqual([5, 9]);
  });

  test("--capture writes a file, of one lesson only", async () => {
    const path = write("l.md", LESSON);
    const pcap = join(folder, "out.pcapng");
    expect(await cli("run", path, "--capture", pcap)).toBe(0);
    expect([...readFileSync(pcap)]).toEqual([1, 2, 3]);
    expect(err).toBe(`wrote ${pcap} (3 bytes)\n`);
    expect(await cli("run", path, path, "--capture", pcap)).toBe(2);
    expect(err).toContain("overmesh: --capture wants one lesson, not 2\n");
  });

  test("--report json prints one JSON value", async () => {
    expect(await cli("run", write("l.md", LESSON), "--report", "json")).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      held: true,
      lessons: [{ title: "T", steps: { held: 1, failed: 0 } }],
    });
  });

  test("--update rewrites the file and says so", async () => {
    answer = { output: "good bye\n", status: 3 };
    const path = write("l.md", LESSON);
    expect(await cli("run", path, "--update")).toBe(1);
    expect(readFileSync(path, "utf8")).toBe(LESSON.replace("hello", "good bye\n[exit 3]"));
    expect(err).toContain(`rewrote ${path}`);
    expect(await cli("run", path, "--update")).toBe(0);
  });
});

/** A lesson that is there. */
const TWO = join(import.meta.dirname, "../../scenarios/two-hosts.md");

test("explain shows where a packet ends, and if its own kernel refuses it, that this is at once", async () => {
  expect(await cli("explain", TWO, "--from", "a", "--to", "1.2.3.4")).toBe(0);
  expect(out).toMatch(/^a cannot send to 1\.2\.3\.4: Network is unreachable\n.* a +IP_OUTNOROUTES .*\n$/);
  expect(out).toContain("no route to 1.2.3.4 in table main  <- nobody made one\n");
  expect(err).toBe("");
});

describe("misuse is one line and status 2:", () => {
  test.each([
    [["rnu"], "overmesh: unknown command 'rnu' (Did you mean run?)\n"],
    [["run"], "overmesh: missing required argument 'path'\n"],
    [
      ["run", "x.md", "--seed", "-1"],
      /^overmesh: option '--seed <n>' argument '-1' is invalid\. A seed is .*\n$/,
    ],
    [["run", "x.md", "--sed", "1"], "overmesh: unknown option '--sed' (Did you mean --seed?)\n"],
    [["run", "x.md", "--report", "xml"], /^overmesh: .* Allowed choices are text, json, junit\.\n$/],
    [["run", "/no/such/lesson.md"], "overmesh: /no/such/lesson.md: no such file or directory\n"],
    [["check", "/no/such"], "overmesh: /no/such: no such file or directory\n"],
    [["shell", "/no/such.md"], "overmesh: /no/such.md: no such file or directory\n"],
    [["explain"], "overmesh: missing required argument 'file'\n"],
    [["explain", "/no/such.md", "--why", "x"], "overmesh: /no/such.md: no such file or directory\n"],
    [["explain", TWO], "overmesh: explain what? (--from NAMESPACE --to ADDRESS, or --why ENTRY)\n"],
    [["explain", TWO, "--from", "", "--to", "1.2.3.4"], /^overmesh: who sends it\? .*\n$/],
    [["explain", TWO, "--from", "a", "--to", ""], /^overmesh: where does a send it\? .*\n$/],
    [["explain", TWO, "--from", "z", "--to", "1.2.3.4"], "overmesh: no host z (there are a, b)\n"],
    [["explain", TWO, "--from", "a/x", "--to", "1.2.3.4"], "overmesh: no namespace a/x (there is a)\n"],
    [["explain", TWO, "--from", "a", "--to", "1.2.3.444"], /^overmesh: 1\.2\.3\.444 is no target .*\n$/],
    [["explain", TWO, "--from", "a", "--to", "1.2.3.4/udp"], /^overmesh: .*: UDP needs a port from .*\n$/],
    [["explain", TWO, "--from", "a", "--to", "1.2.3.4:0/tcp"], /^overmesh: .*: TCP needs a port from .*\n$/],
    [
      ["explain", TWO, "--why", "x", "--to", "1.2.3.4"],
      /^overmesh: a packet or an entry, one at a time .*\n$/,
    ],
    [["explain", TWO, "--why", "zzz"], /^overmesh: there is and was no entry like "zzz" .*\n$/],
  ])("%j", async (args, line) => {
    expect(await cli(...args)).toBe(2);
    if (typeof line === "string") expect(err).toBe(line);
    else expect(err).toMatch(line);
    expect(out).toBe("");
  });

  test("a folder without lessons, a file of another kind, a binary file", async () => {
    expect(await cli("run", folder)).toBe(2);
    expect(await cli("run", write("x.txt", "x"))).toBe(2);
    expect(await cli("run", write("x.md", "\0\0\xff"))).toBe(2);
    expect(err.trimEnd().split("\n")).toHaveLength(3);
  });
});

test("a mistake of ours is said to be one, with its stack, and status 70", async () => {
  const broken: MakeWorld = () => Promise.reject(new Error("two frames with one number"));
  expect(await runCli(["run", write("l.md", LESSON)], "1.2.3", broken)).toBe(70);
  expect(err).toMatch(
    /^overmesh: this is a mistake of overmesh, not yours: Error: two frames with one number\n {4}at .*cli\.test\.ts/,
  );
});

test("no command at all prints the help on standard error", async () => {
  expect(await cli()).toBe(2);
  expect(err).toContain("Usage: overmesh");
});

test("--help teaches by examples, on standard output", async () => {
  expect(await cli("--help")).toBe(0);
  expect(out).toContain("overmesh run scenarios/overlay.md --journeys");
  expect(out).toContain("title: Two hosts");
});

test("overmesh check parses only", async () => {
  const path = write("l.md", LESSON);
  expect(await cli("check", path)).toBe(0);
  expect(out).toBe(`${path}: T; hosts a, b; 1 command, 0 claims\n`);
  expect(made).toEqual([]);
});

test("overmesh check tells of each file of a folder: lessons, broken ones, and pages that are none", async () => {
  const good = write("good.md", LESSON);
  const broken = write("broken.md", LESSON.replace("hosts:", "hots:"));
  const page = write("page.md", "# Notes\n");
  mkdirSync(join(folder, "node_modules"));
  write("node_modules/other.md", "---\n---\n");
  expect(await cli("check", folder)).toBe(2);
  expect(out).toBe(`${good}: T; hosts a, b; 1 command, 0 claims\n`);
  expect(err.split("\n")).toEqual([
    `${page}: a page, not a lesson: it has no front matter`,
    `${broken}:2:1: the key "hosts" is missing`,
    `${broken}:3:1: unknown key "hots" (did you mean hosts?)`,
    "1 of 2 files is wrong",
    "",
  ]);
  out = "";
  expect(await cli("check", folder, "--report", "junit")).toBe(2);
  expect(out).toContain('tests="2" failures="0" errors="1"');
});

test("overmesh run --report junit runs what it can and reports the rest as errors", async () => {
  write("good.md", LESSON);
  write("broken.md", "---\n---\n");
  expect(await cli("run", folder, "--report", "junit")).toBe(2);
  expect(out).toContain('name="overmesh" tests="2" failures="0" errors="1"');
  expect(made).toHaveLength(1);
});

describe("at the prompt", () => {
  test("one goes to another host by ssh, and back by exit", async () => {
    const world = new EchoWorld();
    const session = new ShellSession(world, ["a", "b"]);
    expect(session.prompt).toBe("root@a:~# ");
    expect(await session.line("ip addr")).toBe("hello\n");
    await session.line("ssh b");
    expect(session.prompt).toBe("root@b:~# ");
    await session.line("hostname");
    await session.line("ssh a 'ip -br addr'");
    await session.line("exit");
    expect([session.prompt, session.over]).toEqual(["root@a:~# ", false]);
    await session.line("exit");
    expect(session.over).toBe(true);
    expect(world.typed).toEqual(["a$ ip addr", "b$ hostname", "a$ ip -br addr", "b$ exit", "a$ exit"]);
  });

  test("with --show-commands each line is followed by what engines did to their hosts because of it", async () => {
    const session = new ShellSession(new EchoWorld(), ["a"], true);
    expect(await session.line("ip addr")).toBe("hello\n");
    expect(await session.line("docker network create net")).toBe(
      "hello\n+ a: ip link add docker0 type bridge\n",
    );
    expect(await session.line("ip addr")).toBe("hello\n");
  });

  test("a shell inside a container has its own prompt, and gets every line as it is until it ends", async () => {
    const world = new EchoWorld();
    const session = new ShellSession(world, ["a", "b"]);
    await session.line("docker run -it alpine");
    world.inner = "/ # ";
    expect(session.prompt).toBe("/ # ");
    await session.line("for i in 1 2");
    await session.line("ssh b");
    expect(await session.endOfInput()).toBe("hello\n");
    world.inner = null;
    expect(session.prompt).toBe("root@a:~# ");
    expect(await session.endOfInput()).toBe("logout\n");
    expect(session.over).toBe(true);
    expect(world.typed).toEqual(["a$ docker run -it alpine", "a$ for i in 1 2", "a$ ssh b", "a$ exit"]);
  });

  test("an unknown host has ssh's words and a hint", async () => {
    const world = new EchoWorld();
    expect(await new ShellSession(world, ["a", "b"]).line("ssh c")).toBe(
      "ssh: Could not resolve hostname c: Name or service not known (did you mean a?)\n",
    );
  });

  test("an open loop asks for the rest, and Ctrl-C forgets it", async () => {
    const world = new EchoWorld();
    const session = new ShellSession(world, ["a"]);
    expect(await session.line("for i in 1 2; do")).toBe("");
    expect(session.prompt).toBe("> ");
    expect(await session.line("echo; done")).toBe("hello\n");
    expect(world.typed.at(-1)).toBe("a$ for i in 1 2; do\necho; done");
    await session.line("for x");
    session.interrupt();
    expect(session.prompt).toBe("root@a:~# ");
    expect(world.typed.at(-1)).toBe("a$ ^C");
  });
});
