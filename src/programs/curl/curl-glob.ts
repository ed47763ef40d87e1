import { Code, CurlFailure } from "./curl-errors.ts";

/** More URLs than this are a mistake. */
const MOST = 100_000;

/**
 * The URLs that a pattern stands for: `{a,b}` is one of a list, `[1-9]`, `[01-20:2]` and `[a-f]` a row; a backslash takes a
 * sign as it is. @throws {CurlFailure} URL_MALFORMAT
 */
export function expandGlob(pattern: string): readonly string[] {
  let urls = [""];
  for (let at = 0; at < pattern.length; at++) {
    const sign = pattern[at]!;
    let choices: readonly string[];
    if (sign === "\\" && /[{}[\]]/.test(pattern[at + 1] ?? "")) choices = [pattern[++at]!];
    else if (sign === "{" || sign === "[") {
      const end = pattern.indexOf(sign === "{" ? "}" : "]", at);
      if (end < 0) throw bad(pattern, sign === "{" ? "unmatched brace" : "bad range", at);
      const inside = pattern.slice(at + 1, end);
      choices = sign === "{" ? inside.split(",") : row(inside, pattern, at);
      at = end;
    } else if (sign === "}" || sign === "]") throw bad(pattern, "unmatched close brace/bracket", at);
    else choices = [sign];
    urls = urls.flatMap((begin) => choices.map((choice) => begin + choice));
    if (urls.length > MOST) throw bad(pattern, "range overflow", at);
  }
  return urls;
}

function bad(pattern: string, words: string, at: number): CurlFailure {
  const column = at + 1;
  return new CurlFailure(
    Code.URL_MALFORMAT,
    `${words} in URL position ${column}:\n${pattern}\n${" ".repeat(column - 1)}^`,
  );
}

function row(inside: string, pattern: string, at: number): readonly string[] {
  const numbers = /^(\d+)-(\d+)(?::(\d+))?$/.exec(inside);
  const letters = /^([a-z])-([a-z])(?::(\d+))?$|^([A-Z])-([A-Z])(?::(\d+))?$/.exec(inside);
  const found = numbers ?? letters?.filter((part) => part !== undefined);
  if (found === undefined) throw bad(pattern, "bad range", at + 1);
  const step = Number(found[3] ?? 1);
  const read = (text: string): number => (numbers === null ? text.charCodeAt(0) : Number(text));
  const [from, to] = [read(found[1]!), read(found[2]!)];
  if (step === 0 || to < from || (to - from) / step > MOST) throw bad(pattern, "bad range", at + 1);
  const width = numbers !== null && found[1]!.startsWith("0") ? found[1]!.length : 1;
  const values: string[] = [];
  for (let value = from; value <= to; value += step)
    values.push(numbers === null ? String.fromCharCode(value) : String(value).padStart(width, "0"));
  return values;
}
