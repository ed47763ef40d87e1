import { type HookFunction, HookResult, type Hooks } from "../net/hooks.ts";
import * as ipOutput from "../net/ip-output.ts";
import type { Kernel } from "../net/kernel.ts";
import type { NetDevice } from "../net/net-device.ts";
import type { NetworkNamespace } from "../net/network-namespace.ts";
import { DefragUser } from "../net/reassembly.ts";
import * as sysctl from "../net/sysctl-value.ts";
import { type Packet, PacketFlag } from "../sim/packet.ts";
import { copyBetween } from "../sim/packet-pool.ts";
import { Verdict } from "../sim/verdict.ts";
import * as ethernet from "../wire/ethernet.ts";
import * as ipv4 from "../wire/ipv4.ts";
import * as mac from "../wire/mac.ts";
import { isTracking } from "./conntrack/conntrack-hooks.ts";

/**
 * Bridged frames pass the IPv4 hooks of the namespace, as if the bridge's own device were both input and output
 * (net/bridge/br_netfilter_hooks.c). The bridge asks only while somebody looks at those hooks.
 *
 * Differs: a packet whose destination a rule changed to a neighbour on the same bridge that is not known yet is sent by the
 * stack, through the bridge's own device, where Linux lets it wait and then go on from the port that it came by.
 */

/** NF_BR_PRI_BRNF */
const PRIORITY = 0;
const { HEADER_LEN } = ethernet;

/** What a namespace has set of net.bridge. */
class BridgeSettings {
  callIptables = 1;
  callIp6tables = 1;
  callArptables = 1;
  filterVlanTagged = 0;
  filterPppoeTagged = 0;
  passVlanInputDev = 0;
}

const KEY: unique symbol = Symbol("br_netfilter");

function bridgeSettings(ns: NetworkNamespace): BridgeSettings {
  let settings = ns.extensions.get(KEY) as BridgeSettings | undefined;
  if (settings === undefined) {
    settings = new BridgeSettings();
    ns.extensions.set(KEY, settings);
  }
  return settings;
}

/** Moves the packet's start to its IP header, or back to the Ethernet header in front. */
function enterIp(packet: Packet): void {
  packet.at += HEADER_LEN;
  packet.length -= HEADER_LEN;
}

function leaveIp(packet: Packet): void {
  packet.at = packet.networkAt - HEADER_LEN;
  packet.length += HEADER_LEN;
}

/** The three places where a bridge asks, joined to one bridge. */
class BridgeNetfilter {
  readonly #bridge: NetDevice;
  readonly #hooks: Hooks;
  readonly #prerouting: Prerouting;
  readonly #forward: Forward;
  readonly #postrouting: Postrouting;
  #joined = false;

  constructor(bridge: NetDevice, hooks: Hooks) {
    this.#bridge = bridge;
    this.#hooks = hooks;
    this.#prerouting = new Prerouting(bridge);
    this.#forward = new Forward(bridge);
    this.#postrouting = new Postrouting(bridge);
  }

