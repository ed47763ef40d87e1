import { evaluateArithmetic } from "./arithmetic.ts";
import { arithmeticShell } from "./arithmetic-shell.ts";
import { expandParameter } from "./parameter.ts";
import { hasGlob, patternSource, quotePattern, unquotePattern } from "./pattern.ts";
import type { Run } from "./process-table.ts";
import { LineAbandoned, type ShellState } from "./shell-state.ts";
import { fileInput } from "./stream.ts";
import type { BraceItem, Part, WordNode, WordPart } from "./syntax.ts";

/** A stretch of a word after expansion, before the word falls apart into fields. */
export interface Piece {
  readonly text: string;
  /** Pattern characters in it mean something. */
  readonly active: boolean;
  /** It falls apart at the characters of IFS. */
  readonly split: boolean;
  /** It makes a field even when it is empty, as quotes do. */
  readonly solid: boolean;
}

/** Where `$@` begins a new field whatever IFS says; a blank where all stays one word. */
export const FIELD_BREAK: Piece = { text: "", active: false, split: false, solid: false };
/** The same of `$*`, where what stays one word is joined with the first character of IFS. */
export const STAR_BREAK: Piece = { ...FIELD_BREAK };

/** Whether a new field begins here. */
export function isBreak(piece: Piece): boolean {
  return piece === FIELD_BREAK || piece === STAR_BREAK;
}

const plain = (text: string): Piece => ({ text, active: false, split: false, solid: false });
const quoted = (text: string): Piece => ({ text, active: false, split: false, solid: true });
const loose = (text: string): Piece => ({ text, active: true, split: true, solid: false });

/** All expansions of a command's words: braces, parameters, substitutions, splitting, file names. */
export function* expandWords(state: ShellState, words: readonly WordNode[]): Run<string[]> {
  const result: string[] = [];
  for (const word of words) {
    for (const single of state.options.has("braceexpand") ? expandBraces(word) : [word]) {
      const fields = splitFields(yield* expandPieces(state, single.parts, false), ifsOf(state));
      for (const field of fields) pushField(state, field, result);
    }
  }
  return result;
}

/** A word that stays one word: an assignment's value, a redirection's target, the subject of `case`. */
export function* expandWord(state: ShellState, word: WordNode): Run<string> {
  return joinPieces(state, yield* expandPieces(state, word.parts, false));
}

/** A word as a pattern: what was quoted stands behind backslashes. */
export function* expandPattern(state: ShellState, word: WordNode): Run<string> {
  let pattern = "";
  for (const piece of yield* expandPieces(state, word.parts, false)) {
    pattern += piece.active ? piece.text : quotePattern(piece.text);
  }
  return pattern;
}

/** The body of a here-document, or what stands inside double quotes. */
export function* expandQuoted(state: ShellState, word: WordNode): Run<string> {
  return joinPieces(state, yield* expandPieces(state, word.parts, true));
}

function ifsOf(state: ShellState): string {
  return state.variables.get("IFS") ?? " \t\n";
}

function joinPieces(state: ShellState, pieces: readonly Piece[]): string {
  const star = ifsOf(state).slice(0, 1);
  return pieces
    .map((piece) => (piece === FIELD_BREAK ? " " : piece === STAR_BREAK ? star : piece.text))
    .join("");
}

