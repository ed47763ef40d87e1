/** UTF-8 (RFC 3629), since the engine knows neither Node's nor the browser's encoder. */

/** Lone surrogates become U+FFFD. */
export function encode(text: string): Uint8Array {
  const bytes: number[] = [];
  for (const character of text) {
    let point = character.codePointAt(0)!;
    if (point >= 0xd800 && point <= 0xdfff) point = 0xfffd;
    if (point < 0x80) bytes.push(point);
    else if (point < 0x800) bytes.push(0xc0 | (point >> 6), 0x80 | (point & 63));
    else if (point < 0x10000) {
      bytes.push(0xe0 | (point >> 12), 0x80 | ((point >> 6) & 63), 0x80 | (point & 63));
    } else {
      bytes.push(
        0xf0 | (point >> 18),
        0x80 | ((point >> 12) & 63),
        0x80 | ((point >> 6) & 63),
        0x80 | (point & 63),
      );
    }
  }
  return Uint8Array.from(bytes);
}

/** Bytes that are not UTF-8 become U+FFFD, one for each byte. */
export function decode(bytes: Uint8Array): string {
  let text = "";
  for (let i = 0; i < bytes.length; ) {
    const first = bytes[i]!;
    const more =
      first < 0x80 ? 0 : first < 0xc2 ? -1 : first < 0xe0 ? 1 : first < 0xf0 ? 2 : first < 0xf5 ? 3 : -1;
    let point = more === 0 ? first : more < 0 ? -1 : first & (0x3f >> more);
    for (let k = 1; k <= more && point >= 0; k++) {
      const next = bytes[i + k];
      point = next === undefined || (next & 0xc0) !== 0x80 ? -1 : (point << 6) | (next & 63);
    }
    const tooLong = (more === 2 && point < 0x800) || (more === 3 && point < 0x10000);
    const wrong = point < 0 || tooLong || point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff);
    text += wrong ? "\ufffd" : String.fromCodePoint(point);
    i += wrong ? 1 : more + 1;
  }
  return text;
}
