import { fieldValue, type HttpField, parseField } from "../../wire/http.ts";

/** A request that can be answered with a file. */
export interface HttpdRequest {
  /** Decoded and tidy: begins with a slash, has no `.`, `..` or doubled slashes. */
  readonly path: string;
  /** Behind the question mark, or null. */
  readonly query: string | null;
  readonly fields: readonly HttpField[];
}

/** The first line of a request, or the status that answers what is none. */
export function readRequestLine(line: string): Omit<HttpdRequest, "fields"> | 400 | 404 | 501 {
  const blank = line.search(/[ \t]/);
  if (blank < 0) return 400;
  const method = line.slice(0, blank).toUpperCase();
  if (method !== "GET" && method !== "HEAD" && method !== "POST") return 501;
  const rest = line.slice(blank).trimStart();
  const end = rest.indexOf(" ");
  if (!rest.startsWith("/") || end < 0) return 400;
  const target = rest.slice(0, end);
  const mark = target.indexOf("?");
  const decoded = decode(mark < 0 ? target : target.slice(0, mark));
  if (typeof decoded === "number") return decoded;
  const path = tidy(decoded);
  if (path === null) return 400;
  // Only scripts may be posted to.
  if (method === "POST") return 501;
  return { path, query: mark < 0 ? null : target.slice(mark + 1) };
}

/** Takes percent signs out; 400 for a wrong one, 404 for one that hides a slash or a NUL. */
function decode(text: string): string | 400 | 404 {
  if (/%(?![0-9a-fA-F]{2})/.test(text)) return 400;
  if (/%(2f|00)/i.test(text)) return 404;
  return text.replace(/%([0-9a-fA-F]{2})/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 16)),
  );
}

/** Null for a path that leaves the top. */
function tidy(path: string): string | null {
  const parts: string[] = [];
  const segments = path.split("/").slice(1);
  for (const segment of segments) {
    if (segment === "..") {
      if (parts.pop() === undefined) return null;
    } else if (segment !== "" && segment !== ".") parts.push(segment);
  }
  const isDirectory = ["", ".", ".."].includes(segments.at(-1)!);
  return `/${parts.join("/")}${isDirectory && parts.length > 0 ? "/" : ""}`;
}

export function readFields(lines: readonly string[]): readonly HttpField[] {
  return lines.flatMap((line) => parseField(line) ?? []);
}

/** The part of a file that `Range:` asks for, both ends included; null for the whole. */
export function readRange(fields: readonly HttpField[], size: number): { from: number; to: number } | null {
  const found = /^bytes=(\d+)-(\d*)$/.exec(fieldValue(fields, "range") ?? "");
  if (found === null) return null;
  const from = Number(found[1]);
  const to = Math.min(found[2] === "" ? size - 1 : Number(found[2]), size - 1);
  return to < from ? null : { from, to };
}
