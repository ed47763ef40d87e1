import { dockerInit } from "./docker-init.ts";
import { ls } from "./ls.ts";
import { od } from "./od.ts";
import { chgrp, chown, stat } from "./owner-applets.ts";
import { nohup, setsid, stdbuf, sudo } from "./pass-through.ts";
import { paste } from "./paste.ts";
import { asProgram, pgrep, pidof, pkill } from "./processes.ts";
import { ps } from "./ps.ts";
import type { ShellProgram } from "./run.ts";
import { seq } from "./seq.ts";
import { bash, busybox } from "./shells.ts";
import { sort } from "./sort.ts";
import { cat, head, tee, wc, yes } from "./streams.ts";
import { date, hostname, mktemp, nproc, sleep, uname } from "./system.ts";
import { env, nsenter, timeout, xargs } from "./wrappers.ts";

let table: ReadonlyMap<string, ShellProgram> | null = null;

/**
 * Programs that are not about the network and that just-bash does not bring, or that must run in virtual time. The
 * table is made at the first call, because its parts import each other.
 */
function programs(): ReadonlyMap<string, ShellProgram> {
  table ??= new Map<string, ShellProgram>([
    ["bash", bash],
    ["sh", bash],
    ["dash", bash],
    ["busybox", busybox],
    ["cat", cat],
    ["chgrp", chgrp],
    ["chown", chown],
    ["date", date],
    ["docker-init", dockerInit],
    ["env", env],
    ["head", head],
    ["hostname", hostname],
    ["ls", ls],
    ["mktemp", mktemp],
    ["nohup", nohup],
    ["nproc", nproc],
    ["nsenter", nsenter],
    ["od", od],
    ["paste", paste],
    ["pgrep", pgrep],
    ["pidof", pidof],
    ["pkill", pkill],
    ["ps", ps],
    ["seq", seq],
    ["setsid", setsid],
    ["sleep", sleep],
    ["sort", sort],
    ["stat", stat],
    ["stdbuf", stdbuf],
    ["sudo", sudo],
    ["tee", tee],
    ["timeout", timeout],
    ["uname", uname],
    ["wc", wc],
    ["xargs", xargs],
    ["yes", yes],
    // Builtins that are programs as well, for env, xargs, timeout and busybox.
    ...["echo", "false", "kill", "printf", "pwd", "test", "[", "true"].map(
      (name) => [name, asProgram] as const,
    ),
  ]);
  return table;
}

export function findProgram(name: string): ShellProgram | null {
  return programs().get(name) ?? null;
}

export function programNames(): readonly string[] {
  return [...programs().keys()];
}
