import { type Connection, ConnectionChange } from "../../netfilter/conntrack/connection.ts";
import type { Conntrack } from "../../netfilter/conntrack/conntrack.ts";
import { conntrackOf } from "../../netfilter/conntrack/conntrack-hooks.ts";
import { conntrackMatches } from "../../operations/conntrack/conntrack-filter.ts";
import { conntrackEventLine } from "../../operations/conntrack/conntrack-line.ts";
import { said } from "../../operations/conntrack/conntrack-messages.ts";
import { type ConntrackCommand, readCommand } from "../../operations/conntrack/conntrack-options.ts";
import { conntrackSaveLine } from "../../operations/conntrack/conntrack-save-line.ts";
import { conntrackEventXml, XML_END, XML_HEAD, xmlWhen } from "../../operations/conntrack/conntrack-xml.ts";
import { ToolError } from "../../operations/tool-error.ts";
import { type Program, SIGINT, SIGTERM } from "../../sim/process.ts";
import { WaitQueue } from "../../sim/wait-queue.ts";
import type { CommandContext } from "../command.ts";

/** True for command lines that ask for events: those run until somebody ends them. */
export function asksForEvents(args: readonly string[]): boolean {
  return args.some((word) => word === "-E" || word === "--event");
}

/** `conntrack -E`: tells of connections as they come, change and go. */
export function* conntrackEvents(context: CommandContext): Program {
  let command: ConntrackCommand;
  try {
    command = readCommand(context.args);
  } catch (error) {
    if (!(error instanceof ToolError)) throw error;
    context.err(error.text);
    return error.status;
  }
  const watch = new EventWatch(context, conntrackOf(context.namespace), command);
  try {
    return yield* watch.run();
  } finally {
    watch.close();
  }
}

class EventWatch {
  readonly #context: CommandContext;
  readonly #conntrack: Conntrack;
  readonly #command: ConntrackCommand;
  readonly #changed: WaitQueue = new WaitQueue();
  readonly #listener = {
    connectionChanged: (connection: Connection, changes: number): void => this.#hear(connection, changes),
  };
  #text = "";
  #count = 0;
  #stopped = false;

  constructor(context: CommandContext, conntrack: Conntrack, command: ConntrackCommand) {
    this.#context = context;
    this.#conntrack = conntrack;
    this.#command = command;
    conntrack.listen(this.#listener);
    context.onSignal((signal) => {
      if (signal !== SIGINT && signal !== SIGTERM) return false;
      this.#stopped = true;
      this.#changed.notify();
      return true;
    });
  }

  *run(): Program {
    for (;;) {
      if (this.#text !== "") this.#context.out(this.#text);
      this.#text = "";
      if (this.#stopped) break;
      yield { on: [this.#changed], until: Number.POSITIVE_INFINITY };
    }
    if (this.#command.format === "xml") this.#context.out(this.#count === 0 ? XML_HEAD + XML_END : XML_END);
    this.#context.err(said(`${this.#count} flow events have been shown.`));
    return 0;
  }

  close(): void {
    this.#conntrack.unlisten(this.#listener);
  }

  #hear(connection: Connection, changes: number): void {
    const { filter, events } = this.#command;
    const destroyed = (changes & ConnectionChange.destroy) !== 0;
    const made = (changes & (ConnectionChange.new | ConnectionChange.related)) !== 0;
    const kind = destroyed ? "DESTROY" : made ? "NEW" : "UPDATES";
    if (events !== null && !events.includes(kind) && !events.includes("ALL")) return;
    if (!conntrackMatches(filter, connection)) return;
    const by = this.#conntrack.actor;
    const user = by === null ? "" : ` [USERSPACE] portid=${by} progname=conntrack`;
    this.#count++;
    this.#text += `${this.#print(connection, changes)}${user}\n`;
    this.#changed.notify();
  }

  #print(connection: Connection, changes: number): string {
    const { line, timestamp, format } = this.#command;
    const destroyed = (changes & ConnectionChange.destroy) !== 0;
    const made = (changes & (ConnectionChange.new | ConnectionChange.related)) !== 0;
    if (format === "save")
      return conntrackSaveLine(connection, destroyed ? "destroy" : made ? "new" : "update");
    if (format === "xml") {
      const head = this.#count === 1 ? XML_HEAD : "";
      const when = timestamp ? xmlWhen(this.#context.machine.clock().seconds) : "";
      return `${head}${conntrackEventXml(connection, changes, when)}`;
    }
    const head = destroyed ? "[DESTROY] " : made ? "    [NEW] " : " [UPDATE] ";
    return `${timestamp ? this.#time() : ""}${head}${conntrackEventLine(connection, line, changes)}`;
  }

  #time(): string {
    const { seconds, nanos } = this.#context.machine.clock();
    return `[${seconds}.${String(Math.floor(nanos / 1000)).padStart(6, "0")}]\t`;
  }
}
