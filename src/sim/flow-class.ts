import type { FrameId, Packet } from "./packet.ts";

/**
 * A class of flows: those that differ in nothing but one port, that of the clients of one service. What the stack does for
 * the first packet of one of them it does for that of the next as well, except for what it keeps of each
 * ({@link FlowAct}); so that a trip may be made for all of them.
 */

/** Where a port stands in a UDP header: what differs between the flows of a class. */
export const PortPlace = { source: 0, destination: 2 } as const;
export type PortPlace = (typeof PortPlace)[keyof typeof PortPlace];

/** The port of a flow in one header: the flow's own, or what follows from it, as the source port of a tunnel does. */
export interface FlowPort {
  of(packet: Packet): number;
}

/** In the header that the class is known by: what its packets carry in {@link Packet.port}. */
export const OWN_PORT: FlowPort = { of: (packet) => packet.port };

/** The port that is open in the outermost header of a packet of a class, and in those inside. */
export class OpenPort {
  readonly place: PortPlace;
  readonly port: FlowPort;
  readonly inside: OpenPort | null;

  constructor(place: PortPlace, port: FlowPort, inside: OpenPort | null) {
    this.place = place;
    this.port = port;
    this.inside = inside;
  }
}

/** What a leg does for each packet of a class that is not the same for all: it makes or finds a connection, say. */
export interface FlowAct {
  /** Whether it can be done, and ends as it did for the packet that was recorded. Changes nothing that anybody can see. */
  holds(packet: Packet): boolean;
  /** Does it, right after all acts of the leg were found to hold. `frame`: the packet's number at that point. */
  perform(packet: Packet, frame: FrameId): void;
}
