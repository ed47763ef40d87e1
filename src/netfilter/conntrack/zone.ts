/** Which of a connection's tuples a zone separates from those of other zones (NF_CT_ZONE_DIR_*). */
export type ZoneDirection = "both" | "original" | "reply";

/** A zone keeps connections with the same addresses apart (struct nf_conntrack_zone). */
export interface Zone {
  readonly id: number;
  readonly direction: ZoneDirection;
}

export const DEFAULT_ZONE: Zone = { id: 0, direction: "both" };

/** What a tuple of this direction is filed under (nf_ct_zone_id). */
export function zoneId(zone: Zone, reply: boolean): number {
  if (zone.direction === "both") return zone.id;
  return (zone.direction === "reply") === reply ? zone.id : 0;
}
