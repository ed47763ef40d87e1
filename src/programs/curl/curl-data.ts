import { absolutePath, type ProgramContext } from "../program-context.ts";
import { warning } from "./curl-warning.ts";

/** The fields of `-H TEXT` or `-H @FILE`. */
export function headersOf(context: ProgramContext, value: string, silent: boolean): string[] {
  if (!value.startsWith("@")) return [value];
  return fromFile(context, value, silent, (name) => warning(`Failed to open ${name}!`))
    .split(/\r?\n/)
    .filter((line) => line !== "");
}

const emptyPost = (name: string): string =>
  warning(`Couldn't read data from file "${name}", this makes an empty POST.`);

/**
 * What `@FILE` holds, or `@-` the standard input; nothing if it cannot be read, with what `missing` says unless `-s` came
 * before.
 */
export function fromFile(
  context: ProgramContext,
  value: string,
  silent: boolean,
  missing: (name: string) => string = emptyPost,
): string {
  const name = value.slice(1);
  if (name === "-") return context.stdin;
  try {
    return context.files.read(absolutePath(context, name));
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    if (!silent) context.err(missing(name));
    return "";
  }
}

/** `content`, `=content`, `name=content`, `@file`, `name@file`: the content percent-encoded. */
export function urlEncoded(context: ProgramContext, value: string, silent: boolean): string {
  const at = value.search(/[=@]/);
  const name = at > 0 ? `${value.slice(0, at)}=` : "";
  const content = at < 0 ? value : value.slice(at + 1);
  const text = at >= 0 && value[at] === "@" ? fromFile(context, `@${content}`, silent) : content;
  const encoded = encodeURIComponent(text).replace(
    /[!'()*]/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return name + encoded.replaceAll("%20", "+");
}
