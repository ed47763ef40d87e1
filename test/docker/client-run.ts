import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import type { DockerApi } from "../../src/docker/api/docker-api.ts";
import type { ClientContext } from "../../src/docker/cli/client-context.ts";
import { docker } from "../../src/docker/cli/docker.ts";
import { WaitQueue } from "../../src/sim/wait-queue.ts";

export interface Said {
  readonly out: string;
  readonly err: string;
  readonly status: number;
}

/** The files that the clients read: real ones, in this folder. */
const FILES = new URL("records/files/", import.meta.url).pathname;

/** What our client says to words, with an engine that never waits. */
export function runOurs(api: DockerApi | null, args: readonly string[]): Said {
  let [out, err] = ["", ""];
  const context: ClientContext = {
    args,
    api,
    input: { available: "", closed: true, arrived: new WaitQueue(), take: () => "" },
    env: new Map([
      ["HOME", "/root"],
      ["INHERITED", "from the client"],
    ]),
    cwd: "/files",
    files: {
      read: (path) => fileText(path)!,
      stat: (path) => {
        const text = fileText(path);
        return text === null ? null : { kind: "file", size: text.length, changed: 0 };
      },
    } as ClientContext["files"],
    tty: { input: false, output: false, columns: 80 },
    now: () => 0,
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
    onSignal: () => {},
  };
  const result = docker(context);
  if (typeof result === "number") return { out, err, status: result };
  const step = result.next();
  if (step.done !== true) throw new Error(`docker ${args.join(" ")} waits`);
  return { out, err, status: step.value };
}

function fileText(path: string): string | null {
  try {
    return readFileSync(`${FILES}${path.replace("/files/", "")}`, "utf8");
  } catch {
    return null;
  }
}

/** Debian's client of 20.10.24. */
const CLIENT = "/usr/bin/docker";

/** What the real client says. @param socket of the engine */
export function runReal(socket: string, args: readonly string[]): Promise<Said> {
  const env = { HOME: "/root", TZ: "UTC", DOCKER_HOST: `unix://${socket}`, INHERITED: "from the client" };
  return new Promise((resolve) => {
    const child = execFile(
      CLIENT,
      [...args],
      { env, cwd: FILES, timeout: 10_000, killSignal: "SIGKILL" },
      (error, out, err) => {
        resolve({ out, err, status: error === null ? 0 : Number(error.code) });
      },
    );
    child.stdin?.end();
  });
}

/** Whether the very client that ours follows is here. */
export async function realClientIsHere(): Promise<boolean> {
  try {
    return (await runReal("/nowhere", ["--version"])).out.startsWith("Docker version 20.10.24");
  } catch {
    return false;
  }
}

/** The words of a line; quotes keep blanks together, and a backslash takes the meaning of `$`, `"` and itself. */
export function words(line: string): string[] {
  const found = line.match(/(?:"(?:[^"\\]|\\.)*"|'[^']*'|[^\s"'])+/g) ?? [];
  return found.map((word) =>
    word.replace(/"((?:[^"\\]|\\.)*)"|'([^']*)'/g, (_, double?: string, single?: string) =>
      double === undefined ? single! : double.replace(/\\(["\\$`])/g, "$1"),
    ),
  );
}
