/** Something that is mounted in a container, as a line of /proc/mounts (fstab(5)) says it. */
export interface MountLine {
  readonly source: string;
  readonly point: string;
  readonly type: string;
  readonly options: string;
}

const KERNEL = "nosuid,nodev,noexec,relatime";
/** What the host's files lie on. */
const HOST_DISK = "/dev/vda1";

function line(source: string, point: string, type: string, options: string): MountLine {
  return { source, point, type, options };
}

/**
 * All that is mounted in a container of Docker 20.10: its layers, what runc mounts for every one, and between these its own
 * places. @param layer the directory of its layers. @param shmSize the bytes of /dev/shm
 */
export function mountLines(
  layer: string,
  places: readonly MountLine[],
  { privileged, shmSize }: { readonly privileged: boolean; readonly shmSize: number },
): MountLine[] {
  const kernel = privileged ? "rw" : "ro";
  return [
    line(
      "overlay",
      "/",
      "overlay",
      `rw,relatime,lowerdir=${layer}-init/diff,upperdir=${layer}/diff,workdir=${layer}/work`,
    ),
    line("proc", "/proc", "proc", `rw,${KERNEL}`),
    line("tmpfs", "/dev", "tmpfs", "rw,nosuid,size=65536k,mode=755"),
    line("devpts", "/dev/pts", "devpts", "rw,nosuid,noexec,relatime,gid=5,mode=620,ptmxmode=666"),
    line("sysfs", "/sys", "sysfs", `${kernel},${KERNEL}`),
    line("tmpfs", "/sys/fs/cgroup", "tmpfs", `rw,${KERNEL},mode=755`),
    line("mqueue", "/dev/mqueue", "mqueue", `rw,${KERNEL}`),
    line("shm", "/dev/shm", "tmpfs", `rw,${KERNEL},size=${Math.ceil(shmSize / 1024)}k`),
    ...places,
    ...(privileged
      ? []
      : [
          ...["bus", "fs", "irq", "sys", "sysrq-trigger"].map((name) =>
            line("proc", `/proc/${name}`, "proc", `ro,${KERNEL}`),
          ),
          line("tmpfs", "/proc/acpi", "tmpfs", "ro,relatime"),
          ...["kcore", "keys", "timer_list"].map((name) =>
            line("tmpfs", `/proc/${name}`, "tmpfs", "rw,nosuid,size=65536k,mode=755"),
          ),
          line("tmpfs", "/sys/firmware", "tmpfs", "ro,relatime"),
        ]),
  ];
}

/** A file or directory of the host, mounted at a place. */
export function hostPlace(point: string, readOnly: boolean): MountLine {
  return line(HOST_DISK, point, "ext4", `${readOnly ? "ro" : "rw"},relatime`);
}

/** `--tmpfs PLACE:OPTIONS`: sizes are told in kilobytes. */
export function memoryPlace(point: string, readOnly: boolean, options: string): MountLine {
  const words = options.split(",").filter(Boolean);
  const flags = ["nosuid", "nodev", "noexec"].filter((flag) => !words.includes(flag.replace("no", "")));
  const values = words
    .filter((word) => /^(?:size|mode|uid|gid)=/.test(word))
    .map((word) =>
      word.replace(
        /^size=(\d+)([kmg]?)$/i,
        (_, digits: string, unit: string) => `size=${inKilobytes(digits, unit)}k`,
      ),
    );
  const access = readOnly || words.includes("ro") ? "ro" : "rw";
  return line("tmpfs", point, "tmpfs", [access, ...flags, "relatime", ...values].join(","));
}

function inKilobytes(digits: string, unit: string): number {
  const factor = { "": 1 / 1024, k: 1, m: 1024, g: 1024 ** 2 }[unit.toLowerCase()] ?? 1;
  return Math.ceil(Number(digits) * factor);
}

/** The text of /proc/mounts. */
export function mountsText(lines: readonly MountLine[]): string {
  return lines
    .map(({ source, point, type, options }) => `${source} ${point} ${type} ${options} 0 0\n`)
    .join("");
}
