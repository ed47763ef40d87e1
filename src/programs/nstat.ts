import { own } from "../base/own.ts";
import { snmp } from "../net/proc-net.ts";
import { netstat } from "../net/tcp/proc-counters.ts";
import type { Program } from "../sim/process.ts";
import { getopt } from "./getopt.ts";
import { absolutePath, type ProgramContext } from "./program-context.ts";
import { ProgramExit, runAtOnce } from "./program-exit.ts";

const USAGE = `Usage: nstat [OPTION] [ PATTERN [ PATTERN ] ]
   -h, --help          this message
   -a, --ignore        ignore history
   -d, --scan=SECS     sample every statistics every SECS
   -j, --json          format output in JSON
   -n, --nooutput      do history only
   -p, --pretty        pretty print
   -r, --reset         reset history
   -s, --noupdate      don't update history
   -t, --interval=SECS report average over the last SECS
   -V, --version       output version information
   -z, --zeros         show entries with zero activity
`;
const LONG: Readonly<Record<string, string>> = {
  help: "h",
  ignore: "a",
  json: "j",
  nooutput: "n",
  pretty: "p",
  reset: "r",
  noupdate: "s",
  version: "V",
  zeros: "z",
};
/** They are no counters, and nstat leaves them out. */
const NO_COUNTERS: ReadonlySet<string> = new Set([
  ...[
    "IpForwarding",
    "IpDefaultTTL",
    "TcpRtoAlgorithm",
    "TcpRtoMin",
    "TcpRtoMax",
    "TcpMaxConn",
    "TcpCurrEstab",
  ],
]);
const HEAD = "#kernel\n";

/** Counters by their names, in the kernel's order. */
type Counters = ReadonlyMap<string, number>;
const NOTHING: Counters = new Map();

interface Row {
  readonly name: string;
  readonly value: number;
  /** It was higher before. */
  readonly overflow?: true;
}

/**
 * `nstat` of iproute2 6.1: what the counters of /proc/net/snmp and /proc/net/netstat have risen by since it was last
 * called. It remembers them in a file that all namespaces share, as the real one does.
 */
export function nstat(context: ProgramContext): Program {
  return runAtOnce(context, () => run(context));
}

function run(context: ProgramContext): void {
  const args = context.args.map((word) => {
    const letter = own(LONG, word.replace(/^--/, ""));
    return word.startsWith("--") && letter !== undefined ? `-${letter}` : word;
  });
  const { options, operands } = getopt(args, "h?vVzrnasd:t:jp");
  const letters = new Set<string>();
  for (const { name, message } of options) {
    if (name === "?") throw new ProgramExit(255, `nstat: ${message}\n${USAGE}`);
    if (name === "h") throw new ProgramExit(255, USAGE);
    if (name === "d" || name === "t") throw new ProgramExit(255, `nstat: -${name} is not simulated\n`);
    letters.add(name);
  }
  if (letters.has("V") || letters.has("v")) {
    context.out("nstat utility, iproute2-6.1.0\n");
    return;
  }
  const place = absolutePath(
    context,
    context.env.get("NSTAT_HISTORY") ?? `/tmp/.nstat.u${context.credentials.uid}`,
  );
  const now = countersOf(context);
  // Who neither looks at the history nor writes it does not even open it.
  const opens = !letters.has("a") || !letters.has("s");
  const history = opens ? openHistory(context, place, letters.has("r")) : NOTHING;
  const isAsked = (name: string): boolean =>
    operands.length === 0 || operands.some((pattern) => matches(pattern, name));
  const since = letters.has("a") ? NOTHING : history;
  const shown = [...now]
    .filter(([name]) => isAsked(name))
    .map(([name, value]) => riseOf(name, value, since.get(name) ?? 0))
    .filter(({ value }) => value !== 0 || letters.has("z"));
  if (!letters.has("n")) context.out(letters.has("j") ? asJson(shown, letters.has("p")) : asText(shown));
  if (letters.has("s")) return;
  const kept = [...now]
    .map(([name, value]) => ({ name, value: isAsked(name) ? value : (history.get(name) ?? value) }))
    .filter(({ value }) => value !== 0 || letters.has("z"));
  context.files.write(place, asText(kept));
}

function countersOf({ namespace }: ProgramContext): Counters {
  const counters = new Map<string, number>();
  const lines = `${snmp(namespace)}${netstat(namespace)}`.trim().split("\n");
  for (let i = 0; i + 1 < lines.length; i += 2) {
    const [prefix = "", ...names] = lines[i]!.split(" ");
    const values = lines[i + 1]!.split(" ").slice(1);
    names.forEach((name, at) => {
      const whole = prefix.replace(":", "") + name;
      if (!NO_COUNTERS.has(whole)) counters.set(whole, Number(values[at]));
    });
  }
  return counters;
}

/** By how much a counter has risen. One that was higher the last time counts as another namespace's: nought. */
function riseOf(name: string, value: number, before: number): Row {
  return value < before ? { name, value: 0, overflow: true } : { name, value: value - before };
}

/** Makes the file of the history when there is none. @throws {ProgramExit} when it is none, or cannot be opened */
function openHistory(context: ProgramContext, place: string, isReset: boolean): Counters {
  try {
    if (isReset || context.files.stat(place) === null) context.files.write(place, "");
    return historyIn(context, context.files.read(place));
  } catch (error) {
    if (!(error instanceof Error) || error instanceof ProgramExit) throw error;
    throw new ProgramExit(255, `nstat: open history file: ${error.message}\n`);
  }
}

function historyIn(context: ProgramContext, text: string): Counters {
  const counters = new Map<string, number>();
  let isOurs = true;
  const lines = text === "" ? [] : text.replace(/\n$/, "").split("\n");
  for (const line of lines) {
    if (line.startsWith("#")) isOurs = `${line}\n` === HEAD;
    else {
      const [, name, value] = /^\s*(\S+)\s+(\d+)/.exec(line) ?? [];
      if (name === undefined) throw new ProgramExit(254, "nstat.c:146: error parsing history file\n");
      counters.set(name, Number(value));
    }
  }
  if (isOurs) return counters;
  context.err("nstat: history is stale, ignoring it.\n");
  return NOTHING;
}

/** fnmatch(3) without regard to case. */
function matches(pattern: string, name: string): boolean {
  const expression = pattern
    .replaceAll(/[\\^$.|+(){}]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  try {
    return new RegExp(`^${expression.replaceAll("[!", "[^")}$`, "i").test(name);
  } catch {
    return pattern === name;
  }
}

function asText(rows: readonly Row[]): string {
  const line = ({ name, value, overflow }: Row): string =>
    `${name.padEnd(32)}${String(value).padEnd(16)}   0.0${overflow ? " (overflow)" : ""}\n`;
  return HEAD + rows.map(line).join("");
}

function asJson(rows: readonly Row[], pretty: boolean): string {
  const counters = Object.fromEntries(rows.map(({ name, value }) => [name, value]));
  return `${JSON.stringify({ kernel: counters }, null, pretty ? 4 : undefined)}\n`;
}
