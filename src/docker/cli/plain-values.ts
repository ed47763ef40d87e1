/** `key=value` taken apart; a key alone has no value. */
function keyAndValue(text: string): readonly [key: string, value: string] {
  const equals = text.indexOf("=");
  return equals < 0 ? [text, ""] : [text.slice(0, equals), text.slice(equals + 1)];
}

/** `key=value` texts by key. */
export function labelsOf(texts: readonly string[]): Record<string, string> {
  return Object.fromEntries(texts.map(keyAndValue));
}

/** The API leaves an empty list out as null. */
export function listOrNull(values: readonly string[]): string[] | null {
  return values.length === 0 ? null : [...values];
}
