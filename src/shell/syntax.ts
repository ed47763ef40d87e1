import type {
  CommandNode,
  PipelineNode,
  ScriptNode,
  SimpleCommandNode,
  StatementNode,
  WordNode,
} from "just-bash";

/**
 * The tree of a bash text, as just-bash's parser gives it. The parser, the serializer and the text tools
 * (grep, sed, awk, jq, sort ...) are just-bash's; what runs the tree is ours (see `execute.ts`), because
 * a shell has to run inside virtual time and to write its two streams in their true order.
 */
export type { CommandNode, PipelineNode, ScriptNode, SimpleCommandNode, StatementNode, WordNode };

export type WordPart = WordNode["parts"][number];
export type Part<T extends WordPart["type"]> = Extract<WordPart, { type: T }>;
export type Compound<T extends CommandNode["type"]> = Extract<CommandNode, { type: T }>;
export type RedirectionNode = SimpleCommandNode["redirections"][number];
export type AssignmentNode = SimpleCommandNode["assignments"][number];
export type HereDocNode = Extract<RedirectionNode["target"], { type: "HereDoc" }>;
export type ParameterExpansion = Part<"ParameterExpansion">;
export type ParameterOperation = NonNullable<ParameterExpansion["operation"]>;
export type ArithmeticNode = Part<"ArithmeticExpansion">["expression"];
export type ArithExpr = ArithmeticNode["expression"];
export type ConditionalNode = Compound<"ConditionalCommand">["expression"];
export type BraceItem = Part<"BraceExpansion">["items"][number];
export type FunctionNode = Compound<"FunctionDef">;

/** The whole library, as `await import("just-bash")` gives it. */
export type BashLibrary = typeof import("just-bash");

/** A text that is not bash. `lines` is what bash prints after its own name, without a line end. */
export class SyntaxFailure extends Error {
  override readonly name = "SyntaxFailure";
  /** The line within the text, from 1. */
  readonly line: number;

  constructor(line: number, message: string) {
    super(message);
    this.line = line;
  }
}

/** Loads the bash library; only the first call costs anything. */
export async function loadBashLibrary(): Promise<BashLibrary> {
  return await import("just-bash");
}

function isEmptyCommand(command: CommandNode): boolean {
  return (
    command.type === "SimpleCommand" &&
    command.name === null &&
    command.assignments.length === 0 &&
    command.redirections.length === 0
  );
}

const END_OF_FILE = "syntax error: unexpected end of file";

/** The number of the line behind the last one, where bash finds that a text has ended. */
function lineOfEnd(text: string): number {
  return text.replace(/\n$/, "").split("\n").length + 1;
}

/** The last line that a part of a tree is known to stand on; 1 when none is. */
function lastLine(node: unknown): number {
  if (typeof node !== "object" || node === null) return 1;
  const own = (node as { readonly line?: unknown }).line;
  return Math.max(typeof own === "number" ? own : 1, ...Object.values(node).map(lastLine));
}

/** The number of the first line from `from` on that has a word. */
function lineWith(word: string, text: string, from: number): number {
  const at = text.split("\n").findIndex((line, i) => i >= from - 1 && line.includes(word));
  return at < 0 ? from : at + 1;
}

/** just-bash reads `a &&` and `a | | b` as if an empty command stood there; bash refuses both. */
function refuseEmptyCommands(script: ScriptNode, text: string): void {
  for (const [i, statement] of script.statements.entries()) {
    if (statement.deferredError !== undefined) {
      const { token } = statement.deferredError;
      const line = lineWith(token, text, lastLine(script.statements.slice(0, i)));
      throw new SyntaxFailure(line, `syntax error near unexpected token \`${token}'`);
    }
    const commands = statement.pipelines.flatMap((pipeline) => pipeline.commands);
    const hole = commands.findIndex(isEmptyCommand);
    if (hole < 0) continue;
    if (statement.pipelines.length === 1 && commands.length === 1) {
      if (statement.pipelines[0]!.negated) continue; // a lone `!` is a command
    }
    if (hole === commands.length - 1) throw new SyntaxFailure(lineOfEnd(text), END_OF_FILE);
    const line = lastLine(commands.slice(0, hole + 1));
    throw new SyntaxFailure(line, "syntax error near unexpected token `|'");
  }
}

