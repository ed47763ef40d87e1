// Samples of figures by name, and what is made of them: medians, and medians of ratios of one turn.

export function median(samples) {
  const sorted = [...samples].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

export class Figures {
  #samples = new Map();

  add(name, value) {
    if (!this.#samples.has(name)) this.#samples.set(name, []);
    this.#samples.get(name).push(value);
  }

  /** Adds a sample to each of several figures: `values` by key, as `NAME.KEY`. */
  addAll(name, values) {
    for (const [key, value] of Object.entries(values)) this.add(`${name}.${key}`, value);
  }

  /** Adds the quotients of two figures of the same turns; none when either is absent. */
  addRatio(name, above, below) {
    for (const [value, divisor] of this.#pairs(above, below)) this.add(name, value / divisor);
  }

  /** Adds what one of `count` things costs: the difference of two figures of the same turns, divided; none when either is absent. */
  addDifference(name, above, below, count) {
    for (const [value, less] of this.#pairs(above, below)) this.add(name, (value - less) / count);
  }

  /** Two figures of each turn, or none. */
  #pairs(above, below) {
    const others = this.#samples.get(below);
    if (others === undefined) return [];
    return (this.#samples.get(above) ?? []).map((value, turn) => [value, others[turn]]);
  }

  /** The median, or undefined when there is no sample. */
  get(name) {
    const samples = this.#samples.get(name);
    return samples === undefined ? undefined : median(samples);
  }

  /** One flat object: each figure by its name, and its samples in the order of the turns as `NAME.samples`. */
  toJSON() {
    const flat = {};
    const rounded = (value) => Number(value.toPrecision(6));
    for (const [name, samples] of this.#samples) flat[name] = rounded(median(samples));
    for (const [name, samples] of this.#samples) flat[`${name}.samples`] = samples.map(rounded);
    return flat;
  }
}
