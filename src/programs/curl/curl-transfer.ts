import { errorText, KernelError } from "../../net/kernel-error.ts";
import type { Wait } from "../../sim/process.ts";
import { MILLISECOND, type Nanos } from "../../sim/time.ts";
import { fieldValue, type HttpField, toOctets } from "../../wire/http.ts";
import * as ip from "../../wire/ipv4-address.ts";
import { pause, receiveSome, STEP, sendAll } from "../http/socket-io.ts";
import type { ProgramContext } from "../program-context.ts";
import type { CurlConnection, CurlConnections } from "./curl-connections.ts";
import { millis } from "./curl-connections.ts";
import { Code, CurlFailure } from "./curl-errors.ts";
import { CurlMeter, type Progress } from "./curl-meter.ts";
import type { CurlNames } from "./curl-names.ts";
import type { CurlOptions } from "./curl-options.ts";
import type { CurlSink } from "./curl-output.ts";
import type { CurlReport } from "./curl-report.ts";
import { buildRequest, methodOf, requestOctets } from "./curl-request.ts";
import { CurlResponse, type ResponseListener } from "./curl-response.ts";
import { type CurlUrl, parseUrl, resolveReference, urlText } from "./curl-url.ts";

/** What one read of the network takes at most: curl's buffer. */
const CHUNK = 102_400;
/** So much of a body goes out with the head. */
const FIRST_PIECE = 65_536;

/** What a transfer came to; times in nanoseconds from its beginning. */
export interface TransferResult {
  code: Code;
  errorText: string | null;
  readonly url: string;
  readonly urlNumber: number;
  effectiveUrl: string;
  fileName: string | null;
  method: string;
  referer: string | null;
  status: number;
  version: string | null;
  fields: readonly HttpField[];
  headSize: number;
  requestSize: number;
  downloaded: number;
  uploaded: number;
  connects: number;
  redirects: number;
  redirectUrl: string | null;
  local: { readonly address: number; readonly port: number } | null;
  remote: { readonly address: number; readonly port: number } | null;
  readonly times: {
    lookup: Nanos;
    connect: Nanos;
    pretransfer: Nanos;
    starttransfer: Nanos;
    redirect: Nanos;
    total: Nanos;
  };
}

/** What a transfer is made with. */
interface TransferParts {
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

/** One URL, with the redirections that follow from it. */
export class CurlTransfer implements ResponseListener {
  readonly result: TransferResult;
  readonly meter: CurlMeter;
  readonly #parts: TransferParts;
  readonly #progress: Progress = { downloaded: 0, downloadSize: -1, uploaded: 0, uploadSize: -1 };
  #started: Nanos = 0;
  #deadline: Nanos = Number.POSITIVE_INFINITY;
  #method: string;
  /** The body of the present response is for nobody: an error under `-f`, or a redirection that is followed. */
  #ignoresBody = false;
  #ignoringTold = false;
  #closesAfter = false;

  constructor(parts: TransferParts, url: string, urlNumber: number, fileName: string | null) {
    this.#parts = parts;
    this.#method = methodOf(parts.options);
    this.meter = new CurlMeter(parts.meter, this.#progress, parts.isRetry);
    this.result = {
      code: Code.OK,
      errorText: null,
      url,
      urlNumber,
      effectiveUrl: url,
      fileName,
      method: this.#method,
      referer: parts.options.referer,
      status: 0,
      version: null,
      fields: [],
      headSize: 0,
      requestSize: 0,
      downloaded: 0,
      uploaded: 0,
      connects: 0,
      redirects: 0,
      redirectUrl: null,
      local: null,
      remote: null,
      times: { lookup: 0, connect: 0, pretransfer: 0, starttransfer: 0, redirect: 0, total: 0 },
    };
  }

  get #now(): Nanos {
    return this.#parts.context.namespace.world.now;
  }

  get #since(): Nanos {
    return this.#now - this.#started;
  }

