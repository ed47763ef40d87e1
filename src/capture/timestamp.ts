/** Nanoseconds since 1970 of a virtual instant: `epoch` is the second at which the world began. */
export function wallNanoseconds(time: number, epoch: number): bigint {
  return BigInt(epoch) * 1_000_000_000n + BigInt(Math.round(time));
}
