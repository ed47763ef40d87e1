import type { Bridge } from "../bridge/bridge.ts";
import { notesOf } from "./device-notes.ts";

/** A bridge's identifier as iproute2 prints it: priority and address, without leading zeros. */
export function bridgeId(bridge: Bridge): string {
  const { device } = bridge;
  const known = bridge.ports.length > 0 || notesOf(device).addressSet;
  const hi = known ? device.macHi : 0;
  const lo = known ? device.macLo : 0;
  const bytes = [hi >>> 8, hi & 255, lo >>> 24, (lo >>> 16) & 255, (lo >>> 8) & 255, lo & 255];
  return `${bridge.priority.toString(16).padStart(4, "0")}.${bytes.map((b) => b.toString(16)).join(":")}`;
}
