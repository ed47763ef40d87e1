import type { Prng } from "../base/prng.ts";

/** The characters of the digits 0 to 15. */
const DIGITS: readonly number[] = [..."0123456789abcdef"].map((digit) => digit.charCodeAt(0));

/** The characters of the id that is being made. */
const characters = new Array<number>(64).fill(0);

/** An id as the engine makes them: 64 hexadecimal digits. */
export function newId(prng: Prng): string {
  for (let at = 0; at < 64; at += 8) {
    const bits = prng.next();
    for (let digit = 0; digit < 8; digit++)
      characters[at + digit] = DIGITS[(bits >>> (28 - 4 * digit)) & 15]!;
  }
  return String.fromCharCode(...characters);
}

/** What is shown of an id: its first twelve digits, without the algorithm that stands before an image's (`sha256:`). */
export function shortId(id: string): string {
  return id.slice(id.indexOf(":") + 1).slice(0, 12);
}
