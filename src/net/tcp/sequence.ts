/** Sequence numbers are int32; they are compared by the sign of their difference (RFC 9293, 3.4). */

export function before(a: number, b: number): boolean {
  return ((a - b) | 0) < 0;
}
export function after(a: number, b: number): boolean {
  return ((b - a) | 0) < 0;
}
/** How many octets `b` is behind `a`: an int32, negative when it is ahead. */
export function distance(a: number, b: number): number {
  return (a - b) | 0;
}
export function later(a: number, b: number): number {
  return ((a - b) | 0) < 0 ? b : a;
}
