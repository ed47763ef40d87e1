/**
 * Packet filters, as tcpdump's expressions mean them (pcap-filter(7)): a closed union of questions about a frame,
 * and their answer. {@link parseFilter} makes one from text.
 *
 * A read behind the captured bytes ends the whole filter with "no", as it ends a BPF program.
 */

import * as ethernet from "./ethernet.ts";
import * as ipv4 from "./ipv4.ts";
import * as vxlanHeader from "./vxlan.ts";

/** Where a question looks: behind so many VLAN tags of the frame, or of the frame inside a VXLAN packet. */
export interface Place {
  readonly tags: number;
  /** The place of the VXLAN packet around this frame. */
  readonly outer: Place | null;
}

export const OUTERMOST: Place = { tags: 0, outer: null };

/** Which of source and destination must agree. */
export type Direction = "src" | "dst" | "either" | "both";

/** A number computed from the frame. All arithmetic is on uint32. */
export type Arithmetic =
  | { readonly kind: "number"; readonly value: number }
  | { readonly kind: "length" }
  | {
      readonly kind: "load";
      /** What the index counts from; a transport stands for its own protocol in an unfragmented packet. */
      readonly from: "frame" | "network" | "transport";
      readonly guard: Filter | null;
      readonly index: Arithmetic;
      readonly size: 1 | 2 | 4;
      readonly place: Place;
    }
  | {
      readonly kind: "operation";
      readonly operator: "+" | "-" | "*" | "/" | "%" | "&" | "|" | "^" | "<<" | ">>";
      readonly left: Arithmetic;
      readonly right: Arithmetic;
    };

/** A question about a frame. Addresses and masks are int32. */
export type Filter =
  | { readonly kind: "all" }
  | { readonly kind: "and" | "or"; readonly left: Filter; readonly right: Filter }
  | { readonly kind: "not"; readonly operand: Filter }
  | { readonly kind: "ethertype"; readonly type: number; readonly place: Place }
  | {
      readonly kind: "ether-host";
      readonly direction: Direction;
      readonly hi: number;
      readonly lo: number;
      readonly place: Place;
    }
  | { readonly kind: "ether-group"; readonly place: Place }
  | {
      readonly kind: "host";
      readonly type: number;
      readonly direction: Direction;
      readonly address: number;
      readonly mask: number;
      readonly place: Place;
    }
  | { readonly kind: "ip-broadcast"; readonly hostMask: number; readonly place: Place }
  | { readonly kind: "ip-multicast"; readonly place: Place }
  | { readonly kind: "protocol"; readonly version: 4 | 6; readonly protocol: number; readonly place: Place }
  | {
      readonly kind: "port";
      readonly version: 4 | 6;
      readonly protocols: readonly number[];
      readonly direction: Direction;
      readonly from: number;
      readonly to: number;
      readonly place: Place;
    }
  | { readonly kind: "unfragmented"; readonly place: Place }
  | { readonly kind: "vlan"; readonly id: number | null; readonly place: Place }
  | { readonly kind: "vxlan"; readonly vni: number | null; readonly place: Place }
  | {
      readonly kind: "compare";
      readonly relation: "=" | "!=" | "<" | "<=" | ">" | ">=";
      readonly left: Arithmetic;
      readonly right: Arithmetic;
    };

/** Ends a filter: a read behind the captured bytes, or a division by zero. */
class Rejected extends Error {}

const { TYPE_ARP, TYPE_IPV4, TYPE_IPV6, TYPE_REVERSE_ARP } = ethernet;

/** One frame under examination. */
class Frame {
  readonly #view: DataView;
  readonly #start: number;
  readonly #end: number;
  readonly length: number;

  constructor(view: DataView, at: number, captured: number, length: number) {
    this.#view = view;
    this.#start = at;
    this.#end = Math.min(at + captured, view.byteLength);
    this.length = length;
  }

  #check(at: number, size: number): number {
    if (at < this.#start || at + size > this.#end) throw new Rejected();
    return at;
  }

  u8(at: number): number {
    return this.#view.getUint8(this.#check(at, 1));
  }

  u16(at: number): number {
    return this.#view.getUint16(this.#check(at, 2));
  }

