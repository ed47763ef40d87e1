import { TcpListener } from "../../net/tcp/tcp-listener.ts";
import type { TcpSocket } from "../../net/tcp/tcp-socket.ts";
import type { Program } from "../../sim/process.ts";
import * as ip from "../../wire/ipv4-address.ts";
import type { ProgramContext } from "../program-context.ts";
import { HttpdConnection, type HttpdSite } from "./httpd-connection.ts";

/** Connections that may wait to be accepted, as busybox has it. */
const BACKLOG = 9;

/** How much is told on standard error: nothing, answers, requests and answers. */
type Verbosity = 0 | 1 | 2;

/** Binds and listens. @throws {KernelError} EADDRINUSE, EADDRNOTAVAIL */
export function listen(context: ProgramContext, address: number, port: number): TcpListener {
  const listener = new TcpListener(context.namespace);
  listener.reuseAddress = true;
  listener.keepAlive = true;
  listener.listen(address, port, BACKLOG);
  return listener;
}

/** Accepts for ever; each connection has a process of its own. */
export function* serve(
  context: ProgramContext,
  listener: TcpListener,
  site: HttpdSite,
  verbosity: Verbosity,
): Program {
  try {
    for (;;) {
      const socket = listener.accept();
      if (socket === null) yield { on: [listener.readable], until: Number.POSITIVE_INFINITY };
      else {
        // A server that is bound to no address has a socket of IPv6, which shows IPv4 addresses in this way.
        const text = ip.format(socket.remoteAddress);
        const shown = listener.localAddress === 0 ? `[::ffff:${text}]` : text;
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
