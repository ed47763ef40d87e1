import type { EntryRef } from "../sim/registry.ts";
import { Verdict } from "../sim/verdict.ts";
import * as ipv4 from "../wire/ipv4.ts";
import * as ip from "../wire/ipv4-address.ts";
import { directRoute } from "./direct-route.ts";
import type { Errno } from "./kernel-error.ts";
import type { NetDevice } from "./net-device.ts";
import type { NetworkNamespace } from "./network-namespace.ts";
import * as reasons from "./reasons.ts";
import type { Route } from "./route.ts";

/**
 * What is to become of a packet that comes in: for whom it is, whether its sender can be believed
 * (net/ipv4/route.c, ip_route_input_slow; net/ipv4/fib_frontend.c, fib_validate_source).
 *
 * One object a namespace; a decision's by-products stay in its fields until the next one.
 */
export class InputRoute {
  readonly #ns: NetworkNamespace;
  /** When the answer is null: why the packet ends. */
  verdict: Verdict = Verdict.NOT_SPECIFIED;
  /** When the answer is null: the error of the route, to be told to the sender; null for packets that nobody answers. */
  error: Errno | null = null;
  /** The sender is a neighbour on the very link that the packet came from. */
  sourceOnLink = false;
  /** The policy rule that led to the answer; 0 while the rules are plain. */
  rule: EntryRef = 0;
  /** When the answer is null: the route, rule or sysctl that refused, as far as one did. */
  entry: EntryRef = 0;

  constructor(ns: NetworkNamespace) {
    this.#ns = ns;
  }

  /** The route: `local`, `broadcast`, `multicast` (all for this host) or `unicast` (to be forwarded); or null. */
  decide(
    device: NetDevice,
    dst: number,
    src: number,
    tos: number,
    mark: number,
    protocol: number,
  ): Route | null {
    if (isOrdinary(dst) && isOrdinary(src)) return this.#byTable(device, dst, src, tos, mark);
    this.rule = 0;
    if (ip.isMulticast(dst)) return this.#group(device, dst, src, tos, mark, protocol);
    return this.#special(device, dst, src, tos, mark);
  }

