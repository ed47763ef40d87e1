import { UserError } from "../base/user-error.ts";
import type { Lab } from "../lab/lab.ts";
import { Tables } from "../lab/tables.ts";
import type { Toolbox } from "../operations/toolbox.ts";
import { matches } from "../wire/filter.ts";
import { parseFilter } from "../wire/filter-parser.ts";
import type { Journey, WorldQuestions } from "./lesson-world.ts";

type TableName = Parameters<WorldQuestions["entries"]>[0];
const METHODS = {
  fdb: "fdb",
  route: "routes",
  neighbour: "neighbours",
  rule: "rules",
  address: "addresses",
} as const;

/** Answers what `expect` blocks ask, out of a lab that is recorded. */
export class LabQuestions implements WorldQuestions {
  readonly #lab: Lab;
  readonly #tables: Tables;

  constructor(lab: Lab, toolbox: Toolbox) {
    this.#lab = lab;
    this.#tables = new Tables(lab, toolbox);
  }

  journeys(since: number): readonly Journey[] {
    return this.#lab.journeys(since);
  }

  counters(path: string): Readonly<Record<string, number>> | null {
    const device = this.#find(() => this.#lab.device(path));
    if (device === null) return null;
    return { ...this.#tables.counters(device) };
  }

  entries(table: TableName, where: string): readonly Readonly<Record<string, string>>[] | null {
    const ns = this.#find(() => this.#lab.namespace(where));
    if (ns === null) return null;
    return this.#tables[METHODS[table]](ns).map((row) => {
      const fields: Record<string, string> = {};
      for (const [name, value] of Object.entries(row)) {
        if (value === null || value === false) continue;
        // The key `table` of a claim says which table it is about.
        fields[name === "table" ? "tableId" : name] = Array.isArray(value) ? value.join(" ") : String(value);
      }
      return fields;
    });
  }

  frames(path: string, filterText: string): number | string {
    const device = this.#find(() => this.#lab.device(path));
    if (device === null) return `there is no device ${path}`;
    const parsed = parseFilter(filterText);
    if (!parsed.ok) return parsed.message;
    const recorder = this.#lab.record();
    let count = 0;
    for (const step of recorder.steps()) {
      if (step.place !== device.place) continue;
      const bytes = recorder.bytes(step.index);
      if (bytes === null) continue;
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      if (matches(parsed.filter, view, 0, bytes.length)) count++;
    }
    return count;
  }

  #find<T>(find: () => T): T | null {
    try {
      return find();
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      return null; // the expectation says that there is no such place
    }
  }
}
