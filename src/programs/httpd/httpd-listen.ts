import { mappedText } from "../../net/socket-family.ts";
import { TcpListener } from "../../net/tcp/tcp-listener.ts";
import type { TcpSocket } from "../../net/tcp/tcp-socket.ts";
import type { Program } from "../../sim/process.ts";
import type { ProgramContext } from "../program-context.ts";
import { HttpdConnection, type HttpdSite } from "./httpd-connection.ts";

/** Connections that may wait to be accepted, as busybox has it. */
const BACKLOG = 9;

/** How much is told on standard error: nothing, answers, requests and answers. */
type Verbosity = 0 | 1 | 2;

/** Binds and listens; to no address (null) with a socket of IPv6, which takes both families. @throws {KernelError} EADDRINUSE, EADDRNOTAVAIL */
export function listen(context: ProgramContext, address: number | null, port: number): TcpListener {
  const listener = new TcpListener(context.namespace);
  if (address === null) listener.family = "inet6";
  listener.reuseAddress = true;
  listener.keepAlive = true;
  listener.listen(address ?? 0, port, BACKLOG);
  return listener;
}

/** Accepts for ever; each connection has a process of its own. */
export function* serve(
  context: ProgramContext,
  listener: TcpListener,
  site: HttpdSite,
  verbosity: Verbosity,
): Program {
  listener.opener = context.namespace.world.running;
  try {
    for (;;) {
      const socket = listener.accept();
      if (socket === null) yield { on: [listener.readable], until: Number.POSITIVE_INFINITY };
      else {
        const shown = mappedText(listener.family, socket.remoteAddress);
        context.fork((child) => serveOne(child, socket, shown, site, verbosity));
      }
    }
  } finally {
    listener.close();
  }
}

function* serveOne(
  context: ProgramContext,
  socket: TcpSocket,
  address: string,
  site: HttpdSite,
  verbosity: Verbosity,
): Program {
  const peer = `${address}:${socket.remotePort}`;
  const log = (what: string): void => {
    if (verbosity === 2 || (verbosity === 1 && what.startsWith("response")))
      context.err(`${peer}: ${what}\n`);
  };
  yield* new HttpdConnection(socket, site, () => context.machine.clock().seconds, log).run();
  return 0;
}
