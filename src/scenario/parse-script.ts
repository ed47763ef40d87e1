import { UserError } from "../base/user-error.ts";
import { parseFrontMatter } from "./front-matter.ts";
import type { Lesson } from "./lesson.ts";
import { failure, type Outcome, success } from "./outcome.ts";
import { linesOf } from "./parse-lesson.ts";

const HEADER = /^#\s*hosts:\s*(.*)$/;
const DEFAULT_HOSTS = "a=172.10.0.15 b=172.10.0.16";

/**
 * Parses a plain shell script: all of it is typed on the first host, and must end with status 0. A comment before the
 * first command may name the hosts: `# hosts: a=172.10.0.15 b=172.10.0.16`; else there are these two.
 */
export function parseScript(file: string, text: string): Outcome<Lesson> {
  const lines = linesOf(text);
  const code = lines.findIndex((line) => line.trim() !== "" && !line.trimStart().startsWith("#"));
  const header = lines.slice(0, code < 0 ? lines.length : code);
  const at = header.findIndex((line) => HEADER.test(line));
  const named = at < 0 ? DEFAULT_HOSTS : HEADER.exec(header[at]!)![1]!;
  const line = at < 0 ? 1 : at + 1;
  const yaml: string[] = [];
  for (const pair of named.trim().split(/[\s,]+/)) {
    const match = /^([^=]+)=([\d./]+)$/.exec(pair);
    if (match === null) {
      const column = Math.max(0, (lines[line - 1] ?? "").indexOf(pair)) + 1;
      const place = { file, line, column };
      return failure([
        new UserError("SCRIPT", `"${pair}" names no host`, place, "# hosts: a=172.10.0.15 b=172.10.0.16"),
      ]);
    }
    yaml.push(`${match[1]}: "${match[2]}"`);
  }
  const name = file.split("/").at(-1)!;
  const front = parseFrontMatter({
    file,
    text: `{title: ${JSON.stringify(name)}, hosts: {${yaml.join(", ")}}}`,
    firstLine: line,
  });
  if (!front.ok) {
    // The YAML was made up here, so only its lines say something about the file.
    const moved = front.errors.map(
      (error) => new UserError(error.code, error.message, { file, line, column: 1 }, error.hint),
    );
    return failure(moved);
  }
  if (code < 0)
    return failure([new UserError("SCRIPT", "the script has no command", { file, line: 1, column: 1 })]);
  const place = { file, line: code + 1, column: 1 };
  const host = front.value.topology.hosts[0]!.name;
  const command = {
    place,
    text: lines.slice(code).join("\n"),
    expected: [],
    exitStatus: 0,
    expectedAt: null,
  };
  return success({
    file,
    text,
    ...front.value,
    blocks: [{ kind: "console", place, hosts: [host], commands: [command] }],
  });
}
