import type { HookFunction, HookPoint } from "../net/hooks.ts";
import { HookResult } from "../net/hooks.ts";
import type { NetDevice } from "../net/net-device.ts";
import { rewrite } from "../net/rewrite-addresses.ts";
import { type Packet, PacketFlag } from "../sim/packet.ts";
import { Verdict } from "../sim/verdict.ts";
import * as ipv4 from "../wire/ipv4.ts";
import * as tcp from "../wire/tcp.ts";
import type { IpvsConnection } from "./connection.ts";
import { ConnectionFlag, ForwardMethod } from "./connection-flags.ts";
import { expireNow, release } from "./connections.ts";
import { countIn, countOut } from "./counting.ts";
import { Flow } from "./flow.ts";
import { IcmpErrors, isIcmpError } from "./icmp-errors.ts";
import type { Ipvs } from "./ipvs.ts";
import { Scheduling } from "./schedule.ts";
import { setState } from "./set-state.ts";
import { Direction, TcpState } from "./tcp-state.ts";
import { type Origin, transmit } from "./transmit.ts";

/** Priorities of source and destination NAT (NF_IP_PRI_NAT_SRC, NF_IP_PRI_NAT_DST); ours are beside them. */
const NAT_SRC = 100;
const NAT_DST = -100;
const LINK_GROUP = PacketFlag.linkBroadcast | PacketFlag.linkMulticast;
/** A bit of `conn_reuse_mode`: in FIN_WAIT too, where answers do not pass here. */
const REUSE_WITHOUT_OUTPUT = 2;

type Handler = (packet: Packet, device: NetDevice | null) => HookResult;

/** What IPVS does with the packets of a namespace (net/netfilter/ipvs/ip_vs_core.c, ip_vs_ops4). */
export class IpvsHooks {
  readonly #ipvs: Ipvs;
  readonly #scheduling: Scheduling;
  readonly #errors: IcmpErrors;
  readonly #flow: Flow = new Flow();
  readonly #hooks: readonly (readonly [HookPoint, HookFunction])[];

