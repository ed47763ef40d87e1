import { own } from "../../base/own.ts";
import { CallError, FUNCTIONS, fits, type GoFunction } from "./functions.ts";
import { goQuote, utf8Length } from "./go-quote.ts";
import {
  GoFloat,
  GoInterface,
  GoMap,
  type GoMethod,
  GoNil,
  GoObject,
  GoStruct,
  type GoValue,
  isTrue,
  typeName,
  unwrap,
} from "./go-value.ts";
import { type Command, nodeText, type Operand, type Pipe, type Template } from "./nodes.ts";
import { TemplateError } from "./template-error.ts";

export interface EvaluateOptions {
  /** A key that a map lacks is a mistake rather than `<no value>`. */
  readonly missingKeyFails?: boolean;
  readonly functions?: Readonly<Record<string, GoFunction>>;
}

/** No value comes down the pipe. */
const NOTHING = Symbol("nothing");
type Final = GoValue | typeof NOTHING;

/** What the pipelines of a template give: its fields, variables and functions. */
export class Expressions {
  /** Those that can be seen here, the innermost last; whoever opens a block takes away what the block has added. */
  variables: { readonly name: string; value: GoValue }[];
  readonly #template: Template;
  readonly #functions: Readonly<Record<string, GoFunction>>;
  readonly #missingKeyFails: boolean;

  constructor(template: Template, dot: GoValue, options: EvaluateOptions) {
    this.#template = template;
    this.#functions = options.functions ?? FUNCTIONS;
    this.#missingKeyFails = options.missingKeyFails ?? false;
    this.variables = [{ name: "$", value: dot }];
  }

  /** The value of a pipeline, which its variables have from now on. @throws {TemplateError} */
  pipe(dot: GoValue, pipe: Pipe): GoValue {
    let final: Final = NOTHING;
    for (const command of pipe.commands) final = this.#command(dot, command, final);
    const value = final === NOTHING ? undefined : final;
    // A pipeline of an interface gives what is in it.
    const plain = value instanceof GoInterface && value.inner !== null ? unwrap(value) : value;
    for (const name of pipe.variables) {
      if (pipe.assigns) this.#variable(name).value = plain;
      else this.variables.push({ name, value: plain });
    }
    return plain;
  }

