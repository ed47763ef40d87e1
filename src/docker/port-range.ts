import { BadValue, parseUint } from "./go-parse.ts";

/** `80/udp`; without a protocol it is tcp. */
export function splitProtocol(text: string): { readonly port: string; readonly protocol: string } {
  const [port, protocol] = text.split("/");
  if (port === "") return { port: "", protocol: "" };
  return { port: port!, protocol: protocol === undefined || protocol === "" ? "tcp" : protocol };
}

/** Ports from the first to the last. */
export interface PortRange {
  readonly first: number;
  readonly last: number;
}

/** `80`, `8000-8002`, as go-connections/nat reads them. @throws {BadValue} in its words */
export function parsePortRange(text: string): PortRange {
  if (text === "") throw new BadValue("Empty string specified for ports.");
  const [from, to] = text.split("-");
  const first = parseUint(from!, 16, 10);
  if (to === undefined) return { first, last: first };
  const last = parseUint(to, 16, 10);
  if (last < first) throw new BadValue(`Invalid range specified for the Port: ${text}`);
  return { first, last };
}
