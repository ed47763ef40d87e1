import type { Packet } from "../sim/packet.ts";
import type { IpvsConnection } from "./connection.ts";
import type { Ipvs } from "./ipvs.ts";

/** Counts a packet of the client for the connection's destination and service, and for all (ip_vs_in_stats). */
export function countIn(ipvs: Ipvs, connection: IpvsConnection, packet: Packet): void {
  const { destination } = connection;
  if (destination === null || !destination.available) return;
  ipvs.estimate();
  const { length } = packet;
  const own = destination.statistics;
  own.inPackets++;
  own.inBytes += length;
  const service = destination.service.statistics;
  service.inPackets++;
  service.inBytes += length;
  ipvs.statistics.inPackets++;
  ipvs.statistics.inBytes += length;
}

export function countOut(ipvs: Ipvs, connection: IpvsConnection, packet: Packet): void {
  const { destination } = connection;
  if (destination === null || !destination.available) return;
  ipvs.estimate();
  const { length } = packet;
  const own = destination.statistics;
  own.outPackets++;
  own.outBytes += length;
  const service = destination.service.statistics;
  service.outPackets++;
  service.outBytes += length;
  ipvs.statistics.outPackets++;
  ipvs.statistics.outBytes += length;
}
