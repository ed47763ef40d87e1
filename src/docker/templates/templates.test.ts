import { describe, expect, test } from "vitest";
import { evaluate } from "./evaluate.ts";
import { FUNCTION_NAMES } from "./functions.ts";
import { rawValue } from "./go-value.ts";
import { parseTemplate } from "./parser.ts";
import { alignTabs } from "./tab-writer.ts";

const DATA = rawValue({
  Name: "web",
  Pid: 7,
  Empty: "",
  List: ["a", "b"],
  Map: { x: "1", "y.z": "2" },
  None: null,
});

function said(template: string, missingKeyFails = false): string {
  return evaluate(parseTemplate(template, FUNCTION_NAMES), DATA, { missingKeyFails });
}

/** What the real client says to each is in test/docker/records/client.txt; these are the corners that it has no line for. */
describe("templates", () => {
  test.each([
    ["{{.Name}} {{.Pid}} {{.Nothing}} {{.None}}", "web 7 <no value> <nil>"],
    ["{{range $i, $v := .List}}{{if $i}}, {{end}}{{$i}}={{$v}}{{end}}", "0=a, 1=b"],
    ['{{range .List}}{{if eq . "b"}}{{break}}{{end}}{{.}}{{end}}', "a"],
    ['{{range .List}}{{if eq . "a"}}{{continue}}{{end}}{{.}}{{end}}', "b"],
    ["{{$x := 1}}{{if .Name}}{{$x = 2}}{{end}}{{$x}}", "2"],
    ["{{$x := 1}}{{with $x := 2}}{{$x}}{{end}}{{if $x := 3}}{{end}}{{range $x := .List}}{{end}}{{$x}}", "21"],
    ["{{if .Empty}}a{{else if .None}}b{{else}}c{{end}}", "c"],
    ['{{with .Map}}{{.x}}{{index . "y.z"}}{{end}}', "12"],
    ['{{define "t"}}<{{.}}>{{end}}{{template "t" .Name}}', "<web>"],
    ['{{block "b" .Pid}}{{.}}{{end}}', "7"],
    ["a {{- /* gone */ -}} b", "ab"],
    ['{{printf "%5.1f|%-4s|%+d|%x|%c|%U" 2.25 "a" 3 "hi" 65 65}}', "  2.2|a   |+3|6869|A|U+0041"],
    ['{{and 1 0 2}} {{or 0 "" "x"}} {{not 0}}', "0 x true"],
    ["{{(index .List 1)}} {{len .Map}} {{slice .List 1}}", "b 2 [b]"],
    ["{{1.5}} {{1e3}} {{0x10}} {{'a'}} {{010}}", "1.5 1000 16 97 8"],
  ])("%s", (template, text) => {
    expect(said(template)).toBe(text);
  });

  test.each([
    ["{{.Map.nosuch}}", 'template: :1:6: executing "" at <.Map.nosuch>: map has no entry for key "nosuch"'],
    [
      "{{.Name.x}}",
      'template: :1:7: executing "" at <.Name.x>: can\'t evaluate field x in type interface {}',
    ],
    ["{{break}}", "template: :1: {{break}} outside {{range}}"],
    ["{{1 | 2}}", "template: :1: non executable command in pipeline stage 2"],
    ["{{(.Name}}", "template: :1: unclosed left paren"],
    ['{{template "no"}}', 'template: :1:11: executing "" at <{{template "no"}}>: template "no" not defined'],
  ])("%s fails", (template, message) => {
    expect(() => said(template, true)).toThrow(message);
  });

  test("call each other as deep as memory goes, and as often as one likes", () => {
    const loop = '{{define "t"}}{{template "t"}}{{end}}{{template "t"}}';
    expect(() => said(loop)).toThrow("exceeded maximum template depth (100000)");
    const often = `{{define "t"}}x{{end}}${'{{template "t"}}'.repeat(1100)}`;
    expect(said(often)).toBe("x".repeat(1100));
  });

  test("never throw anything but their own errors", () => {
    const pieces = [
      "{{",
      "}}",
      ".",
      "Name",
      "$x",
      ":=",
      "|",
      "range",
      "if",
      "end",
      "(",
      ")",
      '"',
      "1",
      " ",
      "-",
      "/*",
    ];
    let state = 7;
    for (let round = 0; round < 3000; round++) {
      let template = "";
      for (let i = 0; i < 12; i++) {
        state = (state * 1103515245 + 12345) & 0x7fffffff;
        template += pieces[(state >>> 8) % pieces.length];
      }
      try {
        said(template);
      } catch (error) {
        expect((error as Error).name, template).toBe("TemplateError");
      }
    }
  });
});

test("columns of a table are as wide as their widest cell in neighbouring lines", () => {
  expect(alignTabs("A\tB\nlonger than that\tx\n", 10, 3)).toBe(
    "A                  B\nlonger than that   x\n",
  );
});
