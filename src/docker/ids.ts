import type { Prng } from "../base/prng.ts";

/** The characters of the digits 0 to 15. */
const DIGITS: readonly number[] = [..."0123456789abcdef"].map((digit) => digit.charCodeAt(0));

/** An id as the engine makes them: 64 hexadecimal digits. */
export function newId(prng: Prng): string {
  const characters: number[] = [];
  for (let i = 0; i < 8; i++) {
    const bits = prng.next();
    for (let shift = 28; shift >= 0; shift -= 4) characters.push(DIGITS[(bits >>> shift) & 15]!);
  }
  return String.fromCharCode(...characters);
}

/** What is shown of an id: its first twelve digits. */
export function shortId(id: string): string {
  return id.slice(0, 12);
}
