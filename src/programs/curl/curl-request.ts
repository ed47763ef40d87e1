import { toOctets } from "../../wire/http.ts";
import * as utf8 from "../../wire/utf8.ts";
import { base64 } from "../http/base64.ts";
import { joined } from "../utf8-pieces.ts";
import type { CurlOptions } from "./curl-options.ts";
import { type CurlUrl, hostAndPort } from "./curl-url.ts";

/** A request as it goes out. */
interface CurlRequest {
  readonly method: string;
  /** From the request line to the empty line, with line ends. */
  readonly head: string;
  readonly body: Uint8Array;
}

/** What is asked for, before redirections: they may turn a POST into a GET. */
export function methodOf(o: CurlOptions): string {
  return o.head ? "HEAD" : o.data !== null && !o.get ? "POST" : "GET";
}

/** Writes the request. `method` is what it is; `-X` only renames it. */
export function buildRequest(o: CurlOptions, url: CurlUrl, method: string): CurlRequest {
  const name = o.method ?? method;
  const hasBody = method === "POST" && o.data !== null;
  const body = hasBody ? utf8.encode(o.data!) : new Uint8Array(0);
  const query = o.get && o.data !== null ? (url.target.includes("?") ? `&${o.data}` : `?${o.data}`) : "";
  const lines = [`${name} ${url.target}${query} HTTP/${o.http10 ? "1.0" : "1.1"}`];
  const own = ownFields(o);
  const add = (field: string, value: string | null): void => {
    if (value !== null && !own.names.has(field.toLowerCase())) lines.push(`${field}: ${value}`);
  };
  // A Host of one's own stands where curl's would.
  const host = own.lines.find((line) => /^host:/i.test(line));
  if (host !== undefined) lines.push(host);
  else add("Host", hostAndPort(url));
  const user = o.user ?? url.user;
  add("Authorization", user === null ? null : `Basic ${base64(utf8.encode(withColon(user)))}`);
  add("Range", o.range === null ? null : `bytes=${o.range}`);
  add("User-Agent", o.userAgent === "" ? null : (o.userAgent ?? "curl/7.88.1"));
  if (o.dataType === "form") add("Accept", "*/*");
  add("Referer", o.referer === null || o.referer === "" ? null : o.referer);
  if (o.dataType === "json") {
    add("Content-Type", "application/json");
    add("Accept", "application/json");
  }
  lines.push(...own.lines.filter((line) => !/^host:/i.test(line)));
  if (hasBody) {
    add("Content-Length", String(body.length));
    if (o.dataType === "form") add("Content-Type", "application/x-www-form-urlencoded");
  }
  return { method: name, head: `${lines.join("\r\n")}\r\n\r\n`, body };
}

/** Head and body in one piece, as they are given to the socket. */
export function requestOctets(request: CurlRequest): Uint8Array {
  const head = isLatin(request.head) ? toOctets(request.head) : utf8.encode(request.head);
  return joined([head, request.body]);
}

function isLatin(text: string): boolean {
  return !/[^\x00-\x7f]/.test(text);
}

function withColon(user: string): string {
  return user.includes(":") ? user : `${user}:`;
}

/** `Name: value` is a field, `Name:` takes curl's own away, `Name;` is a field without a value. */
function ownFields(o: CurlOptions): {
  readonly names: ReadonlySet<string>;
  readonly lines: readonly string[];
} {
  const names = new Set<string>();
  const lines: string[] = [];
  for (const text of o.headers) {
    const empty = /^([^:;]+);\s*$/.exec(text);
    if (empty !== null) {
      names.add(empty[1]!.toLowerCase());
      lines.push(`${empty[1]}:`);
      continue;
    }
    const colon = text.indexOf(":");
    if (colon < 0) continue;
    names.add(text.slice(0, colon).trim().toLowerCase());
    if (text.slice(colon + 1).trim() !== "") lines.push(text.trimEnd());
  }
  return { names, lines };
}
