// npm run agreement [-- [--quiet] DIR]: types the records of a folder and says, for each, how many commands agree.
import { differingLines } from "./compare.ts";
import { readSessions } from "./records.ts";
import { type Outcome, replay } from "./replay.ts";

const RECORDS = "test/recorded/docker";

/** The lines of a difference that are shown; the rest is counted. */
const SHOWN = 12;

function report(outcome: Outcome): string {
  const { command, found } = outcome;
  const head = `${command.record} ${command.n} [${command.node}] $ ${command.command}`;
  if (found === null) return head;
  const text =
    found.what === "identity" || found.what === "status"
      ? `- ${found.theirs}\n+ ${found.ours}`
      : differingLines(found);
  const lines = text.split("\n").map((line) => `    ${line.slice(0, 200)}`);
  const more = lines.length > SHOWN ? [`    and ${lines.length - SHOWN} lines more`] : [];
  return [head, `    ${found.what}:`, ...lines.slice(0, SHOWN), ...more].join("\n");
}

const args = process.argv.slice(2);
const quiet = args.includes("--quiet");
const [folder = RECORDS] = args.filter((arg) => arg !== "--quiet");
let sessions: ReturnType<typeof readSessions>;
try {
  sessions = readSessions(folder);
} catch (error) {
  console.error(`agreement: ${folder}: ${(error as Error).message}`);
  process.exit(2);
}
if (sessions.length === 0) {
  console.error(`agreement: ${folder} holds no records of one host (NAME.jsonl)`);
  process.exit(2);
}
const outcomes: Outcome[] = [];
for (const session of sessions) outcomes.push(...(await replay(session)));
if (!quiet) for (const outcome of outcomes) if (outcome.found !== null) console.log(report(outcome));
const width = Math.max(...outcomes.map(({ command }) => command.record.length));
for (const record of new Set(outcomes.map(({ command }) => command.record))) {
  const own = outcomes.filter(({ command }) => command.record === record);
  console.log(share(record.padEnd(width), own));
}
console.log(share("in all".padEnd(width), outcomes));

function share(name: string, some: readonly Outcome[]): string {
  const agree = some.filter(({ found }) => found === null).length;
  const all = some.length;
  return `${name}  ${`${agree}`.padStart(4)} of ${`${all}`.padStart(4)}  ${((100 * agree) / all).toFixed(1).padStart(5)} %`;
}
