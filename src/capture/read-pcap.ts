/** Reads the classic capture file, of either byte order and precision. */
import { type CaptureFile, FileError, type FilePacket, FileView } from "./capture-file.ts";
import { MAGIC_MICROSECONDS, MAGIC_NANOSECONDS } from "./pcap.ts";
import { SNAPLEN } from "./pcapng.ts";

const FILE_HEADER_LEN = 24;
const PACKET_HEADER_LEN = 16;

/** How the numbers of a file are to be read. */
interface Form {
  readonly little: boolean;
  /** Nanoseconds that the smaller part of a time stamp counts. */
  readonly unit: number;
}

/** Null for what does not begin like a classic capture file. */
function formOf(bytes: Uint8Array): Form | null {
  if (bytes.length < 4) return null;
  for (const little of [false, true]) {
    const magic = new FileView(bytes, little).u32(0);
    if (magic === MAGIC_MICROSECONDS) return { little, unit: 1000 };
    if (magic === MAGIC_NANOSECONDS) return { little, unit: 1 };
  }
  return null;
}

/** True for bytes that begin like a classic capture file. */
export function isPcap(bytes: Uint8Array): boolean {
  return formOf(bytes) !== null;
}

function readPacket(file: FileView, at: number, unit: number, snapLength: number): FilePacket {
  const left = file.bytes.length - at;
  if (left < PACKET_HEADER_LEN) {
    throw new FileError(
      `truncated dump file; tried to read ${PACKET_HEADER_LEN} header bytes, only got ${left}`,
    );
  }
  const captured = file.u32(at + 8);
  if (captured > snapLength) {
    throw new FileError(`invalid packet capture length ${captured}, bigger than snaplen of ${snapLength}`);
  }
  const start = at + PACKET_HEADER_LEN;
  const there = file.bytes.length - start;
  if (captured > there) {
    throw new FileError(`truncated dump file; tried to read ${captured} captured bytes, only got ${there}`);
  }
  return {
    interface: 0,
    seconds: file.u32(at),
    nanoseconds: file.u32(at + 4) * unit,
    bytes: file.bytes.subarray(start, start + captured),
    length: file.u32(at + 12),
    comments: [],
    packetId: null,
    direction: null,
  };
}

/** Throws {@link FileError} for a header that cannot be read. */
export function readPcap(bytes: Uint8Array): CaptureFile {
  const { little, unit } = formOf(bytes)!;
  const file = new FileView(bytes, little);
  if (bytes.length < FILE_HEADER_LEN) {
    throw new FileError(
      `truncated dump file; tried to read ${FILE_HEADER_LEN} file header bytes, only got ${bytes.length - 4}`,
    );
  }
  const major = file.u16(4);
  const minor = file.u16(6);
  if (major < 2) throw new FileError("archaic pcap savefile format");
  if (major !== 2 || (minor !== 3 && minor !== 4)) {
    throw new FileError(`unsupported pcap savefile version ${major}.${minor}`);
  }
  const stated = file.u32(16);
  // What libpcap allows when the file itself states no limit.
  const snapLength = stated === 0 || stated > 0x7fffffff ? SNAPLEN : stated;
  const packets: FilePacket[] = [];
  let error: string | null = null;
  try {
    for (let at = FILE_HEADER_LEN; at < bytes.length; ) {
      const packet = readPacket(file, at, unit, snapLength);
      packets.push(packet);
      at += PACKET_HEADER_LEN + packet.bytes.length;
    }
  } catch (problem) {
    if (!(problem instanceof FileError)) throw problem;
    error = problem.message;
  }
  const linkType = file.u32(20) & 0x03ffffff;
  return {
    format: "pcap",
    application: "",
    interfaces: [{ linkType, snapLength, name: "", description: "" }],
    packets,
    error,
  };
}
