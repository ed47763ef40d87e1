import { errorText, KernelError } from "../net/kernel-error.ts";
import { UdpSocket } from "../net/udp-socket.ts";
import { knownName } from "../programs/resolve-name.ts";
import { FileFailure } from "./file-system.ts";
import type { ShellState } from "./shell-state.ts";
import { nullStream, type Stream, WriteFailure } from "./stream.ts";

/**
 * `/dev/udp/HOST/PORT`, which is bash's own: a connected socket. What is written to it leaves as one datagram for each
 * write; nothing can be read from it here.
 */
export function openDatagrams(state: ShellState, host: string, port: string): Stream {
  const remote = knownName(state, host)?.address ?? null;
  if (remote === null) {
    state.complain(`${host}: Temporary failure in name resolution`);
    throw new FileFailure("EINVAL");
  }
  if (!/^\d+$/.test(port)) {
    state.complain(`${port}: Servname not supported for ai_socktype`);
    throw new FileFailure("EINVAL");
  }
  const socket = new UdpSocket(state.namespace);
  try {
    socket.connect(remote, Number(port) & 0xffff);
  } catch (error) {
    socket.close();
    if (!(error instanceof KernelError)) throw error;
    state.err(`bash: connect: ${errorText[error.errno]}\n`);
    throw new FileFailure("EINVAL", errorText[error.errno]);
  }
  const encoder = new TextEncoder();
  let holders = 0;
  return {
    ...nullStream(),
    datagrams: true,
    write: (text) => {
      try {
        socket.send(encoder.encode(text));
      } catch (error) {
        throw error instanceof KernelError ? new WriteFailure(errorText[error.errno]) : error;
      }
    },
    retain: () => {
      holders++;
    },
    release: () => {
      if (--holders === 0) socket.close();
    },
  };
}
