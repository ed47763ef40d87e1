import { SECOND } from "../sim/time.ts";
import * as ipv4 from "../wire/ipv4.ts";
import type { IpvsConnection } from "./connection.ts";
import { expireNow } from "./connections.ts";
import type { Ipvs } from "./ipvs.ts";
import { TEMPLATE_ASSURED } from "./set-state.ts";
import { TcpState } from "./tcp-state.ts";

/** The kernel's table has so many chains, of which each second one in 32 is looked at. */
const CHAINS = 4096;
const LOOKED_AT = CHAINS >>> 5;
/** A connection that has not lasted for a minute is spared. */
const SPARED = 60 * SECOND;
/** Connections with up to so many packets may be dropped: one in as many as it has packets. */
const FEW_PACKETS = 8;

/**
 * A setting has changed: 1 and 2 are for when memory is short, which here it never is (2 falls back to 1), 3 is always on
 * (net/netfilter/ipvs/ip_vs_ctl.c, update_defense_level).
 */
export function strategyChanged(ipvs: Ipvs): void {
  const { settings } = ipvs;
  if (settings.drop_entry === 2) settings.drop_entry = 1;
  if (settings.drop_packet === 2) settings.drop_packet = 1;
  if (settings.secure_tcp === 2) settings.secure_tcp = 1;
  ipvs.dropRate = settings.drop_packet === 3 ? Math.max(0, settings.am_droprate) : 0;
  ipvs.secureTcp = settings.secure_tcp === 3;
  if (settings.drop_entry !== 3) ipvs.dropTimer?.cancel();
  else if (ipvs.dropTimer === null || !ipvs.dropTimer.armed) {
    ipvs.dropTimer ??= ipvs.ns.world.timer(() => dropSome(ipvs));
    ipvs.dropTimer.arm(SECOND);
  }
}

/** Each second some connections that look like the beginning of nothing are dropped (ip_vs_random_dropentry). */
function dropSome(ipvs: Ipvs): void {
  ipvs.dropTimer!.arm(SECOND);
  const { prng } = ipvs.ns.world;
  ipvs.dropPrng ??= prng.fork(`ipvs drop_entry ${ipvs.ns.path}`);
  for (const connection of [...ipvs.connections.list()])
    if (ipvs.dropPrng.chance(LOOKED_AT, CHAINS) && isExpendable(ipvs, connection))
      expireNow(ipvs, connection, "drop_entry chose it");
}

function isExpendable(ipvs: Ipvs, connection: IpvsConnection): boolean {
  if (connection.controlled > 0) return false;
  if (connection.isTemplate) return (connection.state & TEMPLATE_ASSURED) === 0;
  if (connection.protocol === ipv4.PROTO_TCP) {
    if (connection.state === TcpState.synRecv || connection.state === TcpState.synAck) return true;
    if (connection.state !== TcpState.established) return false;
  }
  if (connection.timeout + ipvs.ns.world.now < connection.expires + SPARED) return false;
  const packets = connection.inPackets;
  if (packets === 0 || packets > FEW_PACKETS) return false;
  const waits = (ipvs.dropWaits[packets] ?? 0) - 1;
  ipvs.dropWaits[packets] = waits > 0 ? waits : packets;
  return waits <= 0;
}
