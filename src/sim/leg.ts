import type { FlowAct, FlowPort, OpenPort } from "./flow-class.ts";
import { FlowHeader } from "./flow-header.ts";
import type { HeaderChange } from "./header-change.ts";
import type { LegRecording } from "./leg-recording.ts";
import type { LegTally } from "./leg-tally.ts";
import type { Packet, Receiver } from "./packet.ts";
import type { Nanos } from "./time.ts";
import type { Trip } from "./trip.ts";

/** Gives the packets of a flow their IPv4 identifications, one after the other. */
export interface Identification {
  next(): number;
}

/** What takes the packet at the end of a leg, when that is not the queue of events: a socket, a queueing discipline. */
export interface LegEnd {
  take(packet: Packet): void;
}

/**
 * What the stack did to a packet between two queues: from a socket to the first crossing between namespaces, from there
 * to the next one, and so on. It does not change any more.
 */
export class Leg {
  /** The longest packet that it holds for. */
  readonly longest: number;
  /** How far the start of the packet moves on; negative when headers are put in front. */
  readonly move: number;
  /** So many bytes of what was there at the start are gone, or written anew. */
  readonly stripped: number;
  /** What is written at the new start, or null. */
  readonly header: FlowHeader | null;
  /** What becomes of the IPv4 header of a packet that is forwarded or translated, or null. */
  readonly change: HeaderChange | null;
  /** As in {@link LegRecording.isKept}. */
  readonly patience: Nanos;
  readonly until: Nanos;
  readonly renumbers: number;
  /** Where a number for the header is drawn, or null. */
  readonly identification: Identification | null;
  /** Where the packet goes by the queue of events; or, when it goes elsewhere, who takes it. */
  readonly to: Receiver | null;
  readonly end: LegEnd | null;
  /** What begins behind the end, where others of the flow look the same there. */
  readonly onward: Trip | null;
  /** What it counts and stamps. */
  readonly tally: LegTally;
  /** Of a class of flows: what differs from flow to flow, or null; and of how many frames later each act is told. */
  readonly acts: readonly FlowAct[] | null;
  readonly actFrames: readonly number[];
  /** Of a class of flows: what is open at the end in the headers, and in the flow's hash. */
  readonly open: OpenPort | null;
  readonly flowHash: FlowPort | null;

  // How the packet is at the end.
  readonly #network: number;
  readonly #transport: number;
  readonly #flags: number;
  readonly #mark: number;
  readonly #hash: number;

  /** `packet` has come to the end of what was noted. */
  constructor(
    noted: LegRecording,
    packet: Packet,
    to: Receiver | null,
    end: LegEnd | null,
    onward: Trip | null,
  ) {
    const { at } = packet;
    this.longest = noted.longest;
    this.move = at - noted.startAt;
    this.stripped = noted.deepest - noted.startAt;
    const places = {
      ip: noted.ip - at,
      udp: noted.udp === 0 ? 0 : noted.udp - at,
      pseudoSum: noted.pseudoSum,
      coveringSum: noted.coveringSum,
      open: noted.pushedPort,
    };
    this.header =
      noted.deepest > at
        ? new FlowHeader(packet.bytes.slice(at, noted.deepest), noted.identification, places)
        : null;
    this.change = noted.change;
    this.change?.finish(packet.view, noted.startAt + this.change.at);
    this.patience = noted.patience;
    this.until = noted.until;
    this.renumbers = noted.renumbered;
    this.identification = noted.identification;
    this.to = to;
    this.end = end;
    this.onward = onward;
    this.tally = noted.tally;
    this.acts = noted.acts.length === 0 ? null : noted.acts;
    this.actFrames = noted.actFrames;
    this.open = noted.open;
    this.flowHash = noted.flowHash;
    this.#network = packet.networkAt - at;
    this.#transport = packet.transportAt - at;
    this.#flags = packet.flags;
    this.#mark = packet.mark;
    this.#hash = packet.hash;
  }

  /** What the stack knows of a packet at the end. */
  describe(packet: Packet): void {
    const { at } = packet;
    packet.networkAt = at + this.#network;
    packet.transportAt = at + this.#transport;
    packet.flags = this.#flags;
    packet.mark = this.#mark;
    packet.hash = this.flowHash === null ? this.#hash : this.flowHash.of(packet);
  }
}
