import { type ChildProcess, execFile, execFileSync, spawn, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Topology } from "../../src/lab/topology.ts";
import type { Typed } from "../../src/scenario/lesson-world.ts";

/**
 * The real kernel's timers run in real time, so that its tests mostly wait: several run at a time, each in namespaces of
 * its own (as many as `maxConcurrency` in vitest.config.ts says). A busy machine can be late by more than a lesson
 * allows: what fails may be tried twice more. What is wrong stays wrong.
 */
export const IN_REAL_TIME = { retry: 2, timeout: 150_000, concurrent: true };

/**
 * In front of a command that runs in real time: it goes first where others compute (tests of the simulator do, beside it), so
 * that what it says of time is the kernel's time. Nothing where this is not allowed: `nice` says so and goes on.
 */
export const ON_TIME: readonly string[] =
  spawnSync("nice", ["-n", "-10", "true"], { encoding: "utf8" }).stderr === "" ? ["nice", "-n", "-10"] : [];

/** The commands that `.ci/tools` names for a kind of test, which `.ci/run` fetches on Debian. */
export function toolsFor(use: "kernel" | "ipvs" | "captures"): readonly string[] {
  const list = readFileSync(join(import.meta.dirname, "../../.ci/tools"), "utf8");
  const rows = list.split("\n").map((line) => line.split(/\s+/));
  return rows.filter(([command, , of]) => command !== "#" && of === use).map(([command]) => command!);
}

/** The first of these commands that is not installed, or null. */
export function firstMissing(tools: readonly string[]): string | null {
  for (const tool of tools) {
    try {
      execFileSync("which", [tool], { stdio: "ignore" });
    } catch {
      return tool;
    }
  }
  return null;
}

/** Why the real kernel cannot be asked here, or null when it can: it takes Linux, root and a handful of tools. */
export function whyNoKernel(): string | null {
  if (process.platform !== "linux") return "this is not Linux";
  if (process.getuid?.() !== 0) return "network namespaces take root";
  try {
    execFileSync("unshare", ["-n", "-m", "true"], { stdio: "ignore" });
  } catch {
    return "namespaces cannot be made here";
  }
  const tool = firstMissing(toolsFor("kernel"));
  return tool === null ? null : `${tool} is not installed`;
}

/**
 * A topology on the real kernel: each host is a network namespace with a private mount namespace (a /run/netns and a
 * /sys of its own), each switch a bridge, all inside one further namespace, so that nothing touches the machine's own.
 */
export class RealKernel {
  readonly #root: ChildProcess;
  /** By host, the process inside its namespaces. */
  readonly #holders: Map<string, number> = new Map();

  private constructor(root: ChildProcess) {
    this.#root = root;
  }

  static async start(topology: Topology): Promise<RealKernel> {
    const root = await holder("unshare", [
      // A process namespace of its own: what a lesson leaves running ends with it.
      ...["-n", "-m", "-p", "-f", "--kill-child", "--mount-proc", "--propagation", "private"],
      ...["bash", "-c", `${buildScript(topology)}\n${READY}`],
    ]);
    const kernel = new RealKernel(root);
    try {
      for (const { name } of topology.hosts) kernel.#holders.set(name, await kernel.#holdHost(name));
    } catch (error) {
      kernel.stop();
      throw error;
    }
    return kernel;
  }

