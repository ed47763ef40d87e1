import { errorText, KernelError } from "../../net/kernel-error.ts";
import { TcpSocket } from "../../net/tcp/tcp-socket.ts";
import { connected, receiveSome, sendAll } from "../../programs/http/socket-io.ts";
import type { ProgramContext } from "../../programs/program-context.ts";
import { lookupError, resolveName } from "../../programs/resolve-name.ts";
import type { Program, Wait } from "../../sim/process.ts";
import { fromOctets, toOctets } from "../../wire/http.ts";
import type { ImageProgram } from "./image-spec.ts";
import { commandText, ProtocolMistake, type Reply, readReply, splitWords } from "./redis-protocol.ts";

const FOREVER = Number.POSITIVE_INFINITY;
const VERSION = "redis-cli 7.0.15\n";
const USAGE = `${VERSION}
Usage: redis-cli [OPTIONS] [cmd [arg [arg ...]]]
  -h <hostname>      Server hostname (default: 127.0.0.1).
  -p <port>          Server port (default: 6379).
  -r <repeat>        Execute specified command N times.
  --raw              Use raw formatting for replies (default when STDOUT is
                     not a tty).
  --no-raw           Force formatted output even when STDOUT is not a tty.
  --help             Output this help and exit.
  --version          Output version and exit.
`;

interface Options {
  readonly host: string;
  readonly port: number;
  readonly repeat: number;
  readonly raw: boolean;
  readonly words: readonly string[];
}

/** The options, or what is printed instead of all else and with which status. */
function readOptions({ args, terminal }: ProgramContext): Options | { text: string; status: number } {
  const options = { host: "127.0.0.1", port: 6379, repeat: 1, raw: !terminal };
  let at = 0;
  for (; args[at]?.startsWith("-"); at++) {
    const name = args[at]!;
    const value = args[at + 1];
    if (name === "--raw" || name === "--no-raw") options.raw = name === "--raw";
    else if (name === "-v" || name === "--version") return { text: VERSION, status: 0 };
    else if (name === "--help" || (name === "-h" && value === undefined)) return { text: USAGE, status: 0 };
    else if (["-h", "-p", "-r"].includes(name) && value !== undefined) {
      if (name === "-h") options.host = value;
      else if (name === "-p") options.port = Number.parseInt(value, 10) || 0;
      else options.repeat = Number.parseInt(value, 10) || 0;
      at++;
    } else return { text: `Unrecognized option or bad number of args for: '${name}'\n`, status: 1 };
  }
  return { ...options, words: args.slice(at) };
}

const NAMED: ReadonlyMap<string, string> = new Map([
  ["\\", "\\\\"],
  ['"', '\\"'],
  ["\n", "\\n"],
  ["\r", "\\r"],
  ["\t", "\\t"],
  ["\x07", "\\a"],
  ["\b", "\\b"],
]);

function quoted(text: string): string {
  const hex = (one: string): string => `\\x${one.charCodeAt(0).toString(16).padStart(2, "0")}`;
  return `"${text.replace(/[^ !#-[\]-~]/g, (one) => NAMED.get(one) ?? hex(one))}"`;
}

/** A reply as a person reads it. */
function formatted(reply: Reply): string {
  switch (reply.kind) {
    case "status":
      return reply.text;
    case "error":
      return `(error) ${reply.text}`;
    case "integer":
      return `(integer) ${reply.value}`;
    case "bulk":
      return reply.text === null ? "(nil)" : quoted(reply.text);
    case "array":
      if (reply.replies.length === 0) return "(empty array)";
      return reply.replies.map((one, i) => `${i + 1}) ${formatted(one)}`).join("\n");
  }
}

/** A reply as another program reads it. */
function raw(reply: Reply): string {
  switch (reply.kind) {
    case "status":
      return reply.text;
    case "error":
      return `${reply.text}\n`;
    case "integer":
      return `${reply.value}`;
    case "bulk":
      return reply.text ?? "";
    case "array":
      return reply.replies.map(raw).join("\n");
  }
}

/** A client with its connection, which it opens when it needs one. */
class Client {
  readonly #context: ProgramContext;
  readonly #options: Options;
  #socket: TcpSocket | null = null;

