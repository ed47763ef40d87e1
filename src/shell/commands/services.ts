import type { Call } from "../../docker/api/docker-api.ts";
import type { Host } from "../../net/host.ts";
import type { Program } from "../../sim/process.ts";
import type { CommandContext, CommandTable } from "../command.ts";

/** An engine as its service manager sees it. */
interface Service {
  restart(): Call<void>;
}

/**
 * Installs `systemctl` and `service`, as far as they restart a host's Docker Engine.
 * @param engineOf null where there is none
 */
export function registerServices(commands: CommandTable, engineOf: (host: Host) => Service | null): void {
  const run = (
    context: CommandContext,
    verb: string | undefined,
    unit: string | undefined,
  ): number | Program => {
    const name = context.args[0] === verb ? "systemctl" : "service";
    const isDocker = /^docker(?:\.service)?$/.test(unit ?? "");
    const engine = isDocker ? engineOf(context.host) : null;
    if (verb === undefined || unit === undefined || !["restart", "is-active"].includes(verb)) {
      context.err(`${name}: overmesh: only "restart docker" and "is-active docker" are simulated\n`);
      return 1;
    }
    if (verb === "is-active") {
      context.out(engine === null ? "inactive\n" : "active\n");
      return engine === null ? 3 : 0;
    }
    if (engine !== null) return restarting(engine);
    const full = unit.endsWith(".service") ? unit : `${unit}.service`;
    context.err(`Failed to restart ${full}: Unit ${full} not found.\n`);
    return 5;
  };
  const complete =
    (...words: readonly string[]) =>
    () => ({ words, values: [] });
  commands.register("systemctl", (context) => run(context, context.args[0], context.args[1]), {
    complete: complete("restart", "is-active", "docker"),
  });
  commands.register("service", (context) => run(context, context.args[1], context.args[0]), {
    complete: complete("docker", "restart"),
  });
}

function* restarting(engine: Service): Program {
  yield* engine.restart();
  return 0;
}
