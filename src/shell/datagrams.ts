import { errorText, KernelError } from "../net/kernel-error.ts";
import { UdpSocket } from "../net/udp-socket.ts";
import * as address from "../wire/ipv4-address.ts";
import { FileFailure } from "./files.ts";
import type { ShellState } from "./shell-state.ts";
import { nullStream, type Stream, WriteFailure } from "./stream.ts";

/** Reads `/etc/hosts`; null if the name is not there. */
function lookUp(state: ShellState, name: string): number | null {
  const literal = address.parse(name);
  if (literal !== null) return literal;
  if (name === "localhost") return address.LOOPBACK;
  if (state.files.stat("/etc/hosts") === null) return null;
  for (const line of state.files.read("/etc/hosts").split("\n")) {
    const words = line.replace(/#.*/, "").trim().split(/\s+/);
    if (words.slice(1).includes(name)) return address.parse(words[0]!);
  }
  return null;
}

/**
 * `/dev/udp/HOST/PORT`, which is bash's own: a connected socket. What is written to it leaves as one datagram for each
 * write; nothing can be read from it here.
 */
export function openDatagrams(state: ShellState, host: string, port: string): Stream {
  const remote = lookUp(state, host);
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
