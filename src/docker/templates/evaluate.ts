import { type EvaluateOptions, Expressions } from "./expressions.ts";
import { goText } from "./go-format.ts";
import { goQuote } from "./go-quote.ts";
import {
  GoMap,
  GoNamed,
  GoNil,
  GoObject,
  GoSlice,
  GoStruct,
  type GoValue,
  isTrue,
  unwrap,
} from "./go-value.ts";
import type { Node, Template } from "./nodes.ts";
import { TemplateError } from "./template-error.ts";

/** The text that a template makes of a value. @throws {TemplateError} in Go's words */
export function evaluate(template: Template, dot: GoValue, options: EvaluateOptions = {}): string {
  const evaluation = new Evaluation(template, dot, options);
  try {
    evaluation.walk(dot, template.body);
  } catch (error) {
    if (error instanceof TemplateError) error.written = evaluation.text;
    throw error;
  }
  return evaluation.text;
}

/** A `{{break}}` or `{{continue}}` on its way to its loop. */
class Leave extends Error {
  readonly how: "break" | "continue";

  constructor(how: "break" | "continue") {
    super(how);
    this.how = how;
  }
}

/** A walk over the nodes of a template, and the text that came of it. */
class Evaluation {
  text = "";
  readonly #template: Template;
  readonly #expressions: Expressions;
  #depth = 0;

  constructor(template: Template, dot: GoValue, options: EvaluateOptions) {
    this.#template = template;
    this.#expressions = new Expressions(template, dot, options);
  }

  walk(dot: GoValue, nodes: readonly Node[]): void {
    for (const node of nodes) this.#node(dot, node);
  }

  #node(dot: GoValue, node: Node): void {
    switch (node.kind) {
      case "text":
        this.text += node.text;
        return;
      case "action": {
        const value = this.#expressions.pipe(dot, node.pipe);
        if (node.pipe.variables.length === 0) this.#print(value);
        return;
      }
      case "if":
      case "with": {
        const mark = this.#expressions.variables.length;
        const value = this.#expressions.pipe(dot, node.pipe);
        if (isTrue(value)) this.walk(node.kind === "with" ? value : dot, node.body);
        else if (node.otherwise !== null) this.walk(dot, node.otherwise);
        this.#expressions.variables.length = mark;
        return;
      }
      case "range":
        this.#range(dot, node);
        return;
      case "break":
      case "continue":
        throw new Leave(node.kind);
      case "template":
        this.#call(dot, node);
    }
  }

  #call(dot: GoValue, node: Extract<Node, { kind: "template" }>): void {
    const body = this.#template.defined.get(node.name);
    if (body === undefined) {
      throw new TemplateError(
        `template: ${this.#template.name}:${this.#expressions.place(node)}: executing ${goQuote(this.#template.name)} at <{{template ${goQuote(node.name)}}}>: template ${goQuote(node.name)} not defined`,
      );
    }
    // Go goes on to 100,000, which this machine's stack does not hold.
    if (this.#depth++ > 1000) throw new TemplateError("template: : exceeded maximum template depth (100000)");
    const expressions = this.#expressions;
    const value = node.pipe === null ? undefined : expressions.pipe(dot, node.pipe);
    const outer = expressions.variables;
    expressions.variables = [{ name: "$", value }];
    this.walk(value, body);
    expressions.variables = outer;
    this.#depth--;
  }

  #range(dot: GoValue, node: Extract<Node, { kind: "if" | "with" | "range" }>): void {
    const expressions = this.#expressions;
    const mark = expressions.variables.length;
    const value = unwrap(expressions.pipe(dot, node.pipe));
    const mine = expressions.variables.length;
    const names = node.pipe.variables;
    const one = (index: GoValue, item: GoValue): boolean => {
      // The variables of the pipe are there already; each turn gives them their values.
      if (names.length > 0) expressions.variables[mine - 1]!.value = item;
      if (names.length > 1) expressions.variables[mine - 2]!.value = index;
      try {
        this.walk(item, node.body);
      } catch (error) {
        if (!(error instanceof Leave)) throw error;
        if (error.how === "break") return false;
      } finally {
        expressions.variables.length = mine;
      }
      return true;
    };
    let some = false;
    const over = (items: Iterable<readonly [GoValue, GoValue]>): void => {
      for (const [index, item] of items) {
        some = true;
        if (!one(index, item)) return;
      }
    };
    if (value instanceof GoSlice) over(value.items.entries());
    else if (value instanceof GoMap) {
      const keyType = /^map\[([^\]]*)\]/.exec(value.type)![1]!;
      over(
        value.sorted().map(([key, item]) => [keyType === "string" ? key : new GoNamed(key, keyType), item]),
      );
    } else if (value !== undefined && !(value instanceof GoNil && !value.type.startsWith("*"))) {
      const shown = value === null ? "<nil>" : goText(value);
      const last = node.pipe.commands.at(-1)!.operands[0]!;
      expressions.fail(last, `range can't iterate over ${shown}`);
    }
    if (!some && node.otherwise !== null) this.walk(dot, node.otherwise);
    expressions.variables.length = mark;
  }

  #print(value: GoValue): void {
    if (value === undefined) this.text += "<no value>";
    else if (value instanceof GoObject || (value instanceof GoStruct && value.pointer))
      this.text += goText(value).slice(1);
    else this.text += goText(value);
  }
}