  /** Runs one line in a bash of its own on that host; both streams come together. */
  type(host: string, line: string): Promise<Typed> {
    const pid = String(this.#holders.get(host)!);
    const args = ["-t", pid, "-m", "-n", "-u", "-p", "timeout", "60", "bash", "-c", `exec 2>&1\n${line}`];
    const [command, ...words] = [...ON_TIME, "nsenter", ...args];
    return new Promise((resolve) => {
      const child = execFile(command!, words, { maxBuffer: 1 << 26 }, (error, stdout) => {
        const code = error === null ? 0 : error.code;
        resolve({ output: stdout, status: typeof code === "number" ? code : 1 });
      });
      child.stdin?.end();
    });
  }

  stop(): void {
    this.#root.kill("SIGKILL");
  }

  async #holdHost(name: string): Promise<number> {
    const inside = [
      "mount -t sysfs sys /sys",
      "mkdir -p /run/x",
      "mount -t tmpfs none /run",
      "mkdir -p /run/netns /run/lock",
      // `iptables` is the legacy tool here, whatever the machine's own choice is.
      'l=$(readlink -f "$(command -v iptables-legacy)") && n=$(readlink -f "$(command -v iptables)") || l=$n',
      '[ "$l" = "$n" ] || mount --bind "$l" "$n"',
      `hostname ${name}`,
      READY,
    ];
    const enter = [
      "-t",
      String(childOf(this.#root.pid!)),
      "-m",
      "-n",
      "-p",
      "nsenter",
      `--net=/run/netns/h-${name}`,
    ];
    const process = await holder("nsenter", [
      ...enter,
      ...["unshare", "-m", "-u", "--propagation", "private", "bash", "-c", inside.join("\n")],
    ]);
    return childOf(process.pid!);
  }
}

const READY = "echo ready; exec sleep 900";

/** What enters or makes a process namespace does the rest in its child. */
function childOf(pid: number): number {
  return Number(
    execFileSync("pgrep", ["-P", String(pid)], { encoding: "utf8" })
      .trim()
      .split("\n")[0],
  );
}

/** Starts a process that says `ready` and then keeps its namespaces alive. */
function holder(command: string, args: readonly string[]): Promise<ChildProcess> {
  return new Promise((resolve, reject) => {
    const [first, ...rest] = [...ON_TIME, command, ...args];
    const child = spawn(first!, rest, { stdio: ["ignore", "pipe", "pipe"] });
    let said = "";
    child.stderr.on("data", (data) => {
      said += data;
    });
    child.stdout.on("data", (data) => {
      if (String(data).includes("ready")) resolve(child);
    });
    child.on("exit", () => reject(new Error(`the real kernel's namespaces could not be made: ${said}`)));
  });
}

/** The commands that build the underlay, as a lab builds it. */
export function buildScript(topology: Topology): string {
  // What a lesson leaves in /tmp is its own: others run at the same time.
  const lines = ["set -e", "mount -t tmpfs none /tmp", "mount -t tmpfs none /run", "mkdir -p /run/netns"];
  lines.push("ip netns add sw");
  for (const { name, mtu } of topology.switches) {
    lines.push(`ip -n sw link add ${name} type bridge forward_delay 0 mcast_snooping 0`);
    lines.push(`ip -n sw link set ${name} mtu ${mtu} up`);
  }
  let port = 0;
  for (const host of topology.hosts) {
    const ns = `h-${host.name}`;
    lines.push(`ip netns add ${ns}`, `ip -n ${ns} link set lo up`);
    const sysctls = ["net.ipv6.conf.all.disable_ipv6=1", "net.ipv6.conf.default.disable_ipv6=1"];
    if (host.router) sysctls.push("net.ipv4.ip_forward=1");
    lines.push(`ip netns exec ${ns} sysctl -qw ${sysctls.join(" ")}`);
    // Bridged frames do not pass netfilter here: it would reassemble and cut what a bridge drops as too large.
    lines.push(`ip netns exec ${ns} sysctl -qw net.bridge.bridge-nf-call-iptables=0 2>/dev/null || true`);
    for (const nic of host.nics) {
      const p = `p${port++}`;
      lines.push(
        `ip link add ${p} netns sw mtu ${nic.mtu} type veth peer name ${nic.name} mtu ${nic.mtu} netns ${ns}`,
      );
      lines.push(`ip -n ${ns} link set ${nic.name} address ${nic.mac}`);
      lines.push(`ip -n sw link set ${p} master ${nic.switch} up`);
      if (nic.address !== null) {
        lines.push(`ip -n ${ns} addr add ${nic.address.address}/${nic.address.prefixLength} dev ${nic.name}`);
      }
      lines.push(`ip -n ${ns} link set ${nic.name} up`);
      // Without offloads a capture shows what a wire would carry.
      lines.push(
        `ip netns exec ${ns} ethtool -K ${nic.name} tx off tso off gso off gro off >/dev/null 2>&1 || true`,
      );
      lines.push(`ip netns exec sw ethtool -K ${p} tx off >/dev/null 2>&1 || true`);
    }
    if (host.gateway !== null) lines.push(`ip -n ${ns} route add default via ${host.gateway}`);
  }
  return lines.join("\n");
}
