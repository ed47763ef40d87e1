import { errorText, KernelError } from "../../net/kernel-error.ts";
import type { TcpSocket } from "../../net/tcp/tcp-socket.ts";
import { receiveSome, sendAll } from "../../programs/http/socket-io.ts";
import type { ProgramContext } from "../../programs/program-context.ts";
import { type Program, SIGINT, SIGTERM, type Wait } from "../../sim/process.ts";
import { fromOctets, toOctets } from "../../wire/http.ts";
import { alpineFiles } from "./alpine-files.ts";
import { DEFAULT_PATH } from "./image-config.ts";
import type { ImageProgram, ImageSpec } from "./image-spec.ts";
import { endedBySignals } from "./server.ts";
import { serverSockets } from "./server-sockets.ts";

const FOREVER = Number.POSITIVE_INFINITY;

/** What a server says to what it has read: its answer, how much of it that answers, and whether it hangs up. */
interface Answer {
  readonly used: number;
  readonly text: string;
  readonly closes?: boolean;
}

/** A server of messages: what it says when it begins, or cannot, and what it makes of each connection. */
interface MessageService {
  readonly port: number;
  ready(): void;
  /** `reason` as strerror(3) has it. */
  refused(reason: string): void;
  /** Answers each message by itself; null while a message is not whole. */
  session(): (text: string) => Answer | null;
}

function* messageServer(context: ProgramContext, service: MessageService): Program {
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
      for (let next = answer(text); next !== null && next.used > 0; next = answer(text)) {
        text = text.slice(next.used);
        yield* sendAll(socket, toOctets(next.text), FOREVER);
        if (next.closes === true) return 0;
      }
    }
  } catch (error) {
    if (!(error instanceof KernelError)) throw error;
    return 0;
  } finally {
    socket.close();
  }
}

/** One command of the Redis protocol, inline or as an array of strings; null while it is not whole. */
function readRedisCommand(text: string): { readonly words: readonly string[]; readonly used: number } | null {
  if (!text.startsWith("*")) {
    const end = text.indexOf("\n");
    return end < 0 ? null : { words: text.slice(0, end).trim().split(/\s+/).filter(Boolean), used: end + 1 };
  }
  const head = /^\*(\d+)\r\n/.exec(text);
  if (head === null) return null;
  let at = head[0].length;
  const words: string[] = [];
  for (let i = 0; i < Number(head[1]); i++) {
    const length = /^\$(\d+)\r\n/.exec(text.slice(at));
    if (length === null) return null;
    const begin = at + length[0].length;
    const size = Number(length[1]);
    if (text.length < begin + size + 2) return null;
    words.push(text.slice(begin, begin + size));
    at = begin + size + 2;
  }
  return { words, used: at };
}

function redisReply(words: readonly string[], data: Map<string, string>): string {
  const [name = "", key = "", value] = words;
  const bulk = (text: string | undefined): string =>
    text === undefined ? "$-1\r\n" : `$${text.length}\r\n${text}\r\n`;
  switch (name.toUpperCase()) {
    case "":
      return "";
    case "PING":
      return words.length > 1 ? bulk(key) : "+PONG\r\n";
    case "ECHO":
      return bulk(key);
    case "SET":
      data.set(key, value ?? "");
      return "+OK\r\n";
    case "GET":
      return bulk(data.get(key));
    case "DEL":
      return `:${data.delete(key) ? 1 : 0}\r\n`;
    case "INCR": {
      const before = data.get(key) ?? "0";
      if (!/^-?\d+$/.test(before)) return "-ERR value is not an integer or out of range\r\n";
      data.set(key, `${Number(before) + 1}`);
      return `:${Number(before) + 1}\r\n`;
    }
    case "COMMAND":
      return "*0\r\n";
    case "QUIT":
      return "+OK\r\n";
    default:
      return `-ERR unknown command '${name}', with args beginning with: ${words
        .slice(1)
        .map((word) => `'${word}' `)
        .join("")}\r\n`;
  }
}

