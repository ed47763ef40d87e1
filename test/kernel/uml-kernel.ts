import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Topology } from "../../src/lab/topology.ts";
import type { Typed } from "../../src/scenario/lesson-world.ts";
import { buildScript, firstMissing, toolsFor } from "./real-kernel.ts";

/** Where the package lies once it was had. */
const CACHE = join(tmpdir(), "overmesh-uml");

/** Why Linux cannot be run as a program here, or null when it can: it takes Debian's package user-mode-linux, and root. */
export function whyNoUml(): string | null {
  if (process.platform !== "linux") return "this is not Linux";
  if (process.arch !== "x64") return "Debian's user-mode-linux is for x86-64";
  if (process.getuid?.() !== 0) return "its hosts take root";
  const tool = firstMissing([...toolsFor("kernel"), ...toolsFor("ipvs"), "dpkg", "apt-get"]);
  if (tool !== null) return `${tool} is not installed`;
  if (!canShowState()) return "its processor has AMX, which takes a C compiler";
  try {
    fetchPackage();
  } catch {
    return "the package user-mode-linux cannot be had";
  }
  return null;
}

/** What is preloaded so that it starts on a processor with AMX: see uml-xstate.c. */
const STATE_LIBRARY = join(CACHE, "xstate.so");

/** Whether Linux as a program can see the registers of its processes here; a library that helps is made where it takes one. */
function canShowState(): boolean {
  if (!/\bamx_tile\b/.test(readFileSync("/proc/cpuinfo", "utf8")) || existsSync(STATE_LIBRARY)) return true;
  mkdirSync(CACHE, { recursive: true });
  try {
    const source = new URL("uml-xstate.c", import.meta.url).pathname;
    execFileSync("cc", ["-O", "-shared", "-fPIC", "-o", STATE_LIBRARY, source], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

function fetchPackage(): void {
  if (existsSync(join(CACHE, "lib/modules"))) return;
  mkdirSync(CACHE, { recursive: true });
  execFileSync("apt-get", ["download", "user-mode-linux"], { cwd: CACHE, stdio: "ignore", timeout: 60_000 });
  const file = readdirSync(CACHE).find((name) => name.endsWith(".deb"))!;
  execFileSync("dpkg", ["-x", file, "."], { cwd: CACHE, stdio: "ignore" });
  // Where modprobe looks for them.
  mkdirSync(join(CACHE, "lib"), { recursive: true });
  execFileSync("ln", ["-sfn", "../usr/lib/uml/modules", "lib/modules"], { cwd: CACHE });
}

const MODULES = [
  ..."ip_vs ip_vs_rr ip_vs_wrr ip_vs_lc ip_vs_wlc ip_vs_sh ip_vs_dh ip_vs_sed ip_vs_nq ip_vs_mh ip_vs_fo ip_vs_ovf".split(
    " ",
  ),
  ..."veth bridge iptable_nat iptable_mangle iptable_filter xt_mark xt_ipvs xt_nat xt_tcpudp xt_MASQUERADE xt_REDIRECT xt_length xt_TCPMSS nf_conntrack_netlink xt_conntrack".split(
    " ",
  ),
  ..."br_netfilter ipvlan vxlan xt_addrtype xt_REDIRECT xt_state".split(" "),
];

/** A Linux with ip_vs that runs as a program, on this machine's files, which it cannot change. */
export class UmlKernel {
  readonly #folder: string;
  readonly #process: ChildProcess;
  #jobs = 0;

  private constructor(folder: string, process: ChildProcess) {
    this.#folder = folder;
    this.#process = process;
  }

  static async start(): Promise<UmlKernel> {
    const folder = mkdtempSync(join(tmpdir(), "overmesh-uml-"));
    const release = readdirSync(join(CACHE, "usr/lib/uml/modules"))[0]!;
    // The kernel has the tables of iptables, not those of nftables.
    mkdirSync(join(folder, "alt"));
    for (const name of ["iptables", "iptables-save", "iptables-restore"])
      execFileSync("ln", ["-s", "/usr/sbin/xtables-legacy-multi", join(folder, "alt", name)]);
    const init = join(folder, "init.sh");
    writeFileSync(init, initScript(folder, release));
    chmodSync(init, 0o755);
    const child = spawn(
      join(CACHE, "usr/bin/linux.uml"),
      [
        "mem=512M",
        "root=/dev/root",
        "rootfstype=hostfs",
        "rootflags=/",
        "ro",
        `init=${init}`,
        "con=null",
        "con0=null,fd:1",
      ].concat(`uml_dir=${folder}`, "quiet"),
      { stdio: "ignore", env: environment(folder) },
    );
    const kernel = new UmlKernel(folder, child);
    await kernel.#wait("ready", 60_000);
    return kernel;
  }

  /** Types a lesson's lines on the hosts of a topology, one after the other. */
  async type(
    topology: Topology,
    lines: readonly { readonly host: string; readonly text: string }[],
  ): Promise<Typed[]> {
    const job = `job${this.#jobs++}`;
    const folder = join(this.#folder, job);
    mkdirSync(folder);
    lines.forEach(({ text }, i) => {
      writeFileSync(join(folder, `${i}.sh`), `exec 2>&1\n${text}\n`);
    });
    writeFileSync(join(folder, "build.sh"), buildScript(topology));
    const script = [
      `cd /mnt/${job}`,
      "bash build.sh > build.out 2>&1 || exit 1",
      ...topology.hosts.map(({ name }) => hold(name)),
      ...lines.map(({ host }, i) => run(host, i)),
      "kill $(cat /run/pids) 2> /dev/null",
    ];
    writeFileSync(join(folder, "all.sh"), script.join("\n"));
    writeFileSync(join(this.#folder, `${job}.go`), "");
    await this.#wait(`${job}.done`, Math.max(240_000, 600 * lines.length));
    if (!existsSync(join(folder, `${lines.length - 1}.rc`)))
      throw new Error(`the hosts could not be built: ${readFileSync(join(folder, "build.out"), "utf8")}`);
    return lines.map((_, i) => ({
      output: readFileSync(join(folder, `${i}.out`), "utf8"),
      status: Number(readFileSync(join(folder, `${i}.rc`), "utf8")),
    }));
  }

  stop(): void {
    writeFileSync(join(this.#folder, "halt"), "");
    this.#process.kill("SIGTERM");
  }

  async #wait(file: string, patience: number): Promise<void> {
    for (let waited = 0; !existsSync(join(this.#folder, file)); waited += 50) {
      if (this.#process.exitCode !== null || this.#process.signalCode !== null)
        throw new Error(`the kernel ended before it got to ${file}`);
      if (waited > patience) throw new Error(`the kernel did not get to ${file}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

function environment(folder: string): NodeJS.ProcessEnv {
  const memory = existsSync("/dev/shm") ? "/dev/shm" : folder;
  const preload = existsSync(STATE_LIBRARY) ? { LD_PRELOAD: STATE_LIBRARY } : {};
  return { ...process.env, ...preload, TMPDIR: memory };
}

/** Keeps a host's namespaces alive, with a /run and a /sys of its own; its process is in /run/pid-NAME. */
function hold(name: string): string {
  const inside = `mount -t sysfs sys /sys; mount -t tmpfs none /run; mkdir -p /run/netns /run/lock; hostname ${name}; exec sleep 900`;
  return [
    `nsenter --net=/run/netns/h-${name} unshare -m -u --propagation private bash -c '${inside}' &`,
    `echo $! > /run/pid-${name}; echo $! >> /run/pids`,
    `for i in $(seq 100); do [ "$(nsenter -t $(cat /run/pid-${name}) -u hostname)" = ${name} ] && break; done`,
  ].join("\n");
}

function run(host: string, i: number): string {
  const enter = `nsenter -t $(cat /run/pid-${host}) -m -n -u timeout 60 bash /mnt/$(basename $PWD)/${i}.sh`;
  return `${enter} > ${i}.out < /dev/null; echo $? > ${i}.rc`;
}

function initScript(folder: string, release: string): string {
  return `#!/bin/bash
export PATH=/mnt/alt:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t tmpfs none /tmp
mount -t tmpfs none /run
mount -t hostfs none /mnt -o ${folder}
mount -t hostfs none /media -o ${CACHE}
for module in ${MODULES.join(" ")}; do modprobe -d /media -S ${release} $module 2> /dev/null; done
ip link set lo up
touch /mnt/ready
for ((n = 0; ; )); do
  [ -e /mnt/halt ] && break
  if [ -e /mnt/job$n.go ]; then
    (unshare -n -m --propagation private bash /mnt/job$n/all.sh; touch /mnt/job$n.done) &
    n=$((n + 1))
  else sleep 0.05; fi
done
echo o > /proc/sysrq-trigger
sleep 5
`;
}
