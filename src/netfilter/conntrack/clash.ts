import type { Packet } from "../../sim/packet.ts";
import { SECOND } from "../../sim/time.ts";
import * as ipv4 from "../../wire/ipv4.ts";
import { type Connection, Status } from "./connection.ts";
import type { Conntrack } from "./conntrack.ts";
import { Tuple } from "./tuple.ts";
import { zoneId } from "./zone.ts";

const loser = new Tuple();
const winner = new Tuple();

/**
 * Two packets made the same connection at the same time, or NAT gave both the same tuple; `there` came first
 * (nf_ct_resolve_clash). UDP packets go on where that is right: with the other connection when both are the same in both
 * directions, else with an entry of their own for the replies only, for a second. False: the packet is to be dropped.
 */
export function settleClash(
  conntrack: Conntrack,
  late: Connection,
  there: Connection,
  packet: Packet,
): boolean {
  const { stats } = conntrack;
  if (late.protocol === ipv4.PROTO_UDP && (merge(late, there, packet) || addReply(conntrack, late, packet))) {
    stats.clashResolve++;
    return true;
  }
  stats.drop++;
  stats.insertFailed++;
  return false;
}

/** The packet belongs to the other connection from now on. */
function merge(late: Connection, there: Connection, packet: Packet): boolean {
  if (!isSame(late, there, false) && !isSame(late, there, true)) return false;
  if (there.account?.counts === true) there.account.add(packet.connectionInfo, packet);
  packet.connection = there;
  return true;
}

/** Whether both have the same tuples, or each the other's with `swapped`. */
function isSame(late: Connection, there: Connection, swapped: boolean): boolean {
  for (const reply of [false, true]) {
    loser.copyOf(late, reply);
    winner.copyOf(there, reply !== swapped);
    if (!loser.equals(winner) || zoneId(late.zone, reply) !== zoneId(there.zone, reply !== swapped))
      return false;
  }
  return true;
}

/** Packets of the late connection belong to the other one, but its replies must find their way back. */
function addReply(conntrack: Conntrack, late: Connection, packet: Packet): boolean {
  loser.copyOf(late, true);
  const clash = conntrack.find(loser, late.zone, true);
  if (clash >= 0) return merge(late, conntrack.connectionAt(clash), packet);
  late.status |= Status.fixedTimeout | Status.natClash;
  late.deadline = conntrack.world.now + SECOND;
  conntrack.place(late, false);
  return true;
}
