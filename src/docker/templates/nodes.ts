/** The tree of a parsed template. `at` is where errors of evaluation point. */

interface Position {
  readonly at: number;
}

export type Operand = Position &
  (
    | { readonly kind: "dot" }
    | { readonly kind: "nil" }
    | { readonly kind: "bool"; readonly value: boolean }
    | { readonly kind: "string"; readonly value: string; readonly quoted: string }
    | { readonly kind: "number"; readonly text: string; readonly value: number; readonly isInt: boolean }
    | { readonly kind: "field"; readonly names: readonly string[] }
    | { readonly kind: "variable"; readonly names: readonly string[] }
    | { readonly kind: "chain"; readonly of: Operand; readonly names: readonly string[] }
    | { readonly kind: "function"; readonly name: string }
    | { readonly kind: "pipe"; readonly pipe: Pipe }
  );

export interface Command extends Position {
  readonly operands: readonly Operand[];
}

export interface Pipe extends Position {
  /** Names of variables, with `$`. */
  readonly variables: readonly string[];
  /** `=` rather than `:=`. */
  readonly assigns: boolean;
  readonly commands: readonly Command[];
}

export type Node = Position &
  (
    | { readonly kind: "text"; readonly text: string }
    | { readonly kind: "action"; readonly pipe: Pipe }
    | {
        readonly kind: "if" | "with" | "range";
        readonly pipe: Pipe;
        readonly body: readonly Node[];
        readonly otherwise: readonly Node[] | null;
      }
    | { readonly kind: "break" | "continue" }
    | { readonly kind: "template"; readonly name: string; readonly pipe: Pipe | null }
  );

export interface Template {
  /** Messages name it; most of the client's have none. */
  readonly name: string;
  readonly source: string;
  readonly body: readonly Node[];
  /** What `define` and `block` named. */
  readonly defined: ReadonlyMap<string, readonly Node[]>;
}

/** A piece of the tree as Go's String methods write it; errors quote it. */
export function nodeText(node: Operand | Command | Pipe): string {
  if ("commands" in node) {
    const names =
      node.variables.length === 0 ? "" : `${node.variables.join(", ")} ${node.assigns ? "=" : ":="} `;
    return names + node.commands.map(nodeText).join(" | ");
  }
  if ("operands" in node) {
    return node.operands
      .map((operand) => (operand.kind === "pipe" ? `(${nodeText(operand.pipe)})` : nodeText(operand)))
      .join(" ");
  }
  switch (node.kind) {
    case "dot":
      return ".";
    case "nil":
      return "nil";
    case "bool":
      return String(node.value);
    case "string":
      return node.quoted;
    case "number":
      return node.text;
    case "field":
      return node.names.map((name) => `.${name}`).join("");
    case "variable":
      return node.names.join(".");
    case "function":
      return node.name;
    case "pipe":
      return nodeText(node.pipe);
    case "chain": {
      const of = node.of.kind === "pipe" ? `(${nodeText(node.of)})` : nodeText(node.of);
      return of + node.names.map((name) => `.${name}`).join("");
    }
  }
}
