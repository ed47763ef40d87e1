import type { Program } from "../sim/process.ts";
import { netcatOptions } from "./nc-options.ts";
import { NetcatTcp } from "./nc-tcp.ts";
import { NetcatUdp } from "./nc-udp.ts";
import type { ProgramContext } from "./program-context.ts";
import { ProgramExit } from "./program-exit.ts";

/** `nc` of OpenBSD, as Debian has it, with TCP and UDP. */
export function* nc(context: ProgramContext): Program {
  try {
    const options = netcatOptions(context);
    const netcat = options.udp ? new NetcatUdp(context, options) : new NetcatTcp(context, options);
    try {
      return yield* netcat.run();
    } finally {
      netcat.close();
    }
  } catch (error) {
    if (!(error instanceof ProgramExit)) throw error;
    context.err(error.message);
    return error.status;
  }
}
