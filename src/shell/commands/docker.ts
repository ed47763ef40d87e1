import type { DockerApi } from "../../docker/api/docker-api.ts";
import { type ClientContext, ClientError } from "../../docker/cli/client-context.ts";
import { completeDocker } from "../../docker/cli/complete.ts";
import { docker } from "../../docker/cli/docker.ts";
import { goFiles } from "../../docker/go-files.ts";
import type { Host } from "../../net/host.ts";
import { quote } from "../../operations/words.ts";
import { caused, under } from "../../sim/caused.ts";
import type { Program } from "../../sim/process.ts";
import type { Cause } from "../../sim/registry.ts";
import type { CommandContext, CommandTable } from "../command.ts";

/** Columns of the terminal that nobody has measured. */
const COLUMNS = 80;

/** Installs the `docker` client. @param engineOf the engine that listens on a host; null when none does */
export function registerDocker(commands: CommandTable, engineOf: (host: Host) => DockerApi | null): void {
  commands.register("docker", (context) => forItself(context, clientContext(context, engineOf)), {
    complete: (args, { host }) => ({ words: completeDocker(engineOf(host), args), values: ["file"] }),
  });
}

/** Runs the client; what the engine does for it names it: `docker network create sample-net`. */
function forItself(context: CommandContext, client: ClientContext): number | Program {
  const { registry } = context.host.world;
  const text = ["docker", ...context.args].map(quote).join(" ");
  const cause: Cause = { by: "operation", text, line: context.machine.place };
  const result = under(registry, cause, () => docker(client));
  return typeof result === "number" ? result : caused(registry, cause, result);
}

function clientContext(context: CommandContext, engineOf: (host: Host) => DockerApi | null): ClientContext {
  return {
    args: context.args,
    // A container has no socket of the engine; only the host's own shell finds it.
    api: context.machine.image === null ? engineOf(context.host) : null,
    input: context.keyboard ?? context.input,
    env: context.env,
    cwd: context.cwd,
    files: goFiles(context.files, (words) => new ClientError(words)),
    tty: { input: context.keyboard !== null, output: context.terminal, columns: COLUMNS },
    now: () => context.host.world.now,
    out: (text) => context.out(text),
    err: (text) => context.err(text),
    onSignal: (handler) => context.onSignal(handler),
  };
}
