import { errorText, KernelError } from "../../net/kernel-error.ts";
import type { TcpSocket } from "../../net/tcp/tcp-socket.ts";
import { receiveSome, sendAll } from "../../programs/http/socket-io.ts";
import type { ProgramContext } from "../../programs/program-context.ts";
import type { Program, Wait } from "../../sim/process.ts";
import { fromOctets, toOctets } from "../../wire/http.ts";
import { serverSockets } from "./server-sockets.ts";

const FOREVER = Number.POSITIVE_INFINITY;

/** What a server says to what it has read: its answer, how much of it that answers, and whether it hangs up. */
export interface Answer {
  readonly used: number;
  readonly text: string;
  /** `said`: after all that it has to say; `unsaid`: at once, without what it had not yet sent. */
  readonly closes?: "said" | "unsaid";
}

/** A server of messages: what it says when it begins, or cannot, and what it makes of each connection. */
export interface MessageService {
  readonly port: number;
  ready(): void;
  /** `reason` as strerror(3) has it. */
  refused(reason: string): void;
  /** Answers each message by itself; null while a message is not whole. */
  session(): (text: string) => Answer | null;
}

export function* messageServer(context: ProgramContext, service: MessageService): Program {
  let opened: ReturnType<typeof serverSockets>;
  try {
    opened = serverSockets(context, service.port, "apart");
  } catch (error) {
    if (!(error instanceof KernelError)) throw error;
    service.refused(errorText[error.errno]);
    return 1;
  }
  const { listener, close } = opened;
  service.ready();
  try {
    for (;;) {
      const socket = listener.accept();
      if (socket === null) yield { on: [listener.readable], until: FOREVER };
      else context.fork(() => converse(socket, service.session()));
    }
  } finally {
    close();
  }
}

/** Answers all messages that have come in one piece, as servers do that look what each of many sockets has for them. */
function* converse(
  socket: TcpSocket,
  answer: (text: string) => Answer | null,
): Generator<Wait, number, void> {
  let text = "";
  try {
    for (;;) {
      const some = yield* receiveSome(socket, 8192, FOREVER);
      if (some === null || some.length === 0) return 0;
      text += fromOctets(some);
      let said = "";
      let last: Answer | null = null;
      while (last?.closes === undefined) {
        const next = answer(text);
        if (next === null) break;
        text = text.slice(next.used);
        said += next.text;
        last = next;
      }
      if (last?.closes === "unsaid") return 0;
      if (said !== "") yield* sendAll(socket, toOctets(said), FOREVER);
      if (last?.closes === "said") return 0;
    }
  } catch (error) {
    if (!(error instanceof KernelError)) throw error;
    return 0;
  } finally {
    socket.close();
  }
}
