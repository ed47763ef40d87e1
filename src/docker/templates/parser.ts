import { goQuote, goUnquote } from "./go-quote.ts";
import { lex, type Token } from "./lexer.ts";
import { type Command, type Node, nodeText, type Operand, type Pipe, type Template } from "./nodes.ts";
import { TemplateError } from "./template-error.ts";

/** Reads a template. @param functions what may be called. @throws {TemplateError} in Go's words */
export function parseTemplate(source: string, functions: ReadonlySet<string>, name = ""): Template {
  return new Parser(source, functions, name).template();
}

type End = "eof" | "end" | "else" | "elseIf";

class Parser {
  readonly #source: string;
  readonly #functions: ReadonlySet<string>;
  readonly #name: string;
  readonly #tokens: readonly Token[];
  readonly #defined: Map<string, readonly Node[]> = new Map();
  #next = 0;
  #variables: string[] = ["$"];
  #rangeDepth = 0;
  #actionLine = 0;

  constructor(source: string, functions: ReadonlySet<string>, name: string) {
    this.#name = name;
    this.#source = source;
    this.#functions = functions;
    this.#tokens = lex(source);
  }

  template(): Template {
    const body: Node[] = [];
    for (;;) {
      const { nodes, end, token } = this.#list();
      body.push(...nodes);
      if (end === "eof") return { name: this.#name, source: this.#source, body, defined: this.#defined };
      this.#fail(token, `unexpected {{${end === "end" ? "end" : "else"}}}`);
    }
  }

  #peek(): Token {
    return this.#tokens[this.#next] ?? this.#tokens.at(-1)!;
  }

