import type { EntryRef } from "../sim/registry.ts";
import * as ipv4 from "../wire/ipv4.ts";
import * as ip from "../wire/ipv4-address.ts";
import * as ipOutput from "./ip-output.ts";
import type { Neighbour } from "./neighbour.ts";
import type { NetworkNamespace } from "./network-namespace.ts";
import type { Route } from "./route.ts";

/**
 * A sender's way to its last destination, with all that was looked up for it: the kernel's `dst_cache`, which sockets
 * and tunnels have. It holds for one generation of the world, so that no change has to know of it.
 *
 * Only plain unicast routes are remembered. What was heard of a path (its MTU, a redirect) ends by time, and a way on
 * which something was heard is looked up anew for each packet, as are those to this host, to groups and to all.
 */
export class Way {
  dst = 0;
  /** The address to speak from. */
  source = 0;
  /** The longest packet. */
  mtu = 0;
  /** The next hop as far as it is known already. */
  neighbour: Neighbour | null = null;
  /** The policy rule that led to the route; 0 while the rules are plain. */
  rule: EntryRef = 0;
  #route: Route | null = null;
  #generation = -1;
  /** What the look-up asked for besides the destination. */
  #src = 0;
  #oif = 0;
  #mark = 0;
  #tos = 0;

  /** Where the last look-up led. */
  get route(): Route {
    return this.#route!;
  }

  /** The path's MTU is not searched: packets go without DF. */
  mtuIsLocked(ns: NetworkNamespace): boolean {
    return ipOutput.mtuIsLocked(ns, this.route, this.dst);
  }

  /** TCP's packets have DF while the path's MTU is searched (ip_dont_fragment); 0 otherwise. */
  fragmentField(ns: NetworkNamespace): number {
    return ns.ipv4.ip_no_pmtu_disc !== 0 || this.mtuIsLocked(ns) ? 0 : ipv4.DONT_FRAGMENT;
  }

  /** Finds the way (ip_route_output_key); false with `ns.fib.error` set. `src` and `oif`: 0 for any. */
  find(ns: NetworkNamespace, dst: number, src: number, oif: number, mark: number, tos: number): boolean {
    if (
      this.#generation === ns.world.generation &&
      this.dst === dst &&
      this.#src === src &&
      this.#oif === oif &&
      this.#mark === mark &&
      this.#tos === tos
    )
      return true;
    return this.#findAnew(ns, dst, src, oif, mark, tos);
  }

  #findAnew(ns: NetworkNamespace, dst: number, src: number, oif: number, mark: number, tos: number): boolean {
    this.#generation = -1;
    const route = ipOutput.route(ns, dst, src, oif, mark, tos);
    if (route === null) return false;
    this.#route = route;
    this.rule = ns.fib.ruleOf(route);
    this.dst = dst;
    this.source = src !== 0 ? src : ipOutput.sourceFor(route, dst);
    this.mtu = ipOutput.mtu(ns, route, dst, false);
    this.neighbour = null;
    if (route.type !== "unicast" || !ns.exceptions.empty || ip.isLoopback(src)) return true;
    this.neighbour = ns.neighbours.find(route.device!, ipOutput.nexthop(ns, route, dst));
    this.#generation = ns.world.generation;
    this.#src = src;
    this.#oif = oif;
    this.#mark = mark;
    this.#tos = tos;
    return true;
  }
}
