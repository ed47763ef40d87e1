/**
 * Writes captures of several devices as one pcapng file ({@link ./pcapng-blocks.ts}): a section header that
 * names the application, an interface block for each device, an enhanced packet block for each frame.
 */

import * as utf8 from "../wire/utf8.ts";
import { ByteWriter } from "./byte-writer.ts";
import * as blocks from "./pcapng-blocks.ts";
import { wallNanoseconds } from "./timestamp.ts";

/** Exponent of ten of a nanosecond, as if_tsresol counts. */
const NANOSECONDS = 9;

export const LINKTYPE_ETHERNET = 1;
export const LINKTYPE_LINUX_SLL2 = 276;
/** What tcpdump captures at most of a frame. */
export const SNAPLEN = 262144;

/** A device in the capture. */
interface CaptureInterface {
  readonly name: string;
  readonly description: string;
}

/** One frame in the capture. */
export interface CapturePacket {
  /** What {@link PcapngWriter.addInterface} returned. */
  readonly interface: number;
  /** Virtual nanoseconds since the world began. */
  readonly time: number;
  readonly bytes: Uint8Array;
  /** Length on the wire; that of `bytes` unless the capture cut the frame. */
  readonly length?: number;
  readonly comments?: readonly string[];
  /** The same number on all interfaces for the same frame. */
  readonly packetId?: number;
  readonly direction?: "inbound" | "outbound";
}

/** Collects a capture; {@link finish} gives the file. */
export class PcapngWriter {
  readonly #out: ByteWriter = new ByteWriter();
  readonly #epoch: number;
  #interfaces = 0;

  /** `epoch` is the second since 1970 at which the world's time began. */
  constructor(application: string, epoch: number = 0) {
    this.#epoch = epoch;
    this.#block(blocks.SECTION_HEADER, () => {
      this.#out.u32(blocks.BYTE_ORDER_MAGIC);
      this.#out.u16(1);
      this.#out.u16(0);
      this.#out.u64(0xffff_ffff_ffff_ffffn);
      this.#text(blocks.SHB_USERAPPL, application);
      this.#end();
    });
  }

  /** Returns the number that the device's packets name. */
  addInterface(device: CaptureInterface): number {
    this.#block(blocks.INTERFACE_DESCRIPTION, () => {
      this.#out.u16(LINKTYPE_ETHERNET);
      this.#out.u16(0);
      this.#out.u32(SNAPLEN);
      this.#text(blocks.IF_NAME, device.name);
      if (device.description !== "") this.#text(blocks.IF_DESCRIPTION, device.description);
      this.#option(blocks.IF_TSRESOL, Uint8Array.of(NANOSECONDS));
      this.#end();
    });
    return this.#interfaces++;
  }

  /** The bytes are copied. */
  addPacket(packet: CapturePacket): void {
    const time = wallNanoseconds(packet.time, this.#epoch);
    this.#block(blocks.ENHANCED_PACKET, () => {
      this.#out.u32(packet.interface);
      this.#out.u32(Number(time >> 32n));
      this.#out.u32(Number(time & 0xffff_ffffn));
      this.#out.u32(packet.bytes.length);
      this.#out.u32(packet.length ?? packet.bytes.length);
      this.#out.bytes(packet.bytes);
      this.#out.pad();
      this.#packetOptions(packet);
    });
  }

  #packetOptions(packet: CapturePacket): void {
    const comments = packet.comments ?? [];
    if (comments.length === 0 && packet.direction === undefined && packet.packetId === undefined) return;
    for (const comment of comments) this.#text(blocks.OPT_COMMENT, comment);
    if (packet.direction !== undefined) {
      this.#out.u16(blocks.EPB_FLAGS);
      this.#out.u16(4);
      this.#out.u32(packet.direction === "inbound" ? 1 : 2);
    }
    if (packet.packetId !== undefined) {
      this.#out.u16(blocks.EPB_PACKETID);
      this.#out.u16(8);
      this.#out.u64(BigInt(packet.packetId));
    }
    this.#end();
  }

  /** The whole file so far. */
  finish(): Uint8Array {
    return this.#out.finish();
  }

  /** Type and total length in front, the total length again behind. */
  #block(type: number, body: () => void): void {
    const start = this.#out.length;
    this.#out.u32(type);
    this.#out.u32(0);
    body();
    const total = this.#out.length - start + 4;
    this.#out.u32(total);
    this.#out.setU32(start + 4, total);
  }

  #option(code: number, value: Uint8Array): void {
    this.#out.u16(code);
    this.#out.u16(value.length);
    this.#out.bytes(value);
    this.#out.pad();
  }

  #text(code: number, text: string): void {
    this.#option(code, utf8.encode(text).subarray(0, 0xffff));
  }

  #end(): void {
    this.#out.u16(blocks.OPT_END);
    this.#out.u16(0);
  }
}