/** Expands parts into pieces; `inQuotes` as inside double quotes. */
export function* expandPieces(
  state: ShellState,
  parts: readonly WordPart[],
  inQuotes: boolean,
): Run<Piece[]> {
  const pieces: Piece[] = [];
  for (const part of parts) {
    switch (part.type) {
      case "Literal":
        pieces.push(inQuotes ? quoted(part.value) : plain(part.value));
        break;
      case "SingleQuoted":
      case "Escaped":
        pieces.push(quoted(part.value));
        break;
      case "DoubleQuoted": {
        const inner = yield* expandPieces(state, part.parts, true);
        // "" makes an empty field; "$@" without parameters makes none.
        const onlyList =
          part.parts.length === 1 && inner.length === 0 && part.parts[0]!.type === "ParameterExpansion";
        if (inner.length === 0 && !onlyList) pieces.push(quoted(""));
        pieces.push(...inner);
        break;
      }
      case "Glob":
        pieces.push(
          inQuotes ? quoted(part.pattern) : { text: part.pattern, active: true, split: false, solid: true },
        );
        break;
      case "TildeExpansion":
        pieces.push(plain(tilde(state, part)));
        break;
      case "ParameterExpansion":
        pieces.push(...(yield* expandParameter(state, part, inQuotes)));
        break;
      case "CommandSubstitution": {
        const text = (yield* state.interpreter.capture(state, part.body)).replace(/\n+$/, "");
        pieces.push(inQuotes ? quoted(text) : loose(text));
        break;
      }
      case "ArithmeticExpansion": {
        const text = yield* arithmeticText(state, part);
        pieces.push(inQuotes ? quoted(text) : loose(text));
        break;
      }
      case "BraceExpansion":
        // Reached only where braces do not expand (an assignment, `set +B`): the text stands as it was typed.
        pieces.push(plain(braceText(part.items)));
        break;
      case "ProcessSubstitution":
        pieces.push(quoted(yield* processSubstitution(state, part)));
        break;
    }
  }
  return pieces;
}

