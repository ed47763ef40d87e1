/** What the readers of pcap and pcapng yield, and the reading of bytes in either order. */

/** A frame of a file. Its bytes are a part of the file's. */
export interface FilePacket {
  /** Index into {@link CaptureFile.interfaces}. */
  readonly interface: number;
  /** Seconds since 1970, and nanoseconds within the second. */
  readonly seconds: number;
  readonly nanoseconds: number;
  readonly bytes: Uint8Array;
  /** Length on the wire. */
  readonly length: number;
  readonly comments: readonly string[];
  readonly packetId: number | null;
  readonly direction: "inbound" | "outbound" | null;
}

/** A device of a file; a classic file has one without a name. */
export interface FileInterface {
  readonly linkType: number;
  readonly snapLength: number;
  readonly name: string;
  readonly description: string;
}

/** A file as far as it could be read. */
export interface CaptureFile {
  readonly format: "pcap" | "pcapng";
  /** The program that wrote the file, or an empty text. */
  readonly application: string;
  readonly interfaces: readonly FileInterface[];
  readonly packets: readonly FilePacket[];
  /** Why reading ended before the file did, in libpcap's words; null for a whole file. */
  readonly error: string | null;
}

/** Thrown inside the readers; it becomes {@link CaptureFile.error} or the result of a failed opening. */
export class FileError extends Error {}

/** Numbers of a file in its byte order. */
export class FileView {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly little: boolean;

  constructor(bytes: Uint8Array, little: boolean) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    this.little = little;
  }

  u16(at: number): number {
    return this.view.getUint16(at, this.little);
  }

  u32(at: number): number {
    return this.view.getUint32(at, this.little);
  }

  u64(at: number): bigint {
    return this.view.getBigUint64(at, this.little);
  }
}
