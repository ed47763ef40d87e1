import { ProgramExit } from "../program-exit.ts";

/** A URL as busybox's wget takes it apart. */
export interface WgetUrl {
  readonly host: string;
  readonly port: number;
  /** As it stands behind `Host:`, with the port if it was written. */
  readonly place: string;
  readonly path: string;
  readonly user: string | null;
}

/** @throws {ProgramExit} */
export function parseWgetUrl(text: string): WgetUrl {
  const scheme = /^([a-z]+):\/\//i.exec(text)?.[1];
  if (scheme === "https" || scheme === "ftp")
    throw new ProgramExit(1, `wget: ${scheme} is not simulated: ${text}\n`);
  if (scheme !== undefined && scheme !== "http")
    throw new ProgramExit(1, `wget: not an http or ftp url: ${text}\n`);
  const rest = text.replace(/^http:\/\//, "").replace(/#.*/, "");
  const end = rest.search(/[/?]/);
  const authority = end < 0 ? rest : rest.slice(0, end);
  const path = end < 0 ? "/" : rest[end] === "/" ? rest.slice(end) : `/${rest.slice(end)}`;
  const at = authority.lastIndexOf("@");
  const place = authority.slice(at + 1);
  const colon = place.lastIndexOf(":");
  const port = colon < 0 ? "80" : place.slice(colon + 1);
  if (!/^\d+$/.test(port) || Number(port) > 65535) throw new ProgramExit(1, `wget: bad port '${port}'\n`);
  return {
    host: colon < 0 ? place : place.slice(0, colon),
    port: Number(port),
    place,
    path,
    user: at < 0 ? null : authority.slice(0, at),
  };
}
