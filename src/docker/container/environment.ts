import { DEFAULT_PATH } from "../images/image-config.ts";
import type { Container } from "./container.ts";

/**
 * The environment of a process in a container (moby container/env.go, and what runc adds).
 * @param linked what `--link` puts into it
 * @param home where its user is at home
 */
export function environmentOf(
  container: Container,
  linked: readonly string[],
  home: string,
  further: readonly string[] = [],
  tty: boolean = container.config.Tty,
): ReadonlyMap<string, string> {
  const lines = [
    DEFAULT_PATH,
    `HOSTNAME=${container.config.Hostname}`,
    ...(tty ? ["TERM=xterm"] : []),
    ...linked,
    ...(container.config.Env ?? []),
    ...further,
  ];
  const env = new Map<string, string>();
  for (const line of lines) {
    const at = line.indexOf("=");
    if (at < 0) env.delete(line);
    else env.set(line.slice(0, at), line.slice(at + 1));
  }
  if (!env.has("HOME")) env.set("HOME", home);
  return env;
}
