import { errorText, KernelError } from "../../net/kernel-error.ts";
import { TcpSocket } from "../../net/tcp/tcp-socket.ts";
import type { Program, Wait } from "../../sim/process.ts";
import type { Nanos } from "../../sim/time.ts";
import * as ip from "../../wire/ipv4-address.ts";
import * as utf8 from "../../wire/utf8.ts";
import { base64 } from "../http/base64.ts";
import { connected, ENDING, pause, STEP, sendAll } from "../http/socket-io.ts";
import { absolutePath, type ProgramContext } from "../program-context.ts";
import { lastWords, ProgramExit, runSession } from "../program-exit.ts";
import { resolveName } from "../resolve-name.ts";
import { joined } from "../utf8-pieces.ts";
import { readHead, type WgetHead } from "./wget-head.ts";
import { type WgetOptions, wgetOptions } from "./wget-options.ts";
import { WgetOutput } from "./wget-output.ts";
import { WgetProgress } from "./wget-progress.ts";
import { WgetReader } from "./wget-reader.ts";
import { parseWgetUrl, type WgetUrl } from "./wget-url.ts";

/** It writes out what it has before it closes, and the server is done by then (ground truth s02-outbound). */
const LAST_STEP = 4 * STEP;

/** `busybox wget` with HTTP. */
export function wget(context: ProgramContext): Program {
  return runSession(context, () => new WgetSession(context, wgetOptions(context.args)));
}

/** With a log all that would go to standard error goes there, last words too. */
function logged(context: ProgramContext, log: string | null): ProgramContext {
  if (log === null) return context;
  const path = absolutePath(context, log);
  try {
    context.files.write(path, "");
  } catch (error) {
    fail(`can't open '${log}': ${(error as Error).message}`);
  }
  return { ...context, err: (text) => context.files.append(path, text) };
}

function fail(words: string): never {
  throw new ProgramExit(1, `wget: ${words}\n`);
}

class WgetSession {
  readonly #context: ProgramContext;
  readonly #o: WgetOptions;
  readonly #output: WgetOutput;
  #socket: TcpSocket | null = null;

  constructor(context: ProgramContext, options: WgetOptions) {
    this.#context = logged(context, options.log);
    this.#o = options;
    this.#output = new WgetOutput(context, options);
  }

  close(): void {
    this.#socket?.close();
    this.#output.close();
  }

