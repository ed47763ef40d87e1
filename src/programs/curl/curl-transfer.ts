import type { Wait } from "../../sim/process.ts";
import { MILLISECOND, type Nanos } from "../../sim/time.ts";
import * as ip from "../../wire/ipv4-address.ts";
import type { CurlConnection } from "./curl-connections.ts";
import { Code, CurlFailure } from "./curl-errors.ts";
import { CurlExchange, type TransferParts } from "./curl-exchange.ts";
import { CurlMeter, type Progress } from "./curl-meter.ts";
import { methodOf } from "./curl-request.ts";
import { freshResult, locationOf, type TransferResult } from "./curl-result.ts";
import { type CurlUrl, parseUrl, resolveReference, urlText } from "./curl-url.ts";

/** One URL, with the redirections that follow from it. */
export class CurlTransfer {
  readonly result: TransferResult;
  readonly meter: CurlMeter;
  readonly parts: TransferParts;
  readonly progress: Progress = { downloaded: 0, downloadSize: -1, uploaded: 0, uploadSize: -1 };
  #started: Nanos = 0;
  /** When it must have ended (-m). */
  deadline: Nanos = Number.POSITIVE_INFINITY;
  #method: string;

  constructor(parts: TransferParts, url: string, urlNumber: number, fileName: string | null) {
    this.parts = parts;
    this.#method = methodOf(parts.options);
    this.meter = new CurlMeter(parts.meter, this.progress, parts.isRetry);
    const { referer } = parts.options;
    this.result = freshResult({ url, urlNumber, fileName, method: this.#method, referer });
  }

  get #now(): Nanos {
    return this.parts.context.namespace.world.now;
  }

  /** How long it has been under way. */
  get since(): Nanos {
    return this.#now - this.#started;
  }

  /** Runs it to its end; what went wrong stands in the result. */
  *run(): Generator<Wait, void, void> {
    const { options } = this.parts;
    this.#started = this.#now;
    // Curl looks at its clock in whole milliseconds, and only a further one is too late.
    if (options.maxTime !== null && options.maxTime > 0)
      this.deadline = this.#started + options.maxTime + MILLISECOND;
    try {
      let url = parseUrl(this.result.url);
      for (;;) {
        this.result.effectiveUrl = urlText(url);
        yield* this.#one(url);
        const next = this.#redirection(url);
        if (next === null) break;
        if (options.maxRedirects >= 0 && this.result.redirects >= options.maxRedirects) {
          const words = `Maximum (${options.maxRedirects}) redirects followed`;
          this.parts.report.info(words);
          throw new CurlFailure(Code.TOO_MANY_REDIRECTS, words);
        }
        this.result.redirects++;
        this.result.times.redirect = this.since;
        const there = parseUrl(next);
        if (there.port !== url.port)
          this.parts.report.info(`Clear auth, redirects to port from ${url.port} to ${there.port}`);
        this.parts.report.info(`Issue another request to this URL: '${next}'`);
        url = there;
      }
      this.parts.sink.end(true);
    } catch (error) {
      if (!(error instanceof CurlFailure)) throw error;
      this.result.code = error.code;
      this.result.errorText = error.message;
      this.parts.sink.end(false);
    }
    this.result.times.total = this.since;
    this.result.downloaded = this.progress.downloaded;
    this.result.uploaded = this.progress.uploaded;
  }

  /** One request and its response, over a connection that idles or a new one. */
  *#one(url: CurlUrl): Generator<Wait, void, void> {
    const { report, connections } = this.parts;
    let connection = connections.takeIdle(url.host, url.port, report);
    if (connection === null) connection = yield* this.#connect(url);
    else {
      this.#startMeter();
      report.info(`Re-using existing connection #${connection.number} with host ${url.host}`);
    }
    yield* new CurlExchange(this, this.#method).run(connection, url);
  }

  *#connect(url: CurlUrl): Generator<Wait, CurlConnection, void> {
    const { report, connections, options, names } = this.parts;
    const { connectTimeout } = options;
    const number = connections.takeNumber();
    let connection: CurlConnection;
    try {
      const target = names.target(url, options, report);
      const known = names.known(target.host, target.port, report);
      this.#startMeter();
      const addresses = known ?? (yield* names.lookUp(target.host, target.port, report));
      this.result.times.lookup = this.since;
      connection = yield* connections.open(
        {
          addresses,
          host: target.host,
          port: target.port,
          started: this.#started,
          attempted: this.#now,
          deadline: this.deadline,
          connectDeadline:
            connectTimeout === null || connectTimeout === 0
              ? Number.POSITIVE_INFINITY
              : this.#now + connectTimeout,
          tick: this.tick,
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
    this.result.times.connect = this.since;
    report.info(
      `Connected to ${options.connectTo.length > 0 ? "(nil)" : url.host} (${ip.format(connection.address)}) port ${connection.port} (#${number})`,
    );
    return { ...connection, host: url.host, port: url.port };
  }

  #startMeter(): void {
    if (this.result.redirects === 0) this.meter.start(this.#now);
  }

  /** Writes the meter when it is time; when to look again. */
  readonly tick = (): Nanos => {
    // The last line comes when the transfer has ended.
    if (this.parts.meter === null || this.deadline - this.#now <= MILLISECOND)
      return Number.POSITIVE_INFINITY;
    this.meter.update(this.#now);
    return this.meter.next;
  };

  /** Where the response sends us, if we go there. */
  #redirection(url: CurlUrl): string | null {
    const location = locationOf(this.result);
    if (location === null) return null;
    const next = resolveReference(url, location);
    if (!this.parts.options.location) {
      this.result.redirectUrl = next;
      return null;
    }
    const { status } = this.result;
    if (this.#method === "POST" && status >= 301 && status <= 303) this.#method = "GET";
    return next;
  }
}
