import type { NetworkNamespace } from "./network-namespace.ts";
import type { SysctlDefinition } from "./sysctl-definitions.ts";

// What follows a blank is not looked at, as in the kernel.
const INTEGER = /^\s*(-?)(0x[0-9a-f]+|\d+)(?:\s.*)?$/is;
/** The greatest int: where a setting has no other bound. */
export const INT_MAX = 0x7fffffff;

/** A whole number as /proc/sys takes it (proc_dointvec), within bounds; null for anything else. */
export function parseInteger(text: string, min: number = -INT_MAX - 1, max: number = INT_MAX): number | null {
  const match = INTEGER.exec(text);
  if (match === null) return null;
  const digits = match[2]!;
  const octal = /^0[0-7]+$/.test(digits);
  const value = (match[1] === "-" ? -1 : 1) * (octal ? Number.parseInt(digits, 8) : Number(digits));
  return value < min || value > max ? null : value;
}

/** A sysctl of a namespace that is one number, from `min` to `max`. */
export function number(
  path: string,
  min: number,
  max: number,
  read: (ns: NetworkNamespace) => number,
  write: (ns: NetworkNamespace, value: number) => void,
): SysctlDefinition {
  return {
    path,
    get: (ns) => String(read(ns)),
    set: (ns, text) => {
      const value = parseInteger(text, min, max);
      if (value === null) return false;
      write(ns, value);
      ns.world.generation++;
      return true;
    },
  };
}

/** A sysctl that nothing here depends on: it keeps what it is given, for each namespace. */
export function stored(path: string, initial: string): SysctlDefinition {
  const key = `sysctl ${path}`;
  return {
    path,
    get: (ns) => (ns.extensions.get(key) as string | undefined) ?? initial,
    set: (ns, text) => {
      ns.extensions.set(key, text.trim());
      return true;
    },
  };
}
