/** Reads pcapng files: sections of either byte order, interfaces of any time resolution, enhanced and simple packets. */

import * as utf8 from "../wire/utf8.ts";
import {
  type CaptureFile,
  FileError,
  type FileInterface,
  type FilePacket,
  FileView,
} from "./capture-file.ts";
import * as blocks from "./pcapng-blocks.ts";

/** Bytes of a block without anything in it. */
const BLOCK_MIN = 12;
/** In a second. */
const NANOSECONDS = 1_000_000_000n;
/** The least that each kind of block holds, in bytes. */
const LEAST: Readonly<Record<number, number>> = {
  [blocks.SECTION_HEADER]: 16,
  [blocks.INTERFACE_DESCRIPTION]: 8,
  [blocks.SIMPLE_PACKET]: 4,
  [blocks.ENHANCED_PACKET]: 20,
};

/** An interface block and what its packets need of it. */
interface Interface extends FileInterface {
  /** Ticks in a second. */
  readonly resolution: bigint;
  /** Seconds to add. */
  readonly offset: bigint;
}

/** A code and a value. */
interface Option {
  readonly code: number;
  readonly at: number;
  readonly length: number;
}

/** True for bytes that begin like a pcapng file. */
export function isPcapng(bytes: Uint8Array): boolean {
  return bytes.length >= 4 && new FileView(bytes, true).u32(0) === blocks.SECTION_HEADER;
}

function optionsOf(file: FileView, at: number, end: number): readonly Option[] {
  const options: Option[] = [];
  while (at + 4 <= end) {
    const code = file.u16(at);
    const length = file.u16(at + 2);
    if (code === blocks.OPT_END || at + 4 + length > end) break;
    options.push({ code, at: at + 4, length });
    at += 4 + ((length + 3) & ~3);
  }
  return options;
}

class Reader {
  file: FileView;
  application = "";
  readonly interfaces: Interface[] = [];
  readonly packets: FilePacket[] = [];
  /** Index of the section's first interface. */
  #first = 0;

  constructor(bytes: Uint8Array) {
    this.file = new FileView(bytes, true);
  }

