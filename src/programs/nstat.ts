import { own } from "../base/own.ts";
import { snmp } from "../net/proc-net.ts";
import { netstat } from "../net/tcp/proc-counters.ts";
import type { Program } from "../sim/process.ts";
import { getopt } from "./getopt.ts";
import type { ProgramContext } from "./program-context.ts";
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
  const place = context.env.get("NSTAT_HISTORY") ?? `/tmp/.nstat.u${context.credentials.uid}`;
  const now = countersOf(context);
  const history = letters.has("r") ? new Map<string, number>() : readHistory(context, place);
  const isAsked = (name: string): boolean =>
    operands.length === 0 || operands.some((pattern) => matches(pattern, name));
  const since = letters.has("a") ? new Map<string, number>() : history;
  const shown = [...now]
    .filter(([name]) => isAsked(name))
    .map(([name, value]) => [name, value - (since.get(name) ?? 0)] as const)
    .filter(([, value]) => value !== 0 || letters.has("z"));
  if (!letters.has("n")) context.out(letters.has("j") ? asJson(shown, letters.has("p")) : asText(shown));
  if (letters.has("s")) return;
  const kept = [...now]
    .map(([name, value]) => [name, isAsked(name) ? value : (history.get(name) ?? value)] as const)
    .filter(([, value]) => value !== 0 || letters.has("z"));
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

function readHistory(context: ProgramContext, place: string): Counters {
  if (context.files.stat(place) === null) return new Map();
  const rows = context.files.read(place).split("\n").slice(1);
  return new Map(
    rows.filter((row) => row !== "").map((row) => [row.split(/\s+/)[0]!, Number(row.split(/\s+/)[1])]),
  );
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

function asText(rows: readonly (readonly [string, number])[]): string {
  return HEAD + rows.map(([name, value]) => `${name.padEnd(32)}${String(value).padEnd(16)}   0.0\n`).join("");
}

function asJson(rows: readonly (readonly [string, number])[], pretty: boolean): string {
  return `${JSON.stringify({ kernel: Object.fromEntries(rows) }, null, pretty ? 4 : undefined)}\n`;
}
