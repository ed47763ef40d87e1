/** How `od` shows octets: one type of its `-t`. */
export interface OdFormat {
  /** How many octets make one field. */
  readonly size: number;
  /** Characters that a field takes, without the blanks in front. */
  readonly width: number;
  /** The text of the field whose octets begin there; octets after the last count as 0. */
  field(octets: Uint8Array, at: number): string;
  /** The characters stand at the end of the line (`z`). */
  readonly shown: boolean;
}

const SIZES: Readonly<Record<string, number>> = { C: 1, S: 2, I: 4, L: 8 };
const TYPES = { o: 8, u: 10, d: 10, x: 16 } as const;
/** Of each type, by the binary logarithm of the size. */
const WIDTHS: Readonly<Record<keyof typeof TYPES, readonly number[]>> = {
  o: [3, 6, 11, 22],
  u: [3, 5, 10, 20],
  d: [4, 6, 11, 20],
  x: [2, 4, 8, 16],
};
const NAMES =
  "nul soh stx etx eot enq ack bel bs ht nl vt ff cr so si dle dc1 dc2 dc3 dc4 nak syn etb can em sub esc fs gs rs us sp".split(
    " ",
  );
const ESCAPES: ReadonlyMap<number, string> = new Map([
  [0, "\\0"],
  [7, "\\a"],
  [8, "\\b"],
  [9, "\\t"],
  [10, "\\n"],
  [11, "\\v"],
  [12, "\\f"],
  [13, "\\r"],
]);

function numbers(type: keyof typeof TYPES, size: number, shown: boolean): OdFormat {
  const base = TYPES[type];
  const width = WIDTHS[type][Math.log2(size)]!;
  const field = (octets: Uint8Array, at: number): string => {
    let value = 0n;
    for (let i = size - 1; i >= 0; i--) value = (value << 8n) | BigInt(octets[at + i] ?? 0);
    const text = (type === "d" ? BigInt.asIntN(8 * size, value) : value).toString(base);
    return base === 10 ? text : text.padStart(width, "0");
  };
  return { size, width, field, shown };
}

function characters(name: (octet: number) => string, shown: boolean): OdFormat {
  return { size: 1, width: 3, field: (octets, at) => name(octets[at]!), shown };
}

function named(octet: number): string {
  const low = octet & 127;
  return low === 127 ? "del" : (NAMES[low] ?? String.fromCharCode(low));
}

function shownAs(octet: number): string {
  const short = ESCAPES.get(octet);
  if (short !== undefined) return short;
  return octet >= 32 && octet < 127 ? String.fromCharCode(octet) : octet.toString(8).padStart(3, "0");
}

/** The types of a word of `-t`, such as `x1z` or `od4c`; a text says what is wrong with it. */
export function parseFormats(word: string): OdFormat[] | string {
  const formats: OdFormat[] = [];
  for (let rest = word; rest !== ""; ) {
    const match = /^(?:([ac])|([oudx])([CSIL]|\d+)?)(z?)/.exec(rest);
    if (match === null) {
      if (rest.startsWith("f")) return `floating point (${word}) is not modelled`;
      return `invalid character '${rest[0]}' in type string ‘${word}’`;
    }
    const [whole, letter, type, given, z] = match;
    const shown = z === "z";
    if (letter !== undefined) formats.push(characters(letter === "a" ? named : shownAs, shown));
    else {
      const size = given === undefined ? 4 : (SIZES[given] ?? Number(given));
      if (![1, 2, 4, 8].includes(size))
        return `invalid type string ‘${word}’;\nthis system doesn't provide a ${size}-byte integral type`;
      formats.push(numbers(type as keyof typeof TYPES, size, shown));
    }
    rest = rest.slice(whole.length);
  }
  return formats;
}
