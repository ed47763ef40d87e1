import { characterClass } from "../operations/extended-regexp.ts";

/**
 * Shell patterns. In a pattern every character that was quoted stands behind a backslash, so that a pattern is
 * one string. The result is the source of a regular expression.
 */
export function patternSource(pattern: string, options: { path: boolean; extended: boolean }): string {
  const any = options.path ? "[^/]" : "[\\s\\S]";
  let source = "";
  let i = 0;
  while (i < pattern.length) {
    const c = pattern[i]!;
    if (c === "\\") {
      source += escapeLiteral(pattern[i + 1] ?? "\\");
      i += 2;
    } else if (options.extended && "?*+@!".includes(c) && pattern[i + 1] === "(") {
      const end = closing(pattern, i + 1);
      if (end < 0) {
        source += escapeLiteral(c);
        i++;
        continue;
      }
      const inner = alternatives(pattern.slice(i + 2, end)).map((one) => patternSource(one, options));
      const group = `(?:${inner.join("|")})`;
      if (c === "!") source += `(?!${group}$)${any}*?`;
      else source += group + (c === "@" ? "" : c);
      i = end + 1;
    } else if (c === "*") {
      source += `${any}*`;
      i++;
    } else if (c === "?") {
      source += any;
      i++;
    } else if (c === "[") {
      const set = bracket(pattern, i);
      if (set === null) {
        source += "\\[";
        i++;
      } else {
        source += set.source;
        i = set.end;
      }
    } else {
      source += escapeLiteral(c);
      i++;
    }
  }
  return source;
}

/** Whether the whole of `text` matches `pattern`. */
export function matchesPattern(text: string, pattern: string): boolean {
  return new RegExp(`^(?:${patternSource(pattern, { path: false, extended: true })})$`, "u").test(text);
}

/** Whether a pattern has anything to match at all; without, it is a plain word. */
export function hasGlob(pattern: string): boolean {
  for (let i = 0; i < pattern.length; i++) {
    if (pattern[i] === "\\") i++;
    else if (pattern[i] === "*" || pattern[i] === "?") return true;
    else if (pattern[i] === "[" && bracket(pattern, i) !== null) return true;
  }
  return false;
}

/** Puts a backslash before every character that means something in a pattern. */
export function quotePattern(text: string): string {
  return text.replace(/[\\*?[\]()|!+@]/g, "\\$&");
}

/** Takes the backslashes of a pattern away. */
export function unquotePattern(pattern: string): string {
  return pattern.replace(/\\([\s\S])/g, "$1");
}

function escapeLiteral(c: string): string {
  return /[\\^$.*+?()[\]{}|/]/.test(c) ? `\\${c}` : c;
}

function closing(pattern: string, open: number): number {
  let depth = 0;
  for (let i = open; i < pattern.length; i++) {
    if (pattern[i] === "\\") i++;
    else if (pattern[i] === "(") depth++;
    else if (pattern[i] === ")" && --depth === 0) return i;
  }
  return -1;
}

function alternatives(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (let i = 0; i < text.length; i++) {
    if (text[i] === "\\") i++;
    else if (text[i] === "(") depth++;
    else if (text[i] === ")") depth--;
    else if (text[i] === "|" && depth === 0) {
      parts.push(text.slice(start, i));
      start = i + 1;
    }
  }
  parts.push(text.slice(start));
  return parts;
}

function bracket(pattern: string, open: number): { source: string; end: number } | null {
  let i = open + 1;
  let source = "[";
  if (pattern[i] === "!" || pattern[i] === "^") {
    source += "^";
    i++;
  }
  const first = i;
  for (;;) {
    const c = pattern[i];
    if (c === undefined) return null;
    if (c === "]" && i > first) return { source: `${source}]`, end: i + 1 };
    const named = /^\[:(\w+):\]/.exec(pattern.slice(i));
    if (named !== null) {
      source += characterClass(named[1]!);
      i += named[0].length;
    } else if (c === "\\") {
      source += escapeInSet(pattern[i + 1] ?? "\\");
      i += 2;
    } else {
      source += c === "-" ? "-" : escapeInSet(c);
      i++;
    }
  }
}

function escapeInSet(c: string): string {
  return /[\\\]^[\-/(){}|]/.test(c) ? `\\${c}` : c;
}
