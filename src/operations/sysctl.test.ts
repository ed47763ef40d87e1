import { expect, test } from "vitest";
import { Host } from "../net/host.ts";
import { registerIpv4Sysctls } from "../net/ipv4-sysctls.ts";
import { Kernel } from "../net/kernel.ts";
import { World } from "../sim/world.ts";
import { OperationContext } from "./operation-context.ts";
import { runTool } from "./run-tool.ts";
import { standardToolbox } from "./standard-toolbox.ts";

function hostWithSysctls(): OperationContext {
  const kernel = new Kernel();
  registerIpv4Sysctls(kernel);
  return new OperationContext(standardToolbox(), new Host(new World(1), kernel, "a").root);
}

/** Recorded from sysctl of procps-ng 4.0.2 in a fresh network namespace. */
const recorded: readonly (readonly [args: string, stdout: string, stderr: string, status: number])[] = [
  ["net.ipv4.ip_forward", "net.ipv4.ip_forward = 0\n", "", 0],
  ["-n net.ipv4.ip_forward", "0\n", "", 0],
  ["net/ipv4/ip_forward", "net.ipv4.ip_forward = 0\n", "", 0],
  ["-w net.ipv4.ip_forward=1", "net.ipv4.ip_forward = 1\n", "", 0],
  ["net.ipv4.ip_forward=0", "net.ipv4.ip_forward = 0\n", "", 0],
  ["-w net.ipv4.ip_forward = 1", "", "sysctl: command line(0): invalid syntax, continuing...\n", 1],
  ["-qw net.ipv4.ip_forward=1 net.ipv4.conf.all.rp_filter=2", "", "", 0],
  ["net.ipv4.conf.all.rp_filter", "net.ipv4.conf.all.rp_filter = 2\n", "", 0],
  [
    "-w net.ipv4.nosuch=1 net.ipv4.ip_default_ttl=9",
    "net.ipv4.ip_default_ttl = 9\n",
    "sysctl: cannot stat /proc/sys/net/ipv4/nosuch: No such file or directory\n",
    1,
  ],
  ["net.ipv4.nosuch", "", "sysctl: cannot stat /proc/sys/net/ipv4/nosuch: No such file or directory\n", 1],
  ["-e net.ipv4.nosuch", "", "", 0],
  ["-w net.ipv4.ip_forward=abc", "", 'sysctl: setting key "net.ipv4.ip_forward": Invalid argument\n', 1],
  ["-N net.ipv4.ip_forward", "net.ipv4.ip_forward\n", "", 0],
  ["net.ipv4.ip_local_port_range", "net.ipv4.ip_local_port_range = 32768\t60999\n", "", 0],
  ["-a -r conf.lo.rp_f", "net.ipv4.conf.lo.rp_filter = 0\n", "", 0],
  ["-a -r (", "", "", 0],
  [
    "net.ipv4.ip_forward net.ipv4.ip_forward=0 net.ipv4.ip_default_ttl",
    "net.ipv4.ip_forward = 1\nnet.ipv4.ip_forward = 0\nnet.ipv4.ip_default_ttl = 9\n",
    "",
    0,
  ],
  ["-V", "sysctl from procps-ng 4.0.2\n", "", 0],
  ["-w", "", "sysctl: no variables specified\nTry `sysctl --help' for more information.\n", 1],
];

test("sysctl prints what the real one prints", () => {
  const context = hostWithSysctls();
  for (const [args, stdout, stderr, status] of recorded) {
    expect({ args, ...runTool("sysctl", args.split(" "), context) }).toEqual({
      args,
      stdout,
      stderr,
      status,
    });
  }
});

test("settings and questions are printed as the command that means them", () => {
  const toolbox = standardToolbox();
  const tool = toolbox.tools.get("sysctl")!;
  const lines = [
    "-w net.ipv4.ip_forward=1 net.ipv4.conf.all.rp_filter=2",
    "-qw net.ipv4.conf.eth0/10.rp_filter=0",
    "-n net.ipv4.ip_forward",
    "-a -r ipv4",
  ];
  for (const line of lines) {
    const [command] = tool.parse(line.split(" "), toolbox);
    const printed = toolbox.print(command as never);
    expect(tool.parse(printed.split(" ").slice(1), toolbox)).toEqual([command]);
  }
});