function* arithmeticText(state: ShellState, part: Part<"ArithmeticExpansion">): Run<string> {
  const text = part.expression.originalText ?? "";
  // just-bash's parser reads 08 as 0; in bash it is an octal number with a wrong digit.
  const octal = /(?<![\w#.$])0\d*[89]\d*/.exec(text);
  if (octal !== null) {
    throw new LineAbandoned(
      state.complain(`${text}: value too great for base (error token is "${octal[0]}")`),
    );
  }
  try {
    return `${yield* evaluateArithmetic(arithmeticShell(state), part.expression.expression)}`;
  } catch (error) {
    if (!(error instanceof Error) || error.name !== "ArithmeticFailure") throw error;
    throw new LineAbandoned(state.complain(`${text}: ${error.message}`));
  }
}

/** `<(command)`: the command runs to its end first, its text is then a file. */
function* processSubstitution(state: ShellState, part: Part<"ProcessSubstitution">): Run<string> {
  if (part.direction === "output") {
    throw new LineAbandoned(state.complain(">(...) is not simulated: only <(...) is"));
  }
  const text = yield* state.interpreter.capture(state, part.body);
  let number = 63;
  while (state.streams.has(number)) number--;
  state.streams.set(number, fileInput(text));
  state.files.makeDirectory("/dev/fd", true);
  state.files.write(`/dev/fd/${number}`, text);
  return `/dev/fd/${number}`;
}

function tilde(state: ShellState, part: Part<"TildeExpansion">): string {
  if (part.user === null) return state.variables.get("HOME") ?? "/root";
  if (part.user === "+") return state.cwd;
  if (part.user === "-") return state.variables.get("OLDPWD") ?? "~-";
  return part.user === "root" ? "/root" : `~${part.user}`;
}

function braceText(items: readonly BraceItem[]): string {
  const words = items.map((item) => {
    if (item.type === "Range") return `${item.startStr ?? item.start}..${item.endStr ?? item.end}`;
    return item.word.parts.map((part) => ("value" in part ? part.value : "")).join("");
  });
  return `{${words.join(",")}}`;
}

/** `a{1,2}{x..z}` becomes six words. */
function expandBraces(word: WordNode): WordNode[] {
  const at = word.parts.findIndex((part) => part.type === "BraceExpansion");
  if (at < 0) return [word];
  const before = word.parts.slice(0, at);
  const after = expandBraces({ type: "Word", parts: word.parts.slice(at + 1) });
  const result: WordNode[] = [];
  for (const item of (word.parts[at] as Part<"BraceExpansion">).items) {
    const middles = item.type === "Range" ? rangeWords(item) : expandBraces(item.word);
    for (const middle of middles) {
      for (const end of after) {
        result.push({ type: "Word", parts: [...before, ...middle.parts, ...end.parts] });
      }
    }
  }
  return result;
}

function rangeWords(range: Extract<BraceItem, { type: "Range" }>): WordNode[] {
  const texts: string[] = [];
  const numeric = typeof range.start === "number" && typeof range.end === "number";
  const start = numeric ? Number(range.start) : `${range.start}`.codePointAt(0)!;
  const end = numeric ? Number(range.end) : `${range.end}`.codePointAt(0)!;
  const step = Math.max(1, Math.abs(range.step ?? 1)) * (start <= end ? 1 : -1);
  const padded = [range.startStr, range.endStr].some((text) => text !== undefined && /^-?0\d/.test(text));
  const width = Math.max(range.startStr?.length ?? 0, range.endStr?.length ?? 0);
  for (let n = start; step > 0 ? n <= end : n >= end; n += step) {
    if (!numeric) texts.push(String.fromCodePoint(n));
    else if (!padded) texts.push(`${n}`);
    else texts.push(n < 0 ? `-${`${-n}`.padStart(width - 1, "0")}` : `${n}`.padStart(width, "0"));
  }
  return texts.map((value) => ({ type: "Word", parts: [{ type: "Literal", value }] }));
}

/** Lets pieces fall apart into fields at the characters of IFS. */
function splitFields(pieces: readonly Piece[], ifs: string): Piece[][] {
  const fields: Piece[][] = [];
  let current: Piece[] | null = null;
  let afterBlank = false; // a blank has just ended a field; a separator right behind it ends nothing more
  const end = (): void => {
    if (current !== null) fields.push(current);
    current = null;
  };
  for (const piece of pieces) {
    if (isBreak(piece)) {
      end();
      continue;
    }
    if (!piece.split) {
      if (piece.text !== "" || piece.solid) {
        current = [...(current ?? []), piece];
        afterBlank = false;
      }
      continue;
    }
    let text = "";
    const flush = (): void => {
      if (text !== "") current = [...(current ?? []), { ...piece, text }];
      text = "";
    };
    for (const c of piece.text) {
      if (!ifs.includes(c)) {
        text += c;
        afterBlank = false;
      } else if (c === " " || c === "\t" || c === "\n") {
        flush();
        if (current !== null) {
          end();
          afterBlank = true;
        }
      } else {
        flush();
        if (current !== null) end();
        else if (!afterBlank) fields.push([]);
        afterBlank = false;
      }
    }
    flush();
  }
  end();
  return fields;
}

function pushField(state: ShellState, field: readonly Piece[], result: string[]): void {
  const text = field.map((piece) => piece.text).join("");
  if (state.options.has("noglob") || !field.some((piece) => piece.active && hasGlob(piece.text))) {
    result.push(text);
    return;
  }
  const pattern = field.map((piece) => (piece.active ? piece.text : quotePattern(piece.text))).join("");
  const names = expandFileNames(state, pattern);
  if (names.length > 0) result.push(...names);
  else if (!state.shellOptions.has("nullglob")) result.push(text);
}

/** The names of files that match a pattern, sorted. */
function expandFileNames(state: ShellState, pattern: string): string[] {
  const files = state.files;
  const absolute = pattern.startsWith("/");
  let found: string[] = [absolute ? "/" : ""];
  for (const part of pattern.split("/").filter((one) => one !== "")) {
    const next: string[] = [];
    const literal = hasGlob(part) ? null : unquotePattern(part);
    const matcher = new RegExp(`^(?:${patternSource(part, { path: true, extended: true })})$`, "u");
    for (const base of found) {
      if (literal !== null) {
        if (files.stat(state.path(base + literal)) !== null) next.push(`${base}${literal}/`);
        continue;
      }
      if (files.stat(state.path(base))?.kind !== "directory") continue;
      for (const name of files.list(state.path(base))) {
        if (name.startsWith(".") && !part.startsWith(".") && !state.shellOptions.has("dotglob")) continue;
        if (matcher.test(name)) next.push(`${base}${name}/`);
      }
    }
    found = next;
  }
  return found.map((path) => path.slice(0, -1)).sort();
}
