import type { Program, Wait } from "../../sim/process.ts";
import { SECOND } from "../../sim/time.ts";
import type { ProgramContext } from "../program-context.ts";
import { ProgramExit } from "../program-exit.ts";
import { CurlConnections } from "./curl-connections.ts";
import { Code, CurlFailure } from "./curl-errors.ts";
import { expandGlob } from "./curl-glob.ts";
import { CurlNames } from "./curl-names.ts";
import { type CurlOptions, CurlText, curlOptions } from "./curl-options.ts";
import { type CurlSink, CurlStdout, FileSink, stdoutSink } from "./curl-output.ts";
import { CurlReport } from "./curl-report.ts";
import { CurlTransfer, type TransferResult } from "./curl-transfer.ts";
import { writeOut } from "./curl-write-out.ts";

/** `curl` 7.88.1 as Debian has it, with HTTP. */
export function* curl(context: ProgramContext): Program {
  let session: CurlSession;
  try {
    session = new CurlSession(context, curlOptions(context));
  } catch (error) {
    if (error instanceof CurlText) {
      context.out(error.message);
      return 0;
    }
    if (!(error instanceof ProgramExit)) throw error;
    context.err(error.message);
    return error.status;
  }
  try {
    return yield* session.run();
  } catch (error) {
    if (!(error instanceof ProgramExit)) throw error;
    context.err(error.message);
    return error.status;
  } finally {
    session.close();
  }
}

class CurlSession {
  readonly #context: ProgramContext;
  readonly #o: CurlOptions;
  readonly #connections: CurlConnections;
  readonly #names: CurlNames;
  readonly #stdout: CurlStdout;
  #meterHeadShown = false;
  #namesTaken = false;

  constructor(context: ProgramContext, options: CurlOptions) {
    this.#context = context;
    this.#o = options;
    this.#connections = new CurlConnections(context);
    this.#names = new CurlNames(context);
    this.#stdout = new CurlStdout(context, !context.terminal && !options.noBuffer);
  }

  close(): void {
    this.#connections.close();
  }

  *run(): Program {
    let code: number = Code.OK;
    let number = 0;
    for (const [i, text] of this.#o.urls.entries()) {
      let urls: readonly string[];
      try {
        urls = this.#o.globOff ? [text] : expandGlob(text);
      } catch (error) {
        if (!(error instanceof CurlFailure)) throw error;
        this.#complain(error.code, error.message);
        return error.code;
      }
      for (const url of urls) {
        const result = yield* this.#withRetries(url, number++, this.#o.outputs[i]);
        code = result.code;
        if (code !== Code.OK && this.#o.failEarly) return code;
      }
    }
    return code;
  }

  #complain(code: number, words: string): void {
    if (!this.#o.silent || this.#o.showError) this.#context.err(`curl: (${code}) ${words}\n`);
  }

  *#withRetries(
    url: string,
    number: number,
    output: string | null | undefined,
  ): Generator<Wait, TransferResult, void> {
    const { world } = this.#context.namespace;
    const started = world.now;
    let wait = this.#o.retryDelay || SECOND;
    for (let left = this.#o.retry; ; left--) {
      const result = yield* this.#once(url, number, output);
      const why = left > 0 ? this.#retryReason(result) : null;
      if (why === null || (this.#o.retryMaxTime > 0 && world.now - started >= this.#o.retryMaxTime)) {
        if (result.errorText !== null) this.#complain(result.code, result.errorText);
        return result;
      }
      if (result.errorText !== null) this.#complain(result.code, result.errorText);
      this.#warn(
        `Problem: ${why}. Will retry in ${wait / SECOND} seconds. ${left} ${left === 1 ? "retry" : "retries"} left.`,
      );
      yield { on: [], until: world.now + wait };
      if (this.#o.retryDelay === 0) wait = Math.min(2 * wait, 600 * SECOND);
    }
  }

  #warn(words: string): void {
    if (!this.#o.silent) this.#context.err(`Warning: ${words}\n`);
  }

  /** Why a transfer is tried again, or null. */
  #retryReason(result: TransferResult): string | null {
    if (result.code === Code.OPERATION_TIMEDOUT || result.code === Code.COULDNT_RESOLVE_HOST)
      return "timeout";
    if (result.code === Code.COULDNT_CONNECT && this.#o.retryConnRefused) return "connection refused";
    if (this.#o.retryAllErrors && result.code !== Code.OK) return "(retrying all errors)";
    const transient = [408, 429, 500, 502, 503, 504].includes(result.status);
    if (transient && (result.code === Code.OK || result.code === Code.HTTP_RETURNED_ERROR))
      return "HTTP error";
    return null;
  }

  *#once(
    url: string,
    number: number,
    output: string | null | undefined,
  ): Generator<Wait, TransferResult, void> {
    const context = this.#context;
    const o = this.#o;
    const file = output === null ? remoteName(url) : output === "-" ? undefined : output;
    if (file === "") throw new ProgramExit(Code.WRITE_ERROR, "curl: Remote file name has no length!\n");
    const toStdout = file === undefined;
    const path = toStdout || o.outputDirectory === null ? file : `${o.outputDirectory}/${file}`;
    const sink: CurlSink =
      path === undefined ? stdoutSink(this.#stdout) : new FileSink(context, path, o.createDirectories);
    // On a terminal that shows the body a meter would only disturb.
    const hidden = o.silent || o.noMeter || (toStdout && context.terminal);
    const report = new CurlReport(
      o.verbose ? (text) => context.err(text) : null,
      !(toStdout && context.terminal),
    );
    if (!this.#namesTaken) this.#names.take(o.resolve, report);
    this.#namesTaken = true;
    const transfer = new CurlTransfer(
      {
        context,
        options: o,
        connections: this.#connections,
        names: this.#names,
        report,
        sink,
        meter: hidden ? null : (text) => context.err(text),
        meterHeadShown: this.#meterHeadShown,
        dumpHead: this.#dumper(),
      },
      url,
      number,
      path ?? null,
    );
    yield* transfer.run();
    this.#meterHeadShown = transfer.meter.isHeadShown;
    const { result } = transfer;
    if (o.failWithBody && result.code === Code.OK && result.status >= 400) {
      result.code = Code.HTTP_RETURNED_ERROR;
      result.errorText = `The requested URL returned error: ${result.status}`;
    }
    this.#writeOut(result);
    return result;
  }

  /** Where `-D` writes. */
  #dumper(): ((line: string) => void) | null {
    const name = this.#o.dumpHeader;
    if (name === null) return null;
    if (name === "-") return (line) => this.#stdout.print(line);
    const path = name.startsWith("/") ? name : `${this.#context.cwd}/${name}`;
    this.#context.files.write(path, "");
    return (line) => this.#context.files.append(path, line);
  }

  #writeOut(result: TransferResult): void {
    if (this.#o.writeOut === null) return;
    for (const { stream, text } of writeOut(this.#o.writeOut, result)) {
      if (stream === 2) this.#context.err(text);
      else this.#stdout.print(text);
    }
    this.#stdout.flush();
  }
}

/** The file of `-O`: the last part of the path. */
function remoteName(url: string): string {
  const path = url.replace(/^[a-z]+:\/\/[^/?#]*/i, "").replace(/[?#].*/, "");
  return path.slice(path.lastIndexOf("/") + 1);
}
