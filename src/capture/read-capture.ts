/** Reads a capture file of either kind, for `tcpdump -r`. */
import { type CaptureFile, FileError } from "./capture-file.ts";
import { isPcap, readPcap } from "./read-pcap.ts";
import { isPcapng, readPcapng } from "./read-pcapng.ts";

/** A file, or why it cannot be opened, in libpcap's words (tcpdump prints `tcpdump: ` in front). */
type ReadResult =
  | { readonly ok: true; readonly file: CaptureFile }
  | { readonly ok: false; readonly message: string };

/** Any bytes do; it never throws. */
export function readCapture(bytes: Uint8Array): ReadResult {
  try {
    if (isPcap(bytes)) return { ok: true, file: readPcap(bytes) };
    if (isPcapng(bytes)) return { ok: true, file: readPcapng(bytes) };
  } catch (problem) {
    if (!(problem instanceof FileError)) throw problem;
    return { ok: false, message: problem.message };
  }
  if (bytes.length < 4) {
    const got = bytes.length;
    return {
      ok: false,
      message: `truncated dump file; tried to read 4 file header bytes, only got ${got}`,
    };
  }
  return { ok: false, message: "unknown file format" };
}
