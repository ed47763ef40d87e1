import type { World } from "../sim/world.ts";
import type { Mac } from "../wire/mac.ts";

/** A random, locally administered unicast address (eth_random_addr) for the device of that path, the same in every run. */
export function randomMac(world: World, path: string): Mac {
  const stream = world.prng.fork(`mac/${path}`);
  return { hi: (stream.below(0x10000) & 0xfeff) | 0x0200, lo: stream.next() | 0 };
}
