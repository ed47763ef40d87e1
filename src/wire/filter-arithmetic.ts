/** The arithmetic of filter expressions: `ip[8] < 5`, `tcp[tcpflags] & tcp-syn != 0`, `len > 100`. */

import * as ethernet from "./ethernet.ts";
import type { Arithmetic, Filter, Place } from "./filter.ts";
import { FilterError, type FilterLexer, SYNTAX_ERROR, type Token } from "./filter-lexer.ts";
import * as names from "./filter-names.ts";
import * as primitives from "./filter-primitives.ts";

const LINKS = new Set(["link", "ether", "ppp", "slip", "fddi", "tr", "wlan"]);
const RELATIONS = new Set(["=", "==", "!=", "<", "<=", ">", ">="]);
/** Binary operators, weakest first. */
const OPERATORS: readonly (readonly string[])[] = [
  ["|", "^"],
  ["&"],
  ["<<", ">>"],
  ["+", "-"],
  ["*", "/", "%"],
];
const ARITHMETIC = new Set(OPERATORS.flat());

type Operator = Extract<Arithmetic, { kind: "operation" }>["operator"];
export type Relation = Extract<Filter, { kind: "compare" }>["relation"];

export function syntaxError(): FilterError {
  return new FilterError(SYNTAX_ERROR);
}

/** True for `ether` and its synonyms. */
export function isLink(name: string): boolean {
  return LINKS.has(name);
}

/** True for an operator or a relation between two numbers. */
export function isOperator(token: Token): boolean {
  return token.kind === "sign" && (RELATIONS.has(token.text) || ARITHMETIC.has(token.text));
}

/** True for a keyword that names a protocol. */
export function isProtocol(token: Token): boolean {
  if (token.kind !== "word") return false;
  return (
    LINKS.has(token.text) ||
    Object.hasOwn(names.ETHERTYPES, token.text) ||
    Object.hasOwn(names.IP_PROTOCOLS, token.text)
  );
}

class ArithmeticParser {
  readonly #lexer: FilterLexer;
  readonly #place: Place;

  constructor(lexer: FilterLexer, place: Place) {
    this.#lexer = lexer;
    this.#place = place;
  }

  #accept(text: string): boolean {
    const token = this.#lexer.peek();
    if ((token.kind !== "sign" && token.kind !== "word") || token.text !== text) return false;
    this.#lexer.take();
    return true;
  }

  #expect(text: string): void {
    if (!this.#accept(text)) throw syntaxError();
  }

  #number(): number {
    const token = this.#lexer.take();
    if (token.kind !== "number") throw syntaxError();
    return token.value;
  }

  relation(): Filter {
    const left = this.#arithmetic(0);
    const sign = this.#lexer.take();
    if (sign.kind !== "sign" || !RELATIONS.has(sign.text)) throw syntaxError();
    const relation = (sign.text === "==" ? "=" : sign.text) as Relation;
    return { kind: "compare", relation, left, right: this.#arithmetic(0) };
  }

  #arithmetic(level: number): Arithmetic {
    const operators = OPERATORS[level];
    if (operators === undefined) return this.#operand();
    let left = this.#arithmetic(level + 1);
    for (let token = this.#lexer.peek(); token.kind === "sign" && operators.includes(token.text); ) {
      this.#lexer.take();
      const operator = token.text as Operator;
      left = { kind: "operation", operator, left, right: this.#arithmetic(level + 1) };
      if ((operator === "/" || operator === "%") && left.right.kind === "number" && left.right.value === 0) {
        throw new FilterError(operator === "/" ? "division by zero" : "modulus by zero");
      }
      token = this.#lexer.peek();
    }
    return left;
  }

  #operand(): Arithmetic {
    if (this.#accept("-")) {
      return { kind: "operation", operator: "-", left: { kind: "number", value: 0 }, right: this.#operand() };
    }
    if (this.#accept("(")) {
      const inner = this.#arithmetic(0);
      this.#expect(")");
      return inner;
    }
    if (this.#accept("len") || this.#accept("length")) return { kind: "length" };
    const token = this.#lexer.peek();
    if (token.kind === "number") return { kind: "number", value: this.#number() };
    if (!isProtocol(token)) throw syntaxError();
    this.#lexer.take();
    this.#expect("[");
    const index = this.#arithmetic(0);
    const size = this.#accept(":") ? this.#number() : 1;
    this.#expect("]");
    if (size !== 1 && size !== 2 && size !== 4) throw new FilterError("data size must be 1, 2, or 4");
    return this.#load(LINKS.has(token.text) ? "link" : token.text, index, size);
  }

  #load(protocol: string, index: Arithmetic, size: 1 | 2 | 4): Arithmetic {
    const place = this.#place;
    if (protocol === "link") return { kind: "load", from: "frame", guard: null, index, size, place };
    const type = names.ETHERTYPES[protocol];
    if (type !== undefined) {
      const guard: Filter = { kind: "ethertype", type, place };
      return { kind: "load", from: "network", guard, index, size, place };
    }
    if (protocol === "icmp6") {
      const operator = "+";
      const behind: Arithmetic = {
        kind: "operation",
        operator,
        left: index,
        right: { kind: "number", value: 40 },
      };
      const guard = primitives.abbreviation("icmp6", place);
      return { kind: "load", from: "network", guard, index: behind, size, place };
    }
    const isIp: Filter = { kind: "ethertype", type: ethernet.TYPE_IPV4, place };
    const isProtocol: Filter = {
      kind: "protocol",
      version: 4,
      protocol: names.IP_PROTOCOLS[protocol]!,
      place,
    };
    const guard = primitives.and(isIp, primitives.and(isProtocol, { kind: "unfragmented", place }));
    return { kind: "load", from: "transport", guard, index, size, place };
  }
}

/** Reads two numbers and what is said of them. */
export function parseRelation(lexer: FilterLexer, place: Place): Filter {
  return new ArithmeticParser(lexer, place).relation();
}
