import { errorText, KernelError } from "../../net/kernel-error.ts";
import type { HttpdSite } from "../../programs/httpd/httpd-connection.ts";
import { listen, serve } from "../../programs/httpd/httpd-listen.ts";
import type { ProgramContext } from "../../programs/program-context.ts";
import { type Program, SIGINT, SIGTERM } from "../../sim/process.ts";
import { WaitQueue } from "../../sim/wait-queue.ts";
import { toOctets } from "../../wire/http.ts";

/** What a web server of an image is. */
export interface ServerOptions {
  /** TCP ports to listen on. */
  readonly ports: readonly number[];
  /** What `GET /` gives; `{hostname}` stands for the container's name. */
  readonly answer: string;
  /** What it logs when it listens, line by line, in the same way. */
  readonly log?: readonly string[];
  /** Signals that end it with status 0; SIGTERM and SIGINT unless given. */
  readonly endedBy?: readonly number[];
}

/** A web server that answers `GET /` with one text: what most images of a lesson come to. */
export function webServer(context: ProgramContext, options: ServerOptions): Program {
  return endedBySignals(context, options.endedBy ?? [SIGTERM, SIGINT], serveAll(context, options));
}

function* serveAll(context: ProgramContext, options: ServerOptions): Program {
  const { seconds } = context.machine.clock();
  const filled = (text: string): string => text.replaceAll("{hostname}", context.machine.hostname);
  const page = {
    content: toOctets(filled(options.answer)),
    changed: seconds,
    name: "index.html",
    gzipped: false,
  };
  const site: HttpdSite = { find: (path) => (path === "/" || path === "/index.html" ? page : null) };
  for (const line of options.log ?? []) context.out(`${filled(line)}\n`);
  const [first, ...others] = options.ports;
  for (const port of others) context.fork((child) => listenOn(child, port, site));
  if (first !== undefined) return yield* listenOn(context, first, site);
  for (;;) yield { on: [], until: Number.POSITIVE_INFINITY };
}

function* listenOn(context: ProgramContext, port: number, site: HttpdSite): Program {
  try {
    return yield* serve(context, listen(context, 0, port), site, 0);
  } catch (error) {
    if (!(error instanceof KernelError)) throw error;
    context.err(`bind 0.0.0.0:${port}: ${errorText[error.errno]}\n`);
    return 1;
  }
}

/** Runs a program that ends with status 0 when one of the signals comes, as servers do that tidy up. */
export function* endedBySignals(
  context: ProgramContext,
  signals: readonly number[],
  program: Program,
): Program {
  const ended = new WaitQueue();
  let stop = false;
  context.onSignal((signal) => {
    if (!signals.includes(signal)) return false;
    stop = true;
    ended.notify();
    return true;
  });
  try {
    for (let step = program.next(); ; step = program.next()) {
      if (step.done === true) return step.value;
      yield { on: [...step.value.on, ended], until: step.value.until };
      if (stop) return 0;
    }
  } finally {
    // It closes its sockets, also when this is killed while it waits.
    program.return(0);
  }
}
