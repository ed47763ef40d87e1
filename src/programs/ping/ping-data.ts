import type { Nanos } from "../../sim/time.ts";
import * as icmp from "../../wire/icmp.ts";
import type { ProgramContext } from "../program-context.ts";
import type { PingOptions } from "./ping-options.ts";

/** Room for the time of sending at the beginning of the data (struct timeval). */
const TIMEVAL = 16;

/** The bytes of a ping's requests: the time of sending, where there is room for it, and a pattern. */
export class PingData {
  readonly identifier: number;
  /** Whether there is room for the time of sending. */
  readonly timing: boolean;
  readonly #context: ProgramContext;
  readonly #size: number;
  readonly #pattern: readonly number[] | null;

  constructor(context: ProgramContext, { size, pattern }: PingOptions, identifier: number) {
    this.#context = context;
    this.#size = size;
    this.#pattern = pattern;
    this.identifier = identifier;
    this.timing = size >= TIMEVAL;
  }

  /** The echo request of that number, which carries the time of now. */
  request(sequence: number): Uint8Array {
    const bytes = new Uint8Array(icmp.HEADER_LEN + this.#size);
    const view = new DataView(bytes.buffer);
    icmp.emit({ kind: "echo-request", identifier: this.identifier, sequence: sequence & 0xffff }, view, 0);
    for (let i = 0; i < this.#size; i++) bytes[icmp.HEADER_LEN + i] = this.#byte(i);
    if (this.timing) {
      const { seconds, nanos } = this.#context.machine.clock();
      view.setUint32(icmp.HEADER_LEN, seconds, true);
      view.setUint32(icmp.HEADER_LEN + 4, Math.floor(seconds / 0x1_0000_0000), true);
      view.setUint32(icmp.HEADER_LEN + 8, Math.floor(nanos / 1000), true);
      view.setUint32(icmp.HEADER_LEN + 12, 0, true);
    }
    icmp.fillChecksum(view, 0, bytes.length);
    return bytes;
  }

  #byte(i: number): number {
    const pattern = this.#pattern;
    return pattern === null ? i & 0xff : pattern[i % pattern.length]!;
  }

  /**
   * Microseconds from the time that the data at `data` tells to the arrival at `arrived`; -1 when `length` bytes of data
   * are too few to tell it.
   */
  roundTrip(arrived: Nanos, view: DataView, data: number, length: number): number {
    if (!this.timing || length < TIMEVAL) return -1;
    const { machine, namespace } = this.#context;
    const { seconds, nanos } = machine.clock();
    const waited = namespace.world.now - arrived;
    const sent = view.getUint32(data, true) + view.getUint32(data + 4, true) * 0x1_0000_0000;
    const micros =
      (seconds - sent) * 1e6 + Math.floor((nanos - waited) / 1000) - view.getUint32(data + 8, true);
    if (micros >= 0) return micros;
    this.#context.err(`ping: Warning: time of day goes back (${micros}us), taking countermeasures\n`);
    return 0;
  }

  /** The first byte that came back changed, in a line of its own; empty when there is none. */
  wrongByte(view: DataView, data: number): string {
    for (let i = this.timing ? TIMEVAL : 0; i < this.#size; i++) {
      const expected = this.#byte(i);
      const found = view.getUint8(data + i);
      if (found !== expected)
        return `\nwrong data byte #${i} should be 0x${expected.toString(16)} but was 0x${found.toString(16)}`;
    }
    return "";
  }
}
