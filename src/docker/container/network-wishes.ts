import type { EndpointSettings } from "../api/network-types.ts";

/**
 * What a container wishes of its networks, by their names. Their order is that in which they are joined when it starts, and
 * the engine keeps them in a map of Go's, where one that comes takes the first place that one that went has left.
 */
export class NetworkWishes extends Map<string, Partial<EndpointSettings>> {
  readonly #places: (string | null)[] = [];

  override set(name: string, wish: Partial<EndpointSettings>): this {
    const free = this.has(name) ? -1 : this.#places.indexOf(null);
    if (free < 0) {
      if (!this.has(name)) this.#places.push(name);
      return super.set(name, wish);
    }
    this.#places[free] = name;
    super.set(name, wish);
    for (const behind of this.#places.slice(free + 1)) {
      const other = behind === null ? undefined : this.get(behind);
      if (behind === null || other === undefined) continue;
      super.delete(behind);
      super.set(behind, other);
    }
    return this;
  }

  override delete(name: string): boolean {
    const at = this.#places.indexOf(name);
    if (at >= 0) this.#places[at] = null;
    return super.delete(name);
  }

  /** The names in the order of joining: docker0 always comes first. */
  get inOrder(): readonly string[] {
    const names = [...this.keys()];
    return this.has("bridge") ? ["bridge", ...names.filter((name) => name !== "bridge")] : names;
  }
}