  constructor(context: ProgramContext, options: Options) {
    this.#context = context;
    this.#options = options;
  }

  get prompt(): string {
    const { host, port } = this.#options;
    return this.#socket === null ? "not connected> " : `${host}:${port}> `;
  }

  /** False when nobody answers there, which it says. */
  *open(): Generator<Wait, boolean, void> {
    if (this.#socket !== null) return true;
    const { host, port } = this.#options;
    const found = yield* resolveName(this.#context, host);
    if (found.address === null) return this.#notOpen(lookupError(found.failure));
    const socket = new TcpSocket(this.#context.namespace);
    try {
      socket.connect(found.address, port & 0xffff);
      yield* connected(socket, FOREVER);
      const error = socket.takeError();
      if (error !== null) throw new KernelError(error);
    } catch (error) {
      if (!(error instanceof KernelError)) throw error;
      socket.close();
      return this.#notOpen(errorText[error.errno]);
    }
    this.#socket = socket;
    return true;
  }

  #notOpen(reason: string): false {
    const { host, port } = this.#options;
    this.#context.err(`Could not connect to Redis at ${host}:${port}: ${reason}\n`);
    return false;
  }

  /**
   * Gives a command and prints its reply; false when there is none, which it says.
   * @throws {ProtocolMistake} when a server of something else answers
   */
  *run(words: readonly string[]): Generator<Wait, boolean, void> {
    if (!(yield* this.open())) return false;
    const socket = this.#socket!;
    try {
      yield* sendAll(socket, toOctets(commandText(words)), FOREVER);
      let text = "";
      for (let read = readReply(text); ; read = readReply(text)) {
        if (read !== null) {
          const show = this.#options.raw ? raw : formatted;
          this.#context.out(`${show(read.reply)}\n`);
          return true;
        }
        const some = yield* receiveSome(socket, 16_384, FOREVER);
        if (some === null || some.length === 0) break;
        text += fromOctets(some);
      }
      this.#context.err("Error: Server closed the connection\n");
    } catch (error) {
      if (!(error instanceof KernelError)) throw error;
      this.#context.err(`Error: ${errorText[error.errno]}\n`);
    }
    this.close();
    return false;
  }

  close(): void {
    this.#socket?.close();
    this.#socket = null;
  }
}

/** The next line of standard input without its end, or null after the last. */
function* readLine({ input }: ProgramContext): Generator<Wait, string | null, void> {
  let line = "";
  for (;;) {
    const end = input.available.indexOf("\n");
    if (end >= 0) return line + input.take(end + 1).slice(0, -1);
    line += input.take(input.available.length);
    if (input.closed) return line === "" ? null : line;
    yield { on: [input.arrived], until: FOREVER };
  }
}

/** Commands line by line, until one of them is `quit`. */
function* converse(context: ProgramContext, client: Client): Program {
  yield* client.open();
  for (;;) {
    if (context.terminal) context.out(client.prompt);
    const line = yield* readLine(context);
    if (line === null) return 0;
    const words = splitWords(line);
    if (words === null) {
      context.out("Invalid argument(s)\n");
      continue;
    }
    const name = words[0]?.toLowerCase();
    if (name === "quit" || name === "exit") return 0;
    if (name === "clear") context.out("\x1b[H\x1b[2J");
    else if (name !== undefined) yield* client.run(words);
  }
}

/** The client of Redis: one command from its words, or those on standard input. */
export const redisCli: ImageProgram = function* (context) {
  const options = readOptions(context);
  if ("text" in options) {
    if (options.status === 0) context.out(options.text);
    else context.err(options.text);
    return options.status;
  }
  const client = new Client(context, options);
  try {
    if (options.words.length === 0) return yield* converse(context, client);
    for (let i = 0; i < options.repeat; i++) if (!(yield* client.run(options.words))) return 1;
    return 0;
  } catch (error) {
    if (!(error instanceof ProtocolMistake)) throw error;
    context.err(`Error: ${error.message}\n`);
    return 1;
  } finally {
    client.close();
  }
};
