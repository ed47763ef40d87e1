import { absolutePath, type ProgramContext } from "../program-context.ts";
import { warning } from "./curl-warning.ts";

/** The fields of `-H TEXT` or `-H @FILE`. */
export function headersOf(context: ProgramContext, value: string): string[] {
  if (!value.startsWith("@")) return [value];
  return fromFile(context, value)
    .split(/\r?\n/)
    .filter((line) => line !== "");
}

/** What `@FILE` holds, or `@-` the standard input; nothing, with a warning, if it cannot be read. */
export function fromFile(context: ProgramContext, value: string): string {
  const name = value.slice(1);
  if (name === "-") return context.stdin;
  try {
    return context.files.read(absolutePath(context, name));
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    context.err(warning(`Couldn't read data from file "${name}", this makes an empty POST.`));
    return "";
  }
}

/** `content`, `=content`, `name=content`, `@file`, `name@file`: the content percent-encoded. */
export function urlEncoded(context: ProgramContext, value: string): string {
  const at = value.search(/[=@]/);
  const name = at > 0 ? `${value.slice(0, at)}=` : "";
  const content = at < 0 ? value : value.slice(at + 1);
  const text = at >= 0 && value[at] === "@" ? fromFile(context, `@${content}`) : content;
  const encoded = encodeURIComponent(text).replace(
    /[!'()*]/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return name + encoded.replaceAll("%20", "+");
}
