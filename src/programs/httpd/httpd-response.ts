import { formatHttpDate } from "../../wire/http.ts";
import type { ServedFile } from "../http/served-file.ts";

/** Names of statuses, and what an error page says. */
const STATUS: Readonly<Record<number, readonly [string, string]>> = {
  200: ["OK", ""],
  206: ["Partial Content", ""],
  302: ["Found", ""],
  304: ["Not Modified", ""],
  400: ["Bad Request", "Unsupported method"],
  404: ["Not Found", "The requested URL was not found"],
  408: ["Request Timeout", "No request appeared within 60 seconds"],
  501: ["Not Implemented", "The requested method is not recognized"],
};

/** Types by the end of the name; a file of another name is sent without a type. */
const TYPES: Readonly<Record<string, string>> = {
  txt: "text/plain",
  html: "text/html",
  htm: "text/html",
  jpg: "image/jpeg",
  jpeg: "image/jpeg",
  gif: "image/gif",
  png: "image/png",
  svg: "image/svg+xml",
  css: "text/css",
  js: "application/javascript",
  wav: "audio/wav",
  avi: "video/x-msvideo",
  qt: "video/quicktime",
  mov: "video/quicktime",
  mpe: "video/mpeg",
  mpeg: "video/mpeg",
  mid: "audio/midi",
  midi: "audio/midi",
  mp3: "audio/mpeg",
};

/** A file as it is sent. */
export interface HttpdFile extends ServedFile {
  /** Only the end of it counts. */
  readonly name: string;
  readonly gzipped: boolean;
}

function begin(status: number, now: number): string[] {
  return [`HTTP/1.1 ${status} ${STATUS[status]![0]}`, `Date: ${formatHttpDate(now)}`, "Connection: close"];
}

/** A response without a file: an error page, a redirection, `304`. `now` in seconds since 1970. */
export function shortResponse(status: number, now: number, location: string | null = null): string {
  const lines = [...begin(status, now), "Content-type: text/html"];
  if (location !== null) lines.push(`Location: ${location}`);
  const [name, words] = STATUS[status]!;
  const title = `${status} ${name}`;
  const page =
    words === ""
      ? ""
      : `<HTML><HEAD><TITLE>${title}</TITLE></HEAD>\n<BODY><H1>${title}</H1>\n${words}\n</BODY></HTML>\n`;
  return `${lines.join("\r\n")}\r\n\r\n${page}`;
}

/** What names this state of a file: its time and size. */
export function entityTag(file: HttpdFile): string {
  return `"${file.changed.toString(16)}-${file.content.length.toString(16)}"`;
}

/** The head before a file or a part of it. */
export function fileHead(file: HttpdFile, range: { from: number; to: number } | null, now: number): string {
  const lines = begin(range === null ? 200 : 206, now);
  // busybox looks for the type of whole files only.
  const type = range === null ? TYPES[/[^./]*$/.exec(file.name)![0]] : "text/html";
  if (type !== undefined) lines.push(`Content-type: ${type}`);
  const size = file.content.length;
  if (range !== null) lines.push(`Content-Range: bytes ${range.from}-${range.to}/${size}`);
  lines.push("Accept-Ranges: bytes", `Last-Modified: ${formatHttpDate(file.changed)}`);
  lines.push(`ETag: ${entityTag(file)}`);
  lines.push(`Content-Length: ${range === null ? size : range.to - range.from + 1}`);
  if (file.gzipped) lines.push("Content-Encoding: gzip");
  return `${lines.join("\r\n")}\r\n\r\n`;
}
