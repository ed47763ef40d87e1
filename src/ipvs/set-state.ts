import type { Packet } from "../sim/packet.ts";
import * as ipv4 from "../wire/ipv4.ts";
import * as tcp from "../wire/tcp.ts";
import type { IpvsConnection } from "./connection.ts";
import { ConnectionFlag } from "./connection-flags.ts";
import type { Ipvs } from "./ipvs.ts";
import { Direction, isTcpActive, nextTcpState, TcpState } from "./tcp-state.ts";

/** A template that a real conversation has confirmed (IP_VS_CTPL_S_ASSURED). */
export const TEMPLATE_ASSURED = 1;

/** What a packet makes of the state and timeout of its connection (ip_vs_set_state). */
export function setState(
  ipvs: Ipvs,
  connection: IpvsConnection,
  packet: Packet,
  transportAt: number,
  direction: Direction,
): void {
  if (connection.protocol === ipv4.PROTO_UDP) {
    connection.timeout = ipvs.udpTimeout;
    if (direction === Direction.output) assure(connection);
    return;
  }
  if ((connection.flags & ConnectionFlag.noOutput) !== 0) {
    if (direction === Direction.output) connection.flags &= ~ConnectionFlag.noOutput;
    else direction = Direction.alone;
  }
  const flags = tcp.flags(packet.view, transportAt);
  const state = nextTcpState(connection.state, direction, flags, ipvs.secureTcp);
  if (state !== connection.state) {
    count(connection, isTcpActive(state));
    if (state === TcpState.established) assure(connection);
    connection.state = state;
  }
  connection.timeout = ipvs.tcpTimeouts[state]!;
}

/** Moves it between the active and the inactive connections of its destination. */
function count(connection: IpvsConnection, active: boolean): void {
  const { destination } = connection;
  if (destination === null) return;
  const inactive = (connection.flags & ConnectionFlag.inactive) !== 0;
  if (!inactive && !active) {
    destination.activeConnections--;
    destination.inactiveConnections++;
    connection.flags |= ConnectionFlag.inactive;
  } else if (inactive && active) {
    destination.activeConnections++;
    destination.inactiveConnections--;
    connection.flags &= ~ConnectionFlag.inactive;
  }
}

function assure(connection: IpvsConnection): void {
  const template = connection.control;
  if (template?.isTemplate) template.state = TEMPLATE_ASSURED;
}
