import { expect, test } from "vitest";
import { WaitQueue } from "../../sim/wait-queue.ts";
import type { Call, DockerApi, LogLine } from "../api/docker-api.ts";
import { atOnce } from "./ask.ts";
import type { ClientContext } from "./client-context.ts";
import { attachTo } from "./streams.ts";

test("a container that ends while it starts is not waited for, and all that it wrote is shown", () => {
  const changed = new WaitQueue();
  const lines: LogLine[] = [{ stream: "stdout", at: 0, text: "of an earlier run\n" }];
  let status: number | null = null;
  let [out, err] = ["", ""];
  const api = { containerAttach: () => ({ lines, changed }) } as unknown as DockerApi;
  const context = {
    out: (text: string) => {
      out += text;
    },
    err: (text: string) => {
      err += text;
    },
    onSignal: () => {},
  } as unknown as ClientContext;
  function* ended(): Call<number> {
    while (status === null) yield { on: [changed], until: Number.POSITIVE_INFINITY };
    return status;
  }
  const start = (): Call<void> =>
    atOnce(() => {
      lines.push({ stream: "stdout", at: 1, text: "out\n" }, { stream: "stderr", at: 2, text: "err\n" });
      status = 3;
      changed.notify();
    });
  const attachment = {
    container: "1",
    stdin: false,
    stdinOnce: false,
    stdout: true,
    stderr: true,
    proxySignals: true,
    tty: false,
  };
  expect(attachTo(context, api, attachment, ended(), start).next()).toEqual({ done: true, value: 3 });
  expect([out, err]).toEqual(["out\n", "err\n"]);
});
