import { type Program, SIGINT, SIGTERM } from "../../sim/process.ts";
import type { Signal } from "../../sim/signal.ts";
import { DaemonError } from "../api/daemon-error.ts";
import type { Call, DockerApi } from "../api/docker-api.ts";
import { type ClientContext, ClientError } from "./client-context.ts";

/** A container's main process at this terminal. */
export interface Attachment {
  readonly container: string;
  readonly stdin: boolean;
  readonly stdout: boolean;
  readonly stderr: boolean;
  /** Signals go to the container. */
  readonly proxySignals: boolean;
  readonly tty: boolean;
}

/**
 * Passes a container's output on from here, and input to it, until it ends.
 * @param start runs when all is connected
 * @param ended gives its exit status when it has ended
 */
export function* attachTo(
  context: ClientContext,
  api: DockerApi,
  attachment: Attachment,
  ended: Call<number>,
  start: (() => Call<void>) | null,
): Program {
  const { container } = attachment;
  const logs = api.containerLogs(container);
  let next = logs.lines.length;
  // The wait begins before the start: a short process may have ended when the start returns.
  let wait = ended.next();
  if (start !== null) yield* start();
  if (attachment.proxySignals && !attachment.tty)
    context.onSignal((signal) => forward(api, container, signal));
  let inputOpen = attachment.stdin;
  const pump = (): void => {
    for (; next < logs.lines.length; next++) {
      const line = logs.lines[next]!;
      const toOut = line.stream === "stdout" || attachment.tty;
      if (toOut ? attachment.stdout : attachment.stderr) (toOut ? context.out : context.err)(line.text);
    }
    if (inputOpen) inputOpen = passInput(context, (text) => api.containerInput(container, text));
  };
  while (wait.done !== true) {
    pump();
    const on: Signal[] = [...wait.value.on, logs.changed];
    if (inputOpen) on.push(context.input.arrived);
    yield { on, until: wait.value.until };
    wait = ended.next();
  }
  inputOpen = false;
  pump();
  return wait.value;
}

/** Gives what has arrived to a process; false when the input has ended. */
export function passInput(context: ClientContext, give: (text: string | null) => void): boolean {
  const { input } = context;
  if (input.available !== "") give(input.take(input.available.length));
  if (!input.closed) return true;
  give(null);
  return false;
}

const FORWARDED: Readonly<Record<number, string>> = {
  [SIGINT]: "SIGINT",
  [SIGTERM]: "SIGTERM",
  1: "SIGHUP",
  3: "SIGQUIT",
};

function forward(api: DockerApi, container: string, signal: number): boolean {
  try {
    api.containerKill(container, FORWARDED[signal] ?? String(signal));
  } catch (error) {
    if (!(error instanceof DaemonError)) throw error;
  }
  return true;
}

/** A terminal for the container needs one here. @throws {ClientError} */
export function checkTty(context: ClientContext, stdin: boolean, tty: boolean): void {
  if (stdin && tty && !context.tty.input) throw new ClientError("the input device is not a TTY");
}
