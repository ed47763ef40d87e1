import { SIGINT, SIGTERM } from "../../sim/process.ts";
import type { ImageProgram } from "./image-spec.ts";
import { type Answer, type MessageService, messageServer } from "./message-server.ts";
import { type Reply, readCommand, replyText } from "./redis-protocol.ts";
import { endedBySignals } from "./server.ts";

const LARGEST = 2n ** 63n - 1n;
const OK: Reply = { kind: "status", text: "OK" };

/** How many words a command takes after its name: at least and at most. */
const WORDS: ReadonlyMap<string, readonly [number, number]> = new Map([
  ["ping", [0, 1]],
  ["echo", [1, 1]],
  ["set", [2, Number.POSITIVE_INFINITY]],
  ["get", [1, 1]],
  ["del", [1, Number.POSITIVE_INFINITY]],
  ["incr", [1, 1]],
  ["command", [0, Number.POSITIVE_INFINITY]],
  ["quit", [0, Number.POSITIVE_INFINITY]],
]);

function failed(text: string): Reply {
  return { kind: "error", text: `ERR ${text}` };
}

function replyTo(words: readonly string[], data: Map<string, string>): Reply {
  const name = words[0]!.toLowerCase();
  const given = words.slice(1);
  const [key = "", value = ""] = given;
  const allowed = WORDS.get(name);
  if (allowed === undefined) {
    const said = given.map((word) => `'${word}' `).join("");
    return failed(`unknown command '${words[0]}', with args beginning with: ${said}`);
  }
  if (given.length < allowed[0] || given.length > allowed[1])
    return failed(`wrong number of arguments for '${name}' command`);
  switch (name) {
    case "ping":
      return given.length > 0 ? { kind: "bulk", text: key } : { kind: "status", text: "PONG" };
    case "echo":
      return { kind: "bulk", text: key };
    case "set":
      if (given.length > 2) return failed("syntax error");
      data.set(key, value);
      return OK;
    case "get":
      return { kind: "bulk", text: data.get(key) ?? null };
    case "del":
      return { kind: "integer", value: BigInt(given.filter((one) => data.delete(one)).length) };
    case "incr":
      return increment(key, data);
    case "command":
      return { kind: "array", replies: [] };
    default:
      return OK;
  }
}

function increment(key: string, data: Map<string, string>): Reply {
  const before = data.get(key) ?? "0";
  if (!/^(0|-?[1-9]\d{0,18})$/.test(before)) return failed("value is not an integer or out of range");
  const value = BigInt(before) + 1n;
  if (value > LARGEST) return failed("increment or decrement would overflow");
  data.set(key, `${value}`);
  return { kind: "integer", value };
}

/** Browsers must not be led to give commands: what looks like HTTP ends the connection at once. */
const HTTP_WORDS = ["post", "host:"];
const ATTACK =
  "# Possible SECURITY ATTACK detected. It looks like somebody is sending POST or Host: commands to Redis. This is likely " +
  "due to an attacker attempting to use Cross Protocol Scripting to compromise your Redis instance. Connection aborted.";

function answer(text: string, data: Map<string, string>, log: (line: string) => void): Answer | null {
  const command = readCommand(text);
  if (command === null) return null;
  if (command.wrong !== null) {
    const reply = failed(`Protocol error: ${command.wrong}`);
    return { used: text.length, text: replyText(reply), closes: "said" };
  }
  const { words, used } = command;
  const name = words[0]?.toLowerCase();
  if (name === undefined) return { used, text: "" };
  if (HTTP_WORDS.includes(name)) {
    log(ATTACK);
    return { used, text: "", closes: "unsaid" };
  }
  const said = { used, text: replyText(replyTo(words, data)) };
  return name === "quit" ? { ...said, closes: "said" } : said;
}

/** The server of Redis, with some commands for strings. */
export const redis: ImageProgram = (context) => {
  const data = new Map<string, string>();
  const log = (line: string): void => context.out(`1:M ${line}\n`);
  const service: MessageService = {
    port: 6379,
    ready: () => log("Ready to accept connections"),
    refused: (reason) =>
      log(`# Warning: Could not create server TCP listening socket *:6379: bind: ${reason}`),
    session: () => (text) => answer(text, data, log),
  };
  return endedBySignals(context, [SIGTERM, SIGINT], messageServer(context, service));
};
