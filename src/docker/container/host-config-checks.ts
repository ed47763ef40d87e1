import type { HostConfig } from "../api/container-types.ts";
import { DaemonError } from "../api/daemon-error.ts";
import { LOGGING_DRIVERS, PROCESSORS, RUNTIMES } from "../engine-facts.ts";
import { BadValue, parseInt64, parseSize } from "../go-parse.ts";
import { goQuote } from "../templates/go-quote.ts";

const RESTART_POLICIES = ["", "no", "always", "unless-stopped", "on-failure"];
const SECURITY_OPTIONS = ["apparmor", "label", "no-new-privileges", "seccomp"];
/** Of the logging driver that is there unless somebody says otherwise. */
const JSON_FILE_OPTIONS = new Set(
  "compress env env-regex labels labels-regex max-file max-size tag".split(" "),
);
const IPC_MODES = /^(?:|none|private|shareable|host|container:.+)$/;
/** What mount(8) takes for a tmpfs (moby pkg/mount, flags.go): words alone, and words with values. */
const TMPFS_WORDS = new Set(
  "async atime bind defaults dev diratime dirsync exec mand noatime nodev nodiratime noexec nomand norelatime nostrictatime nosuid private rbind relatime remount ro rprivate rshared rslave runbindable rw shared slave strictatime suid sync unbindable".split(
    " ",
  ),
);
const TMPFS_VALUES = new Set("gid mode mpol nr_blocks nr_inodes size uid".split(" "));
const LEAST_MEMORY = 6 * 1024 ** 2;

function refuse(words: string): never {
  throw new DaemonError(400, words);
}

/** @throws {DaemonError} 400 */
export function checkRestartPolicy({ Name, MaximumRetryCount }: HostConfig["RestartPolicy"]): void {
  if (!RESTART_POLICIES.includes(Name)) refuse(`invalid restart policy '${Name}'`);
  if (MaximumRetryCount !== 0 && Name !== "on-failure")
    refuse(`maximum retry count cannot be used with restart policy '${Name}'`);
  if (MaximumRetryCount < 0) refuse("maximum retry count cannot be negative");
}

/**
 * Limits of memory (bytes) and processors (billionths of one, microseconds); 0: none.
 * @param isUpdate the container may have the others already
 * @throws {DaemonError} 400
 */
export function checkLimits(limits: Readonly<Record<string, unknown>>, isUpdate: boolean): void {
  const limit = (key: string): number => Number(limits[key] ?? 0);
  const [memory, swap, reservation] = [limit("Memory"), limit("MemorySwap"), limit("MemoryReservation")];
  const isSmall = (bytes: number): boolean => bytes > 0 && bytes < LEAST_MEMORY;
  if (isSmall(memory)) refuse("Minimum memory limit allowed is 6MB");
  if (memory > 0 && swap > 0 && swap < memory)
    refuse("Minimum memoryswap limit should be larger than memory limit, see usage");
  if (memory === 0 && swap > 0 && !isUpdate)
    refuse("You should always set the Memory limit when using Memoryswap limit, see usage");
  if (isSmall(reservation)) refuse("Minimum memory reservation allowed is 6MB");
  if (memory > 0 && reservation > memory)
    refuse("Minimum memory limit can not be less than memory reservation limit, see usage");
  if (isSmall(limit("KernelMemory"))) refuse("Minimum kernel memory limit allowed is 6MB");
  const [cpus, period, quota] = [limit("NanoCpus"), limit("CpuPeriod"), limit("CpuQuota")];
  if (cpus > 0 && period > 0) refuse("Conflicting options: Nano CPUs and CPU Period cannot both be set");
  if (cpus > 0 && quota > 0) refuse("Conflicting options: Nano CPUs and CPU Quota cannot both be set");
  if (cpus < 0 || cpus > PROCESSORS * 1e9)
    refuse(`Range of CPUs is from 0.01 to ${PROCESSORS}.00, as there are only ${PROCESSORS} CPUs available`);
  if (period !== 0 && (period < 1000 || period > 1_000_000))
    refuse("CPU cfs period can not be less than 1ms (i.e. 1000) or larger than 1s (i.e. 1000000)");
  if (quota > 0 && quota < 1000) refuse("CPU cfs quota can not be less than 1ms (i.e. 1000)");
}

