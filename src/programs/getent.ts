import type { Program, Wait } from "../sim/process.ts";
import * as ip from "../wire/ipv4-address.ts";
import type { ProgramContext } from "./program-context.ts";
import { hostLines, nameOf, resolveName } from "./resolve-name.ts";

/** A key was not found; a database is not known. */
const MISSING = 2;
const UNKNOWN = 1;

/** `getent` of glibc 2.36 for hosts: `hosts`, `ahosts`, `ahostsv4`. */
export function* getent(context: ProgramContext): Program {
  const [database, ...keys] = context.args;
  if (database === undefined) {
    context.err(
      "getent: wrong number of arguments\nTry `getent --help' or `getent --usage' for more information.\n",
    );
    return UNKNOWN;
  }
  if (database !== "hosts" && database !== "ahosts" && database !== "ahostsv4") {
    context.err(
      `Unknown database: ${database}\nTry \`getent --help' or \`getent --usage' for more information.\n`,
    );
    return UNKNOWN;
  }
  if (keys.length === 0) {
    for (const [address, names] of hostLines(context))
      context.out(`${ip.format(address).padEnd(15)} ${names.join(" ")}\n`);
    return 0;
  }
  let status = 0;
  for (const key of keys)
    if (!(yield* database === "hosts" ? hosts(context, key) : ahosts(context, key, database)))
      status = MISSING;
  return status;
}

/** Looks for IPv6 addresses first, as the real one does, and for IPv4 when there are none. */
function* hosts(context: ProgramContext, key: string): Generator<Wait, boolean, void> {
  const address = ip.parse(key);
  if (address !== null) {
    const name = yield* nameOf(context, address);
    if (name === null) return false;
    context.out(`${key.padEnd(15)} ${name}\n`);
    return true;
  }
  const six = yield* resolveName(context, key, "ipv6");
  const found = six.address !== null ? six : yield* resolveName(context, key, "ipv4");
  if (found.address === null) return false;
  const aliases = found.aliases.map((alias) => ` ${alias}`).join("");
  for (const each of found.addresses)
    context.out(`${ip.format(each).padEnd(15)} ${found.canonical}${aliases}\n`);
  return true;
}

function* ahosts(context: ProgramContext, key: string, database: string): Generator<Wait, boolean, void> {
  const found = yield* resolveName(context, key, database === "ahostsv4" ? "ipv4" : "any");
  if (found.address === null) return false;
  for (const [i, address] of found.addresses.entries())
    for (const kind of ["STREAM", "DGRAM", "RAW"]) {
      const name = i === 0 && kind === "STREAM" ? found.canonical : "";
      context.out(`${ip.format(address).padEnd(15)} ${kind.padEnd(6)} ${name}\n`);
    }
  return true;
}
