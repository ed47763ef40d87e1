import * as utf8 from "../wire/utf8.ts";

/** Makes text of octets that come in pieces which may end in the middle of a character. */
export class Utf8Pieces {
  /** The first octets of a character whose others have not come yet. */
  #cut: Uint8Array = new Uint8Array(0);

  take(octets: Uint8Array): string {
    const all = new Uint8Array(this.#cut.length + octets.length);
    all.set(this.#cut);
    all.set(octets, this.#cut.length);
    const whole = all.length - cutAtEnd(all);
    this.#cut = all.slice(whole);
    return utf8.decode(all.subarray(0, whole));
  }

  /** What is left when no more will come. */
  end(): string {
    const text = utf8.decode(this.#cut);
    this.#cut = new Uint8Array(0);
    return text;
  }
}

/** How many octets at the end begin a character of UTF-8 that is not there as a whole. */
function cutAtEnd(octets: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, octets.length); back++) {
    const octet = octets[octets.length - back]!;
    if ((octet & 0xc0) === 0x80) continue;
    const length = octet >= 0xf0 ? 4 : octet >= 0xe0 ? 3 : octet >= 0xc0 ? 2 : 1;
    return length > back ? back : 0;
  }
  return 0;
}

/** What a file holds when these octets are written to it: text if they are UTF-8. */
export function fileContent(octets: Uint8Array): string | Uint8Array {
  const text = utf8.decode(octets);
  return text.includes("\ufffd") ? octets : text;
}

/** All pieces in one. */
export function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}
