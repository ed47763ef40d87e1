import type { KernelError } from "../net/kernel-error.ts";
import type { Command } from "./operation.ts";
import type { Outside } from "./operation-context.ts";
import type { Toolbox } from "./toolbox.ts";

/** A command of a Linux host that configures or shows the network: `ip`, `bridge`, `tc`, `sysctl`. */
export interface Tool {
  readonly name: string;
  /** True when it has the option `-n NAME`; else `ip netns exec NAME` goes in front. */
  readonly entersNamespaces: boolean;
  /** Whether it reads its standard input when it is given these arguments. */
  readsInput?(args: readonly string[]): boolean;
  /** Whether the arguments say that nothing is to be told on standard error. */
  isQuiet?(args: readonly string[]): boolean;
  /**
   * What the arguments mean: several commands where one line does several things. `outside`: what a tool that reads
   * files can reach. @throws {ToolError}
   */
  parse(args: readonly string[], toolbox: Toolbox, outside?: Outside): readonly Command[];
  /** How it tells what the kernel refused. */
  refused(error: KernelError): { readonly stderr: string; readonly status: number };
}

/** What running a tool gave. */
export interface ToolResult {
  readonly stdout: string;
  readonly stderr: string;
  readonly status: number;
  /** The command came back as a failure: a batch may go on, whatever the status. */
  readonly comesBack?: true;
  /** The shell must go on with this: run a program in a namespace. */
  readonly exec?: { readonly netns: string | null; readonly argv: readonly string[] };
}
