import type { NetDevice } from "../../net/net-device.ts";
import type { Filter } from "../../wire/filter.ts";
import { parseFilter } from "../../wire/filter-parser.ts";
import * as ip from "../../wire/ipv4-address.ts";
import { absolutePath, type ProgramContext } from "../program-context.ts";
import { knownName } from "../resolve-name.ts";
import { fail, type TcpdumpOptions } from "./tcpdump-options.ts";

/** The filter of the command line or of -F; `net` and `broadcast` mean those of `device`. @throws {ProgramExit} */
export function compileFilter(
  context: ProgramContext,
  options: TcpdumpOptions,
  device: NetDevice | null,
): Filter {
  let text = options.expression;
  if (options.filterFile !== null) {
    try {
      text = context.files.read(absolutePath(context, options.filterFile));
    } catch (error) {
      fail(`can't open ${options.filterFile}: ${(error as Error).message}`);
    }
  }
  const first = device?.ipv4.addresses[0];
  const result = parseFilter(text, {
    netmask: first === undefined ? 0 : ip.netmask(first.prefixLength),
    resolve: (name) => {
      return knownName(context, name)?.addresses ?? [];
    },
  });
  return result.ok ? result.filter : fail(result.message);
}
