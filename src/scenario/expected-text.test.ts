import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { align, formatDiff, holds, lineMatches, outputLines, updatedExpectation } from "./expected-text.ts";

test("... within a line stands for any text, none included", () => {
  expect(lineMatches("time=... ms", "time=0.045 ms")).toBe(true);
  expect(lineMatches("time=... ms", "time= ms")).toBe(true);
  expect(lineMatches("time=... ms", "time=ms")).toBe(false);
  expect(lineMatches("...a...b...", "xaxbx")).toBe(true);
  expect(lineMatches("...a...b...", "xbxax")).toBe(false);
  expect(lineMatches("a...a", "a")).toBe(false);
  expect(lineMatches("a.c", "abc")).toBe(false);
});

test("... alone stands for any lines, none included", () => {
  expect(holds(["a", "...", "c"], ["a", "c"])).toBe(true);
  expect(holds(["a", "...", "c"], ["a", "b", "b", "c"])).toBe(true);
  expect(holds(["a", "...", "c"], ["a", "b"])).toBe(false);
  expect(holds(["..."], [])).toBe(true);
  expect(holds(["...", "c", "..."], ["a", "b", "c"])).toBe(true);
});

test("trailing blanks never count, others do", () => {
  expect(outputLines("a  \n\nb\t\n\n\n")).toEqual(["a", "", "b"]);
  expect(outputLines("")).toEqual([]);
  expect(holds(["a", "b"], ["a", "", "b"])).toBe(false);
});

test("nothing expected is nothing checked", () => {
  expect(holds([], ["anything"])).toBe(true);
});

describe("the difference is readable:", () => {
  const diff = (expected: string[], actual: string[]): string[] => formatDiff(align(expected, actual));

  test("a changed line stands beside its counterpart", () => {
    expect(diff(["a", "2 packets, 2 received", "b"], ["a", "2 packets, 0 received", "b"])).toEqual([
      " a",
      "-2 packets, 2 received",
      "+2 packets, 0 received",
      " b",
    ]);
  });

  test("... does not swallow the line that ought to match", () => {
    expect(diff(["...", "2 packets, 2 received"], ["one", "two", "2 packets, 0 received"])).toEqual([
      " ... (2 lines)",
      "-2 packets, 2 received",
      "+2 packets, 0 received",
    ]);
  });

  test("missing and extra lines", () => {
    expect(diff(["a", "b"], ["b", "c"])).toEqual(["-a", " b", "+c"]);
    expect(diff(["a"], [])).toEqual(["-a"]);
  });
});

describe("an updated expectation", () => {
  test("takes the real output and keeps the lines with ... that still match", () => {
    expect(updatedExpectation(["a ... b", "...", "old", "end"], ["a 1 b", "x", "y", "new", "end"])).toEqual([
      "a ... b",
      "...",
      "new",
      "end",
    ]);
  });

  test("stays unchecked when nothing was checked", () => {
    expect(updatedExpectation([], ["text"])).toEqual([]);
  });

  test("never writes a line that would be read as a command, a fence or an exit status", () => {
    expect(updatedExpectation(["x"], ["$ x", "```", "[exit 1]", "y"])).toEqual(["...", "y"]);
  });

  const line = fc.constantFrom("a", "b", "ab", "...", "a...", "", "c");
  const output = fc.array(fc.constantFrom("a", "b", "ab", "abc", "", "c"), { maxLength: 8 });

  test("always matches the output that it was made from", () => {
    fc.assert(
      fc.property(fc.array(line, { minLength: 1, maxLength: 6 }), output, (expected, actual) => {
        const lines = outputLines(actual.join("\n"));
        const updated = updatedExpectation(expected, lines);
        expect(holds(updated, lines)).toBe(true);
        if (holds(expected, lines))
          expect(updated).toEqual(expected.filter((l, n) => l !== "..." || expected[n - 1] !== "..."));
      }),
    );
  });

  test("matching agrees with the plain recursive definition", () => {
    const simple = (want: string[], got: string[]): boolean => {
      if (want.length === 0) return got.length === 0;
      const [head, ...rest] = want;
      if (head === "...") return got.some((_, n) => simple(rest, got.slice(n))) || simple(rest, []);
      return got.length > 0 && lineMatches(head!, got[0]!) && simple(rest, got.slice(1));
    };
    fc.assert(
      fc.property(fc.array(line, { minLength: 1, maxLength: 6 }), output, (expected, actual) => {
        expect(holds(expected, actual)).toBe(simple(expected, actual));
      }),
    );
  });
});
