/** Domain names between their text and their labels (RFC 1035, 3.1, 4.1.4, 5.1). */

const MAX_LABEL = 63;
/** The longest name on the wire, lengths and the root's zero included. */
const MAX_NAME = 255;

const DOT = 0x2e;
const BACKSLASH = 0x5c;

/** One label's octets as text, in which what would be misread has a backslash. */
function labelText(view: DataView, at: number, length: number): string {
  let text = "";
  for (let i = at; i < at + length; i++) {
    const octet = view.getUint8(i);
    if (octet === DOT || octet === BACKSLASH) text += `\\${String.fromCharCode(octet)}`;
    else if (octet > 0x20 && octet < 0x7f) text += String.fromCharCode(octet);
    else text += `\\${String(octet).padStart(3, "0")}`;
  }
  return text;
}

/**
 * The labels of a name's text, each a string of octets; a dot at the end changes nothing. Null if it is none: an empty
 * label, one that is longer than 63 octets, or more than 255 octets in all.
 */
export function labelsOf(name: string): readonly string[] | null {
  if (name === "" || name === ".") return [];
  const labels: string[] = [];
  let label = "";
  let length = 1;
  const end = (): boolean => {
    if (label === "" || label.length > MAX_LABEL) return false;
    labels.push(label);
    length += label.length + 1;
    label = "";
    return length <= MAX_NAME;
  };
  for (let i = 0; i < name.length; i++) {
    const character = name[i]!;
    if (character === ".") {
      if (!end()) return null;
    } else if (character !== "\\") {
      if (name.charCodeAt(i) > 255) return null;
      label += character;
    } else {
      const digits = /^\d{3}/.exec(name.slice(i + 1, i + 4));
      const octet = digits === null ? name.charCodeAt(i + 1) : Number(digits[0]);
      if (!(octet <= 255)) return null;
      label += String.fromCharCode(octet);
      i += digits === null ? 1 : 3;
    }
  }
  if (label === "") return labels;
  return end() ? labels : null;
}

/** A name read from a message: its text, and where what follows it begins. */
interface ReadName {
  readonly name: string;
  readonly next: number;
}

/**
 * Reads the name at `at` of a message that begins at `start` and ends before `end`, following its pointers backwards. Null
 * if it runs out of the message, points forwards or around in a circle, or is longer than a name may be.
 */
export function readName(view: DataView, start: number, end: number, at: number): ReadName | null {
  const labels: string[] = [];
  let next = -1;
  let length = 1;
  let limit = at;
  for (let i = at; ; ) {
    if (i >= end) return null;
    const octet = view.getUint8(i);
    if (octet === 0) return { name: labels.join("."), next: next < 0 ? i + 1 : next };
    if (octet >= 0xc0) {
      if (i + 2 > end) return null;
      const target = start + (((octet & 0x3f) << 8) | view.getUint8(i + 1));
      if (next < 0) next = i + 2;
      // Each pointer goes further back than all before it, so that reading ends.
      if (target >= limit) return null;
      limit = target;
      i = target;
      continue;
    }
    if (octet > MAX_LABEL || i + 1 + octet > end) return null;
    length += octet + 1;
    if (length > MAX_NAME) return null;
    labels.push(labelText(view, i + 1, octet));
    i += 1 + octet;
  }
}
