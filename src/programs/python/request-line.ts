import { repr } from "./python-text.ts";

/** An error page to answer with: a status, what is wrong, and a longer word if it is not the usual one. */
export interface Refusal {
  readonly status: number;
  readonly message: string;
  readonly explain: string | null;
}

/** The first line of a request as Python's BaseHTTPRequestHandler reads it. */
export interface RequestLine {
  readonly method: string;
  readonly target: string;
  /** `HTTP/1.1`; `HTTP/0.9` where the line names none: such an answer has no head. */
  readonly version: string;
  /** The version is 1.1 or later: the connection goes on where the server has 1.1 as well. */
  readonly mayStay: boolean;
}

/** What stood wrong in a first line, with the version that its answer is written in. */
interface WrongLine {
  readonly refusal: Refusal;
  readonly version: string;
}

export function refuse(status: number, message: string, explain: string | null = null): Refusal {
  return { status, message, explain };
}

/** Null for an empty line, which ends the connection. */
export function readRequestLine(line: string): RequestLine | WrongLine | null {
  const words = line.split(/[\s\x1c-\x1f\x85]+/).filter((word) => word !== "");
  if (words.length === 0) return null;
  let version = "HTTP/0.9";
  let mayStay = false;
  if (words.length >= 3) {
    const last = words.at(-1)!;
    const number = /^HTTP\/(\d+)\.(\d+)$/.exec(last);
    if (number === null) return { version, refusal: refuse(400, `Bad request version (${repr(last)})`) };
    const [major, minor] = [Number(number[1]), Number(number[2])];
    if (major >= 2) return { version, refusal: refuse(505, `Invalid HTTP version (${last.slice(5)})`) };
    version = last;
    mayStay = major === 1 && minor >= 1;
  }
  if (words.length !== 2 && words.length !== 3)
    return { version, refusal: refuse(400, `Bad request syntax (${repr(line)})`) };
  const [method, target] = words as [string, string];
  if (words.length === 2 && method !== "GET")
    return { version, refusal: refuse(400, `Bad HTTP/0.9 request type (${repr(method)})`) };
  return { method, target: target.replace(/^\/{2,}/, "/"), version, mayStay };
}
