import type { Lab } from "../lab/lab.ts";
import type { NetworkNamespace } from "../net/network-namespace.ts";
import { OperationContext } from "../operations/operation-context.ts";
import { runTool } from "../operations/run-tool.ts";
import type { Toolbox } from "../operations/toolbox.ts";
import { matches } from "../wire/filter.ts";
import { parseFilter } from "../wire/filter-parser.ts";
import type { Journey, WorldQuestions } from "./lesson-world.ts";

type Row = Readonly<Record<string, unknown>>;
/** The command whose JSON shows a table, and the fields of `expect` blocks by the names that the tool gives them. */
const tables: Readonly<
  Record<"fdb" | "route" | "neighbour" | "rule", readonly [string, string, Record<string, string>]>
> = {
  fdb: ["bridge", "-j fdb show", { dev: "ifname", flags: "flags" }],
  route: ["ip", "-j route show table all", { via: "gateway", src: "prefsrc", tableId: "table" }],
  neighbour: ["ip", "-j neigh show", {}],
  rule: ["ip", "-j rule show", { from: "src", to: "dst", lookup: "table" }],
};

/** Answers what `expect` blocks ask, out of a lab that is recorded. */
export class LabQuestions implements WorldQuestions {
  readonly #lab: Lab;
  readonly #toolbox: Toolbox;

  constructor(lab: Lab, toolbox: Toolbox) {
    this.#lab = lab;
    this.#toolbox = toolbox;
  }

  journeys(since: number): readonly Journey[] {
    return this.#lab.journeys(since);
  }

  counters(path: string): Readonly<Record<string, number>> | null {
    const device = this.#find(() => this.#lab.device(path));
    if (device === null) return null;
    return { ...device.counters, collisions: 0 };
  }

  entries(table: keyof typeof tables, where: string): readonly Readonly<Record<string, string>>[] | null {
    const ns = this.#find(() => this.#lab.namespace(where));
    if (ns === null) return null;
    const [, , names] = tables[table];
    return this.#rows(table, ns).map((row) => {
      const fields: Record<string, string> = {};
      for (const [name, value] of Object.entries(row)) fields[name] = textOf(value);
      for (const [ours, theirs] of Object.entries(names)) {
        if (row[theirs] !== undefined) fields[ours] = textOf(row[theirs]);
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

  #rows(table: keyof typeof tables, ns: NetworkNamespace): readonly Row[] {
    const [tool, args] = tables[table];
    const result = runTool(tool, args.split(" "), new OperationContext(this.#toolbox, ns));
    return result.stdout.trim() === "" ? [] : (JSON.parse(result.stdout) as Row[]);
  }

  #find<T>(find: () => T): T | null {
    try {
      return find();
    } catch {
      return null; // the expectation says that there is no such place
    }
  }
}

function textOf(value: unknown): string {
  return Array.isArray(value) ? value.map(textOf).join(" ") : String(value);
}
