import type { Program, Wait } from "../../sim/process.ts";
import { SECOND } from "../../sim/time.ts";
import { ENDING, pause } from "../http/socket-io.ts";
import { absolutePath, type ProgramContext } from "../program-context.ts";
import { ProgramExit, runSession } from "../program-exit.ts";
import { CurlConnections } from "./curl-connections.ts";
import { Code, CurlFailure } from "./curl-errors.ts";
import { expandGlob, type GlobbedUrl } from "./curl-glob.ts";
import { CurlNames } from "./curl-names.ts";
import { type CurlOptions, CurlText, curlOptions } from "./curl-options.ts";
import { CurlStdout, FileSink, stdoutSink } from "./curl-output.ts";
import { CurlReport } from "./curl-report.ts";
import type { TransferResult } from "./curl-result.ts";
import { CurlTransfer } from "./curl-transfer.ts";
import { warning } from "./curl-warning.ts";
import { writeOut } from "./curl-write-out.ts";

/** `curl` 7.88.1 as Debian has it, with HTTP. */
export function* curl(context: ProgramContext): Program {
  try {
    return yield* runSession(context, () => new CurlSession(context, curlOptions(context)));
  } catch (error) {
    if (!(error instanceof CurlText)) throw error;
    context.out(error.message);
    return 0;
  }
}

class CurlSession {
  readonly #context: ProgramContext;
  readonly #o: CurlOptions;
  readonly #connections: CurlConnections;
  readonly #names: CurlNames;
  readonly #stdout: CurlStdout;
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
      let urls: readonly GlobbedUrl[];
      try {
        urls = this.#o.globOff ? [{ url: text, parts: [] }] : expandGlob(text);
      } catch (error) {
        if (!(error instanceof CurlFailure)) throw error;
        this.#complain(error.code, error.message);
        return error.code;
      }
      for (const { url, parts } of urls) {
        const output = this.#o.outputs[i]?.replace(/#(\d+)/g, (whole, digits: string) => {
          return parts[Number(digits) - 1] ?? whole;
        });
        const result = yield* this.#withRetries(url, number++, this.#o.outputs[i] === null ? null : output);
        this.#writeOut(result);
        code = result.code;
        if (code !== Code.OK && this.#o.failEarly) return code;
      }
    }
    this.#connections.close();
    yield* pause(this.#context.namespace.world.now, ENDING);
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
      const result = yield* this.#once(url, number, output, left < this.#o.retry);
      if (result.errorText !== null) this.#complain(result.code, result.errorText);
      this.#stdout.flush();
      const why = left > 0 ? this.#retryReason(result) : null;
      const isLate = this.#o.retryMaxTime > 0 && world.now - started + wait > this.#o.retryMaxTime;
      if (why === null || isLate) return result;
      if (!this.#o.silent) {
        const words = `Problem ${why}. Will retry in ${wait / SECOND} seconds. ${left} retries left.`;
        this.#context.err(warning(words));
      }
      yield { on: [], until: world.now + wait };
      if (this.#o.retryDelay === 0) wait = Math.min(2 * wait, 600 * SECOND);
    }
  }

  /** Why a transfer is tried again, or null. */
  #retryReason({ code, status }: TransferResult): string | null {
    if (code === Code.OPERATION_TIMEDOUT || code === Code.COULDNT_RESOLVE_HOST) return ": timeout";
    if (code === Code.COULDNT_CONNECT && this.#o.retryConnRefused) return ": connection refused";
    const isTransient = [408, 429, 500, 502, 503, 504].includes(status);
    if (isTransient && (code === Code.OK || code === Code.HTTP_RETURNED_ERROR)) return ": HTTP error";
    return this.#o.retryAllErrors && code !== Code.OK ? "(retrying all errors)" : null;
  }

  *#once(
    url: string,
    number: number,
    output: string | null | undefined,
    isRetry: boolean,
  ): Generator<Wait, TransferResult, void> {
    const context = this.#context;
    const o = this.#o;
    const file = output === null ? remoteName(url) : output === "-" ? undefined : output;
    if (file === "") {
      if (!o.silent) context.err("curl: Remote file name has no length!\n");
      this.#complain(Code.WRITE_ERROR, "Failed writing received data to disk/application");
      throw new ProgramExit(Code.WRITE_ERROR, "");
    }
    const path = file === undefined || o.outputDirectory === null ? file : `${o.outputDirectory}/${file}`;
    const onTerminal = file === undefined && context.terminal;
    // On a terminal that shows the body a meter would only disturb.
    const hidden = o.silent || o.noMeter || onTerminal;
    const report = new CurlReport(o.verbose ? (text) => context.err(text) : null, !onTerminal);
    if (!this.#namesTaken) {
      this.#namesTaken = true;
      try {
        this.#names.take(o.resolve, report);
      } catch (error) {
        if (!(error instanceof CurlFailure)) throw error;
        this.#complain(error.code, error.message);
        throw new ProgramExit(error.code, "");
      }
    }
    const transfer = new CurlTransfer(
      {
        context,
        options: o,
        connections: this.#connections,
        names: this.#names,
        report,
        sink: path === undefined ? stdoutSink(this.#stdout) : new FileSink(context, path, o),
        meter: hidden ? null : (text) => context.err(text),
        isRetry,
        dumpHead: this.#dumper(),
      },
      url,
      number,
      path ?? null,
    );
    yield* transfer.run();
    const { result } = transfer;
    if (o.failWithBody && result.code === Code.OK && result.status >= 400) {
      result.code = Code.HTTP_RETURNED_ERROR;
      result.errorText = `The requested URL returned error: ${result.status}`;
    }
    return result;
  }

  /** Where `-D` writes. */
  #dumper(): ((line: string) => void) | null {
    const name = this.#o.dumpHeader;
    if (name === null) return null;
    if (name === "-") return (line) => this.#stdout.print(line);
    const path = absolutePath(this.#context, name);
    try {
      this.#context.files.write(path, "");
    } catch {
      // curl 7.88 goes on without the file, and falls (seen on Debian 12).
      throw new ProgramExit(139, "Segmentation fault\n");
    }
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
