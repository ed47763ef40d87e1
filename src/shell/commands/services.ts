import type { Call } from "../../docker/api/docker-api.ts";
import type { Host } from "../../net/host.ts";
import type { Program } from "../../sim/process.ts";
import { EPOCH_SECONDS, type Nanos, SECOND } from "../../sim/time.ts";
import type { CommandContext, CommandTable } from "../command.ts";

/** An engine as its service manager sees it. */
interface Service {
  readonly running: boolean;
  /** It ended because it refused to start. */
  readonly failed: boolean;
  /** What it said about its options, and whether it ended with that. */
  readonly journal: readonly { readonly at: Nanos; readonly text: string; readonly ended: boolean }[];
  stop(): Call<void>;
  /** False when it refused. */
  start(): boolean;
  restart(): Call<boolean>;
  reload(): void;
}

const VERBS = ["restart", "start", "stop", "reload", "is-active"];
/** The number of dockerd's process, in the journal. */
const MAIN_PID = 612;

/**
 * Installs `systemctl`, `service` and `journalctl`, as far as they are about a host's Docker Engine.
 * @param engineOf null where there is none
 */
export function registerServices(commands: CommandTable, engineOf: (host: Host) => Service | null): void {
  const run = (
    context: CommandContext,
    verb: string | undefined,
    unit: string | undefined,
  ): number | Program => {
    const name = context.args[0] === verb ? "systemctl" : "service";
    const isDocker = isDockerUnit(unit);
    const engine = isDocker ? engineOf(context.host) : null;
    if (verb === undefined || unit === undefined || !VERBS.includes(verb)) {
      context.err(
        `${name}: overmesh: only start, stop, restart, reload and is-active of docker are simulated\n`,
      );
      return 1;
    }
    if (verb === "is-active") return tellState(context, engine);
    if (engine !== null) return acted(context, verb, engine);
    const full = unit.endsWith(".service") ? unit : `${unit}.service`;
    context.err(`Failed to ${verb} ${full}: Unit ${full} not found.\n`);
    return 5;
  };
  const complete =
    (...words: readonly string[]) =>
    () => ({ words, values: [] });
  commands.register("systemctl", (context) => run(context, context.args[0], context.args[1]), {
    complete: complete(...VERBS, "docker"),
  });
  commands.register("service", (context) => run(context, context.args[1], context.args[0]), {
    complete: complete("docker", ...VERBS),
  });
  commands.register("journalctl", (context) => showJournal(context, engineOf(context.host)), {
    complete: complete("-u", "docker", "--no-pager"),
  });
}

function isDockerUnit(unit: string | undefined): boolean {
  return /^docker(?:\.service)?$/.test(unit ?? "");
}

/** 3: it does not run. */
function tellState(context: CommandContext, engine: Service | null): number {
  const state =
    engine === null ? "inactive" : engine.running ? "active" : engine.failed ? "failed" : "inactive";
  context.out(`${state}\n`);
  return state === "active" ? 0 : 3;
}

function* acted(context: CommandContext, verb: string, engine: Service): Program {
  let done = true;
  if (verb === "stop") yield* engine.stop();
  else if (verb === "start") done = engine.start();
  else if (verb === "restart") done = yield* engine.restart();
  else if (engine.running) engine.reload();
  else {
    context.err("docker.service is not active, cannot reload.\n");
    return 1;
  }
  if (done) return 0;
  context.err(
    'Job for docker.service failed because the control process exited with error code.\nSee "systemctl status docker.service" and "journalctl -xeu docker.service" for details.\n',
  );
  return 1;
}

/** `journalctl -u docker`: what dockerd said before it gave up. Options of order and number change nothing. */
function showJournal(context: CommandContext, engine: Service | null): number {
  const { args } = context;
  const unit = args.findIndex((word) => /^-\w*u$/.test(word) || word === "--unit");
  const named =
    unit >= 0 ? args[unit + 1] : args.find((word) => word.startsWith("--unit="))?.slice("--unit=".length);
  if (!isDockerUnit(named)) {
    context.err("journalctl: overmesh: only -u docker is simulated\n");
    return 1;
  }
  if (engine === null || engine.journal.length === 0) {
    context.out("-- No entries --\n");
    return 0;
  }
  const host = context.host.name;
  for (const { at, text, ended } of engine.journal) {
    const head = `${journalTime(at)} ${host}`;
    context.out(`${head} dockerd[${MAIN_PID}]: ${text}\n`);
    if (!ended) continue;
    context.out(
      [
        `${head} systemd[1]: docker.service: Main process exited, code=exited, status=1/FAILURE`,
        `${head} systemd[1]: docker.service: Failed with result 'exit-code'.`,
        `${head} systemd[1]: Failed to start docker.service - Docker Application Container Engine.`,
        "",
      ].join("\n"),
    );
  }
  return 0;
}

/** `Jan 01 00:05:00` */
function journalTime(at: Nanos): string {
  const [, day, month, , time] = new Date((EPOCH_SECONDS + Math.floor(at / SECOND)) * 1000)
    .toUTCString()
    .split(" ");
  return `${month} ${day} ${time}`;
}
