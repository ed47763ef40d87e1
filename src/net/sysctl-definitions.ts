import type { NetworkNamespace } from "./network-namespace.ts";

/**
 * One leaf of /proc/sys. `path` is relative to /proc/sys, with `*` for a device's name, `all` or `default`
 * (`net/ipv4/conf/STAR/rp_filter`, where STAR is written as an asterisk); `star` is then what stands there.
 */
export interface SysctlDefinition {
  readonly path: string;
  get(ns: NetworkNamespace, star: string): string;
  /** Returns false when the kernel would answer EINVAL; null instead of a function means read-only. */
  readonly set: ((ns: NetworkNamespace, value: string, star: string) => boolean) | null;
  /** What `*` may be in this namespace, in order. */
  stars?(ns: NetworkNamespace): readonly string[];
  /** Whether it may be that; absent: looked for among {@link stars}. */
  isStar?(ns: NetworkNamespace, name: string): boolean;
}

/** All leaves of /proc/sys that a kernel has, in the order in which they were added. */
export class SysctlDefinitions {
  readonly #byPath: Map<string, SysctlDefinition> = new Map();

  add(...definitions: readonly SysctlDefinition[]): void {
    for (const definition of definitions)
      if (!this.#byPath.has(definition.path)) this.#byPath.set(definition.path, definition);
  }

  /** The one whose path is written exactly so, with its asterisk, or null. */
  get(path: string): SysctlDefinition | null {
    return this.#byPath.get(path) ?? null;
  }

  /** The one that a path of a namespace means, and what its asterisk then is (empty when it has none); or null. */
  find(ns: NetworkNamespace, path: string): readonly [SysctlDefinition, star: string] | null {
    const exact = this.get(path);
    if (exact !== null) return path.includes("*") ? null : [exact, ""];
    for (let from = 0, to = 0; to < path.length; from = to + 1) {
      to = path.indexOf("/", from);
      if (to < 0) to = path.length;
      const definition = this.get(`${path.slice(0, from)}*${path.slice(to)}`);
      const star = path.slice(from, to);
      if (definition !== null && mayBe(definition, ns, star)) return [definition, star];
    }
    return null;
  }

  [Symbol.iterator](): IterableIterator<SysctlDefinition> {
    return this.#byPath.values();
  }
}

/** Whether a definition's asterisk may stand for that name. */
export function mayBe(definition: SysctlDefinition, ns: NetworkNamespace, name: string): boolean {
  return definition.isStar?.(ns, name) ?? definition.stars?.(ns).includes(name) ?? false;
}
