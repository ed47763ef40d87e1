/** Bytes in the order in which they are written, little-endian as on the machines that most captures come from. */
export class ByteWriter {
  #bytes: Uint8Array = new Uint8Array(4096);
  #view: DataView = new DataView(this.#bytes.buffer);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** Returns where the new bytes begin. Both buffers may be others afterwards. */
  #grow(count: number): number {
    const at = this.#length;
    this.#length += count;
    if (this.#length > this.#bytes.length) {
      const bytes = new Uint8Array(Math.max(this.#length, this.#bytes.length * 2));
      bytes.set(this.#bytes.subarray(0, at));
      this.#bytes = bytes;
      this.#view = new DataView(bytes.buffer);
    }
    return at;
  }

  u8(value: number): void {
    const at = this.#grow(1);
    this.#view.setUint8(at, value);
  }

  u16(value: number): void {
    const at = this.#grow(2);
    this.#view.setUint16(at, value, true);
  }

  u32(value: number): void {
    const at = this.#grow(4);
    this.#view.setUint32(at, value, true);
  }

  u64(value: bigint): void {
    const at = this.#grow(8);
    this.#view.setBigUint64(at, value, true);
  }

  bytes(source: Uint8Array): void {
    const at = this.#grow(source.length);
    this.#bytes.set(source, at);
  }

  /** Zeros up to the next multiple of four. */
  pad(): void {
    this.#grow(-this.#length & 3);
  }

  /** Writes over what stands at `at`. */
  setU32(at: number, value: number): void {
    this.#view.setUint32(at, value, true);
  }

  /** A copy of all that was written. */
  finish(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }
}
