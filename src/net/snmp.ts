import type { Ledger } from "../sim/ledger.ts";
import type { LegRecording } from "../sim/leg-recording.ts";
import type { World } from "../sim/world.ts";

const IN_RECEIVES = 0;
const IN_DELIVERS = 1;
const FORW_DATAGRAMS = 2;
const OUT_TRANSMITS = 3;
const UDP_IN_DATAGRAMS = 4;
const OUT_REQUESTS = 5;
const UDP_OUT_DATAGRAMS = 6;

/** What namespaces share that have heard and said nothing. */
const NO_MESSAGES: ReadonlyMap<number, number> = new Map();

/** Counters of a namespace's IPv4 stack, as /proc/net/snmp shows them (RFC 2011, RFC 2013). */
export class SnmpCounters {
  /** What is counted for each packet on the plain way lies in cells, so that a leg can count in them. */
  readonly #cells: Float64Array;
  readonly #at: number;
  readonly #ledger: Ledger;
  inHdrErrors = 0;
  inCsumErrors = 0;
  inTruncatedPkts = 0;
  inAddrErrors = 0;
  inUnknownProtos = 0;
  outNoRoutes = 0;
  inNoRoutes = 0;
  /** Packets that came by a device by which no answer would leave (IPReversePathFilter). */
  reversePathFiltered = 0;
  reasmTimeout = 0;
  reasmReqds = 0;
  reasmOks = 0;
  reasmFails = 0;
  fragOks = 0;
  fragFails = 0;
  fragCreates = 0;
  /** All messages, those too that are of no use. */
  icmpInMsgs = 0;
  icmpInErrors = 0;
  icmpInCsumErrors = 0;
  icmpOutErrors = 0;
  icmpOutRateLimitGlobal = 0;
  icmpOutRateLimitHost = 0;
  /** Messages by type. */
  icmpIn: ReadonlyMap<number, number> = NO_MESSAGES;
  icmpOut: ReadonlyMap<number, number> = NO_MESSAGES;
  udpNoPorts = 0;
  udpInErrors = 0;
  udpRcvbufErrors = 0;
  udpInCsumErrors = 0;
  udpIgnoredMulti = 0;

  constructor(world: World) {
    this.#at = world.cells.take(7);
    this.#cells = world.cells.block;
    this.#ledger = world.ledger;
  }

  get inReceives(): number {
    return this.#settled(IN_RECEIVES);
  }
  get inDelivers(): number {
    return this.#settled(IN_DELIVERS);
  }
  get forwDatagrams(): number {
    return this.#settled(FORW_DATAGRAMS);
  }
  get outTransmits(): number {
    return this.#settled(OUT_TRANSMITS);
  }
  get udpInDatagrams(): number {
    return this.#settled(UDP_IN_DATAGRAMS);
  }

  get outRequests(): number {
    return this.#settled(OUT_REQUESTS);
  }
  get udpOutDatagrams(): number {
    return this.#settled(UDP_OUT_DATAGRAMS);
  }

  /** Each counts a packet, and notes it for the leg that is being recorded. */
  inReceived(leg: LegRecording | null): void {
    this.#count(IN_RECEIVES, leg);
  }
  inDelivered(leg: LegRecording | null): void {
    this.#count(IN_DELIVERS, leg);
  }
  forwarded(leg: LegRecording | null): void {
    this.#count(FORW_DATAGRAMS, leg);
  }
  outTransmitted(leg: LegRecording | null): void {
    this.#count(OUT_TRANSMITS, leg);
  }
  udpDelivered(leg: LegRecording | null): void {
    this.#count(UDP_IN_DATAGRAMS, leg);
  }

  outRequested(leg: LegRecording | null): void {
    this.#count(OUT_REQUESTS, leg);
  }
  udpSent(leg: LegRecording | null): void {
    this.#count(UDP_OUT_DATAGRAMS, leg);
  }

  icmpReceived(type: number): void {
    this.icmpIn = counted(this.icmpIn, type);
  }
  icmpSent(type: number): void {
    this.icmpOut = counted(this.icmpOut, type);
  }

  #settled(slot: number): number {
    this.#ledger.settle();
    return this.#cells[this.#at + slot]!;
  }

  #count(slot: number, leg: LegRecording | null): void {
    const at = this.#at + slot;
    this.#cells[at]!++;
    if (leg !== null) leg.ticks(this.#cells, at);
  }
}

/** Counts one more of a type. */
function counted(counts: ReadonlyMap<number, number>, type: number): ReadonlyMap<number, number> {
  const own = counts === NO_MESSAGES ? new Map<number, number>() : (counts as Map<number, number>);
  return own.set(type, (own.get(type) ?? 0) + 1);
}
