import type { Wait } from "../../sim/process.ts";
import type { ProgramContext } from "../program-context.ts";
import { lookupError, resolveName } from "../resolve-name.ts";
import { fail, type NetcatOptions } from "./nc-options.ts";

/** The address of the host that netcat was given, int32. @throws {ProgramExit} when it has none. */
export function* hostAddress(
  context: ProgramContext,
  { host, port }: NetcatOptions,
): Generator<Wait, number, void> {
  const found = yield* resolveName(context, host);
  if (found.address !== null) return found.address;
  return fail(`getaddrinfo for host "${host}" port ${port}: ${lookupError(found.failure)}`);
}
