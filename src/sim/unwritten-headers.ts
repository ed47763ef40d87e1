import type { FlowHeader } from "./flow-header.ts";
import type { Leg } from "./leg.ts";
import type { Packet } from "./packet.ts";

/**
 * The headers that the legs of a trip put in front and that are not written yet: those of a tunnel on top of those of a
 * bridge's frame, say. Most are taken off again on the way, and nobody has seen them. They hang together by
 * {@link FlowHeader.below}; the outermost stands for all, null for none. Places are told from where the packet started
 * after the first leg.
 */
type Unwritten = FlowHeader | null;

/** Whether all may stay unwritten on a leg that begins at `start`: none is read, or cut in two. */
export function bearsLeg(outermost: Unwritten, leg: Leg, start: number): boolean {
  for (let header = outermost; header !== null; header = header.below) {
    const end = header.from + header.length;
    if (leg.change !== null && start + leg.change.at < end) return false;
    // Who takes the packet at the end may look at what came off: it is written, in the order of the legs.
    if (leg.end === null) {
      if (end <= start + leg.stripped) continue;
      if (header.from < start + leg.stripped) return false;
    }
    // A packet keeps one identification that it has drawn.
    if (leg.identification !== null && header.identification !== null) return false;
  }
  return true;
}

/** The outermost after a leg that begins at `start`. */
export function afterLeg(outermost: Unwritten, leg: Leg, start: number): Unwritten {
  let header = outermost;
  if (leg.end === null)
    while (header !== null && header.from + header.length <= start + leg.stripped) header = header.below;
  if (leg.header === null) return header;
  leg.header.from = start + leg.move;
  leg.header.below = header;
  return leg.header;
}

/** Writes all into a packet that started at `base` after the first leg, and starts now where it is to start. */
export function writeAll(outermost: FlowHeader, packet: Packet, base: number): void {
  if (outermost.below !== null) writeAll(outermost.below, packet, base);
  outermost.write(packet, base + outermost.from);
}
