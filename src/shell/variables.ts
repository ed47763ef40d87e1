/** A shell variable. Exactly one of the three kinds of value is used. */
export interface Variable {
  value: string | null;
  /** Set for `declare -a`, by index. */
  indexed: Map<number, string> | null;
  /** Set for `declare -A`, by key, in order of insertion. */
  associative: Map<string, string> | null;
  exported: boolean;
  readOnly: boolean;
  integer: boolean;
}

function fresh(): Variable {
  return { value: null, indexed: null, associative: null, exported: false, readOnly: false, integer: false };
}

function copy(variable: Variable): Variable {
  return {
    ...variable,
    indexed: variable.indexed && new Map(variable.indexed),
    associative: variable.associative && new Map(variable.associative),
  };
}

/** The variables of one shell: the globals, and above them one table per running function. */
export class Variables {
  #scopes: Map<string, Variable>[] = [new Map()];

  /** The copy that a subshell starts with. */
  clone(): Variables {
    const other = new Variables();
    other.#scopes = this.#scopes.map(
      (scope) => new Map([...scope].map(([name, variable]) => [name, copy(variable)])),
    );
    return other;
  }

  enterFunction(): void {
    this.#scopes.push(new Map());
  }

  leaveFunction(): void {
    this.#scopes.pop();
  }

  get insideFunction(): boolean {
    return this.#scopes.length > 1;
  }

  find(name: string): Variable | null {
    for (let i = this.#scopes.length - 1; i >= 0; i--) {
      const variable = this.#scopes[i]!.get(name);
      if (variable !== undefined) return variable;
    }
    return null;
  }

  /** The variable of that name, made if it does not exist yet. */
  demand(name: string): Variable {
    const found = this.find(name);
    if (found !== null) return found;
    const variable = fresh();
    this.#scopes[0]!.set(name, variable);
    return variable;
  }

  /** Makes `name` local to the running function. */
  declareLocal(name: string): Variable {
    const scope = this.#scopes[this.#scopes.length - 1]!;
    const present = scope.get(name);
    if (present !== undefined) return present;
    const variable = fresh();
    scope.set(name, variable);
    return variable;
  }

  /** The plain value; of an array, its element 0. Null when unset. */
  get(name: string): string | null {
    const variable = this.find(name);
    if (variable === null) return null;
    if (variable.indexed !== null) return variable.indexed.get(0) ?? null;
    if (variable.associative !== null) return variable.associative.get("0") ?? null;
    return variable.value;
  }

  set(name: string, value: string): void {
    const variable = this.demand(name);
    if (variable.indexed !== null) variable.indexed.set(0, value);
    else if (variable.associative !== null) variable.associative.set("0", value);
    else variable.value = value;
  }

  setArray(name: string, values: readonly string[]): void {
    const variable = this.demand(name);
    variable.value = null;
    variable.indexed = new Map(values.map((value, index) => [index, value]));
  }

  unset(name: string): void {
    for (let i = this.#scopes.length - 1; i >= 0; i--) if (this.#scopes[i]!.delete(name)) return;
  }

  /** Takes what `snapshot` kept back: the variable as it was, or its absence. */
  restore(name: string, kept: Variable | null): void {
    this.unset(name);
    if (kept !== null) this.#scopes[this.#scopes.length - 1]!.set(name, kept);
  }

  snapshot(name: string): Variable | null {
    const variable = this.find(name);
    return variable === null ? null : copy(variable);
  }

  names(): string[] {
    return [...this.#visible()].sort();
  }

  #visible(): Set<string> {
    const names = new Set<string>();
    for (const scope of this.#scopes) for (const name of scope.keys()) names.add(name);
    return names;
  }

  /** What a child process gets, in the order in which it was set. */
  exported(): Map<string, string> {
    const environment = new Map<string, string>();
    for (const name of this.#visible()) {
      const variable = this.find(name);
      const value = this.get(name);
      if (variable?.exported && value !== null) environment.set(name, value);
    }
    return environment;
  }

  /** The elements of an array in order; a plain variable is an array of one. */
  elements(name: string): readonly (readonly [string, string])[] {
    const variable = this.find(name);
    if (variable === null) return [];
    if (variable.indexed !== null) {
      return [...variable.indexed].sort((a, b) => a[0] - b[0]).map(([index, value]) => [`${index}`, value]);
    }
    if (variable.associative !== null) return [...variable.associative];
    return variable.value === null ? [] : [["0", variable.value]];
  }
}
