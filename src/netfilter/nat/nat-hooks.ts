import { type HookFunction, HookResult } from "../../net/hooks.ts";
import type { NetDevice } from "../../net/net-device.ts";
import type { NetworkNamespace } from "../../net/network-namespace.ts";
import { Hook, XtVerdict } from "../../net/xtables.ts";
import { type Packet, PacketFlag } from "../../sim/packet.ts";
import { Verdict } from "../../sim/verdict.ts";
import * as ipv4 from "../../wire/ipv4.ts";
import { type Connection, ConnectionInfo, isReply, Status } from "../conntrack/connection.ts";
import { conntrackOf } from "../conntrack/conntrack-hooks.ts";
import { hookPoints, netfilterOf, Priority, refuse } from "../netfilter.ts";
import type { Table } from "../table.ts";
import { Nat, translatesSource } from "./nat.ts";

/** NAT where packets pass it: the first packet of a connection walks through the table, the others are rewritten (nf_nat_inet_fn). */
class NatHook implements HookFunction {
  readonly priority: number;
  readonly notesLegs = true;
  readonly #nat: Nat;
  readonly #table: Table;
  readonly #hook: Hook;
  readonly #source: boolean;
  readonly #done: number;

  constructor(nat: Nat, table: Table, hook: Hook) {
    this.#nat = nat;
    this.#table = table;
    this.#hook = hook;
    this.#source = translatesSource(hook);
    this.#done = this.#source ? Status.srcNatDone : Status.dstNatDone;
    this.priority = this.#source ? Priority.natSource : Priority.natDestination;
  }

  run(packet: Packet, input: NetDevice | null, output: NetDevice | null): HookResult {
    const connection = packet.connection as Connection | null;
    if (connection === null) return HookResult.accept;
    const info = packet.connectionInfo;
    const isRelated = info === ConnectionInfo.related || info === ConnectionInfo.relatedReply;
    if (isRelated) this.#nat.ns.world.leg = null;
    if (isRelated && ipv4.protocol(packet.view, packet.networkAt) === ipv4.PROTO_ICMP) {
      if (this.#nat.translateError(connection, packet, this.#hook)) return this.#leave(connection, packet);
      return this.#drop(connection, packet);
    }
    if ((isRelated || info === ConnectionInfo.new) && (connection.status & this.#done) === 0) {
      const verdict = this.#ask(connection, packet, input, output);
      if (verdict !== XtVerdict.accept) return refuse(this.#table, packet, verdict);
    } else if (
      connection.masqueradeIndex !== 0 &&
      this.#hook === Hook.postrouting &&
      !isReply(info) &&
      output !== null &&
      output.ifindex !== connection.masqueradeIndex
    ) {
      // It leaves by another device than the one whose address it has (nf_nat_oif_changed).
      this.#nat.conntrack.killWith(connection, info, packet);
      return this.#drop(connection, packet);
    }
    this.#nat.translate(connection, packet, this.#hook);
    return this.#leave(connection, packet);
  }

  /** The rules decide what the connection becomes; where none does, it stays as it is. */
  #ask(connection: Connection, packet: Packet, input: NetDevice | null, output: NetDevice | null): XtVerdict {
    const table = this.#table;
    const { world } = table.ns;
    if (world.leg?.isOfClass === false) world.leg = null;
    const verdict = table.walk(this.#hook, packet, input, output);
    if (verdict !== XtVerdict.accept) return verdict;
    if ((connection.status & this.#done) === 0) this.#nat.bindToItself(connection, this.#source);
    else if (this.#source) connection.srcNatRule = table.decidedBy;
    else connection.dstNatRule = table.decidedBy;
    return verdict;
  }

  /** What is sent from here to another destination than it was needs another way (nf_nat_ipv4_local_fn). */
  #leave(connection: Connection, packet: Packet): HookResult {
    if (this.#hook !== Hook.output) return HookResult.accept;
    const changed = isReply(packet.connectionInfo)
      ? connection.replyDst !== connection.src
      : connection.dst !== connection.replySrc;
    if (changed) packet.flags |= PacketFlag.reroute;
    return HookResult.accept;
  }

  #drop(connection: Connection, packet: Packet): HookResult {
    const { conntrack, ns } = this.#nat;
    ns.world.end(packet, Verdict.NETFILTER_DROP, ns.place, conntrack.refOf(connection));
    return HookResult.stolen;
  }
}

const KEY: unique symbol = Symbol("nat");

/** The translator of a namespace. */
export function natOf(ns: NetworkNamespace): Nat {
  let nat = ns.extensions.get(KEY) as Nat | undefined;
  if (nat === undefined) {
    nat = new Nat(ns, conntrackOf(ns));
    ns.extensions.set(KEY, nat);
  }
  return nat;
}

/** Puts NAT into the hooks of a namespace as soon as it has a table `nat` (ipt_nat_register_lookups). */
export function tableMade(ns: NetworkNamespace, name: string): void {
  if (name !== "nat") return;
  const nat = natOf(ns);
  const table = netfilterOf(ns).table(name);
  for (const hook of table.hooks.values()) ns.hooks.add(hookPoints[hook], new NatHook(nat, table, hook));
}