  #variable(name: string): { value: GoValue } {
    for (let at = this.variables.length - 1; at >= 0; at--) {
      if (this.variables[at]!.name === name) return this.variables[at]!;
    }
    throw new TemplateError(`template: : undefined variable: ${name}`);
  }

  #command(dot: GoValue, command: Command, final: Final): GoValue {
    const [first, ...others] = command.operands;
    const word = first!;
    switch (word.kind) {
      case "field":
        return this.#fields(dot, dot, word, word.names, others, final);
      case "chain": {
        const of = this.#chainStart(dot, word.of);
        return this.#fields(dot, of, word, word.names, others, final);
      }
      case "variable": {
        const value = this.#variable(word.names[0]!).value;
        if (word.names.length === 1) {
          this.#noArguments(word, others, final);
          return value;
        }
        return this.#fields(dot, value, word, word.names.slice(1), others, final);
      }
      case "function":
        return this.#function(dot, word, word.name, others, final, command);
      case "pipe":
        this.#noArguments(word, others, final);
        return this.pipe(dot, word.pipe);
    }
    this.#noArguments(word, others, final);
    if (word.kind === "nil") this.fail(command, "nil is not a command");
    return this.#constant(dot, word);
  }

  #chainStart(dot: GoValue, operand: Operand): GoValue {
    if (operand.kind === "nil") this.fail(operand, "indirection through explicit nil in .");
    return this.#operand(dot, operand);
  }

  #noArguments(word: Operand, others: readonly Operand[], final: Final): void {
    if (others.length > 0 || final !== NOTHING)
      this.fail(word, `can't give argument to non-function ${nodeText(word)}`);
  }

  #constant(dot: GoValue, word: Operand): GoValue {
    switch (word.kind) {
      case "dot":
        return dot;
      case "bool":
      case "string":
        return word.value;
      case "number":
        return word.isInt && !/[.eE]/.test(word.text.replace(/^[+-]?0[xX].*/, ""))
          ? word.value
          : new GoFloat(word.value);
    }
    return undefined;
  }

  /** An operand as a value, wherever it stands. */
  #operand(dot: GoValue, operand: Operand): GoValue {
    switch (operand.kind) {
      case "field":
        return this.#fields(dot, dot, operand, operand.names, [], NOTHING);
      case "chain":
        return this.#fields(dot, this.#chainStart(dot, operand.of), operand, operand.names, [], NOTHING);
      case "variable": {
        const value = this.#variable(operand.names[0]!).value;
        if (operand.names.length === 1) return value;
        return this.#fields(dot, value, operand, operand.names.slice(1), [], NOTHING);
      }
      case "function":
        return this.#function(dot, operand, operand.name, [], NOTHING, operand);
      case "pipe":
        return this.pipe(dot, operand.pipe);
      case "nil":
        return null;
    }
    return this.#constant(dot, operand);
  }

  #fields(
    dot: GoValue,
    of: GoValue,
    node: Operand,
    names: readonly string[],
    others: readonly Operand[],
    final: Final,
  ): GoValue {
    let value = of;
    for (const name of names.slice(0, -1)) value = this.#field(dot, value, node, name, [], NOTHING);
    return this.#field(dot, value, node, names.at(-1)!, others, final);
  }

  #field(
    dot: GoValue,
    of: GoValue,
    node: Operand,
    name: string,
    others: readonly Operand[],
    final: Final,
  ): GoValue {
    if (of === undefined) {
      if (this.#missingKeyFails) this.fail(node, `nil data; no entry for key ${goQuote(name)}`);
      return undefined;
    }
    const value = unwrap(of);
    if (value === null || value === undefined)
      this.fail(node, `nil pointer evaluating ${typeName(of)}.${name}`);
    const hasArguments = others.length > 0 || final !== NOTHING;
    if (value instanceof GoObject) {
      const method = own(value.methods, name);
      if (method !== undefined) return this.#invoke(dot, node, name, method, others, final);
      if (value.map !== null) return this.#field(dot, value.map, node, name, others, final);
    } else if (value instanceof GoStruct) {
      const field = value.field(name);
      if (field !== null) {
        if (hasArguments) this.fail(node, `${name} has arguments but cannot be invoked as function`);
        return field.value;
      }
    } else if (value instanceof GoMap) {
      if (hasArguments) this.fail(node, `${name} is not a method but has arguments`);
      const found = value.entries.get(name);
      if (found === undefined && this.#missingKeyFails)
        this.fail(node, `map has no entry for key ${goQuote(name)}`);
      return found;
    } else if (value instanceof GoNil) {
      if (value.type.startsWith("map[")) {
        if (this.#missingKeyFails) this.fail(node, `map has no entry for key ${goQuote(name)}`);
        return undefined;
      }
      if (value.type.startsWith("*")) this.fail(node, `nil pointer evaluating ${value.type}.${name}`);
    }
    this.fail(node, `can't evaluate field ${name} in type ${typeName(of)}`);
  }

  /** @param call what a failure of the function itself points at: the whole command */
  #function(
    dot: GoValue,
    node: Operand,
    name: string,
    others: readonly Operand[],
    final: Final,
    call: Command | Operand,
  ): GoValue {
    const called = own(this.#functions, name);
    if (called === undefined) this.fail(node, `${goQuote(name)} is not a defined function`);
    if (name === "and" || name === "or") return this.#shortCircuit(dot, node, name, others, final);
    return this.#invoke(dot, node, name, called, others, final, call);
  }

  #shortCircuit(
    dot: GoValue,
    node: Operand,
    name: "and" | "or",
    others: readonly Operand[],
    final: Final,
  ): GoValue {
    const count = others.length + (final === NOTHING ? 0 : 1);
    if (count < 1) this.fail(node, `wrong number of args for ${name}: want at least 1 got 0`);
    let value: GoValue;
    for (const operand of others) {
      value = this.#operand(dot, operand);
      if (isTrue(value) === (name === "or")) return value;
    }
    return final === NOTHING ? value : final;
  }

  #invoke(
    dot: GoValue,
    node: Operand,
    name: string,
    called: GoFunction | GoMethod,
    others: readonly Operand[],
    final: Final,
    call: Command | Operand = node,
  ): GoValue {
    const types = called.arguments;
    const variadic = types.at(-1) === "...";
    const fixed = variadic ? types.length - 2 : types.length;
    const count = others.length + (final === NOTHING ? 0 : 1);
    if (variadic && count < fixed) {
      this.fail(node, `wrong number of args for ${name}: want at least ${fixed} got ${others.length}`);
    }
    if (!variadic && count !== fixed) {
      this.fail(node, `wrong number of args for ${name}: want ${fixed} got ${count}`);
    }
    const typeAt = (at: number): string =>
      types[Math.min(at, variadic ? types.length - 2 : types.length - 1)]!;
    const values = others.map((operand, at) => this.#argument(dot, operand, typeAt(at)));
    if (final !== NOTHING) values.push(this.#validate(final, typeAt(values.length), node));
    try {
      return called.call(...values);
    } catch (error) {
      if (!(error instanceof CallError)) throw error;
      this.fail(call, `error calling ${name}: ${error.message}`);
    }
  }

  /** An argument for a parameter of that type; constants must be of its kind. */
  #argument(dot: GoValue, operand: Operand, type: string): GoValue {
    if (operand.kind === "nil" && (type === "string" || type === "int")) {
      this.fail(operand, `cannot assign nil to ${type}`);
    }
    const constant = operand.kind === "bool" || operand.kind === "string" || operand.kind === "number";
    if (constant && type === "string" && operand.kind !== "string") {
      this.fail(operand, `expected string; found ${nodeText(operand)}`);
    }
    if (constant && type === "int" && !(operand.kind === "number" && operand.isInt)) {
      this.fail(operand, `expected integer; found ${nodeText(operand)}`);
    }
    if (constant && type.startsWith("[]"))
      this.fail(operand, `can't handle ${nodeText(operand)} for arg of type ${type}`);
    return this.#validate(this.#operand(dot, operand), type, operand);
  }

  #validate(value: GoValue, type: string, node: Operand): GoValue {
    if (type === "value" || type === "any") return value === undefined && type === "any" ? null : value;
    if (value === undefined) {
      if (type.startsWith("[]")) return new GoNil(type);
      this.fail(node, `invalid value; expected ${type}`);
    }
    const plain = unwrap(value);
    if (fits(plain, type)) return plain;
    const shown = value instanceof GoInterface && plain !== null ? typeName(plain) : typeName(value);
    this.fail(node, `wrong type for value; expected ${type}; got ${shown}`);
  }

  /** @throws {TemplateError} in Go's words, with the place of the node */
  fail(node: Operand | Command | Pipe, message: string): never {
    const place = this.place(node);
    const { name } = this.#template;
    throw new TemplateError(
      `template: ${name}:${place}: executing ${goQuote(name)} at <${nodeText(node)}>: ${message}`,
    );
  }

  /** `1:12`: the line, and the bytes before the place in it. */
  place(node: { readonly at: number }): string {
    const before = this.#template.source.slice(0, node.at);
    const lines = before.split("\n");
    return `${lines.length}:${utf8Length(lines.at(-1)!)}`;
  }
}
