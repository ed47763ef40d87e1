import type { Program } from "../../sim/process.ts";
import { DaemonError } from "../api/daemon-error.ts";
import type { Call, DockerApi } from "../api/docker-api.ts";
import { type ClientContext, ClientError } from "./client-context.ts";

/** A container's main process at this terminal. */
interface Attachment {
  readonly container: string;
  readonly stdin: boolean;
  /** The end of the input is the container's: else the engine lets go of who has no more to say, and goes on without him. */
  readonly stdinOnce: boolean;
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
  const logs = api.containerAttach(container, attachment.stdin ? context.input : null);
  let next = logs.lines.length;
  // The wait begins before the start: a short process may have ended when the start returns.
  let wait = ended.next();
  if (start !== null) yield* start();
  // ... and then nobody will tell of it again: look once more.
  if (start !== null && wait.done !== true) wait = ended.next();
  if (attachment.proxySignals && !attachment.tty)
    context.onSignal((signal) => forward(api, container, signal));
  const { input } = context;
  const pump = (): void => {
    // When the input ends and the container's does not, the engine closes the output as well (moby stream/attach.go).
    if (attachment.stdin && !attachment.stdinOnce && input.closed && input.available === "") {
      next = logs.lines.length;
      return;
    }
    for (; next < logs.lines.length; next++) {
      const line = logs.lines[next]!;
      const toOut = line.stream === "stdout" || attachment.tty;
      if (toOut ? attachment.stdout : attachment.stderr) (toOut ? context.out : context.err)(line.text);
    }
  };
  while (wait.done !== true) {
    pump();
    yield { on: [...wait.value.on, logs.changed], until: wait.value.until };
    wait = ended.next();
  }
  pump();
  return wait.value;
}

function forward(api: DockerApi, container: string, signal: number): boolean {
  try {
    api.containerKill(container, String(signal));
  } catch (error) {
    if (!(error instanceof DaemonError)) throw error;
  }
  return true;
}

/** A terminal for the container needs one here. @throws {ClientError} */
export function checkTty(context: ClientContext, stdin: boolean, tty: boolean): void {
  if (stdin && tty && !context.tty.input) throw new ClientError("the input device is not a TTY");
}
