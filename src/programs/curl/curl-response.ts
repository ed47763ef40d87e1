import {
  ChunkedDecoder,
  fieldValue,
  fromOctets,
  type HttpField,
  parseField,
  parseStatusLine,
  type StatusLine,
  toOctets,
} from "../../wire/http.ts";
import { Code, CurlFailure } from "./curl-errors.ts";

/** Who hears of a response while it comes in. */
export interface ResponseListener {
  /** A line of a head, with its line end; also the empty one. */
  line(text: string): void;
  /** The head is complete but for its empty line: the body follows. Not for heads with 1xx. */
  head(response: CurlResponse): void;
  /** So many octets of the body have come, as the network brings them; false to read no more of it. */
  arrived(length: number): boolean;
  body(octets: Uint8Array): void;
  /** Something that `-v` tells. */
  info(text: string): void;
}

/** Reads one response out of a stream of octets. */
export class CurlResponse {
  status: StatusLine | null = null;
  fields: readonly HttpField[] = [];
  /** Octets of all heads. */
  headSize = 0;
  bodySize = 0;
  /** Octets that the body is to have, or -1. */
  length = -1;
  isDone = false;
  /** The connection cannot carry another request. */
  closes = false;
  readonly #listener: ResponseListener;
  readonly #method: string;
  readonly #allowsOld: boolean;
  #held = "";
  #lines: string[] = [];
  #inBody = false;
  #chunks: ChunkedDecoder | null = null;

  constructor(listener: ResponseListener, method: string, allowsOld: boolean) {
    this.#listener = listener;
    this.#method = method;
    this.#allowsOld = allowsOld;
  }

  /** @throws {CurlFailure} */
  take(octets: Uint8Array): void {
    if (this.#inBody) {
      this.#takeBody(octets);
      return;
    }
    this.#held += fromOctets(octets);
    while (!this.#inBody) {
      const end = this.#held.indexOf("\n");
      const soFar = this.#held.slice(0, 5);
      if (this.#lines.length === 0 && !"HTTP/".startsWith(soFar) && !soFar.startsWith("HTTP/")) {
        this.#takeOld();
        return;
      }
      if (end < 0) return;
      const line = this.#held.slice(0, end + 1);
      this.#held = this.#held.slice(end + 1);
      this.#takeLine(line);
    }
    const rest = this.#held;
    this.#held = "";
    if (rest !== "" && !this.isDone) this.#takeBody(toOctets(rest));
  }

  /** The other end has closed. @throws {CurlFailure} when more should have come */
  end(): void {
    if (!this.#inBody) throw new CurlFailure(Code.GOT_NOTHING, "Empty reply from server");
    if (this.#chunks !== null) {
      throw new CurlFailure(Code.PARTIAL_FILE, "transfer closed with outstanding read data remaining");
    }
    if (this.length > this.bodySize) {
      throw new CurlFailure(
        Code.PARTIAL_FILE,
        `transfer closed with ${this.length - this.bodySize} bytes remaining to read`,
      );
    }
    if (this.bodySize === 0) this.#listener.arrived(0);
    this.isDone = true;
  }

  #takeOld(): void {
    if (!this.#allowsOld) {
      throw new CurlFailure(Code.UNSUPPORTED_PROTOCOL, "Received HTTP/0.9 when not allowed");
    }
    this.#inBody = true;
    this.closes = true;
    this.#listener.head(this);
    const rest = this.#held;
    this.#held = "";
    this.#takeBody(toOctets(rest));
  }

  #takeLine(line: string): void {
    const text = line.replace(/\r?\n$/, "");
    if (this.#lines.length === 0) this.#takeStatus(text);
    this.headSize += line.length;
    this.#lines.push(text);
    if (text !== "") {
      if (this.status!.version === "1.0" && /^connection:.*\bkeep-alive\b/i.test(text))
        this.#listener.info("HTTP/1.0 connection set to keep alive");
      this.#listener.line(line);
      return;
    }
    this.fields = this.#lines.slice(1, -1).flatMap((one) => parseField(one) ?? []);
    this.#lines = [];
    const { status } = this.status!;
    // What comes before the answer proper (RFC 9110, 15.2).
    if (status >= 100 && status < 200 && status !== 101) return;
    this.#frame(status);
    this.#inBody = true;
    this.#listener.head(this);
    this.#listener.line(line);
  }

  #takeStatus(text: string): void {
    this.status = parseStatusLine(text);
    const version = this.status?.version ?? null;
    if (version === null || !/^(1\.[01]|2|3)$/.test(version)) {
      const which = version === null ? "" : ` (${version})`;
      throw new CurlFailure(Code.UNSUPPORTED_PROTOCOL, `Unsupported HTTP version${which} in response`);
    }
    if (version === "1.0") this.#listener.info("HTTP 1.0, assume close after body");
  }

  /** How the end of the body is found (RFC 9112, 6.3). */
  #frame(status: number): void {
    const connection = (fieldValue(this.fields, "connection") ?? "").toLowerCase();
    this.closes = /\bclose\b/.test(connection);
    if (this.status!.version === "1.0" && !/\bkeep-alive\b/.test(connection)) this.closes = true;
    const noBody = this.#method === "HEAD" || status === 204 || status === 304;
    if (/\bchunked\b/i.test(fieldValue(this.fields, "transfer-encoding") ?? "")) {
      if (!noBody) this.#chunks = new ChunkedDecoder();
    } else {
      const length = fieldValue(this.fields, "content-length");
      if (length !== null) {
        if (!/^\d+$/.test(length))
          throw new CurlFailure(Code.WEIRD_SERVER_REPLY, "Invalid Content-Length: value");
        this.length = Number(length);
      } else if (!noBody) {
        if (!this.closes) this.#listener.info("no chunk, no close, no size. Assume close to signal end");
        this.closes = true;
      }
    }
    if (noBody || this.length === 0) this.isDone = true;
  }

  #takeBody(octets: Uint8Array): void {
    if (!this.#listener.arrived(octets.length)) {
      this.isDone = true;
      return;
    }
    if (this.#chunks !== null) {
      const data = this.#chunks.take(fromOctets(octets));
      if (this.#chunks.error !== null) {
        const words = "Illegal or missing hexadecimal sequence in chunked-encoding";
        throw new CurlFailure(Code.RECV_ERROR, words);
      }
      this.#give(toOctets(data));
      if (this.#chunks.done) this.isDone = true;
      return;
    }
    const left = this.length < 0 ? octets.length : this.length - this.bodySize;
    if (octets.length > left) {
      // More than was announced belongs to nobody.
      this.closes = true;
      this.#listener.info(
        `Excess found in a read: excess = ${octets.length - left}, size = ${this.length}, maxdownload = ${this.length}, bytecount = ${this.bodySize}`,
      );
    }
    this.#give(octets.length > left ? octets.subarray(0, left) : octets);
    if (this.length >= 0 && this.bodySize >= this.length) this.isDone = true;
  }

  #give(octets: Uint8Array): void {
    if (octets.length === 0) return;
    this.bodySize += octets.length;
    this.#listener.body(octets);
  }
}
