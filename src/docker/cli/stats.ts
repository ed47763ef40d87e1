import type { Program } from "../../sim/process.ts";
import { SECOND } from "../../sim/time.ts";
import { shortId } from "../ids.ts";
import { refusal } from "./ask.ts";
import { ClientError, type Invocation } from "./client-context.ts";
import { bytesSize, humanSize } from "./human-text.ts";
import { type Listing, listText } from "./list-output.ts";

/** What GET /containers/ID/stats says, as far as it is shown. */
interface Reading {
  /** As it was asked for. */
  readonly container: string;
  readonly name: string;
  readonly id: string;
  readonly cpu: number;
  readonly memory: number;
  readonly limit: number;
  readonly received: number;
  readonly sent: number;
  readonly pids: number;
}

const TABLE =
  "table {{.ID}}\t{{.Name}}\t{{.CPUPerc}}\t{{.MemUsage}}\t{{.MemPerc}}\t{{.NetIO}}\t{{.BlockIO}}\t{{.PIDs}}";

/** The client prints every half second what the engine tells every second. */
const PERIOD = SECOND / 2;

/** `docker stats`: once with `--no-stream`, else until it is ended, or the engine. */
export function* showStats({ context, options, args, api }: Invocation): Program {
  const said = options.text("format");
  const format = said === "" || said === "table" ? TABLE : said;
  const list = listing(!options.flag("no-trunc"));
  const refs = (): readonly string[] =>
    args.length > 0 ? args : api.containerList({ all: options.flag("all") }).map(({ Id }) => shortId(Id));
  const { ends } = api.events;
  for (;;) {
    if (api.events.ends !== ends) return 0;
    const readings: Reading[] = [];
    const refusals: string[] = [];
    for (const ref of refs()) {
      try {
        readings.push(reading(ref, api.containerStats(ref)));
      } catch (error) {
        refusals.push(refusal(error));
      }
    }
    if (refusals.length > 0 && args.length > 0) throw new ClientError(refusals.join("\n"));
    yield { on: [], until: context.now() + PERIOD };
    if (!options.flag("no-stream")) context.out("\x1b[2J\x1b[H");
    context.out(listText(format, readings, list));
    if (options.flag("no-stream")) return 0;
  }
}

function reading(container: string, stats: Record<string, unknown>): Reading {
  const part = (key: string): Record<string, unknown> =>
    (stats[key] as Record<string, unknown> | undefined) ?? {};
  const number = (value: unknown): number => (typeof value === "number" ? value : 0);
  const networks = Object.values(part("networks")) as Record<string, unknown>[];
  const sum = (key: string): number => networks.reduce((total, counters) => total + number(counters[key]), 0);
  const memory = part("memory_stats");
  const idle = (memory["stats"] as Record<string, unknown> | undefined)?.["inactive_file"];
  const usage = number(memory["usage"]);
  return {
    container,
    name: String(stats["name"] ?? ""),
    id: String(stats["id"] ?? ""),
    cpu: 0,
    memory: number(idle) < usage ? usage - number(idle) : usage,
    limit: number(memory["limit"]),
    received: sum("rx_bytes"),
    sent: sum("tx_bytes"),
    pids: number(part("pids_stats")["current"]),
  };
}

function listing(short: boolean): Listing<Reading> {
  return {
    type: "*container.statsContext",
    heads: {
      Container: "CONTAINER",
      Name: "NAME",
      ID: "CONTAINER ID",
      CPUPerc: "CPU %",
      MemUsage: "MEM USAGE / LIMIT",
      MemPerc: "MEM %",
      NetIO: "NET I/O",
      BlockIO: "BLOCK I/O",
      PIDs: "PIDS",
    },
    fields: (one) => ({
      BlockIO: `${humanSize(0, 3)} / ${humanSize(0, 3)}`,
      CPUPerc: `${one.cpu.toFixed(2)}%`,
      Container: one.container,
      ID: short ? shortId(one.id) : one.id,
      MemPerc: `${(one.limit === 0 ? 0 : (one.memory / one.limit) * 100).toFixed(2)}%`,
      MemUsage: `${bytesSize(one.memory)} / ${bytesSize(one.limit)}`,
      Name: one.name.length > 1 ? one.name.slice(1) : "--",
      NetIO: `${humanSize(one.received, 3)} / ${humanSize(one.sent, 3)}`,
      PIDs: String(one.pids),
    }),
  };
}
