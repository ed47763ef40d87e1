import { absolutePath, type ProgramContext } from "../program-context.ts";
import { fileContent, Utf8Pieces } from "../utf8-pieces.ts";
import { Code, CurlFailure } from "./curl-errors.ts";

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
    this.flush();
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
  readonly #path: string;
  readonly #pieces: Uint8Array[] = [];
  #isOpen = false;

  constructor(context: ProgramContext, path: string, makeDirectories: boolean) {
    this.#context = context;
    this.#path = absolutePath(context, path);
    if (makeDirectories) {
      const directory = this.#path.slice(0, this.#path.lastIndexOf("/"));
      if (directory !== "") context.files.makeDirectory(directory, true);
    }
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
    const all = new Uint8Array(this.#pieces.reduce((sum, piece) => sum + piece.length, 0));
    let at = 0;
    for (const piece of this.#pieces) {
      all.set(piece, at);
      at += piece.length;
    }
    this.#context.files.write(this.#path, fileContent(all));
  }

  #open(): void {
    try {
      this.#context.files.write(this.#path, "");
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      this.#context.err(`Warning: Failed to open the file ${this.#path}: ${error.message}\n`);
      throw new CurlFailure(Code.WRITE_ERROR, "Failure writing output to destination");
    }
    this.#isOpen = true;
  }
}
