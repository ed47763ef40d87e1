import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";

const top: string = join(import.meta.dirname, "..");
const main: string = join(top, "src/cli/main.ts");
/** Gives a program a terminal of its own; it is part of util-linux. */
const script: boolean = spawnSync("script", ["--version"]).stdout?.includes("util-linux") ?? false;

/** A person at `overmesh shell` in a terminal: types key by key and looks at the screen. */
class Person {
  readonly #child: ReturnType<typeof spawn>;
  readonly ended: Promise<number | null>;
  #screen = "";

  constructor(state: string) {
    const env = { ...process.env, NODE_OPTIONS: "", NO_COLOR: "1", TERM: "xterm", XDG_STATE_HOME: state };
    const command = `stty cols 200; '${process.execPath}' --import tsx '${main}' shell --hosts 2`;
    this.#child = spawn("script", ["-qfec", command, "/dev/null"], { cwd: top, env });
    this.#child.stdout!.on("data", (bytes: Buffer) => {
      this.#screen += bytes.toString();
    });
    this.ended = new Promise((resolve) => this.#child.on("exit", resolve));
  }

  /** Types, and waits until the screen shows something new that fits; what it shows since then. */
  async type(keys: string, until: RegExp): Promise<string> {
    this.#screen = "";
    for (const key of keys) {
      this.#child.stdin!.write(key);
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
    for (let tries = 0; !until.test(this.#screen); tries++) {
      if (tries > 4000) throw new Error(`no ${until} in ${JSON.stringify(this.#screen)}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return this.#screen;
  }

  kill(): void {
    this.#child.kill("SIGKILL");
  }
}

test.skipIf(!script)(
  "Tab at a real terminal completes commands, keywords, devices, namespaces and hosts; history is kept",
  { timeout: 180_000 },
  async () => {
    const state = mkdtempSync(join(tmpdir(), "overmesh-"));
    const person = new Person(state);
    try {
      await person.type("", /root@a:~# .*$/s);
      await person.type("ip l\t", /link /);
      await person.type("s\tet\teth\tdown\n", /set eth0 down.*# /s);
      await person.type("ip netns add blue\n", /blue.*# /s);
      expect(await person.type("ip netns exec b\t", /blue /)).not.toContain("^I");
      await person.type("hostna\t\n", /hostname.*\na\r\n.*# /s);
      // Two Tabs show what there is.
      expect(await person.type("ip link set \t\t", /eth0 +lo/)).toContain("eth0");
      await person.type("\u0003", /\^C.*# /s);
      await person.type("ssh b\t\n", /root@b:~# /);
      await person.type("\u0004", /logout.*root@a:~# /s);
      await person.type("\u001b[A", /ssh b/);
      await person.type("\u0003", /\^C.*# /s);
      await person.type("exit\n", /exit/);
      expect(await person.ended).toBe(0);
      const history = readFileSync(join(state, "overmesh", "history"), "utf8").split("\n");
      expect(history).toContain("ip netns exec blue hostname ");
      expect(history).toContain("ip link set eth0 down");
    } finally {
      person.kill();
      rmSync(state, { recursive: true, force: true });
    }
  },
);