/** What `--log-driver` and `--log-opt` say. @throws {DaemonError} 400 */
function checkLogging({ Type, Config }: HostConfig["LogConfig"]): void {
  if (!["", "none", ...LOGGING_DRIVERS].includes(Type))
    refuse(`error looking up logging plugin ${Type}: plugin ${goQuote(Type)} not found`);
  const unknown = unknownLogOption(Type, Config);
  if (unknown !== null) refuse(unknown);
}

/** What is wrong with the names of a driver's options; null when nothing is. */
export function unknownLogOption(driver: string, options: Readonly<Record<string, string>>): string | null {
  const unknown = Object.keys(options).find((key) => !JSON_FILE_OPTIONS.has(key));
  if (unknown === undefined || !["", "json-file"].includes(driver)) return null;
  return `unknown log opt '${unknown}' for json-file log driver`;
}

/** What an engine refuses of how a container is to run (moby daemon_unix.go). @throws {DaemonError} 400 */
export function checkHostConfig(hostConfig: HostConfig): void {
  const { Isolation = "", OomScoreAdj = 0, Runtime = "", SecurityOpt, StorageOpt } = hostConfig;
  const isolation = String(Isolation);
  if (!["", "default"].includes(isolation))
    refuse(`Invalid isolation: ${goQuote(isolation)} - linux only supports 'default'`);
  checkRestartPolicy(hostConfig.RestartPolicy);
  checkLimits(hostConfig, false);
  const score = Number(OomScoreAdj);
  if (score < -1000 || score > 1000)
    refuse(`Invalid value ${score}, range for oom score adj is [-1000, 1000]`);
  const runtime = String(Runtime);
  if (runtime !== "" && !RUNTIMES.includes(runtime)) refuse(`Unknown runtime specified ${runtime}`);
  checkLogging(hostConfig.LogConfig);
  for (const option of (SecurityOpt as readonly string[] | null | undefined) ?? []) {
    const [key = "", value] = option.split(/[=:]/, 2);
    if (value === undefined && key !== "no-new-privileges")
      refuse(`invalid --security-opt 1: ${goQuote(option)}`);
    if (!SECURITY_OPTIONS.includes(key)) refuse(`invalid --security-opt 2: ${goQuote(option)}`);
  }
  if (Object.keys((StorageOpt as Record<string, string> | undefined) ?? {}).length > 0)
    refuse("--storage-opt is supported only for overlay over xfs with 'pquota' mount option");
}

/** How much json-file keeps, and in how many files. @throws {DaemonError} 400 */
function checkLogSizes({ Type, Config }: HostConfig["LogConfig"]): void {
  if (Type !== "json-file") return;
  try {
    if (Config["max-size"] !== undefined) parseSize(Config["max-size"]);
    const files = Config["max-file"];
    if (files !== undefined && parseInt64(files, 10, "Atoi") < 1) refuse("max-file cannot be less than 1");
  } catch (error) {
    if (!(error instanceof BadValue) && !(error instanceof DaemonError)) throw error;
    refuse(`failed to initialize logging driver: ${error.message}`);
  }
}

/** What is found out only when the container starts (moby oci_linux.go). @throws {DaemonError} 400 */
export function checkAtStart({ IpcMode = "", Tmpfs, CpuShares = 0, LogConfig }: HostConfig): void {
  checkLogSizes(LogConfig);
  if (Number(CpuShares) < 0) refuse("shares: invalid argument");
  if (!IPC_MODES.test(String(IpcMode))) refuse(`Invalid IPC mode: ${IpcMode}`);
  for (const options of Object.values(Tmpfs ?? {}))
    for (const option of options === "" ? [] : options.split(",")) {
      const equals = option.indexOf("=");
      const words = equals < 0 ? [option] : [option.slice(0, equals), option.slice(equals + 1)];
      if (!(equals < 0 ? TMPFS_WORDS : TMPFS_VALUES).has(words[0]!))
        refuse(`invalid tmpfs option [${words.map(goQuote).join(" ")}]`);
    }
}
