import { listen } from "../../programs/httpd/httpd-listen.ts";
import type { ProgramContext } from "../../programs/program-context.ts";

/**
 * The sockets of a server: `apart`, one for each family (`0.0.0.0:80` and `[::]:80`), as nginx, redis and postgres have
 * them; `dual`, one of IPv6 that takes both (`*:80`), as programs in Go and Apache have it.
 */
export type ServerSockets = "apart" | "dual";

/** Listens. @returns the socket that connections come to, and how to close them all. @throws {KernelError} EADDRINUSE */
export function serverSockets(
  context: ProgramContext,
  port: number,
  kind: ServerSockets,
): { readonly listener: ReturnType<typeof listen>; close(): void } {
  const listener = listen(context, kind === "dual" ? null : 0, port);
  if (kind === "dual") return { listener, close: () => listener.close() };
  const { ipv6 } = context.namespace.sockets;
  const { opener } = listener;
  try {
    const other = ipv6.open({ protocol: "tcp", address: "::", port, backlog: BACKLOG, opener, fd: 4 });
    return {
      listener,
      close: () => {
        ipv6.close(other);
        listener.close();
      },
    };
  } catch (error) {
    listener.close();
    throw error;
  }
}

/** Connections that may wait, as nginx has it. */
const BACKLOG = 511;
