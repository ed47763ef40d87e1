import { SIGINT, SIGTERM } from "../../sim/process.ts";
import type { ImageProgram } from "./image-spec.ts";
import { type Answer, type MessageService, messageServer } from "./message-server.ts";
import { endedBySignals } from "./server.ts";

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

/** What the first packet may ask for besides a session, in place of a version ("Message Formats" of PostgreSQL's manual). */
const CANCEL_REQUEST = 80877102;
const ENCRYPTION_REQUESTS = [80877103, 80877104];
/** The sizes that a first packet may have, length and version included (MAX_STARTUP_PACKET_LENGTH). */
const FIRST_PACKET = { least: 8, most: 10_000 };
const READY: string = message("Z", "I");

/**
 * The start of a session of PostgreSQL; queries are refused, because there is no database behind it. Who speaks another
 * protocol is not answered: the connection ends, and the log says so.
 */
function postgresSession(log: (line: string) => void): (text: string) => Answer | null {
  let started = false;
  return (text) => {
    const head = started ? 1 : 0;
    if (text.length < head + 4) return null;
    const length = readInt32(text, head);
    const { least, most } = started ? { least: 4, most: Number.POSITIVE_INFINITY } : FIRST_PACKET;
    if (length < least || length > most) {
      log(started ? "LOG:  invalid message length" : "LOG:  invalid length of startup packet");
      return { used: text.length, text: "", closes: "said" };
    }
    const used = head + length;
    if (text.length < used) return null;
    if (!started) {
      const version = readInt32(text, 4);
      if (ENCRYPTION_REQUESTS.includes(version)) return { used, text: "N" };
      if (version === CANCEL_REQUEST) return { used, text: "", closes: "said" };
      started = true;
      const parameter = (name: string, value: string): string => message("S", `${name}\0${value}\0`);
      const hello = parameter("server_version", "15.2") + parameter("client_encoding", "UTF8");
      return { used, text: message("R", int32(0)) + hello + message("K", int32(1) + int32(1)) + READY };
    }
    if (text[0] === "X") return { used, text: "", closes: "said" };
    const error = "SERROR\0VERROR\0C0A000\0Mthis database answers no queries\0\0";
    return { used, text: message("E", error) + READY };
  };
}

/** The server of PostgreSQL. */
export const postgres: ImageProgram = (context) => {
  const service: MessageService = {
    port: 5432,
    ready: () => context.err("LOG:  database system is ready to accept connections\n"),
    refused: (reason) =>
      context.err(
        `LOG:  could not bind IPv4 address "0.0.0.0": ${reason}\nFATAL:  could not create any TCP/IP sockets\n`,
      ),
    session: () => postgresSession((line) => context.err(`${line}\n`)),
  };
  return endedBySignals(context, [SIGTERM, SIGINT], messageServer(context, service));
};
