import { expect, test } from "vitest";
import { looksUnfinished, saysUnfinished } from "./unfinished.ts";

test("an open here-document and a last backslash ask for more", () => {
  for (const text of [
    "cat <<E",
    "cat <<E\nx",
    "cat <<-'E'\n x\n E",
    "cat <<A <<B\nA",
    "echo \\",
    'x <<"E O"; cat <<E\nE\\',
  ]) {
    expect(looksUnfinished(text), text).toBe(true);
  }
});

test("what is whole, or only looks like one, does not", () => {
  for (const text of [
    "",
    "cat <<E\nx\nE",
    "cat <<-E\n\t\tE",
    "cat <<A <<B\nA\nB\necho",
    "cat <<<word",
    "echo '<<E' \"<<E\" \\<<E",
    "echo $((1<<2))",
    "echo \\\\",
  ]) {
    expect(looksUnfinished(text), text).toBe(false);
  }
});

test("bash's own words for a text that ends too early, and only with its status", () => {
  expect(saysUnfinished("bash: syntax error: unexpected end of file\n", 2)).toBe(true);
  expect(saysUnfinished("bash: unexpected EOF while looking for matching `\"'\n", 2)).toBe(true);
  expect(saysUnfinished("bash: syntax error near unexpected token `)'\n", 2)).toBe(false);
  expect(saysUnfinished("bash: syntax error: unexpected end of file\n", 0)).toBe(false);
});
