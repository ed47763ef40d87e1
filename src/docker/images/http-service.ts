import { errorText, KernelError } from "../../net/kernel-error.ts";
import type { TcpSocket } from "../../net/tcp/tcp-socket.ts";
import { pause, STEP, sendAll } from "../../programs/http/socket-io.ts";
import { SocketLines } from "../../programs/http/socket-lines.ts";
import type { ProgramContext } from "../../programs/program-context.ts";
import type { Program, Wait } from "../../sim/process.ts";
import { SECOND } from "../../sim/time.ts";
import { fieldValue, formatHttpDate, type HttpField, parseField, toOctets } from "../../wire/http.ts";
import * as ip from "../../wire/ipv4-address.ts";
import { type ServerSockets, serverSockets } from "./server-sockets.ts";

/** A request, as a service of an image sees it. */
export interface HttpCall {
  readonly method: string;
  /** As it was sent, with its query. */
  readonly target: string;
  readonly version: string;
  readonly fields: readonly HttpField[];
  /** Who asks: dotted quad and port. */
  readonly peer: { readonly address: string; readonly port: number };
  /** The address at which it was reached. */
  readonly local: string;
}

export interface HttpReply {
  readonly status: number;
  readonly reason: string;
  readonly body: string;
  /** In the order of sending; length, date and connection come by themselves. */
  readonly fields?: readonly (readonly [string, string])[];
}

const FOREVER = Number.POSITIVE_INFINITY;
/** How long a connection may be silent. */
const IDLE = 65 * SECOND;

/** An HTTP/1.1 service on a TCP port: it answers each call and keeps connections alive as long as the client wants. */
export function* httpService(
  context: ProgramContext,
  port: number,
  sockets: ServerSockets,
  answer: (call: HttpCall) => HttpReply,
): Program {
  let opened: ReturnType<typeof serverSockets>;
  try {
    opened = serverSockets(context, port, sockets);
  } catch (error) {
    if (!(error instanceof KernelError)) throw error;
    context.err(`bind() to 0.0.0.0:${port} failed: ${errorText[error.errno]}\n`);
    return 1;
  }
  const { listener } = opened;
  try {
    for (;;) {
      const socket = listener.accept();
      if (socket === null) yield { on: [listener.readable], until: FOREVER };
      else context.fork((child) => serveConnection(child, socket, answer));
    }
  } finally {
    opened.close();
  }
}

function* serveConnection(
  context: ProgramContext,
  socket: TcpSocket,
  answer: (call: HttpCall) => HttpReply,
): Program {
  const { world } = socket.ns;
  const lines = new SocketLines(socket);
  try {
    for (;;) {
      const call = yield* readCall(socket, lines);
      if (call === null) return 0;
      const reply = answer(call);
      const wish = (fieldValue(call.fields, "connection") ?? "").toLowerCase();
      const stays = call.version === "HTTP/1.1" ? wish !== "close" : wish === "keep-alive";
      yield* pause(world.now, STEP);
      const { seconds } = context.machine.clock();
      yield* sendAll(socket, toOctets(replyText(call, reply, stays, seconds)), FOREVER);
      if (stays) continue;
      yield* pause(world.now, STEP);
      socket.shutdown();
      return 0;
    }
  } catch (error) {
    // The other end is gone.
    if (!(error instanceof KernelError)) throw error;
    return 0;
  } finally {
    socket.close();
  }
}

/** The next request; null when the client has closed, is silent, or speaks something else. */
function* readCall(socket: TcpSocket, lines: SocketLines): Generator<Wait, HttpCall | null, void> {
  const until = socket.ns.world.now + IDLE;
  const first = yield* lines.next(until);
  if (first === null || first === "late") return null;
  const [method = "", target = "", version = ""] = first.text.split(" ");
  if (!/^HTTP\/1\.[01]$/.test(version)) return null;
  const fields: HttpField[] = [];
  for (;;) {
    const line = yield* lines.next(until);
    if (line === null || line === "late") return null;
    if (line.text === "") break;
    const field = parseField(line.text);
    if (field !== null) fields.push(field);
  }
  const peer = { address: ip.format(socket.remoteAddress), port: socket.remotePort };
  return { method, target, version, fields, peer, local: ip.format(socket.localAddress) };
}

function replyText(call: HttpCall, reply: HttpReply, stays: boolean, seconds: number): string {
  const head = [
    `HTTP/1.1 ${reply.status} ${reply.reason}`,
    `Date: ${formatHttpDate(seconds)}`,
    ...(reply.fields ?? []).map(([name, value]) => `${name}: ${value}`),
    `Content-Length: ${toOctets(reply.body).length}`,
    ...(stays ? [] : ["Connection: close"]),
  ];
  return `${head.join("\r\n")}\r\n\r\n${call.method === "HEAD" ? "" : reply.body}`;
}
