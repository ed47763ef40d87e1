import { absolutePath } from "../../programs/program-context.ts";
import { type ClientContext, ClientError } from "./client-context.ts";

/** `--env-file` and `--label-file`: lines of `key=value`. */

/**
 * The lines of files, then what options say, which overrides them.
 * @param lookUp gives a name that stands alone its value; null: such lines are left out
 */
export function keyValues(
  context: ClientContext,
  files: readonly string[],
  options: readonly string[],
  lookUp: ((name: string) => string | undefined) | null,
): string[] {
  return [...files.flatMap((file) => fileLines(context, file, lookUp)), ...options];
}

function fileLines(
  context: ClientContext,
  file: string,
  lookUp: ((name: string) => string | undefined) | null,
): string[] {
  const found: string[] = [];
  const lines = readFile(context, file)
    .replace(/^\uFEFF/, "")
    .replace(/\n$/, "")
    .split(/\r?\n/);
  for (const raw of lines) {
    const line = raw.trimStart();
    if (line === "" || line.startsWith("#")) continue;
    const equals = line.indexOf("=");
    const name = equals < 0 ? line : line.slice(0, equals);
    if (/[ \t]/.test(name)) {
      throw new ClientError(`poorly formatted environment: variable '${name}' contains whitespaces`);
    }
    if (name === "")
      throw new ClientError(`poorly formatted environment: no variable name on line '${line}'`);
    if (equals >= 0) found.push(`${name}=${line.slice(equals + 1)}`);
    else {
      const value = lookUp?.(name);
      if (value !== undefined) found.push(`${name.trim()}=${value}`);
    }
  }
  return found;
}

function readFile(context: ClientContext, said: string): string {
  const path = absolutePath(context, said);
  const stat = context.files.stat(path);
  if (stat === null) throw new ClientError(`open ${said}: no such file or directory`);
  if (stat.kind === "directory") throw new ClientError(`read ${said}: is a directory`);
  return context.files.read(path);
}
