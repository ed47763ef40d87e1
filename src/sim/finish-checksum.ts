import * as checksum from "../wire/checksum.ts";
import type { Packet } from "./packet.ts";

/**
 * Finishes the transport checksum that was left to the device (skb_checksum_help): done when somebody sees the bytes,
 * never on the way. A sum of zero is written as all ones, which UDP wants and TCP does not mind.
 */
export function finishChecksum(packet: Packet): void {
  if (packet.checksumStart === 0) return;
  const start = packet.checksumStart;
  const sum = checksum.compute(packet.view, start, packet.at + packet.length - start);
  packet.view.setUint16(start + packet.checksumField, sum === 0 ? 0xffff : sum);
  packet.checksumStart = 0;
}
