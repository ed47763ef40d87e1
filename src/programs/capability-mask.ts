/** Capabilities in the order of their numbers (capabilities(7), linux/capability.h). */
const NAMES: readonly string[] =
  "CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID KILL SETGID SETUID SETPCAP LINUX_IMMUTABLE NET_BIND_SERVICE NET_BROADCAST NET_ADMIN NET_RAW IPC_LOCK IPC_OWNER SYS_MODULE SYS_RAWIO SYS_CHROOT SYS_PTRACE SYS_PACCT SYS_ADMIN SYS_BOOT SYS_NICE SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG MKNOD LEASE AUDIT_WRITE AUDIT_CONTROL SETFCAP MAC_OVERRIDE MAC_ADMIN SYSLOG WAKE_ALARM BLOCK_SUSPEND AUDIT_READ PERFMON BPF CHECKPOINT_RESTORE".split(
    " ",
  );

/** `00000000a80425fb`, as /proc/PID/status has a set of capabilities. @param capabilities null: every one */
export function capabilityMask(capabilities: ReadonlySet<string> | null): string {
  const bits = NAMES.reduce(
    (mask, name, at) => (capabilities === null || capabilities.has(name) ? mask | (1n << BigInt(at)) : mask),
    0n,
  );
  return bits.toString(16).padStart(16, "0");
}
