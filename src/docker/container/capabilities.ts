import type { HostConfig } from "../api/container-types.ts";
import { DaemonError } from "../api/daemon-error.ts";
import type { ContainerUser } from "./user.ts";

/** What containers may do unless they are told otherwise (docs.docker.com/engine/reference/run, capabilities). */
const DEFAULT =
  "AUDIT_WRITE CHOWN DAC_OVERRIDE FOWNER FSETID KILL MKNOD NET_BIND_SERVICE NET_RAW SETFCAP SETGID SETPCAP SETUID SYS_CHROOT".split(
    " ",
  );
/** The same for those who add and drop nothing. */
const DEFAULTS: ReadonlySet<string> = new Set(DEFAULT);
/** All that the engine knows: Linux has BPF, PERFMON and CHECKPOINT_RESTORE besides (capabilities(7)). */
const ALL: ReadonlySet<string> = new Set([
  ...DEFAULT,
  ..."AUDIT_CONTROL AUDIT_READ BLOCK_SUSPEND DAC_READ_SEARCH IPC_LOCK IPC_OWNER LEASE LINUX_IMMUTABLE MAC_ADMIN MAC_OVERRIDE NET_ADMIN NET_BROADCAST SYS_ADMIN SYS_BOOT SYS_MODULE SYS_NICE SYS_PACCT SYS_PTRACE SYS_RAWIO SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG SYSLOG WAKE_ALARM".split(
    " ",
  ),
]);

/** `net_admin`, `CAP_NET_ADMIN` and `NET_ADMIN` are one; null for none. */
function plainName(word: string): string | null {
  const name = word.toUpperCase().replace(/^CAP_/, "");
  return name === "ALL" || ALL.has(name) ? name : null;
}

/** Refuses what is no capability. @throws {DaemonError} 400 */
export function checkCapabilities({ CapAdd, CapDrop }: Pick<HostConfig, "CapAdd" | "CapDrop">): void {
  for (const [what, words] of [
    ["CapAdd", CapAdd],
    ["CapDrop", CapDrop],
  ] as const)
    for (const word of words ?? [])
      if (plainName(word) === null)
        throw new DaemonError(
          400,
          `invalid ${what}: unknown capability: "CAP_${word.toUpperCase().replace(/^CAP_/, "")}"`,
        );
}

type Wishes = Pick<HostConfig, "Privileged" | "CapAdd" | "CapDrop">;

const NOTHING: ReadonlySet<string> = new Set();

/** What a process of a container may do, and what it may ever get: only root keeps anything. */
export function privilegesOf(
  wishes: Wishes,
  { uid }: ContainerUser,
): { readonly capabilities: ReadonlySet<string>; readonly bounding: ReadonlySet<string> } {
  const bounding = allowedBy(wishes);
  return { capabilities: uid === 0 ? bounding : NOTHING, bounding };
}

function allowedBy({ Privileged, CapAdd, CapDrop }: Wishes): ReadonlySet<string> {
  if (Privileged) return ALL;
  if ((CapAdd ?? []).length + (CapDrop ?? []).length === 0) return DEFAULTS;
  const [add, drop] = [CapAdd, CapDrop].map((words) => (words ?? []).map((word) => plainName(word)!));
  const kept = drop!.includes("ALL") ? [] : add!.includes("ALL") ? [...ALL] : DEFAULT;
  const result = new Set([...kept, ...add!.filter((name) => name !== "ALL")]);
  for (const name of drop!) if (!add!.includes(name)) result.delete(name);
  return result;
}
