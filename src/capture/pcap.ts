/** Writes a capture of one device as `tcpdump -w` does: the classic file with microseconds, or nanoseconds. */
import { ByteWriter } from "./byte-writer.ts";
import { LINKTYPE_ETHERNET, SNAPLEN } from "./pcapng.ts";
import { wallNanoseconds } from "./timestamp.ts";

/** They stand first, in the byte order of all that follows, and tell what the time stamps count. */
export const MAGIC_MICROSECONDS = 0xa1b2c3d4;
export const MAGIC_NANOSECONDS = 0xa1b23c4d;

/** What differs from `tcpdump -w FILE` without further options. */
interface PcapOptions {
  /** Second since 1970 at which the world's time began; 0. */
  readonly epoch?: number;
  /** As `--time-stamp-precision`; micro. */
  readonly precision?: "micro" | "nano";
  /** As `-s`; 262144. */
  readonly snapLength?: number;
  /** Ethernet. */
  readonly linkType?: number;
}

/** Collects a capture; {@link finish} gives the file. */
export class PcapWriter {
  readonly #out: ByteWriter = new ByteWriter();
  readonly #epoch: number;
  readonly #nano: boolean;
  readonly #snapLength: number;

  constructor(options: PcapOptions = {}) {
    this.#epoch = options.epoch ?? 0;
    this.#nano = options.precision === "nano";
    this.#snapLength = options.snapLength ?? SNAPLEN;
    this.#out.u32(this.#nano ? MAGIC_NANOSECONDS : MAGIC_MICROSECONDS);
    this.#out.u16(2);
    this.#out.u16(4);
    this.#out.u32(0);
    this.#out.u32(0);
    this.#out.u32(this.#snapLength);
    this.#out.u32(options.linkType ?? LINKTYPE_ETHERNET);
  }

  /** `time` in virtual nanoseconds; `length` is that on the wire. The bytes are copied, up to the snap length. */
  addPacket(time: number, bytes: Uint8Array, length: number = bytes.length): void {
    const wall = wallNanoseconds(time, this.#epoch);
    const fraction = Number(wall % 1_000_000_000n);
    const captured = bytes.subarray(0, this.#snapLength);
    this.#out.u32(Number(wall / 1_000_000_000n));
    this.#out.u32(this.#nano ? fraction : Math.floor(fraction / 1000));
    this.#out.u32(captured.length);
    this.#out.u32(length);
    this.#out.bytes(captured);
  }

  /** The whole file so far. */
  finish(): Uint8Array {
    return this.#out.finish();
  }
}
