import type { Prng } from "../base/prng.ts";
import { MILLISECOND, type Nanos, SECOND } from "../sim/time.ts";
import * as icmp from "../wire/icmp.ts";
import type { NetworkNamespace } from "./network-namespace.ts";

/** A far end may be answered this often at once before the rate counts (XRLIM_BURST_FACTOR). */
const BURST_FACTOR = 6;
const REDIRECT_LOAD: Nanos = 20 * MILLISECOND;
const REDIRECT_NUMBER = 9;
const REDIRECT_SILENCE: Nanos = REDIRECT_LOAD * 2 ** (REDIRECT_NUMBER + 1);
/** net.ipv4.route.error_cost and error_burst, in time. */
const ERROR_COST: Nanos = SECOND;
const ERROR_BURST: Nanos = 5 * SECOND;

/** What a namespace remembers of a far end to limit what it sends there (struct inet_peer). */
interface Peer {
  tokens: Nanos;
  last: Nanos;
  redirects: number;
}

/** How much ICMP a namespace may send (net/ipv4/icmp.c, icmp_global_allow, icmpv4_xrlim_allow; net/ipv4/route.c). */
export class IcmpLimits {
  readonly #ns: NetworkNamespace;
  readonly #peers: Map<number, Peer> = new Map();
  readonly #prng: Prng;
  #credit: number;
  #stamp: Nanos;

  constructor(ns: NetworkNamespace) {
    this.#ns = ns;
    this.#prng = ns.world.prng.fork(`${ns.path}/icmp`);
    this.#credit = 0;
    this.#stamp = Number.NEGATIVE_INFINITY;
  }

  /** True when a message of this type counts (icmpv4_mask_allow). */
  #limited(type: number, code: number): boolean {
    if (type === icmp.DESTINATION_UNREACHABLE && code === icmp.FRAGMENTATION_NEEDED) return false;
    return type <= 18 && ((1 << type) & this.#ns.ipv4.icmp_ratemask) !== 0;
  }

  /** All far ends together: icmp_msgs_per_sec with icmp_msgs_burst. */
  allowGlobally(type: number, code: number): boolean {
    if (!this.#limited(type, code)) return true;
    const { icmp_msgs_per_sec: rate, icmp_msgs_burst: burst } = this.#ns.ipv4;
    const now = this.#ns.world.now;
    const passed = Math.min(now - this.#stamp, SECOND);
    if (passed >= 20 * MILLISECOND) {
      const earned = Math.floor((rate * passed) / SECOND);
      if (earned > 0) {
        this.#credit = Math.min(this.#credit + earned, burst);
        this.#stamp = now;
      }
    }
    if (this.#credit <= 0) return false;
    // Nought to two, so that nobody can count what others were sent.
    this.#credit -= this.#prng.below(3);
    return true;
  }

  /** One far end: a token each icmp_ratelimit milliseconds, six at most. */
  allow(dst: number, type: number, code: number): boolean {
    if (!this.#limited(type, code)) return true;
    const timeout = this.#ns.ipv4.icmp_ratelimit * MILLISECOND;
    return timeout === 0 || this.#take(this.#peer(dst), timeout, BURST_FACTOR * timeout);
  }

  /** Errors of routes that say no, to one far end (ip_error). */
  allowRouteError(src: number): boolean {
    return this.#take(this.#peer(src), ERROR_COST, ERROR_BURST);
  }

  /** Redirects to one far end: ever more seldom, nine at most, and again after a silence (ip_rt_send_redirect). */
  allowRedirect(src: number): boolean {
    const peer = this.#peer(src);
    const now = this.#ns.world.now;
    if (now > peer.last + REDIRECT_SILENCE) {
      peer.tokens = 0;
      peer.redirects = 0;
    }
    if (peer.redirects >= REDIRECT_NUMBER) {
      peer.last = now;
      return false;
    }
    if (peer.redirects > 0 && now <= peer.last + REDIRECT_LOAD * 2 ** peer.redirects) return false;
    peer.last = now;
    peer.redirects++;
    return true;
  }

  #peer(address: number): Peer {
    let peer = this.#peers.get(address);
    if (peer === undefined) {
      // The first message is never held back.
      peer = { tokens: 0, last: this.#ns.world.now - 60 * SECOND, redirects: 0 };
      this.#peers.set(address, peer);
    }
    return peer;
  }

  #take(peer: Peer, cost: Nanos, burst: Nanos): boolean {
    const now = this.#ns.world.now;
    peer.tokens = Math.min(peer.tokens + now - peer.last, burst);
    peer.last = now;
    if (peer.tokens < cost) return false;
    peer.tokens -= cost;
    return true;
  }
}