  /** Runs it to its end; what went wrong stands in the result. */
  *run(): Generator<Wait, void, void> {
    const { options } = this.#parts;
    this.#started = this.#now;
    // Curl looks at its clock in whole milliseconds, and only a further one is too late.
    if (options.maxTime !== null && options.maxTime > 0)
      this.#deadline = this.#started + options.maxTime + MILLISECOND;
    try {
      let url = parseUrl(this.result.url);
      for (;;) {
        this.result.effectiveUrl = urlText(url);
        yield* this.#one(url);
        const next = this.#redirection(url);
        if (next === null) break;
        if (options.maxRedirects >= 0 && this.result.redirects >= options.maxRedirects) {
          this.#parts.report.info(`Maximum (${options.maxRedirects}) redirects followed`);
          throw new CurlFailure(
            Code.TOO_MANY_REDIRECTS,
            `Maximum (${options.maxRedirects}) redirects followed`,
          );
        }
        this.result.redirects++;
        this.result.times.redirect = this.#since;
        const there = parseUrl(next);
        if (there.port !== url.port)
          this.#parts.report.info(`Clear auth, redirects to port from ${url.port} to ${there.port}`);
        this.#parts.report.info(`Issue another request to this URL: '${next}'`);
        url = there;
      }
      this.#parts.sink.end(true);
    } catch (error) {
      if (!(error instanceof CurlFailure)) throw error;
      this.result.code = error.code;
      this.result.errorText = error.message;
      this.#parts.sink.end(false);
    }
    this.result.times.total = this.#since;
    this.result.downloaded = this.#progress.downloaded;
    this.result.uploaded = this.#progress.uploaded;
  }

  /** One request and its response. */
  *#one(url: CurlUrl): Generator<Wait, void, void> {
    const { report, connections, options, names } = this.#parts;
    let connection = connections.takeIdle(url.host, url.port, report);
    if (connection !== null) {
      this.#startMeter();
      report.info(`Re-using existing connection #${connection.number} with host ${url.host}`);
    } else {
      const number = connections.takeNumber();
      try {
        const target = names.target(url, options, report);
        const known = names.known(target.host, target.port, report);
        this.#startMeter();
        const addresses = known ?? names.lookUp(target.host, target.port, report);
        this.result.times.lookup = this.#since;
        connection = yield* connections.open(
          {
            addresses,
            host: target.host,
            port: target.port,
            started: this.#started,
            attempted: this.#now,
            deadline: this.#deadline,
            connectDeadline:
              options.connectTimeout === null || options.connectTimeout === 0
                ? Number.POSITIVE_INFINITY
                : this.#now + options.connectTimeout,
            tick: this.#tick,
          },
          number,
          options,
          report,
        );
      } catch (error) {
        if (error instanceof CurlFailure) {
          if (error.code !== Code.COULDNT_RESOLVE_HOST) this.meter.done(this.#now);
          report.info(`Closing connection ${number}`);
        }
        throw error;
      }
      this.result.connects++;
      this.result.times.connect = this.#since;
      report.info(
        `Connected to ${options.connectTo.length > 0 ? "(nil)" : url.host} (${ip.format(connection.address)}) port ${connection.port} (#${number})`,
      );
      connection = { ...connection, host: url.host, port: url.port };
    }
    yield* this.#exchange(connection, url);
  }

  #startMeter(): void {
    if (this.result.redirects === 0) this.meter.start(this.#now);
  }

