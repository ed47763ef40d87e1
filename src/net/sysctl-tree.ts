import type { NetworkNamespace } from "./network-namespace.ts";
import { mayBe, type SysctlDefinition } from "./sysctl-definitions.ts";

/** A leaf of /proc/sys as a namespace has it. */
class Sysctl {
  /** Relative to /proc/sys. */
  readonly path: string;
  readonly #definition: SysctlDefinition;
  readonly #ns: NetworkNamespace;
  readonly #star: string;

  constructor(ns: NetworkNamespace, path: string, definition: SysctlDefinition, star: string) {
    this.#ns = ns;
    this.path = path;
    this.#definition = definition;
    this.#star = star;
  }

  get writable(): boolean {
    return this.#definition.set !== null;
  }

  /** The text without its line end. */
  read(): string {
    return this.#definition.get(this.#ns, this.#star);
  }

  /** False for EINVAL. */
  write(value: string): boolean {
    const done = this.#definition.set?.(this.#ns, value, this.#star) ?? false;
    if (done) noteSetting(this.#ns, this.path, this.read());
    return done;
  }
}

/** The sysctl at a path such as `net/ipv4/ip_forward`, or null. */
export function findSysctl(ns: NetworkNamespace, path: string): Sysctl | null {
  const found = ns.host.kernel.sysctls.find(ns, path);
  return found === null ? null : new Sysctl(ns, path, found[0], found[1]);
}

/** The names in a directory, sorted; null when there is no such directory. */
export function listSysctls(ns: NetworkNamespace, path: string): readonly string[] | null {
  const parts = path === "" ? [] : path.split("/");
  const names = new Set<string>();
  for (const definition of ns.host.kernel.sysctls) {
    const pattern = definition.path.split("/");
    if (pattern.length <= parts.length) continue;
    const star = match(pattern.slice(0, parts.length), parts);
    if (star === null || (star !== "" && !mayBe(definition, ns, star))) continue;
    const next = pattern[parts.length]!;
    for (const name of next === "*" ? (definition.stars?.(ns) ?? []) : [next]) names.add(name);
  }
  return names.size === 0 ? null : [...names].sort();
}

/** All leaves at and below a path, in the order of their names. */
export function walkSysctls(ns: NetworkNamespace, path: string): readonly Sysctl[] {
  const leaf = findSysctl(ns, path);
  if (leaf !== null) return [leaf];
  return (listSysctls(ns, path) ?? []).flatMap((name) =>
    walkSysctls(ns, path === "" ? name : `${path}/${name}`),
  );
}

/** What somebody set, in the words of sysctl(8), which swaps dots and slashes. */
class Setting {
  readonly #path: string;
  readonly #value: string;

  constructor(path: string, value: string) {
    this.#path = path;
    this.#value = value;
  }

  toString(): string {
    const name = this.#path.replace(/[./]/g, (sign) => (sign === "." ? "/" : "."));
    return `${name} = ${this.#value}`;
  }
}

/** Remembers who set it. */
function noteSetting(ns: NetworkNamespace, path: string, value: string): void {
  const { registry } = ns.world;
  const text = new Setting(path, value);
  ns.settings ??= new Map();
  const ref = ns.settings.get(path);
  if (ref === undefined) ns.settings.set(path, registry.made("sysctl", ns.path, text));
  else registry.changed(ref, text);
}

/** What stands for the asterisk, empty when the pattern has none; null when they differ. */
function match(pattern: readonly string[], parts: readonly string[]): string | null {
  if (pattern.length !== parts.length) return null;
  let star = "";
  for (let i = 0; i < parts.length; i++) {
    if (pattern[i] === "*") star = parts[i]!;
    else if (pattern[i] !== parts[i]) return null;
  }
  return star;
}
