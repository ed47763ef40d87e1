import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EPOCH_SECONDS } from "../../src/sim/time.ts";
import { runOurs, runReal, type Said, words } from "./client-run.ts";
import { serveEngine } from "./engine-socket.ts";
import { FakeEngine } from "./fake-engine.ts";

/** Lines typed at both clients, and what was said: the records of Debian's client, and how they are written. */

export const RECORDS: string = new URL("records/", import.meta.url).pathname;

/** The lines, without `docker`. */
export const LINES: readonly string[] = readFileSync(`${RECORDS}lines.txt`, "utf8")
  .split("\n")
  .filter((line) => line !== "");

/** Where the real client believes that the engine listens. */
const SOCKET = "/var/run/docker.sock";

/** A text without what depends on the day, or on the socket. */
function masked(text: string, socket: string): string {
  return text
    .replaceAll(socket, SOCKET)
    .replace(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/g, "DATE")
    .replace(/time="[^"]*"/g, 'time="..."');
}

/** One line of a transcript, what was said to it and what the engine was asked to change. */
function exchange(line: string, said: Said, asked: FakeEngine["asked"], socket = SOCKET): string {
  const lines = masked(said.out, socket);
  // The ports of a container are in the order of a map.
  const out = line.startsWith("port ") ? lines.split("\n").sort().join("\n").trimStart() : lines;
  let text = `$ docker ${line}\n${out}`;
  if (!text.endsWith("\n")) text += "\n";
  if (said.err !== "") {
    for (const err of masked(said.err, socket).replace(/\n$/, "").split("\n")) text += `2> ${err}\n`;
  }
  // Several containers are asked about at once.
  const requests = asked.map(({ what, body }) => `asked ${what} ${JSON.stringify(sorted(body))}\n`);
  text += requests.sort().join("");
  return said.status === 0 ? text : `${text}[exit ${said.status}]\n`;
}

/** A plain value with its keys in order, and without what is empty: Go's clients send all fields of a struct. */
function sorted(value: unknown): unknown {
  // Environment and binds went through a map of Go's, whose order is chance.
  if (Array.isArray(value))
    return value.every((item) => typeof item === "string") ? [...value].sort() : value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([key, inner]) => [key, sorted(inner)] as const);
  // What stands behind the name of a port or volume is always empty.
  const kept = entries.filter(([key, inner]) => key.includes("/") || !isEmpty(inner));
  return Object.fromEntries(kept.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function isEmpty(value: unknown): boolean {
  if (value === null || value === undefined || value === "" || value === false || value === 0) return true;
  return typeof value === "object" && Object.keys(value).length === 0;
}

/** What our client says to a line. */
export function ourExchange(line: string): string {
  const engine = new FakeEngine(EPOCH_SECONDS);
  return exchange(line, runOurs(engine, words(line)), engine.asked);
}

/** What the real client says to lines, in their order. */
export async function realExchanges(lines: readonly string[]): Promise<string[]> {
  const size = Math.ceil(lines.length / 3);
  // Starting a program is mostly waiting: three at a time, each with an engine of its own.
  const lanes = [0, 1, 2].map((lane) => oneLane(lines.slice(lane * size, (lane + 1) * size)));
  return (await Promise.all(lanes)).flat();
}

async function oneLane(lines: readonly string[]): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), "overmesh-"));
  const socket = join(folder, "engine.sock");
  // The folder is as old as this instant of real time, by which the client reckons ages.
  const engine = new FakeEngine(Math.floor(statSync(folder).mtimeMs / 1000));
  const server = await serveEngine(engine, socket);
  try {
    const texts: string[] = [];
    for (const line of lines) {
      engine.asked.length = 0;
      texts.push(exchange(line, await runReal(socket, words(line)), engine.asked, socket));
    }
    return texts;
  } finally {
    server.close();
    server.closeAllConnections();
    rmSync(folder, { recursive: true });
  }
}
