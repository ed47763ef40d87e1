import { fieldValue, type HttpField, MONTHS } from "../../wire/http.ts";
import * as utf8 from "../../wire/utf8.ts";
import { escapeHtml } from "./python-text.ts";

/** Debian 12's. */
export const PYTHON_VERSION = "3.11.2";
export const SERVER: string = `SimpleHTTP/0.6 Python/${PYTHON_VERSION}`;

/** Reasons of statuses whose answers have no words of their own (http.HTTPStatus). */
export const REASONS: Readonly<Record<number, string>> = {
  301: "Moved Permanently",
  304: "Not Modified",
  414: "Request-URI Too Long",
};

const EXPLAINED: Readonly<Record<number, string>> = {
  400: "Bad request syntax or unsupported method",
  404: "Nothing matches the given URI",
  414: "URI is too long",
  501: "Server does not support this operation",
  505: "Cannot fulfill request",
};

/** The page that tells an error. */
export function errorPage(status: number, message: string, explain: string | null): Uint8Array {
  return utf8.encode(`<!DOCTYPE HTML>
<html lang="en">
    <head>
        <meta charset="utf-8">
        <title>Error response</title>
    </head>
    <body>
        <h1>Error response</h1>
        <p>Error code: ${status}</p>
        <p>Message: ${escapeHtml(message)}.</p>
        <p>Error code explanation: ${status} - ${escapeHtml(explain ?? EXPLAINED[status]!)}.</p>
    </body>
</html>
`);
}

/** A time as the log has it: `01/Jan/2026 00:00:00`. `seconds` count from 1970; clocks here are set to UTC. */
export function logTime(seconds: number): string {
  const [date, time] = new Date(seconds * 1000).toISOString().slice(0, 19).split("T") as [string, string];
  const [year, month, day] = date.split("-");
  return `${day}/${MONTHS[Number(month) - 1]}/${year} ${time}`;
}

/** The instant, in seconds since 1970, that a file must have changed after to be sent; null to send it anyway. */
export function ifModifiedSince(fields: readonly HttpField[]): number | null {
  if (fieldValue(fields, "if-none-match") !== null) return null;
  const text = fieldValue(fields, "if-modified-since") ?? "";
  const found =
    /^(?:\w+, *)?(\d{1,2})[ -](\w{3})[ -](\d{4}) +(\d{1,2}):(\d\d)(?::(\d\d))?(?: +(?:GMT|UTC|UT|Z|[+-]0000))?$/i.exec(
      text,
    );
  if (found === null) return null;
  const month = MONTHS.findIndex((name) => name.toLowerCase() === found[2]!.toLowerCase());
  if (month < 0) return null;
  const [day, year, hour, minute, second] = [1, 3, 4, 5, 6].map((i) => Number(found[i] ?? 0));
  return Date.UTC(year!, month, day, hour, minute, second) / 1000;
}
