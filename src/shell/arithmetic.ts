import type { Run } from "./process-table.ts";
import type { ArithExpr } from "./syntax.ts";

/** What an arithmetic expression asks of the shell around it. */
export interface ArithmeticShell {
  /** The value of a variable or of a special parameter such as `#`; null when unset. */
  readVariable(name: string, subscript: string | null): string | null;
  writeVariable(name: string, subscript: string | null, value: string): void;
  isAssociative(name: string): boolean;
  parseExpression(text: string): ArithExpr;
  /** `$(command)`, without its last newlines. */
  substitute(command: string): Run<string>;
  /** `${content}`. */
  expandBraces(content: string): Run<string>;
}

/** An expression that cannot be computed; the message is bash's, without the name of the shell. */
class ArithmeticFailure extends Error {
  override readonly name = "ArithmeticFailure";
}

const wrap = (value: bigint): bigint => BigInt.asIntN(64, value);

/** Computes an expression in 64-bit integers, as bash does. */
export function* evaluateArithmetic(shell: ArithmeticShell, node: ArithExpr, depth = 0): Run<bigint> {
  if (depth > 100) throw new ArithmeticFailure("expression recursion level exceeded");
  switch (node.type) {
    case "ArithNumber":
      return BigInt(Number.isFinite(node.value) ? Math.trunc(node.value) : 0);
    case "ArithVariable":
    case "ArithSpecialVar":
      return yield* numberOf(shell, shell.readVariable(node.name, null), depth);
    case "ArithArrayElement": {
      const key = yield* subscriptOf(shell, node.array, node.index, node.stringKey, depth);
      return yield* numberOf(shell, shell.readVariable(node.array, key), depth);
    }
    case "ArithGroup":
    case "ArithNested":
      return yield* evaluateArithmetic(shell, node.expression, depth + 1);
    case "ArithUnary":
      return yield* unary(shell, node, depth);
    case "ArithBinary":
      return yield* binary(shell, node, depth);
    case "ArithTernary": {
      const condition = yield* evaluateArithmetic(shell, node.condition, depth + 1);
      return yield* evaluateArithmetic(shell, condition !== 0n ? node.consequent : node.alternate, depth + 1);
    }
    case "ArithAssignment": {
      const key =
        node.subscript === undefined && node.stringKey === undefined
          ? null
          : yield* subscriptOf(shell, node.variable, node.subscript, node.stringKey, depth);
      const right = yield* evaluateArithmetic(shell, node.value, depth + 1);
      let value = right;
      if (node.operator !== "=") {
        const left = yield* numberOf(shell, shell.readVariable(node.variable, key), depth);
        value = compute(node.operator.slice(0, -1), left, right);
      }
      shell.writeVariable(node.variable, key, `${value}`);
      return value;
    }
    case "ArithCommandSubst":
      return yield* numberOf(shell, yield* shell.substitute(node.command), depth);
    case "ArithBracedExpansion":
      return yield* numberOf(shell, yield* shell.expandBraces(node.content), depth);
    case "ArithSingleQuote":
      return BigInt(node.value);
    case "ArithConcat": {
      let text = "";
      for (const part of node.parts) text += yield* textOf(shell, part, depth);
      return yield* numberOf(shell, text, depth);
    }
    case "ArithDynamicNumber":
      return yield* numberOf(shell, node.prefix + (yield* shell.expandBraces(node.suffix)), depth);
    case "ArithDynamicBase":
      return yield* numberOf(shell, `${yield* shell.expandBraces(node.baseExpr)}#${node.value}`, depth);
    case "ArithSyntaxError": {
      // Some of the library's messages have the token in front, some behind.
      const what =
        /(?:syntax error|value too great)[^(]*(?= \(error token)/.exec(node.message)?.[0] ?? node.message;
      throw new ArithmeticFailure(`${what} (error token is "${node.errorToken}")`);
    }
    default:
      throw new ArithmeticFailure("syntax error: operand expected");
  }
}

function* textOf(shell: ArithmeticShell, node: ArithExpr, depth: number): Run<string> {
  if (node.type === "ArithVariable") {
    return node.hasDollarPrefix ? (shell.readVariable(node.name, null) ?? "") : node.name;
  }
  return `${yield* evaluateArithmetic(shell, node, depth + 1)}`;
}

function* subscriptOf(
  shell: ArithmeticShell,
  array: string,
  index: ArithExpr | undefined,
  key: string | undefined,
  depth: number,
): Run<string> {
  if (key !== undefined) return key;
  if (index === undefined) return "0";
  if (shell.isAssociative(array)) return yield* textOf(shell, index, depth);
  return `${yield* evaluateArithmetic(shell, index, depth + 1)}`;
}

/** The number that a variable's text stands for: bash reads it as an expression again. */
function* numberOf(shell: ArithmeticShell, text: string | null, depth: number): Run<bigint> {
  const trimmed = (text ?? "").trim();
  if (trimmed === "") return 0n;
  const literal = literalNumber(trimmed);
  if (literal !== null) return literal;
  return yield* evaluateArithmetic(shell, shell.parseExpression(trimmed), depth + 1);
}

function literalNumber(text: string): bigint | null {
  const sign = text.startsWith("-") ? -1n : 1n;
  const digits = text.replace(/^[-+]/, "");
  if (/^0[xX][0-9a-fA-F]+$/.test(digits)) return wrap(sign * BigInt(digits));
  if (/^0[0-7]+$/.test(digits)) return wrap(sign * BigInt(`0o${digits.slice(1)}`));
  if (/^0\d+$/.test(digits))
    throw new ArithmeticFailure(`${text}: value too great for base (error token is "${text}")`);
  if (/^\d+$/.test(digits)) return wrap(sign * BigInt(digits));
  const based = /^(\d+)#([0-9a-zA-Z]+)$/.exec(digits);
  if (based === null) return null;
  const base = BigInt(based[1]!);
  let value = 0n;
  for (const c of based[2]!.toLowerCase()) {
    const digit = BigInt(Number.parseInt(c, 36));
    if (digit >= base)
      throw new ArithmeticFailure(`${text}: value too great for base (error token is "${text}")`);
    value = value * base + digit;
  }
  return wrap(sign * value);
}

function* unary(
  shell: ArithmeticShell,
  node: Extract<ArithExpr, { type: "ArithUnary" }>,
  depth: number,
): Run<bigint> {
  const value = yield* evaluateArithmetic(shell, node.operand, depth + 1);
  switch (node.operator) {
    case "-":
      return wrap(-value);
    case "+":
      return value;
    case "!":
      return value === 0n ? 1n : 0n;
    case "~":
      return wrap(~value);
  }
  const next = wrap(node.operator === "++" ? value + 1n : value - 1n);
  const target = node.operand;
  if (target.type === "ArithVariable") shell.writeVariable(target.name, null, `${next}`);
  else if (target.type === "ArithArrayElement") {
    const key = yield* subscriptOf(shell, target.array, target.index, target.stringKey, depth);
    shell.writeVariable(target.array, key, `${next}`);
  } else throw new ArithmeticFailure("syntax error: operand expected");
  return node.prefix ? next : value;
}

function* binary(
  shell: ArithmeticShell,
  node: Extract<ArithExpr, { type: "ArithBinary" }>,
  depth: number,
): Run<bigint> {
  const left = yield* evaluateArithmetic(shell, node.left, depth + 1);
  if (node.operator === "&&" && left === 0n) return 0n;
  if (node.operator === "||" && left !== 0n) return 1n;
  const right = yield* evaluateArithmetic(shell, node.right, depth + 1);
  return compute(node.operator, left, right);
}

const truth = (value: boolean): bigint => (value ? 1n : 0n);

function compute(operator: string, left: bigint, right: bigint): bigint {
  switch (operator) {
    case "+":
      return wrap(left + right);
    case "-":
      return wrap(left - right);
    case "*":
      return wrap(left * right);
    case "/":
    case "%":
      if (right === 0n) throw new ArithmeticFailure('division by 0 (error token is "0")');
      return wrap(operator === "/" ? left / right : left % right);
    case "**":
      if (right < 0n) throw new ArithmeticFailure("exponent less than 0");
      return power(left, right);
    case "<<":
      return wrap(left << (right & 63n));
    case ">>":
      return left >> (right & 63n);
    case "<":
      return truth(left < right);
    case "<=":
      return truth(left <= right);
    case ">":
      return truth(left > right);
    case ">=":
      return truth(left >= right);
    case "==":
      return truth(left === right);
    case "!=":
      return truth(left !== right);
    case "&":
      return left & right;
    case "|":
      return left | right;
    case "^":
      return left ^ right;
    case "&&":
    case "||":
      return truth(right !== 0n);
    default:
      return right; // the comma
  }
}

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  for (let e = exponent; e > 0n; e >>= 1n) {
    if (e & 1n) result = wrap(result * base);
    base = wrap(base * base);
  }
  return result;
}