const redis: ImageProgram = (context) => {
  const data = new Map<string, string>();
  const service: MessageService = {
    port: 6379,
    ready: () => context.out("1:M Ready to accept connections\n"),
    refused: (reason) =>
      context.out(`1:M # Warning: Could not create server TCP listening socket *:6379: bind: ${reason}\n`),
    session: () => (text) => {
      const command = readRedisCommand(text);
      if (command === null) return null;
      const closes = command.words[0]?.toUpperCase() === "QUIT";
      return { used: command.used, text: redisReply(command.words, data), closes };
    },
  };
  return endedBySignals(context, [SIGTERM, SIGINT], messageServer(context, service));
};

/** A message of PostgreSQL's protocol 3: its letter, its length, its contents. */
function message(letter: string, contents: string): string {
  return letter + int32(contents.length + 4) + contents;
}

function int32(value: number): string {
  return String.fromCharCode((value >>> 24) & 255, (value >>> 16) & 255, (value >>> 8) & 255, value & 255);
}

function readInt32(text: string, at: number): number {
  let value = 0;
  for (let i = 0; i < 4; i++) value = value * 256 + text.charCodeAt(at + i);
  return value;
}

const SSL_REQUEST = 80877103;
const READY: string = message("Z", "I");

/** The start of a session of PostgreSQL; queries are refused, because there is no database behind it. */
function postgresSession(): (text: string) => Answer | null {
  let started = false;
  return (text) => {
    const head = started ? 1 : 0;
    if (text.length < head + 4) return null;
    const used = head + readInt32(text, head);
    if (text.length < used) return null;
    if (!started) {
      if (readInt32(text, 4) === SSL_REQUEST) return { used, text: "N" };
      started = true;
      const parameter = (name: string, value: string): string => message("S", `${name}\0${value}\0`);
      const hello = parameter("server_version", "15.2") + parameter("client_encoding", "UTF8");
      return { used, text: message("R", int32(0)) + hello + message("K", int32(1) + int32(1)) + READY };
    }
    if (text[0] === "X") return { used, text: "", closes: true };
    const error = "SERROR\0VERROR\0C0A000\0Mthis database answers no queries\0\0";
    return { used, text: message("E", error) + READY };
  };
}

const postgres: ImageProgram = (context) => {
  const service: MessageService = {
    port: 5432,
    ready: () => context.err("LOG:  database system is ready to accept connections\n"),
    refused: (reason) =>
      context.err(
        `LOG:  could not bind IPv4 address "0.0.0.0": ${reason}\nFATAL:  could not create any TCP/IP sockets\n`,
      ),
    session: postgresSession,
  };
  return endedBySignals(context, [SIGTERM, SIGINT], messageServer(context, service));
};

/** Data bases, of which the wire knows the beginning. */
export const DATA_IMAGES: readonly ImageSpec[] = [
  {
    names: ["redis:latest", "redis:alpine"],
    files: alpineFiles("redis:x:999:1000:redis:/home/redis:/bin/false"),
    entrypoint: ["docker-entrypoint.sh"],
    command: ["redis-server"],
    env: [DEFAULT_PATH, "REDIS_VERSION=7.0.11"],
    exposed: [6379],
    volumes: ["/data"],
    workingDir: "/data",
    size: 30_000_000,
    programs: { "docker-entrypoint.sh": running("redis-server", redis), "redis-server": redis },
  },
  {
    names: ["postgres:latest", "postgres:alpine", "fundamentalsofdocker/ch11-db:2.0"],
    files: alpineFiles("postgres:x:70:70:PostgreSQL administrator:/var/lib/postgresql:/bin/sh"),
    entrypoint: ["docker-entrypoint.sh"],
    command: ["postgres"],
    env: [DEFAULT_PATH, "PG_VERSION=15.2", "PGDATA=/var/lib/postgresql/data"],
    exposed: [5432],
    volumes: ["/var/lib/postgresql/data"],
    stopSignal: "SIGINT",
    size: 238_000_000,
    programs: { "docker-entrypoint.sh": running("postgres", postgres), postgres },
  },
];

/** A start script that runs the image's own server, or whatever else it was given. */
function running(name: string, server: ImageProgram): ImageProgram {
  return (context) => (context.args[0] === name ? server(context) : context.exec(context.args));
}
