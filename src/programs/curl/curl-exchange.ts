import { errorText, KernelError } from "../../net/kernel-error.ts";
import type { Wait } from "../../sim/process.ts";
import type { Nanos } from "../../sim/time.ts";
import { toOctets } from "../../wire/http.ts";
import { pause, receiveSome, STEP, sendAll } from "../http/socket-io.ts";
import type { ProgramContext } from "../program-context.ts";
import { type CurlConnection, type CurlConnections, millis } from "./curl-connections.ts";
import { Code, CurlFailure } from "./curl-errors.ts";
import type { CurlMeter, Progress } from "./curl-meter.ts";
import type { CurlNames } from "./curl-names.ts";
import type { CurlOptions } from "./curl-options.ts";
import type { CurlSink } from "./curl-output.ts";
import type { CurlReport } from "./curl-report.ts";
import { buildRequest, requestOctets } from "./curl-request.ts";
import { CurlResponse, type ResponseListener } from "./curl-response.ts";
import { locationOf, type TransferResult } from "./curl-result.ts";
import type { CurlUrl } from "./curl-url.ts";

/** What one read of the network takes at most: curl's buffer. */
const CHUNK = 102_400;
/** So much of a body goes out with the head. */
const FIRST_PIECE = 65_536;

/** What a transfer is made with. */
export interface TransferParts {
  readonly context: ProgramContext;
  readonly options: CurlOptions;
  readonly connections: CurlConnections;
  readonly names: CurlNames;
  readonly report: CurlReport;
  readonly sink: CurlSink;
  /** Shows the meter; null when it is hidden. */
  readonly meter: ((text: string) => void) | null;
  /** An earlier try of this transfer has shown the heading of the meter. */
  readonly isRetry: boolean;
  /** Where `-D` writes, or null. */
  readonly dumpHead: ((line: string) => void) | null;
}

/** The transfer that an exchange is a part of. */
interface Transfer {
  readonly parts: TransferParts;
  readonly result: TransferResult;
  readonly meter: CurlMeter;
  readonly progress: Progress;
  /** How long the transfer has been under way, and when it must have ended. */
  readonly since: Nanos;
  readonly deadline: Nanos;
  /** Writes the meter when it is time; when to look again. */
  tick(): Nanos;
}

/** One request and its response. */
export class CurlExchange implements ResponseListener {
  readonly #transfer: Transfer;
  readonly #parts: TransferParts;
  readonly #result: TransferResult;
  readonly #method: string;
  /** The body of the response is for nobody: the response sends us elsewhere, and we go. */
  #ignoresBody = false;
  #ignoringTold = false;
  #closesAfter = false;

  constructor(transfer: Transfer, method: string) {
    this.#transfer = transfer;
    this.#parts = transfer.parts;
    this.#result = transfer.result;
    this.#method = method;
  }