interface LibraryError {
  readonly name: string;
  readonly message: string;
  /** The word that could not be read on with. */
  readonly token?: { readonly type: string; readonly value: string };
}

function failureOf(error: LibraryError, text: string): SyntaxFailure {
  const place = /^(?:Parse error at (\d+):\d+: |line (\d+): )/.exec(error.message);
  const line = Math.max(1, Number(place?.[1] ?? place?.[2] ?? 1));
  const message = error.message.slice(place?.[0].length ?? 0);
  const near = /syntax error near unexpected token [`'](.*)'/.exec(message);
  if (near !== null) {
    // just-bash names the closing word it would have liked; bash names the word that stands there.
    const token = near[1]!;
    const empty = /\b(?:if|elif)\s+(then)\b|\b(?:while|until)\s+(do)\b/.exec(text);
    if (!text.includes(token) && empty !== null) {
      const word = empty[1] ?? empty[2]!;
      const at = text.slice(0, empty.index + empty[0].length).split("\n").length;
      return new SyntaxFailure(at, `syntax error near unexpected token \`${word}'`);
    }
    if (text.includes(token))
      return new SyntaxFailure(line, `syntax error near unexpected token \`${token}'`);
    return new SyntaxFailure(lineOfEnd(text), END_OF_FILE);
  }
  const matching = /unexpected EOF while looking for matching [`'](.)'/.exec(message);
  if (matching !== null)
    return new SyntaxFailure(line, `unexpected EOF while looking for matching \`${matching[1]}'`);
  if (message.includes("got EOF")) return new SyntaxFailure(lineOfEnd(text), END_OF_FILE);
  if (message.startsWith("Expected ")) {
    const { type, value } = error.token ?? { type: "EOF", value: "" };
    const word = type === "EOF" || type === "NEWLINE" || value === "" ? "newline" : value;
    return new SyntaxFailure(line, `syntax error near unexpected token \`${word}'`);
  }
  return new SyntaxFailure(line, message);
}

/** Parses `text`; throws {@link SyntaxFailure}. */
export function parseBash(library: BashLibrary, text: string): ScriptNode {
  const script = parsed(library, text);
  refuseEmptyCommands(script, text);
  if (text.includes("<<")) endDocuments(script);
  return script;
}

/** Stands for the point of a number while a text is parsed: no text has it of itself. */
const POINT = "\uf8ff";

function parsed(library: BashLibrary, text: string): ScriptNode {
  try {
    return library.parse(text);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    if (error.name === "ParseException" || error.name === "LexerError") throw failureOf(error, text);
    if (error.name !== "ArithmeticError" || text.includes(POINT)) throw error;
    // `$((1.5))`: bash finds that out when it gets there, the library while it reads, and would run nothing of the text.
    const script = parsed(library, text.replace(/(\d)\.(?=\d)/g, `$1${POINT}`));
    return withPoints(script) as ScriptNode;
  }
}

/** The same with points in all its texts. */
function withPoints(node: unknown): unknown {
  if (typeof node === "string") return node.replaceAll(POINT, ".");
  if (Array.isArray(node)) return node.map(withPoints);
  if (typeof node !== "object" || node === null) return node;
  return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, withPoints(value)]));
}

/** A here-document that the text ends before its delimiter is whole all the same, as in bash; the library would not print it. */
function endDocuments(node: unknown): void {
  if (typeof node !== "object" || node === null) return;
  if ("terminated" in node) node.terminated = true;
  for (const part of Object.values(node)) endDocuments(part);
}

/** The words of a statement again, as `jobs` shows them. */
export function textOf(library: BashLibrary, statement: StatementNode): string {
  return library.serialize({ type: "Script", statements: [{ ...statement, background: false }] }).trim();
}

/** The expression inside `$(( text ))`. */
export function parseArithmetic(library: BashLibrary, text: string): ArithmeticNode {
  const script = parseBash(library, `: $((${text}))`);
  const command = script.statements[0]?.pipelines[0]?.commands[0];
  const part = command?.type === "SimpleCommand" ? command.args[0]?.parts[0] : undefined;
  if (part?.type !== "ArithmeticExpansion")
    throw new SyntaxFailure(1, `${text}: syntax error: operand expected`);
  return part.expression;
}
