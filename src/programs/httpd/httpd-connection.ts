import { KernelError } from "../../net/kernel-error.ts";
import type { TcpSocket } from "../../net/tcp/tcp-socket.ts";
import type { Wait } from "../../sim/process.ts";
import { SECOND } from "../../sim/time.ts";
import { fieldValue, toOctets } from "../../wire/http.ts";
import { pause, STEP, sendAll } from "../http/socket-io.ts";
import { SocketLines } from "../http/socket-lines.ts";
import { type HttpdRequest, readFields, readRange, readRequestLine } from "./httpd-request.ts";
import { entityTag, fileHead, type HttpdFile, shortResponse } from "./httpd-response.ts";

/** What a server has to offer. */
export interface HttpdSite {
  /** The file of a tidy path; of a path that ends with a slash the index of that directory. */
  find(path: string, gzip: boolean): HttpdFile | "directory" | null;
}

/** What is told of a request, for `-v`. */
type HttpdLog = (what: string) => void;

const FOREVER = Number.POSITIVE_INFINITY;
/** Longer a request may not take. */
const PATIENCE = 60 * SECOND;
/**
 * The process needs a while to end, and whoever was woken by the body runs before it: so it is the client that closes
 * first, as recorded (ground truth s02 and w09).
 */
const LAST_STEP = 3 * STEP;

/** One connection of busybox's httpd: a request, its answer, the end. Times of day are seconds since 1970. */
export class HttpdConnection {
  readonly #socket: TcpSocket;
  readonly #site: HttpdSite;
  readonly #clock: () => number;
  readonly #log: HttpdLog;
  readonly #lines: SocketLines;

  constructor(socket: TcpSocket, site: HttpdSite, clock: () => number, log: HttpdLog) {
    this.#socket = socket;
    this.#site = site;
    this.#clock = clock;
    this.#log = log;
    this.#lines = new SocketLines(socket);
  }

  /** Serves it and closes it. */
  *run(): Generator<Wait, void, void> {
    try {
      const answer = yield* this.#read();
      if (answer === null) return;
      yield* pause(this.#now, 2 * STEP);
      if (typeof answer === "number") yield* this.#sendShort(answer);
      else yield* this.#answer(answer);
      yield* pause(this.#now, LAST_STEP);
      this.#socket.shutdown();
    } catch (error) {
      // The other end is gone.
      if (!(error instanceof KernelError)) throw error;
    } finally {
      this.#socket.close();
    }
  }

  get #now(): number {
    return this.#socket.ns.world.now;
  }

  /** The request; a status that answers a wrong one; null when nobody asks. */
  *#read(): Generator<Wait, HttpdRequest | number | null, void> {
    const until = this.#now + PATIENCE;
    const first = yield* this.#lines.next(until);
    if (first === "late") return 408;
    if (first === null || first.text === "") return null;
    const request = readRequestLine(first.text);
    if (typeof request === "number" && request !== 501) return request;
    const lines: string[] = [];
    for (;;) {
      const line = yield* this.#lines.next(until);
      if (line === "late") return 408;
      if (line === null || line.text === "") break;
      lines.push(line.text);
    }
    if (typeof request === "number") return request;
    this.#log(`url:${request.path}`);
    return { ...request, fields: readFields(lines) };
  }

  *#answer(request: HttpdRequest): Generator<Wait, void, void> {
    const { path, query, fields } = request;
    const gzip = /\bgzip\b/.test(fieldValue(fields, "accept-encoding") ?? "");
    const file = this.#site.find(path, gzip);
    if (file === "directory") {
      return yield* this.#sendShort(302, `${path}/${query === null ? "" : `?${query}`}`);
    }
    if (file === null) return yield* this.#sendShort(404);
    if (fieldValue(fields, "if-none-match") === entityTag(file)) return yield* this.#sendShort(304);
    const range = readRange(fields, file.content.length);
    this.#log(`response:${range === null ? 200 : 206}`);
    yield* sendAll(this.#socket, toOctets(fileHead(file, range, this.#clock())), FOREVER);
    yield* pause(this.#now, STEP);
    const body = range === null ? file.content : file.content.subarray(range.from, range.to + 1);
    // Also after HEAD, as busybox 1.35 does it.
    yield* sendAll(this.#socket, body, FOREVER);
  }

  *#sendShort(status: number, location: string | null = null): Generator<Wait, void, void> {
    this.#log(`response:${status}`);
    yield* sendAll(this.#socket, toOctets(shortResponse(status, this.#clock(), location)), FOREVER);
  }
}
