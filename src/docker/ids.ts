import type { Prng } from "../base/prng.ts";

/** An id as the engine makes them: 64 hexadecimal digits. */
export function newId(prng: Prng): string {
  let id = "";
  for (let i = 0; i < 8; i++) id += prng.next().toString(16).padStart(8, "0");
  return id;
}

/** What is shown of an id: its first twelve digits. */
export function shortId(id: string): string {
  return id.slice(0, 12);
}
