import type { World } from "../sim/world.ts";
import type { Mac } from "../wire/mac.ts";

/** How many devices of a path there were: a name is free again once its device has moved to another namespace. */
const made = new WeakMap<World, Map<string, number>>();

/**
 * A random, locally administered unicast address (eth_random_addr) for the next device made at that path: the same in
 * every run, another one for each device.
 */
export function randomMac(world: World, path: string): Mac {
  let counts = made.get(world);
  if (counts === undefined) made.set(world, (counts = new Map()));
  const count = counts.get(path) ?? 0;
  counts.set(path, count + 1);
  const stream = world.prng.fork("mac/", count === 0 ? path : `${path}/${count}`);
  return { hi: (stream.below(0x10000) & 0xfeff) | 0x0200, lo: stream.next() | 0 };
}