  constructor(ipvs: Ipvs) {
    this.#ipvs = ipvs;
    this.#scheduling = new Scheduling(ipvs);
    this.#errors = new IcmpErrors(ipvs, this.#scheduling);
    const hook = (
      point: HookPoint,
      priority: number,
      handler: Handler,
    ): readonly [HookPoint, HookFunction] => [point, { priority, run: handler }];
    this.#hooks = [
      hook("input", NAT_SRC - 2, (packet) => this.#answer(packet)),
      hook("input", NAT_SRC - 1, (packet, device) => this.#request(packet, device, "input")),
      hook("output", NAT_DST + 1, (packet) => this.#answer(packet)),
      hook("output", NAT_DST + 2, (packet, device) => this.#request(packet, device, "output")),
      hook("forward", NAT_SRC - 1, (packet) => this.#passingError(packet)),
      hook("forward", NAT_SRC, (packet) => this.#answer(packet)),
    ];
  }

  register(): void {
    for (const [point, hook] of this.#hooks) this.#ipvs.ns.hooks.add(point, hook);
  }

  unregister(): void {
    for (const [point, hook] of this.#hooks) this.#ipvs.ns.hooks.remove(point, hook);
  }

  /** A packet from a real server to a client gets the virtual address as its source (ip_vs_out_hook). */
  #answer(packet: Packet): HookResult {
    if ((packet.flags & PacketFlag.ipvs) !== 0) return HookResult.accept;
    const ipvs = this.#ipvs;
    const at = packet.networkAt;
    const flow = this.#flow;
    if (!flow.read(packet, at, packet.at + packet.length)) {
      if (ipv4.protocol(packet.view, at) === ipv4.PROTO_ICMP && isIcmpError(packet))
        return this.#errors.answer(packet, flow);
      return HookResult.accept;
    }
    const { protocol, src, srcPort, dst, dstPort } = flow;
    const connection = ipvs.connections.findOut(protocol, src, srcPort, dst, dstPort);
    if (connection === null) {
      if (ipvs.settings.nat_icmp_send !== 0) return this.#errors.orphan(packet, flow);
      return HookResult.accept;
    }
    const isMasquerade = connection.method === ForwardMethod.masquerade;
    if (isMasquerade) {
      const end = packet.at + packet.length;
      rewrite(packet, packet.networkAt, end, true, connection.virtualAddress, connection.virtualPort);
    }
    countOut(ipvs, connection, packet);
    setState(ipvs, connection, packet, flow.transportAt, Direction.output);
    packet.flags |= PacketFlag.ipvs;
    if ((connection.flags & ConnectionFlag.tracked) === 0) ipvs.conntrack?.untrack(packet);
    ipvs.ns.note(packet, Verdict.returned, connection.ref);
    release(ipvs, connection);
    return HookResult.accept;
  }

  /** A packet to a virtual service goes to a real server (ip_vs_in_hook). */
  #request(packet: Packet, device: NetDevice | null, origin: Origin): HookResult {
    const ipvs = this.#ipvs;
    if ((packet.flags & PacketFlag.ipvs) !== 0) return HookResult.accept;
    if (origin === "input" && (packet.flags & (LINK_GROUP | PacketFlag.toGroup)) !== 0)
      return HookResult.accept;
    if (ipvs.settings.backup_only !== 0) return HookResult.accept;
    const at = packet.networkAt;
    const flow = this.#flow;
    const fromHere = origin === "output" || device === null || device.loopback;
    if (!flow.read(packet, at, packet.at + packet.length)) {
      const protocol = ipv4.protocol(packet.view, at);
      if (protocol === ipv4.PROTO_ICMP && isIcmpError(packet))
        return this.#errors.request(packet, flow, origin);
      if (ipvs.settings.ignore_tunneled !== 0 && protocol !== ipv4.PROTO_ICMP)
        packet.flags |= PacketFlag.ipvs;
      return HookResult.accept;
    }
    const { protocol, src, srcPort, dst, dstPort } = flow;
    let connection = ipvs.connections.findIn(protocol, src, srcPort, dst, dstPort);
    if (connection !== null) {
      const isNew = protocol === ipv4.PROTO_TCP && (tcp.flags(packet.view, flow.transportAt) & tcp.SYN) !== 0;
      if (isNew && this.#reuses(connection)) {
        if (this.#giveUp(connection, packet)) return HookResult.stolen;
        connection = null;
      } else if (connection.destination !== null && !connection.destination.available) {
        if (ipvs.settings.expire_nodest_conn === 0) return this.#drop(connection, packet);
        if (this.#giveUp(connection, packet)) return HookResult.stolen;
        connection = null;
      }
    }
    if (connection === null) {
      connection = this.#scheduling.tryToSchedule(packet, flow, fromHere);
      if (connection === null) return this.#scheduling.result;
    }
    countIn(ipvs, connection, packet);
    setState(ipvs, connection, packet, flow.transportAt, Direction.input);
    ipvs.ns.note(packet, Verdict.dispatched, connection.ref);
    connection.inPackets++;
    const result = transmit(ipvs, connection, packet, origin, false);
    release(ipvs, connection);
    return result;
  }

  /** A new SYN on an old connection: whether it shall find a destination anew. */
  #reuses(connection: IpvsConnection): boolean {
    const { settings } = this.#ipvs;
    const { destination } = connection;
    if (settings.expire_nodest_conn !== 0 && destination !== null && destination.weight === 0) return true;
    if (settings.conn_reuse_mode === 0 || connection.control !== null) return false;
    const { state } = connection;
    if (state === TcpState.timeWait || state === TcpState.close) return true;
    return (
      (settings.conn_reuse_mode & REUSE_WITHOUT_OUTPUT) !== 0 &&
      state === TcpState.finWait &&
      (connection.flags & ConnectionFlag.noOutput) !== 0
    );
  }

  /**
   * The connection is over, unless others depend on it. When connection tracking still has the old one, the packet is
   * dropped, so that the sender's next attempt finds neither. True when it was.
   */
  #giveUp(connection: IpvsConnection, packet: Packet): boolean {
    const ipvs = this.#ipvs;
    const isTracked = (connection.flags & ConnectionFlag.tracked) !== 0;
    const isOld = isTracked && ipvs.conntrack?.isConfirmed(packet) === true;
    if (!isOld) connection.flags &= ~ConnectionFlag.tracked;
    if (isOld) this.#drop(connection, packet);
    expireNow(ipvs, connection, "its packets want another destination");
    return isOld;
  }

  #drop(connection: IpvsConnection, packet: Packet): HookResult {
    const { ns } = this.#ipvs;
    ns.world.end(packet, Verdict.NETFILTER_DROP, ns.place, connection.ref);
    return HookResult.stolen;
  }

  /** An ICMP error on its way through that belongs to a request (ip_vs_forward_icmp). */
  #passingError(packet: Packet): HookResult {
    if ((packet.flags & PacketFlag.ipvs) !== 0 || this.#ipvs.settings.backup_only !== 0)
      return HookResult.accept;
    if (ipv4.protocol(packet.view, packet.networkAt) !== ipv4.PROTO_ICMP || !isIcmpError(packet))
      return HookResult.accept;
    return this.#errors.request(packet, this.#flow, "forward");
  }
}
