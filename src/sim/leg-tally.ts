import type { Nanos } from "./time.ts";

/** The cells that the packets of a leg are counted in, and those that get the time of the last one. */
export class LegTally {
  /** Pairs of cells that count packets and bytes; how many bytes more or fewer than the packet had at the start. */
  readonly #pairs: Float64Array[] = [];
  readonly #pairSlots: number[] = [];
  readonly #extra: number[] = [];
  #pulledBefore = 0;
  /** Cells that count packets. */
  readonly #ticks: Float64Array[] = [];
  readonly #tickSlots: number[] = [];
  /** Cells that get the time. */
  readonly #stamps: Float64Array[] = [];
  readonly #stampSlots: number[] = [];

  /** Counts packets in `cells[slot]` and bytes in the next cell: `extra` more than the packet has at the start. */
  addPair(cells: Float64Array, slot: number, extra: number): void {
    this.#pairs.push(cells);
    this.#pairSlots.push(slot);
    this.#extra.push(extra);
  }

  /** Packets are told with the length that they had earlier, before so many bytes were taken off (or, negative, put in front). */
  startsLater(pulled: number): void {
    this.#pulledBefore = pulled;
  }

  addTick(cells: Float64Array, slot: number): void {
    this.#ticks.push(cells);
    this.#tickSlots.push(slot);
  }

  addStamp(cells: Float64Array, slot: number): void {
    this.#stamps.push(cells);
    this.#stampSlots.push(slot);
  }

  /** Enters so many packets and bytes, the last of them at `last`. */
  enter(packets: number, bytes: number, last: Nanos): void {
    const atStart = bytes - packets * this.#pulledBefore;
    for (let i = 0; i < this.#pairs.length; i++) {
      const cells = this.#pairs[i]!;
      const slot = this.#pairSlots[i]!;
      cells[slot]! += packets;
      cells[slot + 1]! += atStart + packets * this.#extra[i]!;
    }
    for (let i = 0; i < this.#ticks.length; i++) this.#ticks[i]![this.#tickSlots[i]!]! += packets;
    for (let i = 0; i < this.#stamps.length; i++) {
      const cells = this.#stamps[i]!;
      const slot = this.#stampSlots[i]!;
      if (cells[slot]! < last) cells[slot] = last;
    }
  }
}