  /** Addresses of which at least one means something by itself. */
  #special(device: NetDevice, dst: number, src: number, tos: number, mark: number): Route | null {
    if (ip.isMulticast(src) || src === ip.BROADCAST) return this.#senseless("source", src);
    if (dst === ip.BROADCAST || (src === 0 && dst === 0))
      return this.#limitedBroadcast(device, src, tos, mark);
    if (src === 0) return this.#senseless("source", src);
    if (dst === 0) return this.#senseless("destination", dst);
    // What came by `lo` was sent from here; Linux does not even ask (the packet has its route already).
    if ((ip.isLoopback(dst) || ip.isLoopback(src)) && !device.loopback && !routesLoopback(device))
      return this.#martian(Verdict.IP_LOCALNET, reasons.deviceSetting(device, "route_localnet"));
    return this.#byTable(device, dst, src, tos, mark);
  }

  #byTable(device: NetDevice, dst: number, src: number, tos: number, mark: number): Route | null {
    const way = this.#ns.fib.lookup(dst, src, device.ifindex, 0, mark, tos);
    this.rule = this.#ns.fib.decidedBy;
    const forwarding = device.ipv4.conf.forwarding !== 0;
    if (way === null) return this.#unreachable(device, forwarding);
    // What came by `lo` is this host's own word.
    if (way.type === "local")
      return device.loopback || this.#believes(device, dst, src, 0, tos, mark) ? way : null;
    if (way.type === "broadcast")
      return src === 0 || this.#believes(device, 0, src, 0, tos, mark) ? way : null;
    if (!forwarding) return this.#noForwarding(device);
    if (way.type !== "unicast") return this.#martian(Verdict.IP_INVALID_DEST, way.ref);
    return this.#believes(device, dst, src, way.device!.ifindex, tos, mark) ? way : null;
  }

  /** To a group that somebody here has joined (ip_mc_validate_source). */
  #group(
    device: NetDevice,
    dst: number,
    src: number,
    tos: number,
    mark: number,
    protocol: number,
  ): Route | null {
    if (dst !== ip.ALL_SYSTEMS && !device.ipv4.groups.has(dst))
      return this.#martian(Verdict.NOT_SPECIFIED, reasons.noMember(device, dst));
    // What this host tells itself was believed when it was sent (skb_valid_dst).
    if (device.loopback) return directRoute(device, "multicast");
    if (ip.isMulticast(src) || src === ip.BROADCAST) return this.#senseless("source", src);
    if (ip.isLoopback(src) && !routesLoopback(device))
      return this.#martian(Verdict.IP_LOCALNET, reasons.deviceSetting(device, "route_localnet"));
    if (src === 0) {
      // Who has no address yet may speak on the link only, and tell its groups.
      if (!ip.isLocalMulticast(dst) && protocol !== ipv4.PROTO_IGMP) return this.#senseless("source", src);
    } else if (!this.#believes(device, 0, src, 0, tos, mark)) return null;
    return directRoute(device, "multicast");
  }

  #limitedBroadcast(device: NetDevice, src: number, tos: number, mark: number): Route | null {
    if (src !== 0 && !this.#believes(device, 0, src, 0, tos, mark)) return null;
    return directRoute(device, "broadcast");
  }

  #unreachable(device: NetDevice, forwarding: boolean): null {
    if (!forwarding) return this.#noForwarding(device);
    const { error, refusedBy } = this.#ns.fib;
    const verdict = error === "EINVAL" ? Verdict.NOT_SPECIFIED : Verdict.IP_INNOROUTES;
    return this.#noRoute(error, verdict, refusedBy);
  }

  /** It is for somebody else, and this device passes nothing on; if somebody decided so, that is known. */
  #noForwarding(device: NetDevice): null {
    const entry = reasons.deviceSetting(device, "forwarding", "net/ipv4/ip_forward");
    return this.#noRoute("EHOSTUNREACH", Verdict.IP_INADDRERRORS, entry);
  }

  #noRoute(error: Errno, verdict: Verdict, entry: EntryRef): null {
    this.error = error;
    this.verdict = verdict;
    this.entry = entry;
    return null;
  }

  /** An address stands where it means nothing. */
  #senseless(where: "source" | "destination", address: number): null {
    const verdict = where === "source" ? Verdict.IP_INVALID_SOURCE : Verdict.IP_INVALID_DEST;
    return this.#martian(verdict, reasons.martian(this.#ns, where, address));
  }

  #martian(verdict: Verdict, entry: EntryRef = 0): null {
    this.error = null;
    this.verdict = verdict;
    this.entry = entry;
    return null;
  }

  /** Whether a packet from `src` may come in by this device. `oif`: where it would leave, 0 when it stays. */
  #believes(device: NetDevice, dst: number, src: number, oif: number, tos: number, mark: number): boolean {
    const ns = this.#ns;
    const { conf } = device.ipv4;
    const { allConf } = ns.ipv4;
    const filter = conf.rp_filter > allConf.rp_filter ? conf.rp_filter : allConf.rp_filter;
    this.sourceOnLink = false;
    if (filter === 0 && (device.ifindex !== oif || (conf.send_redirects | allConf.send_redirects) === 0)) {
      if ((conf.accept_local | allConf.accept_local) !== 0) return true;
      if (!ns.fib.custom) {
        if (!ns.own.has(src)) return true;
        this.#martian(Verdict.IP_LOCAL_SOURCE, reasons.ownAddress(ns, src));
        return false;
      }
    }
    return this.#validate(device, dst, src, oif, tos, mark, filter);
  }

  #validate(
    device: NetDevice,
    dst: number,
    src: number,
    oif: number,
    tos: number,
    mark: number,
    filter: number,
  ): boolean {
    const ns = this.#ns;
    const { conf } = device.ipv4;
    const { allConf } = ns.ipv4;
    const iif = oif === 0 ? ns.loopback.ifindex : oif;
    const asked = (conf.src_valid_mark | allConf.src_valid_mark) === 0 ? 0 : mark;
    const back = ns.fib.lookup(src, dst, iif, 0, asked, tos);
    if (back === null) return this.#lastResort(null, filter);
    if (back.type !== "unicast") {
      if (back.type !== "local") {
        this.#martian(Verdict.IP_INVALID_SOURCE, back.ref);
        return false;
      }
      if ((conf.accept_local | allConf.accept_local) === 0) {
        this.#martian(Verdict.IP_LOCAL_SOURCE, back.ref);
        return false;
      }
    }
    if (back.uses(device)) {
      this.sourceOnLink = back.gateway === 0;
      return true;
    }
    if (device.ipv4.addresses.length === 0) return this.#lastResort(back, filter);
    if (filter === 1) return this.#reversePathFails(back.ref);
    const other = ns.fib.lookup(src, dst, iif, device.ifindex, asked, tos);
    if (other !== null && other.type === "unicast") this.sourceOnLink = other.gateway === 0;
    return true;
  }

  /** `back`: the route that leads to the sender, by a device without addresses; null: there is none. */
  #lastResort(back: Route | null, filter: number): boolean {
    return filter === 0 || this.#reversePathFails(back?.ref ?? this.#ns.fib.refusedBy);
  }

  /** `back`: the route that would lead to the sender. */
  #reversePathFails(back: EntryRef): boolean {
    this.#martian(Verdict.IP_RPFILTER, back);
    return false;
  }
}

/** 127.0.0.0/8 may come in and go out by this device (IN_DEV_ROUTE_LOCALNET). */
function routesLoopback(device: NetDevice): boolean {
  return (device.ipv4.conf.route_localnet | device.ns.ipv4.allConf.route_localnet) !== 0;
}

/** Below 224.0.0.0, and in neither 0.0.0.0/8 nor 127.0.0.0/8. */
function isOrdinary(address: number): boolean {
  const first = address >>> 24;
  return first > 0 && first < 224 && first !== 127;
}