  i32(at: number): number {
    return this.#view.getInt32(this.#check(at, 4));
  }

  /** The first byte of the frame at `place`. */
  frame(place: Place): number {
    if (place.outer === null) return this.#start;
    return this.transport(place.outer) + 16;
  }

  /** The ethertype at `place`. */
  type(place: Place): number {
    return this.u16(this.frame(place) + 12 + 4 * place.tags);
  }

  network(place: Place): number {
    return this.frame(place) + 14 + 4 * place.tags;
  }

  /** The byte behind the IP header. */
  transport(place: Place): number {
    const network = this.network(place);
    return this.type(place) === TYPE_IPV6 ? network + 40 : network + ((this.u8(network) & 15) << 2);
  }
}

function agree(direction: Direction, src: () => boolean, dst: () => boolean): boolean {
  switch (direction) {
    case "src":
      return src();
    case "dst":
      return dst();
    case "either":
      return src() || dst();
    case "both":
      return src() && dst();
  }
}

function etherHost(f: Frame, filter: Extract<Filter, { kind: "ether-host" }>): boolean {
  const at = f.frame(filter.place);
  const same = (where: number): boolean => f.i32(where + 2) === filter.lo && f.u16(where) === filter.hi;
  return agree(
    filter.direction,
    () => same(at + 6),
    () => same(at),
  );
}

function host(f: Frame, filter: Extract<Filter, { kind: "host" }>): boolean {
  if (f.type(filter.place) !== filter.type) return false;
  const at = f.network(filter.place);
  const isArp = filter.type === TYPE_ARP || filter.type === TYPE_REVERSE_ARP;
  const same = (offset: number): boolean => (f.i32(at + offset) & filter.mask) === filter.address;
  return agree(
    filter.direction,
    () => same(isArp ? 14 : 12),
    () => same(isArp ? 24 : 16),
  );
}

function protocol(f: Frame, filter: Extract<Filter, { kind: "protocol" }>): boolean {
  const at = f.network(filter.place);
  if (filter.version === 4) return f.type(filter.place) === TYPE_IPV4 && f.u8(at + 9) === filter.protocol;
  if (f.type(filter.place) !== TYPE_IPV6) return false;
  const next = f.u8(at + 6);
  return next === filter.protocol || (next === 44 && f.u8(at + 40) === filter.protocol);
}

function unfragmented(f: Frame, place: Place): boolean {
  return (f.u16(f.network(place) + 6) & 0x1fff) === 0;
}

function port(f: Frame, filter: Extract<Filter, { kind: "port" }>): boolean {
  const { place, version, from, to } = filter;
  if (f.type(place) !== (version === 4 ? TYPE_IPV4 : TYPE_IPV6)) return false;
  if (!filter.protocols.includes(f.u8(f.network(place) + (version === 4 ? 9 : 6)))) return false;
  if (version === 4 && !unfragmented(f, place)) return false;
  const at = f.transport(place);
  const inRange = (where: number): boolean => {
    const number = f.u16(where);
    return number >= from && number <= to;
  };
  return agree(
    filter.direction,
    () => inRange(at),
    () => inRange(at + 2),
  );
}

function vlan(f: Frame, filter: Extract<Filter, { kind: "vlan" }>): boolean {
  const type = f.type(filter.place);
  if (type !== ethernet.TYPE_VLAN && type !== 0x88a8 && type !== 0x9100) return false;
  return filter.id === null || (f.u16(f.network(filter.place)) & 0xfff) === filter.id;
}

function vxlan(f: Frame, filter: Extract<Filter, { kind: "vxlan" }>): boolean {
  const { place } = filter;
  const type = f.type(place);
  if (type !== TYPE_IPV4 && type !== TYPE_IPV6) return false;
  if (f.u8(f.network(place) + (type === TYPE_IPV4 ? 9 : 6)) !== ipv4.PROTO_UDP) return false;
  if (type === TYPE_IPV4 && !unfragmented(f, place)) return false;
  const at = f.transport(place);
  if (f.u16(at + 2) !== vxlanHeader.PORT || f.u8(at + 8) !== vxlanHeader.FLAG_VNI) return false;
  return filter.vni === null || f.i32(at + 12) >>> 8 === filter.vni;
}

