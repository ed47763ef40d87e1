import type { Ledger } from "../sim/ledger.ts";
import type { LegRecording } from "../sim/leg-recording.ts";
import type { World } from "../sim/world.ts";

/** Where the pairs of packets and bytes lie. */
const RX = 0;
const TX = 2;

/** The counters of a device as plain numbers. */
interface DeviceCounts {
  readonly rxPackets: number;
  readonly rxBytes: number;
  readonly txPackets: number;
  readonly txBytes: number;
  readonly rxDropped: number;
  readonly txDropped: number;
  readonly rxErrors: number;
  readonly txErrors: number;
  readonly multicast: number;
  readonly carrierErrors: number;
}

/** What a device has counted, as `ip -s link` shows it. */
export class DeviceCounters {
  /** Packets and bytes received, packets and bytes transmitted: cells, so that legs can count in them. */
  readonly #cells: Float64Array;
  readonly #at: number;
  readonly #ledger: Ledger;
  rxDropped = 0;
  txDropped = 0;
  rxErrors = 0;
  txErrors = 0;
  multicast = 0;
  carrierErrors = 0;

  constructor(world: World) {
    this.#at = world.cells.take(4);
    this.#cells = world.cells.block;
    this.#ledger = world.ledger;
  }

  get rxPackets(): number {
    return this.#settled(RX);
  }
  get rxBytes(): number {
    return this.#settled(RX + 1);
  }
  get txPackets(): number {
    return this.#settled(TX);
  }
  get txBytes(): number {
    return this.#settled(TX + 1);
  }

  /** Counts a packet of so many bytes, and notes it for the leg that is being recorded. */
  received(bytes: number, leg: LegRecording | null): void {
    this.#count(RX, bytes, leg);
  }

  transmitted(bytes: number, leg: LegRecording | null): void {
    this.#count(TX, bytes, leg);
  }

  /** All of them by name. */
  values(): DeviceCounts {
    const { rxPackets, rxBytes, txPackets, txBytes } = this;
    const { rxDropped, txDropped, rxErrors, txErrors, multicast, carrierErrors } = this;
    const traffic = { rxPackets, rxBytes, txPackets, txBytes };
    return { ...traffic, rxDropped, txDropped, rxErrors, txErrors, multicast, carrierErrors };
  }

  #count(pair: number, bytes: number, leg: LegRecording | null): void {
    const cells = this.#cells;
    const at = this.#at + pair;
    cells[at]!++;
    cells[at + 1]! += bytes;
    if (leg !== null) leg.counts(cells, at, bytes);
  }

  #settled(cell: number): number {
    this.#ledger.settle();
    return this.#cells[this.#at + cell]!;
  }
}
