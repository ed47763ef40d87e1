/** HTTP/1 messages (RFC 9112) as text in which each character is an octet (ISO 8859-1, as the RFC reads them). */

/** A field line: its name as written, and its value without the blanks around. */
export interface HttpField {
  readonly name: string;
  readonly value: string;
}

/** The first line of a response. */
export interface StatusLine {
  /** `1.1`. */
  readonly version: string;
  readonly status: number;
  readonly reason: string;
}

/** The octets of a string of which each character is one. */
export function toOctets(text: string): Uint8Array {
  const octets = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) octets[i] = text.charCodeAt(i);
  return octets;
}

/** The other way. */
export function fromOctets(octets: Uint8Array): string {
  const PIECE = 8192;
  let text = "";
  for (let at = 0; at < octets.length; at += PIECE)
    text += String.fromCharCode(...octets.subarray(at, at + PIECE));
  return text;
}

/** Reads `HTTP/1.1 200 OK`; the reason may be missing. Null for anything else. */
export function parseStatusLine(line: string): StatusLine | null {
  const found = /^HTTP\/(\d(?:\.\d)?) +(\d{3})(?:[ \t]+(.*))?$/.exec(line.trimEnd());
  if (found === null) return null;
  return { version: found[1]!, status: Number(found[2]), reason: found[3] ?? "" };
}

/** Reads `Name: value`; null if there is no colon. */
export function parseField(line: string): HttpField | null {
  const colon = line.indexOf(":");
  if (colon < 0) return null;
  return { name: line.slice(0, colon), value: line.slice(colon + 1).trim() };
}

/** The value of the first field of that name, in any case; null if there is none. */
export function fieldValue(fields: readonly HttpField[], name: string): string | null {
  const wanted = name.toLowerCase();
  return fields.find((field) => field.name.toLowerCase() === wanted)?.value ?? null;
}

const DAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
export const MONTHS: readonly string[] = [
  "Jan",
  "Feb",
  "Mar",
  "Apr",
  "May",
  "Jun",
  "Jul",
  "Aug",
  "Sep",
  "Oct",
  "Nov",
  "Dec",
];

/** A time of day as HTTP writes it (RFC 9110, 5.6.7): `Thu, 01 Jan 2026 00:00:00 GMT`. `seconds` count from 1970. */
export function formatHttpDate(seconds: number): string {
  const date = new Date(seconds * 1000);
  const two = (value: number): string => String(value).padStart(2, "0");
  const time = [date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()].map(two).join(":");
  const day = `${two(date.getUTCDate())} ${MONTHS[date.getUTCMonth()]} ${date.getUTCFullYear()}`;
  return `${DAYS[date.getUTCDay()]}, ${day} ${time} GMT`;
}

/**
 * Takes the chunked coding (RFC 9112, 7.1) off a stream that comes in pieces of any size. `take` gives the data of the
 * piece; `done` is true behind the last chunk and its trailer, and `rest` is what follows it.
 */
export class ChunkedDecoder {
  done = false;
  /** What was wrong with the coding, or null. */
  error: string | null = null;
  rest = "";
  #held = "";
  /** Octets of the present chunk that are still to come; -1 between chunks. */
  #left = -1;
  #inTrailer = false;

  take(piece: string): string {
    this.#held += piece;
    let data = "";
    while (!this.done && this.error === null) {
      if (this.#left > 0) {
        const some = this.#held.slice(0, this.#left);
        data += some;
        this.#held = this.#held.slice(some.length);
        this.#left -= some.length;
        if (this.#left > 0) return data;
      }
      const end = this.#held.indexOf("\n");
      if (end < 0) return data;
      const line = this.#held.slice(0, end).replace(/\r$/, "");
      this.#held = this.#held.slice(end + 1);
      this.#takeLine(line);
    }
    this.rest = this.#held;
    return data;
  }

  #takeLine(line: string): void {
    if (this.#inTrailer) {
      if (line === "") this.done = true;
      return;
    }
    if (this.#left === 0) {
      // The line end behind the data of a chunk.
      this.#left = -1;
      if (line !== "") this.error = "no line end behind a chunk";
      return;
    }
    const size = /^[0-9a-fA-F]+/.exec(line);
    if (size === null || size[0].length > 12) this.error = "no chunk size";
    else if (Number.parseInt(size[0], 16) === 0) this.#inTrailer = true;
    else this.#left = Number.parseInt(size[0], 16);
  }
}