function load(f: Frame, term: Extract<Arithmetic, { kind: "load" }>): number {
  const index = value(f, term.index);
  const at =
    term.from === "frame"
      ? f.frame(term.place)
      : term.from === "network"
        ? f.network(term.place)
        : f.network(term.place) + ((f.u8(f.network(term.place)) & 15) << 2);
  const where = at + index;
  if (term.size === 1) return f.u8(where);
  return term.size === 2 ? f.u16(where) : f.i32(where) >>> 0;
}

function value(f: Frame, term: Arithmetic): number {
  if (term.kind === "number") return term.value;
  if (term.kind === "length") return f.length;
  if (term.kind === "load") return load(f, term);
  const left = value(f, term.left);
  const right = value(f, term.right);
  switch (term.operator) {
    case "+":
      return (left + right) >>> 0;
    case "-":
      return (left - right) >>> 0;
    case "*":
      return Math.imul(left, right) >>> 0;
    case "/":
    case "%":
      if (right === 0) throw new Rejected();
      return term.operator === "/" ? Math.floor(left / right) : left % right;
    case "&":
      return (left & right) >>> 0;
    case "|":
      return (left | right) >>> 0;
    case "^":
      return (left ^ right) >>> 0;
    case "<<":
      return right > 31 ? 0 : (left << right) >>> 0;
    case ">>":
      return right > 31 ? 0 : left >>> right;
  }
}

/** True when everything that a number is taken from is there. */
function guarded(f: Frame, term: Arithmetic): boolean {
  if (term.kind === "load") return guarded(f, term.index) && (term.guard === null || holds(f, term.guard));
  return term.kind !== "operation" || (guarded(f, term.left) && guarded(f, term.right));
}

function compare(f: Frame, filter: Extract<Filter, { kind: "compare" }>): boolean {
  if (!guarded(f, filter.left) || !guarded(f, filter.right)) return false;
  const left = value(f, filter.left);
  const right = value(f, filter.right);
  switch (filter.relation) {
    case "=":
      return left === right;
    case "!=":
      return left !== right;
    case "<":
      return left < right;
    case "<=":
      return left <= right;
    case ">":
      return left > right;
    case ">=":
      return left >= right;
  }
}

function holds(f: Frame, filter: Filter): boolean {
  switch (filter.kind) {
    case "all":
      return true;
    case "and":
      return holds(f, filter.left) && holds(f, filter.right);
    case "or":
      return holds(f, filter.left) || holds(f, filter.right);
    case "not":
      return !holds(f, filter.operand);
    case "ethertype":
      return filter.type > 1500
        ? f.type(filter.place) === filter.type
        : f.type(filter.place) <= 1500 && f.u8(f.network(filter.place)) === filter.type;
    case "ether-host":
      return etherHost(f, filter);
    case "ether-group":
      return (f.u8(f.frame(filter.place)) & 1) !== 0;
    case "host":
      return host(f, filter);
    case "ip-broadcast": {
      if (f.type(filter.place) !== TYPE_IPV4) return false;
      const bits = f.i32(f.network(filter.place) + 16) & filter.hostMask;
      return bits === 0 || bits === filter.hostMask;
    }
    case "ip-multicast":
      return f.type(filter.place) === TYPE_IPV4 && f.u8(f.network(filter.place) + 16) >= 224;
    case "protocol":
      return protocol(f, filter);
    case "port":
      return port(f, filter);
    case "unfragmented":
      return unfragmented(f, filter.place);
    case "vlan":
      return vlan(f, filter);
    case "vxlan":
      return vxlan(f, filter);
    case "compare":
      return compare(f, filter);
  }
}

/**
 * True when the frame at `at`, of which `captured` bytes are there and which had `length` on the wire, passes. Any
 * bytes do; it never throws.
 */
export function matches(
  filter: Filter,
  view: DataView,
  at: number,
  captured: number,
  length: number = captured,
): boolean {
  try {
    return holds(new Frame(view, at, captured, length), filter);
  } catch (error) {
    if (!(error instanceof Rejected)) throw error;
    return false;
  }
}
