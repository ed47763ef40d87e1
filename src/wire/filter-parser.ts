/**
 * Reads tcpdump's filter expressions: libpcap 1.10's grammar for Ethernet without its other link types, and the
 * keyword `vxlan [VNI]` of the libpcap after it. As there, `and` and `or` bind equally and from the left, an
 * address without qualifiers takes those before it, and after `vlan` or `vxlan` all that follows in the text looks
 * behind that header.
 */
import { type Arithmetic, type Direction, type Filter, OUTERMOST, type Place } from "./filter.ts";
import {
  isLink,
  isOperator,
  isProtocol,
  parseRelation,
  type Relation,
  syntaxError,
} from "./filter-arithmetic.ts";
import { FilterError, FilterLexer } from "./filter-lexer.ts";
import * as operands from "./filter-operands.ts";
import type { Qualifiers } from "./filter-primitives.ts";
import * as primitives from "./filter-primitives.ts";

/** What an expression may need to know of the place where it is used. */
export interface FilterOptions {
  /** Netmask of the interface for `ip broadcast`, an int32; 0 when reading a file. */
  readonly netmask?: number;
  readonly resolve?: operands.Resolve;
}

/** A filter, or why the expression is none, as tcpdump prints it behind `tcpdump: `. */
type FilterResult =
  | { readonly ok: true; readonly filter: Filter }
  | { readonly ok: false; readonly message: string };

/** A filter and the qualifiers that a bare address after it takes over; null when it may not follow. */
interface Part {
  readonly filter: Filter;
  readonly qualifiers: Qualifiers | null;
}

const TYPES = new Set(["host", "net", "port", "portrange"]);

class FilterParser {
  readonly #lexer: FilterLexer;
  readonly #options: FilterOptions;
  #place: Place = OUTERMOST;

  constructor(text: string, options: FilterOptions) {
    this.#lexer = new FilterLexer(text);
    this.#options = options;
  }

  program(): Filter {
    if (this.#lexer.peek().kind === "end") return { kind: "all" };
    const { filter } = this.#expression(null);
    if (this.#lexer.peek().kind !== "end") throw syntaxError();
    return filter;
  }

  #is(text: string, distance: number = 0): boolean {
    const token = this.#lexer.peek(distance);
    return (token.kind === "sign" || token.kind === "word") && token.text === text;
  }

  #accept(text: string): boolean {
    if (!this.#is(text)) return false;
    this.#lexer.take();
    return true;
  }

  #expect(text: string): void {
    if (!this.#accept(text)) throw syntaxError();
  }

  #conjunction(): "and" | "or" | null {
    if (this.#accept("and") || this.#accept("&&")) return "and";
    return this.#accept("or") || this.#accept("||") ? "or" : null;
  }

  #not(distance: number = 0): boolean {
    return this.#is("!", distance) || this.#is("not", distance);
  }