  #take(): Token {
    const token = this.#peek();
    this.#next++;
    return token;
  }

  #takeNonSpace(): Token {
    let token = this.#take();
    while (token.kind === "space") token = this.#take();
    return token;
  }

  #peekNonSpace(): Token {
    const token = this.#takeNonSpace();
    this.#next--;
    return token;
  }

  #fail(token: Token, message: string): never {
    throw new TemplateError(`template: ${this.#name}:${token.line}: ${message}`);
  }

  #unexpected(token: Token, where: string): never {
    if (token.kind === "error") {
      let extra = "";
      if (this.#actionLine !== 0 && this.#actionLine !== token.line) {
        extra = ` in action started at ${this.#name}:${this.#actionLine}`;
        if (token.text.endsWith(" action")) extra = extra.slice(" in action".length);
      }
      this.#fail(token, token.text + extra);
    }
    this.#fail(token, `unexpected ${tokenText(token)} in ${where}`);
  }

  /** Nodes up to the end of a block or of the template. */
  #list(): { nodes: Node[]; end: End; token: Token } {
    const nodes: Node[] = [];
    for (;;) {
      const token = this.#take();
      if (token.kind === "eof") return { nodes, end: "eof", token };
      if (token.kind === "text") {
        nodes.push({ kind: "text", text: token.text, at: token.at });
        continue;
      }
      if (token.kind !== "left") this.#unexpected(token, "input");
      this.#actionLine = token.line;
      const first = this.#takeNonSpace();
      if (first.kind === "keyword") {
        const end = this.#blockEnd(first);
        if (end !== null) return { nodes, end, token: first };
        this.#keyword(first, nodes);
      } else {
        this.#next--;
        const variables = this.#variables.length;
        const pipe = this.#pipeline("command", "right");
        if (pipe.variables.length === 0) this.#variables.length = variables;
        nodes.push({ kind: "action", pipe, at: first.at });
      }
    }
  }

  #blockEnd(first: Token): End | null {
    if (first.text === "end") {
      const close = this.#takeNonSpace();
      if (close.kind !== "right") this.#unexpected(close, "end");
      return "end";
    }
    if (first.text !== "else") return null;
    const peek = this.#peekNonSpace();
    if (peek.kind === "keyword" && peek.text === "if") return "elseIf";
    const close = this.#takeNonSpace();
    if (close.kind !== "right") this.#unexpected(close, "else");
    return "else";
  }

  #keyword(first: Token, nodes: Node[]): void {
    switch (first.text) {
      case "if":
      case "with":
      case "range":
        nodes.push(this.#control(first, first.text));
        return;
      case "break":
      case "continue": {
        const close = this.#takeNonSpace();
        if (close.kind !== "right") this.#unexpected(close, `{{${first.text}}}`);
        if (this.#rangeDepth === 0) this.#fail(close, `{{${first.text}}} outside {{range}}`);
        nodes.push({ kind: first.text, at: first.at });
        return;
      }
      case "define":
        this.#define(first);
        return;
      case "template":
      case "block":
        nodes.push(this.#templateOrBlock(first.text));
        return;
    }
  }

  #control(first: Token, kind: "if" | "with" | "range"): Node {
    const variables = this.#variables.length;
    const pipe = this.#pipeline(kind, "right");
    if (kind === "range") this.#rangeDepth++;
    const body = this.#list();
    if (kind === "range") this.#rangeDepth--;
    let otherwise: readonly Node[] | null = null;
    if (body.end === "eof") this.#fail(body.token, "unexpected EOF");
    if (body.end === "elseIf") {
      if (kind !== "if") this.#unexpected(this.#takeNonSpace(), "else");
      const inner = this.#takeNonSpace();
      otherwise = [this.#control(inner, "if")];
    } else if (body.end === "else") {
      const rest = this.#list();
      if (rest.end === "eof") this.#fail(rest.token, "unexpected EOF");
      if (rest.end !== "end") this.#fail(rest.token, "expected end; found {{else}}");
      otherwise = rest.nodes;
    }
    this.#variables.length = variables;
    return { kind, pipe, body: body.nodes, otherwise, at: first.at };
  }

  #define(first: Token): void {
    const name = this.#takeNonSpace();
    if (name.kind !== "string" && name.kind !== "rawString") this.#unexpected(name, "define clause");
    const close = this.#takeNonSpace();
    if (close.kind !== "right") this.#unexpected(close, "define clause");
    const outer = this.#variables;
    this.#variables = ["$"];
    const { nodes, end, token } = this.#list();
    this.#variables = outer;
    if (end === "eof") this.#fail(token, "unexpected EOF");
    if (end !== "end") this.#fail(first, "unexpected {{else}} in define clause");
    this.#defined.set(goUnquote(name.text) ?? name.text, nodes);
  }

  #templateOrBlock(kind: "template" | "block"): Node {
    const name = this.#takeNonSpace();
    if (name.kind !== "string" && name.kind !== "rawString") this.#unexpected(name, `${kind} clause`);
    const label = goUnquote(name.text) ?? name.text;
    let pipe: Pipe | null = null;
    if (this.#peekNonSpace().kind === "right") this.#takeNonSpace();
    else pipe = this.#pipeline(`${kind} clause`, "right");
    if (kind === "block") {
      const outer = this.#variables;
      this.#variables = ["$"];
      const { nodes, end, token } = this.#list();
      this.#variables = outer;
      if (end === "eof") this.#fail(token, "unexpected EOF");
      this.#defined.set(label, nodes);
    }
    return { kind: "template", name: label, pipe, at: name.at };
  }

  #pipeline(where: string, close: "right" | ")"): Pipe {
    const start = this.#peekNonSpace();
    const { variables, assigns } = this.#declarations(where);
    const commands: Command[] = [];
    for (;;) {
      const token = this.#takeNonSpace();
      if (token.kind === close) {
        this.#checkPipeline(commands, where, token);
        return { variables, assigns, commands, at: start.at };
      }
      if (!STARTS_OPERAND.has(token.kind)) this.#unexpected(token, where);
      this.#next--;
      commands.push(this.#command());
    }
  }

  #declarations(where: string): { variables: string[]; assigns: boolean } {
    const variables: string[] = [];
    for (;;) {
      const start = this.#next;
      const variable = this.#peekNonSpace();
      if (variable.kind !== "variable") return { variables, assigns: false };
      this.#takeNonSpace();
      const after = this.#peekNonSpace();
      if (after.kind === ":=" || after.kind === "=") {
        this.#takeNonSpace();
        variables.push(variable.text);
        if (after.kind === "=") this.#checkVariable(variable);
        else this.#variables.push(...variables);
        return { variables, assigns: after.kind === "=" };
      }
      if (after.kind === "," && where === "range" && variables.length === 0) {
        this.#takeNonSpace();
        variables.push(variable.text);
        const next = this.#peekNonSpace();
        if (next.kind !== "variable" && next.kind !== "right" && next.kind !== ")") {
          this.#fail(next, "range can only initialize variables");
        }
        continue;
      }
      if (after.kind === "," && where === "range") this.#fail(after, "too many declarations in range");
      this.#next = start;
      return { variables: [], assigns: false };
    }
  }

  #checkPipeline(commands: readonly Command[], where: string, token: Token): void {
    if (commands.length === 0) this.#fail(token, `missing value for ${where}`);
    for (const [stage, command] of commands.slice(1).entries()) {
      const kind = command.operands[0]!.kind;
      if (kind === "bool" || kind === "dot" || kind === "nil" || kind === "number" || kind === "string") {
        this.#fail(token, `non executable command in pipeline stage ${stage + 2}`);
      }
    }
  }

  #command(): Command {
    const start = this.#peekNonSpace();
    const operands: Operand[] = [];
    for (;;) {
      this.#peekNonSpace();
      const operand = this.#operand();
      if (operand !== null) operands.push(operand);
      const token = this.#take();
      if (token.kind === "space") continue;
      if (token.kind === "right" || token.kind === ")") this.#next--;
      else if (token.kind !== "pipe") this.#unexpected(token, "operand");
      break;
    }
    if (operands.length === 0) this.#fail(this.#tokens[this.#next - 1] ?? start, "empty command");
    return { operands, at: start.at };
  }

  #operand(): Operand | null {
    const node = this.#term();
    if (node === null || this.#peek().kind !== "field") return node;
    const at = this.#peek().at;
    const names: string[] = [];
    while (this.#peek().kind === "field") names.push(this.#take().text.slice(1));
    switch (node.kind) {
      case "field":
      case "variable":
        return { kind: node.kind, names: [...node.names, ...names], at };
      case "bool":
      case "string":
      case "number":
      case "nil":
      case "dot":
        return this.#fail(
          this.#tokens[this.#next - 1]!,
          `unexpected . after term ${goQuote(nodeText(node))}`,
        );
    }
    return { kind: "chain", of: node, names, at };
  }

  #term(): Operand | null {
    const token = this.#takeNonSpace();
    const { at, text } = token;
    switch (token.kind) {
      case "identifier":
        if (!this.#functions.has(text)) this.#fail(token, `function ${goQuote(text)} not defined`);
        return { kind: "function", name: text, at };
      case "dot":
        return { kind: "dot", at };
      case "nil":
        return { kind: "nil", at };
      case "variable":
        this.#checkVariable(token);
        return { kind: "variable", names: [text], at };
      case "field":
        return { kind: "field", names: [text.slice(1)], at };
      case "bool":
        return { kind: "bool", value: text === "true", at };
      case "char":
      case "number":
        return this.#number(token);
      case "(": {
        const pipe = this.#pipeline("parenthesized pipeline", ")");
        return { kind: "pipe", pipe, at };
      }
      case "string":
      case "rawString": {
        const value = goUnquote(text);
        if (value === null) this.#fail(token, "invalid syntax");
        return { kind: "string", value, quoted: text, at };
      }
    }
    this.#next--;
    return null;
  }

  #number(token: Token): Operand {
    const { at, text } = token;
    if (token.kind === "char") {
      const value = goUnquote(text);
      if (value === null || [...value].length !== 1)
        this.#fail(token, `malformed character constant: ${text}`);
      return { kind: "number", text, value: value.codePointAt(0)!, isInt: true, at };
    }
    const digits = text.replaceAll("_", "");
    const octal = /^([+-]?)0([0-7]+)$/.exec(digits);
    const sign = digits.startsWith("-") ? -1 : 1;
    const value =
      octal === null ? sign * Number(digits.replace(/^[+-]/, "")) : sign * Number.parseInt(octal[2]!, 8);
    if (Number.isNaN(value) || !/[0-9]/.test(digits))
      this.#fail(token, `bad number syntax: ${goQuote(text)}`);
    return { kind: "number", text, value, isInt: Number.isInteger(value), at };
  }

  #checkVariable(token: Token): void {
    if (!this.#variables.includes(token.text)) this.#fail(token, `undefined variable ${goQuote(token.text)}`);
  }
}

const STARTS_OPERAND: ReadonlySet<string> = new Set([
  "bool",
  "char",
  "dot",
  "field",
  "identifier",
  "number",
  "nil",
  "rawString",
  "string",
  "variable",
  "(",
]);

function tokenText(token: Token): string {
  if (token.kind === "eof") return "EOF";
  if (token.kind === "keyword" || token.kind === "dot" || token.kind === "nil") return `<${token.text}>`;
  return token.text.length > 10 ? `${goQuote(token.text.slice(0, 10))}...` : goQuote(token.text);
}