  get #now(): Nanos {
    return this.#parts.context.namespace.world.now;
  }

  /** Sends the request over `connection` and reads what comes back. @throws {CurlFailure} */
  *run(connection: CurlConnection, url: CurlUrl): Generator<Wait, void, void> {
    const { report, connections, options } = this.#parts;
    const { socket, number } = connection;
    this.#result.local = { address: socket.localAddress, port: socket.localPort };
    this.#result.remote = { address: socket.remoteAddress, port: socket.remotePort };
    let keeps = false;
    try {
      yield* pause(this.#now, STEP);
      const request = buildRequest(options, url, this.#method);
      this.#result.method = request.method;
      this.#result.times.pretransfer = this.#transfer.since;
      const octets = requestOctets(request);
      const user = options.user ?? url.user;
      if (user !== null) report.info(`Server auth using Basic with user '${user.replace(/:.*/, "")}'`);
      report.sent(request.head);
      if (request.body.length > 0) {
        this.#transfer.progress.uploadSize = request.body.length;
        report.sentData(Math.min(request.body.length, FIRST_PIECE));
      }
      const response = new CurlResponse(this, this.#method, options.http09);
      yield* this.#send(connection, octets, request.body.length);
      this.#result.requestSize += octets.length - request.body.length;
      if (request.body.length > FIRST_PIECE) report.info("We are completely uploaded and fine");
      yield* this.#receive(connection, response);
      this.#result.headSize += response.headSize;
      keeps = !response.closes && !options.http10;
      this.#transfer.meter.done(this.#now);
      yield* pause(this.#now, STEP);
      // A server that sends a body after all has done so before curl, which it woke with the head, comes to read: both are read at once.
      if (this.#method === "HEAD" && !keeps) {
        yield* pause(this.#now, STEP);
        socket.receive(CHUNK);
      }
      if (keeps) {
        connections.keep(connection);
        report.info(`Connection #${number} to host ${connection.host} left intact`);
      }
    } catch (error) {
      if (error instanceof CurlFailure) this.#transfer.meter.done(this.#now);
      throw error;
    } finally {
      if (!keeps) {
        report.info(`Closing connection ${number}`);
        socket.close();
      }
    }
  }

  *#send({ socket }: CurlConnection, octets: Uint8Array, bodyLength: number): Generator<Wait, void, void> {
    try {
      let at = 0;
      while (at < octets.length) {
        const until = Math.min(this.#transfer.deadline, this.#transfer.tick());
        at += yield* sendAll(socket, octets.subarray(at), until);
        this.#transfer.progress.uploaded = Math.max(0, at - (octets.length - bodyLength));
        if (at < octets.length && this.#now >= this.#transfer.deadline) this.#timeOut();
      }
    } catch (error) {
      if (!(error instanceof KernelError)) throw error;
      throw this.#said(new CurlFailure(Code.SEND_ERROR, `Send failure: ${errorText[error.errno]}`));
    }
  }

  *#receive({ socket }: CurlConnection, response: CurlResponse): Generator<Wait, void, void> {
    try {
      while (!response.isDone) {
        const until = Math.min(this.#transfer.deadline, this.#transfer.tick());
        const some = yield* receiveSome(socket, CHUNK, until);
        if (some === null) {
          if (this.#now >= this.#transfer.deadline) this.#timeOut();
          continue;
        }
        if (some.length === 0) response.end();
        else {
          if (this.#result.times.starttransfer === 0) this.#result.times.starttransfer = this.#transfer.since;
          response.take(some);
        }
      }
    } catch (error) {
      if (error instanceof CurlFailure) throw this.#said(error);
      if (!(error instanceof KernelError)) throw error;
      throw this.#said(new CurlFailure(Code.RECV_ERROR, `Recv failure: ${errorText[error.errno]}`));
    }
  }

  /** `-v` tells of a failure where it happens. */
  #said(failure: CurlFailure): CurlFailure {
    this.#parts.report.info(failure.message);
    return failure;
  }

  #timeOut(): never {
    const { downloaded, downloadSize } = this.#transfer.progress;
    const received = downloadSize >= 0 ? `${downloaded} out of ${downloadSize}` : `${downloaded}`;
    throw new CurlFailure(
      Code.OPERATION_TIMEDOUT,
      `Operation timed out after ${millis(this.#transfer.since)} milliseconds with ${received} bytes received`,
    );
  }

  // What the response tells while it comes.

  line(text: string): void {
    const { report, options, sink, dumpHead } = this.#parts;
    report.received(text);
    if (options.include || options.head) sink.write(toOctets(text));
    dumpHead?.(text);
  }

  head(response: CurlResponse): void {
    const { options } = this.#parts;
    this.#result.status = response.status?.status ?? 0;
    this.#result.version = response.status === null ? "0.9" : response.status.version;
    this.#result.fields = response.fields;
    if (options.fail && this.#result.status >= 400) {
      throw new CurlFailure(
        Code.HTTP_RETURNED_ERROR,
        `The requested URL returned error: ${this.#result.status}`,
      );
    }
    if (options.maxFilesize > 0 && response.length > options.maxFilesize)
      throw new CurlFailure(Code.FILESIZE_EXCEEDED, "Maximum file size exceeded");
    this.#ignoresBody = options.location && locationOf(this.#result) !== null;
    this.#closesAfter = response.closes;
    if (!this.#ignoresBody) this.#transfer.progress.downloadSize = response.length;
  }

  arrived(length: number): boolean {
    const { report } = this.#parts;
    if (this.#ignoresBody && length > 0) {
      if (this.#closesAfter) return false;
      if (!this.#ignoringTold) report.info("Ignoring the response-body");
      this.#ignoringTold = true;
    }
    report.receivedData(length);
    return true;
  }

  info(text: string): void {
    this.#parts.report.info(text);
  }

  body(octets: Uint8Array): void {
    if (this.#ignoresBody) return;
    this.#transfer.progress.downloaded += octets.length;
    this.#parts.sink.write(octets);
  }
}
