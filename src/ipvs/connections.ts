import type { Cause } from "../sim/registry.ts";
import { type Nanos, SECOND } from "../sim/time.ts";
import * as ipv4 from "../wire/ipv4.ts";
import { type ConnectionKey, IpvsConnection } from "./connection.ts";
import { ConnectionFlag, ForwardMethod } from "./connection-flags.ts";
import { connectionText } from "./connection-text.ts";
import type { IpvsDestination } from "./destination.ts";
import type { Ipvs } from "./ipvs.ts";

/** What a connection that others depend on waits before it looks again whether it may end. */
const LATER: Nanos = 60 * SECOND;

/** Makes a connection or template and puts it into the table, except those of one packet (ip_vs_conn_new). */
export function makeConnection(
  ipvs: Ipvs,
  key: ConnectionKey,
  address: number,
  port: number,
  flags: number,
  destination: IpvsDestination | null,
  fwmark: number,
  cause: Cause,
): IpvsConnection {
  const method = destination?.method ?? ForwardMethod.bypass;
  let all = flags | ConnectionFlag.inactive;
  if (destination !== null && method !== ForwardMethod.masquerade) all |= ConnectionFlag.noOutput;
  if (key.protocol !== ipv4.PROTO_UDP) all &= ~ConnectionFlag.onePacket;
  if (ipvs.settings.conntrack !== 0) all |= ConnectionFlag.tracked;
  const connection = new IpvsConnection(key, address, port, method, all, destination, fwmark);
  if (destination !== null) bind(connection, destination);
  const { registry } = ipvs.ns.world;
  connection.ref = registry.made("ipvs-connection", ipvs.ns.path, connectionText(connection), cause);
  if ((all & ConnectionFlag.onePacket) !== 0) return connection;
  connection.timer = ipvs.ns.world.timer(() => expire(ipvs, connection));
  ipvs.connections.add(connection);
  return connection;
}

function bind(connection: IpvsConnection, destination: IpvsDestination): void {
  if (connection.isTemplate) destination.persistentConnections++;
  else destination.inactiveConnections++;
  destination.checkUpper();
}

function unbind(connection: IpvsConnection): void {
  const { destination } = connection;
  if (destination === null) return;
  if (connection.isTemplate) destination.persistentConnections--;
  else if ((connection.flags & ConnectionFlag.inactive) !== 0) destination.inactiveConnections--;
  else destination.activeConnections--;
  destination.checkLower();
}

/** A packet of it is done: its time begins anew; one for a single packet ends (ip_vs_conn_put). */
export function release(ipvs: Ipvs, connection: IpvsConnection): void {
  const { timer } = connection;
  if (timer === null) {
    end(ipvs, connection, { by: "kernel", text: "one packet was all" });
    return;
  }
  const expires = ipvs.ns.world.now + connection.timeout;
  // An armed timer that is too early looks again when it fires; so a packet of an old connection costs no queue.
  if (!timer.armed || expires < connection.expires) timer.arm(connection.timeout);
  connection.expires = expires;
}

/** Its time is over, or seems to be. */
function expire(ipvs: Ipvs, connection: IpvsConnection): void {
  const left = connection.expires - ipvs.ns.world.now;
  if (left > 0) connection.timer!.arm(left);
  else if (connection.controlled > 0) {
    connection.timeout = LATER;
    release(ipvs, connection);
  } else end(ipvs, connection, { by: "timer", text: "its time was over" });
}

/** It ends before its time (ip_vs_conn_expire_now); what others depend on stays. */
export function expireNow(ipvs: Ipvs, connection: IpvsConnection, text: string): void {
  if (connection.controlled > 0) return;
  end(ipvs, connection, { by: "kernel", text });
}

function end(ipvs: Ipvs, connection: IpvsConnection, cause: Cause): void {
  connection.timer?.cancel();
  ipvs.connections.remove(connection);
  const { control } = connection;
  if (control !== null) {
    connection.control = null;
    control.controlled--;
  }
  const isTracked = (connection.flags & ConnectionFlag.tracked) !== 0;
  if (isTracked && connection.timer !== null) {
    const { protocol, clientAddress, clientPort, virtualAddress, virtualPort } = connection;
    ipvs.conntrack?.kill(protocol, clientAddress, clientPort, virtualAddress, virtualPort);
  }
  unbind(connection);
  ipvs.ns.world.registry.gone(connection.ref, cause);
}

/** The connection depends on a template from now on (ip_vs_control_add). */
export function control(connection: IpvsConnection, template: IpvsConnection): void {
  connection.control = template;
  template.controlled++;
}

/** The template becomes one that nothing finds any more (ip_vs_check_template). */
export function invalidateTemplate(ipvs: Ipvs, template: IpvsConnection): void {
  if (template.virtualPort === 0xffff) return;
  if (!ipvs.connections.remove(template)) return;
  template.port = 0xffff;
  template.virtualPort = 0xffff;
  template.clientPort = 0;
  ipvs.connections.add(template);
}