  /** Joins or leaves the bridge's hooks, as the namespace's hooks and settings are now. */
  refresh(): void {
    const { ns, driver } = this.#bridge;
    const { prerouting, forward, postrouting } = ns.hooks;
    const calls = bridgeSettings(ns).callIptables !== 0 || driver.nfCallIptables === true;
    const wanted = calls && !(prerouting.empty && forward.empty && postrouting.empty);
    if (wanted === this.#joined) return;
    this.#joined = wanted;
    const hooks = this.#hooks;
    if (wanted) {
      hooks.add("prerouting", this.#prerouting);
      hooks.add("forward", this.#forward);
      hooks.add("postrouting", this.#postrouting);
    } else {
      hooks.remove("prerouting", this.#prerouting);
      hooks.remove("forward", this.#forward);
      hooks.remove("postrouting", this.#postrouting);
    }
  }
}

/** br_nf_pre_routing */
class Prerouting implements HookFunction {
  readonly priority = PRIORITY;
  readonly notesLegs = true;
  readonly #bridge: NetDevice;
  /** A datagram that was put together here and begins its way anew. */
  #whole: Packet | null = null;

  constructor(bridge: NetDevice) {
    this.#bridge = bridge;
  }

  run(packet: Packet, input: NetDevice | null): HookResult {
    const { view, at } = packet;
    if (ethernet.type(view, at) !== ethernet.TYPE_IPV4) return HookResult.accept;
    const bridge = this.#bridge;
    const { ns } = bridge;
    const total = ipv4.check(view, at + HEADER_LEN, packet.length - HEADER_LEN);
    if (total < 0) {
      ns.world.end(packet, Verdict.IP_INHDR, input!.place);
      return HookResult.stolen;
    }
    const hi = ethernet.dstHi(view, at);
    const group = !mac.isMulticast(hi)
      ? 0
      : mac.isBroadcast(hi, ethernet.dstLo(view, at))
        ? PacketFlag.linkBroadcast
        : PacketFlag.linkMulticast;
    packet.flags = PacketFlag.bridged | group;
    packet.bridgeInput = input;
    packet.bridgeOutput = null;
    packet.networkAt = at + HEADER_LEN;
    packet.transportAt = packet.networkAt + ipv4.headerLength(view, packet.networkAt);
    packet.length = HEADER_LEN + total;
    if (packet !== this.#whole) packet.fragmentMax = 0;
    enterIp(packet);
    if (ipv4.isFragment(view, packet.networkAt) && isTracking(ns)) {
      this.#gather(packet, input!);
      return HookResult.stolen;
    }
    const before = ipv4.dst(view, packet.networkAt);
    if (!ns.hooks.prerouting.run(packet, bridge, null)) return HookResult.stolen;
    if (ipv4.dst(view, packet.networkAt) !== before && !this.#turn(packet)) return HookResult.stolen;
    leaveIp(packet);
    return HookResult.accept;
  }

  /** Connections are tracked: the pieces go on as one. */
  #gather(packet: Packet, input: NetDevice): void {
    const whole = this.#bridge.ns.reassembly.add(packet, DefragUser.bridge);
    if (whole === null) return;
    leaveIp(whole);
    this.#whole = whole;
    input.rxHandler!.receive(input, whole);
    this.#whole = null;
  }

  /** A rule changed the destination: the stack decides where it goes, so the frame goes up to it. */
  #turn(packet: Packet): boolean {
    const bridge = this.#bridge;
    const { ns } = bridge;
    const { view, networkAt } = packet;
    ns.world.leg = null;
    const tos = ipv4.tos(view, networkAt) & 0xfc;
    const way = ns.input.decide(
      bridge,
      ipv4.dst(view, networkAt),
      ipv4.src(view, networkAt),
      tos,
      packet.mark,
      ipv4.protocol(view, networkAt),
    );
    if (way === null) {
      ns.drop(packet, ns.input.verdict, ns.input.entry);
      return false;
    }
    const frame = networkAt - HEADER_LEN;
    if (way.type === "unicast" && way.device === bridge) {
      // It stays on the bridge: to the neighbour itself, as if the sender had known better.
      const next = ns.neighbours.find(bridge, ipOutput.nexthop(ns, way, ipv4.dst(view, networkAt)));
      if (next?.use() === true) {
        ethernet.setDst(view, frame, next.macHi, next.macLo);
        return true;
      }
    }
    ethernet.setDst(view, frame, bridge.macHi, bridge.macLo);
    return true;
  }
}

/** br_nf_forward */
class Forward implements HookFunction {
  readonly priority = PRIORITY - 1;
  readonly notesLegs = true;
  readonly #bridge: NetDevice;

  constructor(bridge: NetDevice) {
    this.#bridge = bridge;
  }

  run(packet: Packet, _input: NetDevice | null, output: NetDevice | null): HookResult {
    if ((packet.flags & PacketFlag.bridged) === 0) return HookResult.accept;
    const bridge = this.#bridge;
    packet.bridgeOutput = output;
    enterIp(packet);
    if (!bridge.ns.hooks.forward.run(packet, bridge, bridge)) return HookResult.stolen;
    leaveIp(packet);
    return HookResult.accept;
  }
}

/** br_nf_post_routing, br_nf_dev_queue_xmit */
class Postrouting implements HookFunction {
  readonly priority = PRIORITY;
  readonly notesLegs = true;
  readonly #bridge: NetDevice;

  constructor(bridge: NetDevice) {
    this.#bridge = bridge;
  }

  run(packet: Packet, _input: NetDevice | null, output: NetDevice | null): HookResult {
    // What the stack sends by the bridge's own device has passed POSTROUTING there.
    if ((packet.flags & PacketFlag.bridged) === 0 || packet.bridgeOutput === null) return HookResult.accept;
    const bridge = this.#bridge;
    enterIp(packet);
    if (!bridge.ns.hooks.postrouting.run(packet, null, bridge)) return HookResult.stolen;
    packet.flags &= ~PacketFlag.bridged;
    const limit = packet.fragmentMax;
    if (limit !== 0 && packet.length > output!.mtu) {
      fragment(packet, output!, limit < output!.mtu ? limit : output!.mtu);
      return HookResult.stolen;
    }
    leaveIp(packet);
    return HookResult.accept;
  }
}

/** Cuts a datagram that was put together here as it was cut before; each piece gets the frame's Ethernet header. */
function fragment(packet: Packet, output: NetDevice, limit: number): void {
  const { view, networkAt } = packet;
  const { ns } = output;
  const header = ipv4.headerLength(view, networkAt);
  const room = (limit - header) & ~7;
  const bytes = packet.length - header;
  const front = HEADER_LEN + header;
  for (let from = 0; from < bytes; from += room) {
    const size = Math.min(room, bytes - from);
    const piece = ns.world.pool.allocate(front + size, packet);
    copyBetween(packet, networkAt - HEADER_LEN, piece, piece.at, front);
    copyBetween(packet, networkAt + header + from, piece, piece.at + front, size);
    const at = piece.at + HEADER_LEN;
    const more = from + size < bytes ? ipv4.MORE_FRAGMENTS : 0;
    ipv4.setTotalLength(piece.view, at, header + size);
    ipv4.setFlagsOffset(piece.view, at, more | (from >>> 3));
    ipv4.fillChecksum(piece.view, at);
    piece.networkAt = at;
    piece.transportAt = at + header;
    piece.trusted = packet.trusted;
    piece.corrupted = packet.corrupted;
    piece.mark = packet.mark;
    ns.snmp.fragCreates++;
    output.transmit(piece);
  }
  ns.snmp.fragOks++;
  ns.drop(packet, Verdict.FRAGMENTED);
}

const SYSCTLS: readonly (readonly [string, keyof BridgeSettings])[] = [
  ["bridge-nf-call-arptables", "callArptables"],
  ["bridge-nf-call-ip6tables", "callIp6tables"],
  ["bridge-nf-call-iptables", "callIptables"],
  ["bridge-nf-filter-pppoe-tagged", "filterPppoeTagged"],
  ["bridge-nf-filter-vlan-tagged", "filterVlanTagged"],
  ["bridge-nf-pass-vlan-input-dev", "passVlanInputDev"],
];

/** Adds bridge netfilter (br_netfilter, loaded as on every host of Docker) and its sysctls to a kernel. */
export function registerBridgeNetfilter(kernel: Kernel): void {
  kernel.bridgeHooks.push((device) => {
    const { hooks } = device.driver;
    if (hooks === undefined) return;
    const one = new BridgeNetfilter(device, hooks);
    device.ns.hooks.watch(() => one.refresh());
    one.refresh();
  });
  for (const [name, key] of SYSCTLS)
    kernel.sysctls.add(
      sysctl.number(
        `net/bridge/${name}`,
        -sysctl.INT_MAX - 1,
        sysctl.INT_MAX,
        (ns) => bridgeSettings(ns)[key],
        (ns, value) => {
          // Whatever is not zero is one (brnf_sysctl_call_tables).
          bridgeSettings(ns)[key] = value === 0 ? 0 : 1;
          ns.hooks.changed();
        },
      ),
    );
}
