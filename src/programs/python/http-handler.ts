import { KernelError } from "../../net/kernel-error.ts";
import type { TcpSocket } from "../../net/tcp/tcp-socket.ts";
import type { Wait } from "../../sim/process.ts";
import { fieldValue, formatHttpDate, type HttpField, parseField, toOctets } from "../../wire/http.ts";
import { pause, STEP, sendAll } from "../http/socket-io.ts";
import { SocketLines } from "../http/socket-lines.ts";
import type { DirectorySite } from "./directory-site.ts";
import { errorPage, ifModifiedSince, REASONS, SERVER } from "./http-words.ts";
import { repr } from "./python-text.ts";
import { type Refusal, type RequestLine, readRequestLine, refuse } from "./request-line.ts";

const FOREVER = Number.POSITIVE_INFINITY;
/** Longer lines and more fields Python refuses (http.client). */
const LONGEST = 65536;
const MOST_FIELDS = 100;
/** What `shutil.copyfileobj` sends at once. */
const PIECE = 65536;

/** What a server has for all its connections. */
export interface HandlerSetting {
  readonly site: DirectorySite;
  readonly protocol: string;
  /** The time of day in seconds since 1970. */
  clock(): number;
  /** Writes a line to the log. */
  log(peer: string, words: string): void;
}

/** One connection of `http.server`: requests and answers, one after the other, until one of both wants no more. */
export class HttpHandler {
  readonly #setting: HandlerSetting;
  readonly #socket: TcpSocket;
  readonly #peer: string;
  readonly #lines: SocketLines;
  /** Of the request under way: its first line, and what its answer depends on. */
  #said = "";
  #version = "HTTP/0.9";
  #method = "";
  #fields: readonly HttpField[] = [];
  #close = true;

  constructor(setting: HandlerSetting, socket: TcpSocket, peer: string) {
    this.#setting = setting;
    this.#socket = socket;
    this.#peer = peer;
    this.#lines = new SocketLines(socket);
  }

  /** Serves it and closes it. */
  *run(): Generator<Wait, void, void> {
    try {
      do yield* this.#serveOne();
      while (!this.#close);
      yield* this.#pause();
      this.#socket.shutdown();
    } catch (error) {
      // The other end is gone.
      if (!(error instanceof KernelError)) throw error;
    } finally {
      this.#socket.close();
    }
  }

  #pause(): Generator<Wait, void, void> {
    return pause(this.#socket.ns.world.now, STEP);
  }

  *#serveOne(): Generator<Wait, void, void> {
    const first = yield* this.#lines.next(FOREVER, LONGEST);
    this.#close = true;
    this.#version = "HTTP/0.9";
    this.#method = "";
    if (first === null || first === "late") return;
    this.#said = first.text;
    yield* this.#pause();
    if (first.text.length > LONGEST) {
      this.#said = "";
      this.#version = "";
      yield* this.#refuse(refuse(414, REASONS[414]!));
      return;
    }
    const line = readRequestLine(first.text);
    if (line === null) return;
    this.#version = line.version;
    const refusal = "refusal" in line ? line.refusal : yield* this.#readFields(line);
    if (refusal !== null) yield* this.#refuse(refusal);
    else yield* this.#answer((line as RequestLine).target);
  }

  /** Reads what is below the first line and decides whether the connection stays. */
  *#readFields(line: RequestLine): Generator<Wait, Refusal | null, void> {
    this.#method = line.method;
    const fields: HttpField[] = [];
    for (let count = 1; ; count++) {
      const next = yield* this.#lines.next(FOREVER, LONGEST);
      const text = next === null || next === "late" ? "" : next.text;
      if (text.length > LONGEST)
        return refuse(431, "Line too long", `got more than ${LONGEST} bytes when reading header line`);
      if (count > MOST_FIELDS) return refuse(431, "Too many headers", `got more than ${MOST_FIELDS} headers`);
      if (text === "") break;
      const field = parseField(text);
      if (field !== null) fields.push(field);
    }
    this.#fields = fields;
    const isNew = this.#setting.protocol >= "HTTP/1.1";
    const wish = fieldValue(fields, "connection")?.toLowerCase();
    this.#close = wish === "close" || !isNew || !(wish === "keep-alive" || line.mayStay);
    if (isNew && line.version >= "HTTP/1.1" && /^100-continue$/i.test(fieldValue(fields, "expect") ?? ""))
      yield* this.#send(toOctets(`${this.#setting.protocol} 100 Continue\r\n\r\n`));
    return null;
  }

  *#answer(target: string): Generator<Wait, void, void> {
    if (this.#method !== "GET" && this.#method !== "HEAD")
      return yield* this.#refuse(refuse(501, `Unsupported method (${repr(this.#method)})`));
    const found = this.#setting.site.find(target);
    switch (found.kind) {
      case "nothing":
        return yield* this.#refuse(refuse(404, "File not found"));
      case "moved":
        return yield* this.#head(301, REASONS[301]!, [`Location: ${found.location}`, "Content-Length: 0"]);
      case "listing": {
        const { type, content } = found;
        yield* this.#head(200, "OK", [`Content-type: ${type}`, `Content-Length: ${content.length}`]);
        return yield* this.#body(content);
      }
      case "file": {
        const { content, changed } = found.file;
        const since = ifModifiedSince(this.#fields);
        if (since !== null && changed <= since) return yield* this.#head(304, REASONS[304]!, []);
        yield* this.#head(200, "OK", [
          `Content-type: ${found.type}`,
          `Content-Length: ${content.length}`,
          `Last-Modified: ${formatHttpDate(changed)}`,
        ]);
        return yield* this.#body(content);
      }
    }
  }

  /** An error page, behind which the connection ends. */
  *#refuse({ status, message, explain }: Refusal): Generator<Wait, void, void> {
    this.#close = true;
    this.#setting.log(this.#peer, `code ${status}, message ${message}`);
    const page = errorPage(status, message, explain);
    yield* this.#head(status, message, [
      "Connection: close",
      "Content-Type: text/html;charset=utf-8",
      `Content-Length: ${page.length}`,
    ]);
    yield* this.#body(page);
  }

  *#head(status: number, reason: string, lines: readonly string[]): Generator<Wait, void, void> {
    const { log, clock, protocol } = this.#setting;
    log(this.#peer, `"${this.#said}" ${status} -`);
    if (this.#version === "HTTP/0.9") return;
    const about = [`Server: ${SERVER}`, `Date: ${formatHttpDate(clock())}`];
    const head = [`${protocol} ${status} ${reason}`, ...about, ...lines, "", ""].join("\r\n");
    yield* this.#send(toOctets(head));
  }

  *#body(content: Uint8Array): Generator<Wait, void, void> {
    if (this.#method === "HEAD") return;
    for (let at = 0; at < content.length; at += PIECE) yield* this.#send(content.subarray(at, at + PIECE));
  }

  /** Sends, and computes a while before what comes next. */
  *#send(octets: Uint8Array): Generator<Wait, void, void> {
    yield* sendAll(this.#socket, octets, FOREVER);
    yield* this.#pause();
  }
}
