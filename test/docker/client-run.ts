import { execFile } from "node:child_process";
import type { DockerApi } from "../../src/docker/api/docker-api.ts";
import type { ClientContext } from "../../src/docker/cli/client-context.ts";
import { docker } from "../../src/docker/cli/docker.ts";
import { Signal } from "../../src/sim/signal.ts";

export interface Said {
  readonly out: string;
  readonly err: string;
  readonly status: number;
}

/** What our client says to words, with an engine that never waits. */
export function runOurs(
  api: DockerApi | null,
  args: readonly string[],
  files: Readonly<Record<string, string>> = {},
): Said {
  let [out, err] = ["", ""];
  const context: ClientContext = {
    args,
    api,
    input: { available: "", closed: true, arrived: new Signal(), take: () => "" },
    env: new Map([["HOME", "/root"]]),
    cwd: "/",
    files: {
      read: (path) => files[path]!,
      stat: (path) =>
        files[path] === undefined ? null : { kind: "file", size: files[path].length, changed: 0 },
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

/** What Debian's client of 20.10.24 says. @param socket of the engine */
export function runReal(socket: string, args: readonly string[]): Promise<Said> {
  const env = { HOME: "/root", TZ: "UTC", DOCKER_HOST: `unix://${socket}` };
  return new Promise((resolve) => {
    const child = execFile("/usr/bin/docker", [...args], { env, timeout: 20_000 }, (error, out, err) => {
      resolve({ out, err, status: error === null ? 0 : Number(error.code) });
    });
    child.stdin?.end();
  });
}
