import { errorText, KernelError } from "../../net/kernel-error.ts";
import type { Program } from "../../sim/process.ts";
import { toOctets } from "../../wire/http.ts";
import type { ProgramContext } from "../program-context.ts";
import type { HttpdSite } from "./httpd-connection.ts";
import { listen, serve } from "./httpd-listen.ts";

/**
 * `whoami [--port PORT]`: the server of the image training/whoami as the ground truth has it. It answers `GET /` with
 * `I'm HOSTNAME`, octet for octet as recorded.
 */
export function* whoami(context: ProgramContext): Program {
  const port = readPort(context.args);
  if (port === null) {
    context.err("Usage: whoami [--port PORT]\n");
    return 2;
  }
  const { seconds } = context.machine.clock();
  const content = toOctets(`I'm ${context.machine.hostname}\n`);
  const page = { content, changed: seconds, name: "index.html", gzipped: false };
  const site: HttpdSite = {
    find: (path) => (path === "/" || path === "/index.html" ? page : null),
  };
  try {
    const listener = listen(context, null, port);
    context.out(`Listening on :${port}\n`);
    return yield* serve(context, listener, site, 0);
  } catch (error) {
    if (!(error instanceof KernelError)) throw error;
    context.err(`listen tcp :${port}: bind: ${errorText[error.errno].toLowerCase()}\n`);
    return 1;
  }
}

function readPort(args: readonly string[]): number | null {
  const text = args.length === 0 ? "8000" : (/^--?port=(.*)$/.exec(args[0]!)?.[1] ?? args[1]);
  const isOption = args.length === 0 || /^--?port(=|$)/.test(args[0]!);
  if (!isOption || text === undefined || !/^\d{1,5}$/.test(text) || Number(text) > 65535) return null;
  return args.length > (args[0]?.includes("=") ? 1 : 2) ? null : Number(text);
}
