import type { Ledger } from "../sim/ledger.ts";
import type { LegRecording } from "../sim/leg-recording.ts";

/** Where the pairs of packets and bytes lie. */
const RX = 0;
const TX = 2;

/** The counters of a device as plain numbers. */
export interface DeviceCounts {
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
  readonly #traffic: Float64Array = new Float64Array(4);
  readonly #ledger: Ledger;
  rxDropped = 0;
  txDropped = 0;
  rxErrors = 0;
  txErrors = 0;
  multicast = 0;
  carrierErrors = 0;

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
  }

  get rxPackets(): number {
    return this.#settled()[RX]!;
  }
  get rxBytes(): number {
    return this.#settled()[RX + 1]!;
  }
  get txPackets(): number {
    return this.#settled()[TX]!;
  }
  get txBytes(): number {
    return this.#settled()[TX + 1]!;
  }

  /** Counts a packet of so many bytes, and notes it for the leg that is being recorded. */
  received(bytes: number, leg: LegRecording | null): void {
    const cells = this.#traffic;
    cells[RX]!++;
    cells[RX + 1]! += bytes;
    if (leg !== null) leg.counts(cells, RX, bytes);
  }

  transmitted(bytes: number, leg: LegRecording | null): void {
    const cells = this.#traffic;
    cells[TX]!++;
    cells[TX + 1]! += bytes;
    if (leg !== null) leg.counts(cells, TX, bytes);
  }

  /** All of them by name. */
  values(): DeviceCounts {
    const { rxPackets, rxBytes, txPackets, txBytes } = this;
    const { rxDropped, txDropped, rxErrors, txErrors, multicast, carrierErrors } = this;
    const traffic = { rxPackets, rxBytes, txPackets, txBytes };
    return { ...traffic, rxDropped, txDropped, rxErrors, txErrors, multicast, carrierErrors };
  }

  #settled(): Float64Array {
    this.#ledger.settle();
    return this.#traffic;
  }
}