  #text(option: Option): string {
    return utf8.decode(this.file.bytes.subarray(option.at, option.at + option.length));
  }

  /** Reads the block at `at` and returns where the next one begins. */
  block(at: number): number {
    const size = this.file.bytes.length;
    this.#need(8, size - at);
    if (this.file.u32(at) === blocks.SECTION_HEADER) {
      this.#need(12, size - at);
      this.#byteOrder(at);
    }
    const type = this.file.u32(at);
    const total = this.file.u32(at + 4);
    if (total < BLOCK_MIN) {
      throw new FileError(`block in pcapng dump file has a length of ${total} < ${BLOCK_MIN}`);
    }
    if (total % 4 !== 0) {
      throw new FileError(`block in pcapng dump file has a length of ${total} that is not a multiple of 4`);
    }
    this.#need(total - 8, size - at - 8);
    if (this.file.u32(at + total - 4) !== total) {
      throw new FileError("block total length in header and trailer don't match");
    }
    this.#body(type, at + 8, at + total - 4);
    return at + total;
  }

  #need(wanted: number, there: number): void {
    if (there < wanted) {
      throw new FileError(`truncated pcapng dump file; tried to read ${wanted} bytes, only got ${there}`);
    }
  }

  #byteOrder(at: number): void {
    if (this.file.u32(at + 8) === blocks.BYTE_ORDER_MAGIC) return;
    this.file = new FileView(this.file.bytes, !this.file.little);
    if (this.file.u32(at + 8) !== blocks.BYTE_ORDER_MAGIC) {
      throw new FileError("the file has a section with a bad byte order magic field");
    }
  }

  #body(type: number, at: number, end: number): void {
    if (end - at < (LEAST[type] ?? 0)) {
      throw new FileError(`block of type ${type} in pcapng dump file is too short`);
    }
    switch (type) {
      case blocks.SECTION_HEADER:
        this.#section(at, end);
        break;
      case blocks.INTERFACE_DESCRIPTION:
        this.#interface(at, end);
        break;
      case blocks.SIMPLE_PACKET:
        this.#simplePacket(at, end);
        break;
      case blocks.ENHANCED_PACKET:
        this.#enhancedPacket(at, end);
    }
  }

  #section(at: number, end: number): void {
    const major = this.file.u16(at + 4);
    const minor = this.file.u16(at + 6);
    if (major !== 1 || (minor !== 0 && minor !== 2)) {
      throw new FileError(`unsupported pcapng savefile version ${major}.${minor}`);
    }
    this.#first = this.interfaces.length;
    for (const option of optionsOf(this.file, at + 16, end)) {
      if (option.code === blocks.SHB_USERAPPL) this.application = this.#text(option);
    }
  }

  #interface(at: number, end: number): void {
    let name = "";
    let description = "";
    let resolution = 1_000_000n;
    let offset = 0n;
    for (const option of optionsOf(this.file, at + 8, end)) {
      if (option.code === blocks.IF_NAME) name = this.#text(option);
      if (option.code === blocks.IF_DESCRIPTION) description = this.#text(option);
      if (option.code === blocks.IF_TSRESOL && option.length === 1) {
        const exponent = this.file.view.getUint8(option.at);
        resolution = exponent < 128 ? 10n ** BigInt(exponent) : 2n ** BigInt(exponent & 127);
      }
      if (option.code === blocks.IF_TSOFFSET && option.length === 8)
        offset = BigInt.asIntN(64, this.file.u64(option.at));
    }
    const linkType = this.file.u16(at);
    const snapLength = this.file.u32(at + 4);
    this.interfaces.push({ linkType, snapLength, name, description, resolution, offset });
  }

  #interfaceOf(number: number): Interface {
    const found = this.interfaces[this.#first + number];
    if (found !== undefined) return found;
    throw new FileError(
      `a packet arrived on interface ${number}, but there's no Interface Description Block for that interface`,
    );
  }

  #bytes(at: number, captured: number, end: number): Uint8Array {
    this.#need(captured, end - at);
    return this.file.bytes.subarray(at, at + captured);
  }

  #simplePacket(at: number, end: number): void {
    const { snapLength } = this.#interfaceOf(0);
    const length = this.file.u32(at);
    const captured = snapLength === 0 ? length : Math.min(length, snapLength);
    this.packets.push({
      interface: this.#first,
      seconds: 0,
      nanoseconds: 0,
      bytes: this.#bytes(at + 4, captured, end),
      length,
      comments: [],
      packetId: null,
      direction: null,
    });
  }

  #enhancedPacket(at: number, end: number): void {
    const number = this.file.u32(at);
    const device = this.#interfaceOf(number);
    const ticks = (BigInt(this.file.u32(at + 4)) << 32n) | BigInt(this.file.u32(at + 8));
    const nanoseconds = ((ticks % device.resolution) * NANOSECONDS) / device.resolution;
    const captured = this.file.u32(at + 12);
    const bytes = this.#bytes(at + 20, captured, end);
    const comments: string[] = [];
    let packetId: number | null = null;
    let direction: FilePacket["direction"] = null;
    for (const option of optionsOf(this.file, at + 20 + ((captured + 3) & ~3), end)) {
      if (option.code === blocks.OPT_COMMENT) comments.push(this.#text(option));
      if (option.code === blocks.EPB_FLAGS && option.length === 4) {
        direction = ([null, "inbound", "outbound", null] as const)[this.file.u32(option.at) & 3] ?? null;
      }
      if (option.code === blocks.EPB_PACKETID && option.length === 8)
        packetId = Number(this.file.u64(option.at));
    }
    this.packets.push({
      interface: this.#first + number,
      seconds: Number(ticks / device.resolution + device.offset),
      nanoseconds: Number(nanoseconds),
      bytes,
      length: this.file.u32(at + 16),
      comments,
      packetId,
      direction,
    });
  }
}

/** Throws {@link FileError} for a file that cannot be opened: nothing before the first interface was readable. */
export function readPcapng(bytes: Uint8Array): CaptureFile {
  const reader = new Reader(bytes);
  let error: string | null = null;
  try {
    for (let at = 0; at < bytes.length; ) at = reader.block(at);
  } catch (problem) {
    if (!(problem instanceof FileError) || reader.interfaces.length === 0) throw problem;
    error = problem.message;
  }
  if (reader.interfaces.length === 0) {
    throw new FileError("the capture file has no Interface Description Blocks");
  }
  return {
    format: "pcapng",
    application: reader.application,
    interfaces: reader.interfaces.map(({ linkType, snapLength, name, description }) => ({
      linkType,
      snapLength,
      name,
      description,
    })),
    packets: reader.packets,
    error,
  };
}