  /** Writes the meter when it is time; when to look again. */
  readonly #tick = (): Nanos => {
    // The last line comes when the transfer has ended.
    if (this.#parts.meter === null || this.#deadline - this.#now <= MILLISECOND)
      return Number.POSITIVE_INFINITY;
    this.meter.update(this.#now);
    return this.meter.next;
  };

  *#exchange(connection: CurlConnection, url: CurlUrl): Generator<Wait, void, void> {
    const { report, connections, options } = this.#parts;
    const { socket, number } = connection;
    this.result.local = { address: socket.localAddress, port: socket.localPort };
    this.result.remote = { address: socket.remoteAddress, port: socket.remotePort };
    let keeps = false;
    try {
      yield* pause(this.#now, STEP);
      const request = buildRequest(options, url, this.#method);
      this.result.method = request.method;
      this.result.times.pretransfer = this.#since;
      const octets = requestOctets(request);
      const user = options.user ?? url.user;
      if (user !== null) report.info(`Server auth using Basic with user '${user.replace(/:.*/, "")}'`);
      report.sent(request.head);
      if (request.body.length > 0) {
        this.#progress.uploadSize = request.body.length;
        report.sentData(Math.min(request.body.length, FIRST_PIECE));
      }
      const response = new CurlResponse(this, this.#method, options.http09);
      yield* this.#send(connection, octets, request.body.length);
      this.result.requestSize += octets.length - request.body.length;
      if (request.body.length > FIRST_PIECE) report.info("We are completely uploaded and fine");
      yield* this.#receive(connection, response);
      this.result.headSize += response.headSize;
      keeps = !response.closes && !options.http10;
      this.meter.done(this.#now);
      yield* pause(this.#now, STEP);
      if (keeps) {
        connections.keep(connection);
        report.info(`Connection #${number} to host ${connection.host} left intact`);
      }
    } catch (error) {
      if (error instanceof CurlFailure) this.meter.done(this.#now);
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
        const until = Math.min(this.#deadline, this.#tick());
        at += yield* sendAll(socket, octets.subarray(at), until);
        this.#progress.uploaded = Math.max(0, at - (octets.length - bodyLength));
        if (at < octets.length && this.#now >= this.#deadline) this.#timeOut();
      }
    } catch (error) {
      if (!(error instanceof KernelError)) throw error;
      throw this.#said(new CurlFailure(Code.SEND_ERROR, `Send failure: ${errorText[error.errno]}`));
    }
  }

  *#receive({ socket }: CurlConnection, response: CurlResponse): Generator<Wait, void, void> {
    try {
      while (!response.isDone) {
        const until = Math.min(this.#deadline, this.#tick());
        const some = yield* receiveSome(socket, CHUNK, until);
        if (some === null) {
          if (this.#now >= this.#deadline) this.#timeOut();
          continue;
        }
        if (some.length === 0) response.end();
        else {
          if (this.result.times.starttransfer === 0) this.result.times.starttransfer = this.#since;
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
    const { downloaded, downloadSize } = this.#progress;
    const received = downloadSize >= 0 ? `${downloaded} out of ${downloadSize}` : `${downloaded}`;
    throw new CurlFailure(
      Code.OPERATION_TIMEDOUT,
      `Operation timed out after ${millis(this.#since)} milliseconds with ${received} bytes received`,
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
    this.result.status = response.status?.status ?? 0;
    this.result.version = response.status === null ? "0.9" : response.status.version;
    this.result.fields = response.fields;
    if (options.fail && this.result.status >= 400) {
      throw new CurlFailure(
        Code.HTTP_RETURNED_ERROR,
        `The requested URL returned error: ${this.result.status}`,
      );
    }
    if (options.maxFilesize > 0 && response.length > options.maxFilesize)
      throw new CurlFailure(Code.FILESIZE_EXCEEDED, "Maximum file size exceeded");
    this.#ignoresBody = !this.#followsNothing();
    this.#ignoringTold = false;
    this.#closesAfter = response.closes;
    if (!this.#ignoresBody) this.#progress.downloadSize = response.length;
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
    this.#progress.downloaded += octets.length;
    this.#parts.sink.write(octets);
  }

  #location(): string | null {
    const { status, fields } = this.result;
    return status >= 300 && status < 400 ? fieldValue(fields, "location") : null;
  }

  #followsNothing(): boolean {
    return !this.#parts.options.location || this.#location() === null;
  }

  /** Where the response sends us, if we go there. */
  #redirection(url: CurlUrl): string | null {
    const location = this.#location();
    if (location === null) return null;
    const next = resolveReference(url, location);
    if (this.#followsNothing()) {
      this.result.redirectUrl = next;
      return null;
    }
    const { status } = this.result;
    if (this.#method === "POST" && status >= 301 && status <= 303) this.#method = "GET";
    return next;
  }
}
