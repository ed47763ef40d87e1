import { Code, CurlFailure } from "./curl-errors.ts";

/** More URLs than this are a mistake. */
const MOST = 100_000;

/** One URL of a pattern, and what stands in it for each of the pattern's sets: `#1` of `-o`. */
export interface GlobbedUrl {
  readonly url: string;
  readonly parts: readonly string[];
}

/**
 * The URLs that a pattern stands for: `{a,b}` is one of a list, `[1-9]`, `[01-20:2]` and `[a-f]` a row; a backslash takes a
 * sign as it is. @throws {CurlFailure} URL_MALFORMAT
 */
export function expandGlob(pattern: string): readonly GlobbedUrl[] {
  let urls: readonly GlobbedUrl[] = [{ url: "", parts: [] }];
  for (let at = 0; at < pattern.length; at++) {
    const sign = pattern[at]!;
    if (sign === "{" || sign === "[") {
      const end = pattern.indexOf(sign === "{" ? "}" : "]", at);
      if (sign === "{" && end < 0) throw bad(pattern, "unmatched brace", at + 1);
      const choices = sign === "{" ? pattern.slice(at + 1, end).split(",") : row(pattern, at);
      urls = urls.flatMap(({ url, parts }) =>
        choices.map((choice) => ({ url: url + choice, parts: [...parts, choice] })),
      );
      if (urls.length > MOST) throw bad(pattern, "range overflow", at + 1);
      at = end;
      continue;
    }
    if (sign === "}" || sign === "]") throw bad(pattern, "unmatched close brace/bracket", at + 1);
    const isEscape = sign === "\\" && /[{}[\]]/.test(pattern[at + 1] ?? "");
    const literal = isEscape ? pattern[++at]! : sign;
    urls = urls.map(({ url, parts }) => ({ url: url + literal, parts }));
  }
  return urls;
}

/** `column` counts from 1. */
function bad(pattern: string, words: string, column: number): CurlFailure {
  return new CurlFailure(
    Code.URL_MALFORMAT,
    `${words} in URL position ${column}:\n${pattern}\n${" ".repeat(column - 1)}^`,
  );
}

const ROW = /^\[(?:(\d+)-(\d+)|([a-z])-([a-z])|([A-Z])-([A-Z]))(?::(\d+))?\]/;

/** The values of the row that begins at the bracket `at`. */
function row(pattern: string, at: number): readonly string[] {
  const text = pattern.slice(at);
  const found = ROW.exec(text);
  if (found === null) throw bad(pattern, "bad range", at + 1 + /^\[(\w+-?\w*:?\d*)?/.exec(text)![0].length);
  const [first, last] = found.slice(1, 7).filter((part) => part !== undefined) as [string, string];
  const isNumber = found[1] !== undefined;
  const read = (part: string): number => (isNumber ? Number(part) : part.charCodeAt(0));
  const step = Number(found[7] ?? 1);
  const [from, to] = [read(first), read(last)];
  if (step === 0 || to < from || (to - from) / step > MOST)
    throw bad(pattern, "bad range", at + 1 + found[0].length);
  const width = isNumber && first.startsWith("0") ? first.length : 1;
  const values: string[] = [];
  for (let value = from; value <= to; value += step)
    values.push(isNumber ? String(value).padStart(width, "0") : String.fromCharCode(value));
  return values;
}
