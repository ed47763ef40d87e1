import * as ip from "../../wire/ipv4-address.ts";
import { parseAddress } from "../resolve-name.ts";
import { Code, CurlFailure } from "./curl-errors.ts";

/** A URL of the web, taken apart (RFC 3986). */
export interface CurlUrl {
  readonly host: string;
  readonly port: number;
  /** The port stands in the URL and is not 80. */
  readonly portGiven: boolean;
  /** Path and query, as they stand in the request. */
  readonly target: string;
  readonly user: string | null;
}

const BAD = "URL using bad/illegal format or missing URL";

/** @throws {CurlFailure} URL_MALFORMAT, UNSUPPORTED_PROTOCOL */
export function parseUrl(text: string): CurlUrl {
  const bad = (): CurlFailure => new CurlFailure(Code.URL_MALFORMAT, BAD);
  if (/[\s\x00-\x1f\x7f]/.test(text)) throw bad();
  const scheme = /^([A-Za-z][A-Za-z0-9+.-]*):\/{1,3}/.exec(text);
  const name = scheme?.[1]?.toLowerCase() ?? "http";
  if (name === "https")
    throw new CurlFailure(Code.UNSUPPORTED_PROTOCOL, `Protocol "https" is not simulated: there is no TLS`);
  if (name !== "http")
    throw new CurlFailure(
      Code.UNSUPPORTED_PROTOCOL,
      `Protocol "${name}" not supported or disabled in libcurl`,
    );
  const rest = (scheme === null ? text : text.slice(scheme[0].length)).replace(/#.*/, "");
  const end = rest.search(/[/?]/);
  const authority = end < 0 ? rest : rest.slice(0, end);
  const path = end < 0 ? "/" : rest[end] === "?" ? `/${rest.slice(end)}` : rest.slice(end);
  const at = authority.lastIndexOf("@");
  const place = /^([^:[\]]*)(?::(\d*))?$/.exec(authority.slice(at + 1));
  if (place === null || place[1] === "") throw bad();
  const port = place[2] === undefined || place[2] === "" ? 80 : Number(place[2]);
  if (port > 65535) throw bad();
  const address = parseAddress(place[1]!);
  return {
    host: address === null ? place[1]! : ip.format(address),
    port,
    portGiven: port !== 80,
    target: withoutDots(path),
    user: at < 0 ? null : decodeURIComponent(authority.slice(0, at)),
  };
}

/** What `%{url_effective}` shows. */
export function urlText(url: CurlUrl): string {
  const user = url.user === null ? "" : `${url.user}@`;
  return `http://${user}${hostAndPort(url)}${url.target}`;
}

/** As it stands behind `Host:`. */
export function hostAndPort(url: CurlUrl): string {
  return url.portGiven ? `${url.host}:${url.port}` : url.host;
}

/** Where a `Location:` leads from here (RFC 3986, 5.2). */
export function resolveReference(base: CurlUrl, reference: string): string {
  if (/^[A-Za-z][A-Za-z0-9+.-]*:\/\//.test(reference)) return reference;
  const origin = `http://${base.user === null ? "" : `${base.user}@`}${hostAndPort(base)}`;
  if (reference.startsWith("//")) return `http:${reference}`;
  if (reference.startsWith("/")) return origin + reference;
  const path = base.target.replace(/\?.*/, "");
  if (reference.startsWith("?")) return origin + path + reference;
  return origin + path.slice(0, path.lastIndexOf("/") + 1) + reference;
}

/** Takes `.` and `..` out of a path (RFC 3986, 5.2.4). */
function withoutDots(target: string): string {
  const cut = target.indexOf("?");
  const path = cut < 0 ? target : target.slice(0, cut);
  const query = cut < 0 ? "" : target.slice(cut);
  const parts: string[] = [];
  const segments = path.slice(1).split("/");
  for (const [i, segment] of segments.entries()) {
    const isLast = i === segments.length - 1;
    if (segment === "..") parts.pop();
    else if (segment !== ".") parts.push(segment);
    if (isLast && (segment === ".." || segment === ".")) parts.push("");
  }
  return `/${parts.join("/")}${query}`;
}
