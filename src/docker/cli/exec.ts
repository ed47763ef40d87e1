import type { Program } from "../../sim/process.ts";
import type { ContainerProcess } from "../api/docker-api.ts";
import { StartFailure } from "../container/container-runtime.ts";
import { UnknownUser } from "../container/user.ts";
import { naming } from "./ask.ts";
import { ClientError, type Invocation } from "./client-context.ts";
import { checkDetachKeys } from "./detach-keys.ts";
import { keyValues } from "./key-value-files.ts";
import { checkTty } from "./streams.ts";

/** `docker exec`: a further process in a container, at this terminal unless it is detached. */
export function* execInContainer({ context, options, args, api }: Invocation): Program {
  const ref = args[0]!;
  const env = keyValues(context, options.list("env-file"), options.list("env"), (name) =>
    context.env.get(name),
  );
  const detach = options.flag("detach");
  const stdin = !detach && options.flag("interactive");
  const tty = options.flag("tty");
  naming("container", ref, () => api.containerInspect(ref));
  if (!detach) checkTty(context, stdin, tty);
  checkDetachKeys(options, "exec");
  const config = {
    User: options.text("user"),
    Privileged: options.flag("privileged"),
    Tty: tty,
    AttachStdin: stdin,
    Detach: detach,
    Env: env,
    WorkingDir: options.text("workdir"),
    Cmd: [...args.slice(1)],
  };
  const nowhere = (): void => {};
  const out = (text: string): void => context.out(text);
  let process: ContainerProcess;
  try {
    process = api.exec(ref, config, {
      out: detach ? nowhere : out,
      err: detach ? nowhere : tty ? out : (text) => context.err(text),
      input: stdin ? context.input : null,
    });
  } catch (error) {
    // The engine writes it where the process would have written.
    if (error instanceof UnknownUser && !detach) {
      context.out(`${error.message}\r\n`);
      return 126;
    }
    if (error instanceof UnknownUser) throw new ClientError(`Error response from daemon: ${error.message}`);
    if (!(error instanceof StartFailure)) throw error;
    const words = `OCI runtime exec failed: exec failed: ${error.words}`;
    if (detach) throw new ClientError(`Error response from daemon: ${words}`);
    context.out(`${words}\r\n`);
    return error.status;
  }
  if (detach) return 0;
  while (process.status === null) yield { on: [process.exited], until: Number.POSITIVE_INFINITY };
  return process.status;
}
