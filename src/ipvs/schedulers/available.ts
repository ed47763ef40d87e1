import type { IpvsDestination } from "../destination.ts";

/** Whether a destination takes new connections: quiescent and overloaded ones do not. */
export function isAvailable(destination: IpvsDestination): boolean {
  return destination.weight > 0 && !destination.overloaded;
}

/** The available destination with the least cost for its weight; of equal ones the first. */
export function leastCost(
  destinations: readonly IpvsDestination[],
  cost: (destination: IpvsDestination) => number,
): IpvsDestination | null {
  let least: IpvsDestination | null = null;
  let leastCost = 0;
  for (const destination of destinations) {
    if (!isAvailable(destination)) continue;
    const its = cost(destination);
    if (least !== null && leastCost * destination.weight <= its * least.weight) continue;
    least = destination;
    leastCost = its;
  }
  return least;
}

/** What a destination carries: an active connection weighs as much as 256 inactive ones (ip_vs_dest_conn_overhead). */
export function load(destination: IpvsDestination): number {
  return destination.activeConnections * 256 + destination.inactiveConnections;
}

export function gcd(a: number, b: number): number {
  while (b !== 0) [a, b] = [b, a % b];
  return a;
}

/** Multiplicative hash of a 32-bit word into `bits` bits (include/linux/hash.h, hash_32). */
export function hash32(value: number, bits: number): number {
  return Math.imul(value, 0x61c88647) >>> (32 - bits);
}