  #expression(inherited: Qualifiers | null): Part {
    let left = this.#term(inherited);
    for (let kind = this.#conjunction(); kind !== null; kind = this.#conjunction()) {
      const right = this.#startsAddress(0) ? this.#address(left.qualifiers) : this.#term(left.qualifiers);
      left = { filter: { kind, left: left.filter, right: right.filter }, qualifiers: right.qualifiers };
    }
    return left;
  }

  /** True when an address, name or number without qualifiers comes next, perhaps negated or in parentheses. */
  #startsAddress(distance: number): boolean {
    const token = this.#lexer.peek(distance);
    if (token.kind === "number") {
      return !isOperator(this.#lexer.peek(distance + 1));
    }
    if (token.kind === "sign" || token.kind === "word") {
      return (this.#not(distance) || this.#is("(", distance)) && this.#startsAddress(distance + 1);
    }
    return token.kind !== "end";
  }

  #term(inherited: Qualifiers | null): Part {
    if (this.#not()) {
      this.#lexer.take();
      const { filter, qualifiers } = this.#term(inherited);
      return { filter: { kind: "not", operand: filter }, qualifiers };
    }
    if (this.#is("(") && !this.#parenthesisIsArithmetic()) {
      this.#lexer.take();
      const { filter } = this.#expression(inherited);
      this.#expect(")");
      return { filter, qualifiers: inherited };
    }
    const token = this.#lexer.peek();
    const isLoad = isProtocol(token) && this.#is("[", 1);
    const isLength = this.#is("len") || this.#is("length");
    if (token.kind === "number" || this.#is("(") || this.#is("-") || isLoad || isLength) {
      return { filter: parseRelation(this.#lexer, this.#place), qualifiers: null };
    }
    if (token.kind !== "word") throw syntaxError();
    return this.#primitive();
  }

  /** True when an operator or a relation follows the closing parenthesis. */
  #parenthesisIsArithmetic(): boolean {
    let depth = 0;
    for (let distance = 0; ; distance++) {
      const token = this.#lexer.peek(distance);
      if (token.kind === "end") return false;
      if (this.#is("(", distance)) depth++;
      if (this.#is(")", distance) && --depth === 0) {
        return isOperator(this.#lexer.peek(distance + 1));
      }
    }
  }

  #number(): number {
    const token = this.#lexer.take();
    if (token.kind !== "number") throw syntaxError();
    return token.value;
  }

  #lengthCompare(relation: Relation): Part {
    this.#lexer.take();
    const right: Arithmetic = { kind: "number", value: this.#number() };
    return { filter: { kind: "compare", relation, left: { kind: "length" }, right }, qualifiers: null };
  }

  /** A question that begins with a keyword. */
  #primitive(): Part {
    if (this.#is("less")) return this.#lengthCompare("<=");
    if (this.#is("greater")) return this.#lengthCompare(">=");
    if (this.#accept("vlan")) return this.#vlan();
    if (this.#accept("vxlan")) return this.#vxlan();
    let protocol: string | null = null;
    if (isProtocol(this.#lexer.peek())) {
      const { text } = this.#lexer.take();
      protocol = isLink(text) ? "link" : text;
    }
    if (this.#accept("broadcast")) {
      const netmask = this.#options.netmask ?? 0;
      return { filter: primitives.broadcast(protocol, netmask, this.#place), qualifiers: null };
    }
    if (this.#accept("multicast")) {
      return { filter: primitives.multicast(protocol, this.#place), qualifiers: null };
    }
    const qualifiers = this.#qualifiers(protocol);
    if (qualifiers !== null) return this.#address(qualifiers);
    if (protocol === null || !this.#endsTerm()) throw syntaxError();
    return { filter: primitives.abbreviation(protocol, this.#place), qualifiers: null };
  }

  /** True before what may follow a whole question. */
  #endsTerm(): boolean {
    const end = this.#lexer.peek().kind === "end";
    return end || ["and", "&&", "or", "||", ")"].some((text) => this.#is(text));
  }

  /** Null when neither a direction nor a type follows. */
  #qualifiers(protocol: string | null): Qualifiers | null {
    if (this.#accept("proto")) return { protocol, direction: null, type: "proto" };
    if (this.#accept("gateway")) return { protocol, direction: null, type: "gateway" };
    const direction = this.#direction();
    const token = this.#lexer.peek();
    if (token.kind === "word" && TYPES.has(token.text)) {
      this.#lexer.take();
      return { protocol, direction, type: token.text as Qualifiers["type"] };
    }
    return direction === null ? null : { protocol, direction, type: null };
  }

  #direction(): Direction | null {
    for (const [first, second] of [
      ["src", "dst"],
      ["dst", "src"],
    ] as const) {
      if (!this.#accept(first)) continue;
      const isOr = this.#is("or") || this.#is("||");
      const isAnd = this.#is("and") || this.#is("&&");
      if (!(isOr || isAnd) || !this.#is(second, 1)) return first;
      this.#lexer.take();
      this.#lexer.take();
      return isOr ? "either" : "both";
    }
    return null;
  }

  #optionalNumber(what: string, maximum: number): number | null {
    if (this.#lexer.peek().kind !== "number") return null;
    const number = this.#number();
    if (number > maximum) throw new FilterError(`${what} ${number} greater than maximum ${maximum}`);
    return number;
  }

  #vlan(): Part {
    const place = this.#place;
    const filter: Filter = { kind: "vlan", id: this.#optionalNumber("VLAN tag", 4095), place };
    this.#place = { tags: place.tags + 1, outer: place.outer };
    return { filter, qualifiers: null };
  }

  #vxlan(): Part {
    const place = this.#place;
    const filter: Filter = { kind: "vxlan", vni: this.#optionalNumber("VXLAN VNI", 0xffffff), place };
    this.#place = { tags: 0, outer: place };
    return { filter, qualifiers: null };
  }

  /** An address, name or number, or several in parentheses, under the given qualifiers. */
  #address(qualifiers: Qualifiers | null): Part {
    if (this.#not()) {
      this.#lexer.take();
      const { filter } = this.#address(qualifiers);
      return { filter: { kind: "not", operand: filter }, qualifiers };
    }
    if (this.#accept("(")) {
      const loneNumber = this.#lexer.peek().kind === "number";
      let { filter } = this.#address(qualifiers);
      let count = 1;
      for (let kind = this.#conjunction(); kind !== null; kind = this.#conjunction()) {
        filter = { kind, left: filter, right: this.#address(qualifiers).filter };
        count++;
      }
      // The grammar has no single number in parentheses here, other than as a number in its own right.
      if (loneNumber && count === 1 && !this.#is(")")) throw syntaxError();
      this.#expect(")");
      return { filter, qualifiers };
    }
    return { filter: this.#single(qualifiers), qualifiers };
  }

  #single(q: Qualifiers | null): Filter {
    const token = this.#lexer.take();
    switch (token.kind) {
      case "number":
        return operands.byNumber(q, token.value, this.#place);
      case "name":
        return operands.byName(q, token.text, this.#place, this.#options.resolve ?? (() => []));
      case "ipv4":
        return this.#byAddress(q, token.text);
      case "mac":
        return operands.byMac(q, token.text, this.#place);
      case "ipv6":
        throw new FilterError(`IPv6 address '${token.text}' is not supported here`);
      default:
        throw syntaxError();
    }
  }

  #byAddress(given: Qualifiers | null, text: string): Filter {
    if (this.#accept("/")) {
      const length = this.#number();
      const q = operands.need(given);
      const { address } = operands.shortAddress(text);
      if (length > 32) throw new FilterError("mask length must be <= 32");
      const mask = length === 0 ? 0 : -1 << (32 - length);
      if ((address & ~mask) !== 0) throw new FilterError(`non-network bits set in "${text}/${length}"`);
      return operands.network(q, address, mask, this.#place);
    }
    if (this.#accept("mask")) {
      const token = this.#lexer.take();
      if (token.kind !== "ipv4") throw syntaxError();
      const q = operands.need(given);
      const { address } = operands.shortAddress(text);
      const mask = operands.shortAddress(token.text).address;
      if ((address & ~mask) !== 0) {
        throw new FilterError(`non-network bits set in "${text} mask ${token.text}"`);
      }
      return operands.network(q, address, mask, this.#place);
    }
    return operands.byAddress(given, text, this.#place);
  }
}

/** Reads an expression; the empty one lets every frame pass. It never throws, whatever the text. */
export function parseFilter(text: string, options: FilterOptions = {}): FilterResult {
  try {
    return { ok: true, filter: new FilterParser(text, options).program() };
  } catch (error) {
    if (!(error instanceof FilterError)) throw error;
    return { ok: false, message: error.message };
  }
}
