/**
 * `npm run fuzz [TARGET...] [--seed S] [--from N] [--runs N]`: a million inputs for each target, each target in a process of its own,
 * two at a time. A target that says nothing for five minutes hangs, and is ended.
 */
import { fork } from "node:child_process";
import { parseArgs } from "node:util";
import { again, CHAPTER } from "./fuzz.ts";
import { type Target, targets } from "./targets.ts";

const HANGS_AFTER = 300;

const { values, positionals } = readArguments();
const seed = Number(values.seed);
const from = Number(values.from);
const chosen = targets.filter((target) => positionals.length === 0 || positionals.includes(target.key));
if (chosen.length === 0 || from % CHAPTER !== 0) {
  process.stderr.write(`fuzz: targets are ${targets.map((target) => target.key).join(", ")}\n`);
  process.stderr.write(`fuzz: --from is a multiple of ${CHAPTER}\n`);
  process.exit(2);
}

function readArguments() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        seed: { type: "string", default: "1" },
        from: { type: "string", default: "0" },
        runs: { type: "string", default: "1000000" },
      },
    });
  } catch (error) {
    process.stderr.write(`fuzz: ${(error as Error).message.split(".")[0]}\n`);
    process.stderr.write("usage: npm run fuzz -- [TARGET...] [--seed S] [--from N] [--runs N]\n");
    process.exit(2);
  }
}

const progress: Map<string, string> = new Map();
function show(): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${[...progress.values()].join("   ")}`);
}

/** True when all inputs of a target were answered well. */
function feed(target: Target): Promise<boolean> {
  const runs = Math.ceil(Number(values.runs) / (values.runs === "1000000" ? target.cost : 1));
  const started = process.hrtime.bigint();
  const child = fork(new URL("./child.ts", import.meta.url), [target.key, `${seed}`, `${from}`, `${runs}`], {
    execArgv: ["--import", "tsx", "--max-old-space-size=1024"],
  });
  let done = 0;
  let most = 0;
  let silent = 0;
  const watch = setInterval(() => {
    silent++;
    show();
    if (silent < HANGS_AFTER) return;
    process.stderr.write(`\n${target.key} hangs. Again: ${again(target, seed, from + done + CHAPTER - 1)}\n`);
    child.kill("SIGKILL");
  }, 1000);
  child.on("message", (message: { readonly done: number; readonly bytes: number }) => {
    silent = 0;
    done = message.done;
    most = Math.max(most, message.bytes);
    progress.set(target.key, `${target.key} ${Math.floor((100 * done) / runs)}%`);
  });
  return new Promise((resolve) => {
    child.on("exit", (status) => {
      clearInterval(watch);
      progress.delete(target.key);
      const seconds = Number((process.hrtime.bigint() - started) / 1_000_000_000n);
      const memory = `${Math.round(most / 2 ** 20)} MiB`;
      if (process.stderr.isTTY) process.stderr.write("\r\u001b[K");
      process.stdout.write(
        `${status === 0 ? "held  " : "FAILED"} ${target.key}: ${target.name} (${done} inputs, ${seconds} s, ${memory})\n`,
      );
      resolve(status === 0);
    });
  });
}

const waiting = [...chosen];
let held = true;
async function feedNext(): Promise<void> {
  for (let target = waiting.shift(); target !== undefined; target = waiting.shift())
    held = (await feed(target)) && held;
}
await Promise.all([feedNext(), feedNext()]);
process.exitCode = held ? 0 : 1;
