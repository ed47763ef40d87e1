import * as utf8 from "../../wire/utf8.ts";
import type { ProgramContext } from "../program-context.ts";
import type { NetcatOptions } from "./nc-options.ts";

/** What one read of the input, or write to the network, holds at most. */
export const CHUNK = 16_384;

/**
 * What of the input goes to the network next: a line where lines have pauses between them (-i). With -C the end of a line
 * is a write of its own, which over UDP makes it a datagram of its own.
 */
export function nextPiece(input: ProgramContext["input"], { crlf, interval }: NetcatOptions): Uint8Array {
  const text = input.available;
  const newline = text.indexOf("\n");
  let length = text.length;
  if (crlf && newline >= 0) length = Math.max(1, newline);
  else if (interval > 0 && newline >= 0) length = newline + 1;
  const piece = input.take(Math.min(length, CHUNK));
  return utf8.encode(crlf && piece === "\n" ? "\r\n" : piece);
}
