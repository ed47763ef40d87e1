import type { Call } from "../api/docker-api.ts";
import type { ClientContext } from "./client-context.ts";

/** All of standard input, when it has ended; each character is a byte. */
export function* allInput({ input }: Pick<ClientContext, "input">): Call<string> {
  let text = "";
  for (;;) {
    text += input.take(input.available.length);
    if (input.closed && input.available === "") return text;
    yield { on: [input.arrived], until: Number.POSITIVE_INFINITY };
  }
}

export function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0) & 0xff);
}