  get #now(): Nanos {
    return this.#context.namespace.world.now;
  }

  /** What is told while it goes well. */
  #say(text: string): void {
    if (!this.#o.quiet) this.#context.err(text);
  }

  *run(): Program {
    try {
      for (const text of this.#o.urls) yield* this.#fetch(text);
      yield* pause(this.#now, ENDING);
      return 0;
    } catch (error) {
      return lastWords(this.#context, error);
    }
  }

  *#fetch(text: string): Generator<Wait, void, void> {
    let url = parseWgetUrl(text);
    const name = this.#o.output ?? (url.path.replace(/^.*\//, "") || "index.html");
    const begin = this.#o.continues && !this.#o.spider ? this.#output.sizeOf(name) : 0;
    let isElsewhere = true;
    for (let redirections = 0; ; redirections++) {
      const socket: TcpSocket = yield* this.#connect(url, isElsewhere);
      yield* this.#send(socket, url, begin);
      const reader: WgetReader = new WgetReader(socket, this.#o.patience);
      const show = (line: string): void => {
        if (this.#o.showsResponse) this.#context.err(`  ${line}\n`);
      };
      const head: WgetHead = yield* readHead(reader, show, begin > 0);
      if (head.location !== null) {
        if (redirections >= 5) fail("too many redirections");
        socket.close();
        isElsewhere = !head.location.startsWith("/");
        url = redirected(url, head.location);
        continue;
      }
      if (this.#o.spider) this.#say("remote file exists\n");
      else yield* this.#receive(reader, name, head.isPart ? begin : 0, begin, head);
      yield* pause(this.#now, LAST_STEP);
      socket.close();
      return;
    }
  }

  *#connect(url: WgetUrl, tells: boolean): Generator<Wait, TcpSocket, void> {
    const { address } = yield* resolveName(this.#context, url.host);
    if (address === null) fail(`bad address '${url.host}'`);
    const text = ip.format(address);
    if (tells) this.#say(`Connecting to ${url.place} (${text}:${url.port})\n`);
    const socket = new TcpSocket(this.#context.namespace);
    this.#socket = socket;
    let why: string | null;
    try {
      socket.connect(address, url.port);
      if (!(yield* connected(socket, this.#now + this.#o.patience))) fail("download timed out");
      const error = socket.takeError();
      why = error === null ? null : errorText[error];
    } catch (error) {
      if (!(error instanceof KernelError)) throw error;
      why = errorText[error.errno];
    }
    return why === null ? socket : fail(`can't connect to remote host (${text}): ${why}`);
  }

  *#send(socket: TcpSocket, url: WgetUrl, begin: number): Generator<Wait, void, void> {
    yield* pause(this.#now, STEP);
    const body = this.#body();
    const head = utf8.encode(this.#request(url, begin, body));
    const all = body === null ? head : joined([head, body]);
    try {
      yield* sendAll(socket, all, this.#now + this.#o.patience);
    } catch (error) {
      // What went wrong shows when the answer is read.
      if (!(error instanceof KernelError)) throw error;
    }
  }

  #body(): Uint8Array | null {
    const { postData, postFile } = this.#o;
    if (postData !== null) return utf8.encode(postData);
    if (postFile === null) return null;
    try {
      const content = this.#context.files.readBytes(absolutePath(this.#context, postFile));
      return typeof content === "string" ? utf8.encode(content) : content;
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      return fail(`can't open '${postFile}': ${error.message}`);
    }
  }

  #request(url: WgetUrl, begin: number, body: Uint8Array | null): string {
    const { headers, agent } = this.#o;
    const own = (name: string): boolean =>
      headers.some((line) => line.toLowerCase().startsWith(`${name.toLowerCase()}:`));
    const lines = [`${body === null ? "GET" : "POST"} ${url.path} HTTP/1.1`];
    if (!own("Host")) lines.push(`Host: ${url.place}`);
    if (!own("User-Agent")) lines.push(`User-Agent: ${agent}`);
    lines.push("Connection: close");
    if (url.user !== null && !own("Authorization"))
      lines.push(`Authorization: Basic ${base64(utf8.encode(decodeURIComponent(url.user)))}`);
    if (begin > 0) lines.push(`Range: bytes=${begin}-`);
    lines.push(...headers);
    if (body !== null) {
      if (!own("Content-Type")) lines.push("Content-Type: application/x-www-form-urlencoded");
      lines.push(`Content-Length: ${body.length}`);
    }
    return `${lines.join("\r\n")}\r\n\r\n`;
  }

  *#receive(
    reader: WgetReader,
    name: string,
    begin: number,
    asked: number,
    head: WgetHead,
  ): Generator<Wait, void, void> {
    if (asked > 0 && begin === 0) this.#context.err("wget: restart failed\n");
    this.#output.open(name, begin);
    const toStdout = name === "-";
    const shown = toStdout ? "-" : name.replace(/^.*\//, "");
    this.#say(toStdout ? "writing to stdout\n" : `saving to '${name}'\n`);
    const progress = new WgetProgress(shown, this.#now, begin);
    const got = head.chunked
      ? yield* this.#chunks(reader, progress)
      : yield* this.#copy(reader, head.length, 0, progress, head.length);
    if (this.#o.log === null) this.#say(progress.done(got));
    this.#output.flush();
    this.#say(toStdout ? "written to stdout\n" : `'${name}' saved\n`);
  }

  *#chunks(reader: WgetReader, progress: WgetProgress): Generator<Wait, number, void> {
    let got = 0;
    for (;;) {
      const size = Number.parseInt(/^[0-9a-fA-F]*/.exec(yield* reader.line())![0], 16) || 0;
      if (size === 0) return got;
      got += yield* this.#copy(reader, size, got, progress, null);
      yield* reader.line();
    }
  }

  /** Copies `length` octets, or all that come; gives how many. `before` came earlier. */
  *#copy(
    reader: WgetReader,
    length: number | null,
    before: number,
    progress: WgetProgress,
    total: number | null,
  ): Generator<Wait, number, void> {
    let got = 0;
    let limit = this.#now + this.#o.patience;
    while (length === null || got < length) {
      const most = length === null ? Number.POSITIVE_INFINITY : length - got;
      const some = yield* reader.piece(most, Math.min(limit, progress.next));
      if (some === null) {
        if (this.#now >= limit) fail("download timed out");
      } else if (some.length === 0) {
        if (length === null) break;
        // A chunk that is cut off shows as a missing line.
        if (total === null) fail("error getting response");
        fail("connection closed prematurely");
      } else {
        got += some.length;
        this.#output.write(some);
        limit = this.#now + this.#o.patience;
      }
      const line = progress.update(this.#now, before + got, total);
      if (this.#o.log === null) this.#say(line);
    }
    return got;
  }
}

function redirected(from: WgetUrl, location: string): WgetUrl {
  if (location.startsWith("/")) return { ...from, path: location };
  return parseWgetUrl(location);
}
