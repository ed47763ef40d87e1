import { errorText, KernelError } from "../../net/kernel-error.ts";
import { TcpListener } from "../../net/tcp/tcp-listener.ts";
import { type Program, SIGINT, type Wait } from "../../sim/process.ts";
import { WaitQueue } from "../../sim/wait-queue.ts";
import * as ip from "../../wire/ipv4-address.ts";
import { errnoNumbers } from "../errno-numbers.ts";
import { absolutePath, type ProgramContext } from "../program-context.ts";
import { ProgramExit } from "../program-exit.ts";
import { knownName } from "../resolve-name.ts";
import { DirectorySite } from "./directory-site.ts";
import { type HandlerSetting, HttpHandler } from "./http-handler.ts";
import { logTime } from "./http-words.ts";
import { logged } from "./python-text.ts";
import { HELP, type ServerOptions, serverOptions } from "./server-options.ts";
import { Threads } from "./threads.ts";
import { bindTraceback, nameTraceback } from "./tracebacks.ts";

/** `socketserver.TCPServer.request_queue_size`. */
const BACKLOG = 5;

/** `python3 -m http.server`: `args` are the words behind. Standard output is written at once if `unbuffered`. */
export function* httpServer(context: ProgramContext, args: readonly string[], unbuffered: boolean): Program {
  const options = serverOptions(args);
  if (options === null) {
    context.out(HELP);
    return 0;
  }
  const listener = listen(context, options);
  const host = ip.format(listener.localAddress);
  const port = listener.localPort;
  const greeting = `Serving HTTP on ${host} port ${port} (http://${host}:${port}/) ...\n`;
  // Python writes to a file or a pipe when it ends, and not at all when it is killed.
  const atOnce = unbuffered || context.terminal;
  if (atOnce) context.out(greeting);
  const interrupted = { yet: false, waiting: new WaitQueue() };
  context.onSignal((signal) => {
    if (signal !== SIGINT) return false;
    interrupted.yet = true;
    interrupted.waiting.notify();
    return true;
  });
  const threads = new Threads(() => context.namespace.world.now);
  try {
    yield* threads.run(accept(listener, interrupted, threads, settingOf(context, options)));
  } finally {
    listener.close();
  }
  context.out(`${atOnce ? "" : greeting}\nKeyboard interrupt received, exiting.\n`);
  return 0;
}

/** Accepts until Ctrl-C. */
function* accept(
  listener: TcpListener,
  interrupted: { readonly yet: boolean; readonly waiting: WaitQueue },
  threads: Threads,
  setting: HandlerSetting,
): Generator<Wait, void, void> {
  while (!interrupted.yet) {
    const socket = listener.accept();
    if (socket === null)
      yield { on: [listener.readable, interrupted.waiting], until: Number.POSITIVE_INFINITY };
    else threads.start(new HttpHandler(setting, socket, ip.format(socket.remoteAddress)).run());
  }
}

function settingOf(context: ProgramContext, options: ServerOptions): HandlerSetting {
  const clock = (): number => context.machine.clock().seconds;
  return {
    site: new DirectorySite(context.files, absolutePath(context, options.directory)),
    protocol: options.protocol,
    clock,
    log: (peer, words) => context.err(`${peer} - - [${logTime(clock())}] ${logged(words)}\n`),
  };
}

/** @throws {ProgramExit} with Python's traceback */
function listen(context: ProgramContext, { bind, port }: ServerOptions): TcpListener {
  if (bind?.includes(":")) throw new ProgramExit(1, `python3: ${bind}: IPv6 is not simulated\n`);
  if (port < 0n) throw nameTraceback(-8, "Servname not supported for ai_socktype");
  const address = bind === null ? 0 : (knownName(context, bind)?.address ?? null);
  if (address === null) throw nameTraceback(-3, "Temporary failure in name resolution");
  const listener = new TcpListener(context.namespace);
  listener.reuseAddress = true;
  try {
    // getaddrinfo(3) takes sixteen bits of a larger number.
    listener.listen(address, Number(port & 0xffffn), BACKLOG);
  } catch (error) {
    if (!(error instanceof KernelError)) throw error;
    throw bindTraceback(errnoNumbers[error.errno] ?? 0, errorText[error.errno]);
  }
  return listener;
}
