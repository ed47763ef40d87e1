import type { Program } from "../../sim/process.ts";
import type { ProgramContext } from "../program-context.ts";
import { runSession } from "../program-exit.ts";
import { netcatOptions } from "./nc-options.ts";
import { NetcatTcp } from "./nc-tcp.ts";
import { NetcatUdp } from "./nc-udp.ts";

/** `nc` of OpenBSD, as Debian has it, with TCP and UDP. */
export function nc(context: ProgramContext): Program {
  return runSession(context, () => {
    const options = netcatOptions(context);
    return options.udp ? new NetcatUdp(context, options) : new NetcatTcp(context, options);
  });
}
