/** What a line of prose does to what is folded away, as on any Markdown page: it begins, has a summary, or ends. */
type FoldMark =
  | { readonly kind: "begins"; readonly summary: string | null }
  | { readonly kind: "summary"; readonly summary: string }
  | { readonly kind: "ends" };

const BEGIN = /^<details>(?:\s*<summary>(.*?)<\/summary>)?/;
const SUMMARY = /^<summary>(.*?)<\/summary>/;
const END = /^<\/details>/;

/** The mark that a line is; null for all other lines. */
export function foldMark(line: string): FoldMark | null {
  const begin = BEGIN.exec(line);
  if (begin !== null) return { kind: "begins", summary: begin[1] ?? null };
  const summary = SUMMARY.exec(line);
  if (summary !== null) return { kind: "summary", summary: summary[1]! };
  return END.test(line) ? { kind: "ends" } : null;
}
