import { absolutePath, type ProgramContext } from "../program-context.ts";
import { fileContent, joined, Utf8Pieces } from "../utf8-pieces.ts";
import { Code, CurlFailure } from "./curl-errors.ts";
import type { CurlOptions } from "./curl-options.ts";
import { warning } from "./curl-warning.ts";

/** What a C program's standard output holds before it writes, when nobody sits at the other end. */
const BUFFER = 4096;

/** Standard output with a buffer. */
export class CurlStdout {
  readonly #context: ProgramContext;
  readonly #text: Utf8Pieces = new Utf8Pieces();
  readonly #buffers: boolean;
  #held = "";

  constructor(context: ProgramContext, buffers: boolean) {
    this.#context = context;
    this.#buffers = buffers;
  }

  write(octets: Uint8Array): void {
    this.print(this.#text.take(octets));
  }

  print(text: string): void {
    this.#held += text;
    if (!this.#buffers || this.#held.length >= BUFFER) this.flush();
  }

  flush(): void {
    if (this.#held !== "") this.#context.out(this.#held);
    this.#held = "";
  }

  /** The end of a body: what was cut off in the middle of a character goes out as it is. */
  endBody(): void {
    this.print(this.#text.end());
  }
}

/** Where the body of a transfer goes. */
export interface CurlSink {
  write(octets: Uint8Array): void;
  /** The transfer is over; `ok` tells whether it went well. */
  end(ok: boolean): void;
}

export function stdoutSink(stdout: CurlStdout): CurlSink {
  return { write: (octets) => stdout.write(octets), end: () => stdout.endBody() };
}

/** A file, made when the first octet comes, or at the end of a transfer that went well. */
export class FileSink implements CurlSink {
  readonly #context: ProgramContext;
  readonly #name: string;
  readonly #path: string;
  readonly #silent: boolean;
  readonly #pieces: Uint8Array[] = [];
  #isOpen = false;

  constructor(context: ProgramContext, path: string, options: CurlOptions) {
    this.#context = context;
    this.#name = path;
    this.#path = absolutePath(context, path);
    this.#silent = options.silent;
    if (!options.createDirectories) return;
    const directory = this.#path.slice(0, this.#path.lastIndexOf("/"));
    if (directory !== "") context.files.makeDirectory(directory, true);
  }

  write(octets: Uint8Array): void {
    if (!this.#isOpen) this.#open();
    this.#pieces.push(octets.slice());
  }

  end(ok: boolean): void {
    if (!this.#isOpen) {
      if (!ok) return;
      this.#open();
    }
    const all = joined(this.#pieces);
    this.#context.files.write(this.#path, fileContent(all));
  }

  #open(): void {
    try {
      this.#context.files.write(this.#path, "");
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      if (!this.#silent)
        this.#context.err(warning(`Failed to open the file ${this.#name}: ${error.message}`));
      throw new CurlFailure(Code.WRITE_ERROR, "Failure writing output to destination");
    }
    this.#isOpen = true;
  }
}
